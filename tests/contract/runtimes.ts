/**
 * The three runtimes, and how a contract test is run on one.
 *
 * @module
 */

import type { RuntimeName } from "../support/runtimes.ts";
import { startSubject, type Subject } from "../support/subject.ts";

export type { RuntimeName } from "../support/runtimes.ts";
export type { Subject } from "../support/subject.ts";

/** All of them: one suite judges all. */
export const RUNTIMES: readonly RuntimeName[] = ["deno", "node", "bun"];

/**
 * Starts the subject that benches and contract tests share.
 *
 * @param runtime The runtime
 * @param served What it serves
 * @returns The subject
 */
export function startShared(runtime: RuntimeName, served: "demo" | "fetch" = "demo"): Promise<Subject> {
  return startSubject(runtime, new URL(`../../bench/subjects/${runtime}.ts`, import.meta.url), { args: [served] });
}

/**
 * Runs checks against the demo, each as a step.
 *
 * @param t The test
 * @param runtime The runtime
 * @param checks The checks, by name
 * @param options How strictly Deno looks at what a step leaves behind
 */
export async function runChecks(
  t: Deno.TestContext,
  runtime: RuntimeName,
  checks: Readonly<Record<string, (subject: Subject) => Promise<void>>>,
  options: Pick<Deno.TestStepDefinition, "sanitizeOps" | "sanitizeResources"> = {},
): Promise<void> {
  const subject = await startShared(runtime);
  try {
    for (const [name, check] of Object.entries(checks)) await t.step({ ...options, name, fn: () => check(subject) });
  } finally {
    // Some clients have left without a word; how the server ends in order is a check of its own.
    await subject.stop(0);
  }
}
