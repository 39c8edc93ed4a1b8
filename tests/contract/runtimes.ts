/**
 * The three runtimes, and how a contract test is run on one.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { RuntimeName } from "../support/runtimes.ts";
import { startSubject, type Subject, type SubjectOptions } from "../support/subject.ts";
import { OctetClient, PatienceError, pause } from "./octet_client.ts";
import type { SubjectWishes } from "./subject.ts";

export type { RuntimeName } from "../support/runtimes.ts";
export type { Subject } from "../support/subject.ts";

/** All of them: one suite judges all. */
export const RUNTIMES: readonly RuntimeName[] = ["deno", "node", "bun"];

/** The field that no request of HTTP/1.1 may lack. */
export const HOST = "Host: a\r\n";

/** A request of the demo's first page. */
export const HELLO: string = `GET / HTTP/1.1\r\n${HOST}\r\n`;

/** What `lint` says when the demo, or the gateway before it, breaks a rule of the application protocol. */
const FAULT = /\bLint: /;

/**
 * Starts the subject that benches and contract tests share, the demo within `lint`: a fault that this finds fails the
 * test when the subject ends.
 *
 * @param runtime The runtime
 * @param served What it serves
 * @returns The subject
 */
export function startShared(runtime: RuntimeName, served: "demo" | "fetch" = "demo"): Promise<Subject> {
  const file = new URL(`../../bench/subjects/${runtime}.ts`, import.meta.url);
  return startSubject(runtime, file, { args: [served === "demo" ? "lint" : served], forbidden: FAULT });
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

/**
 * Starts the subject of the contract tests, which takes options and runs all within `lint`, too.
 *
 * @param runtime The runtime
 * @param wishes The options
 * @param options How the process is started
 * @returns The subject
 */
export function startOwn(
  runtime: RuntimeName,
  wishes: SubjectWishes = {},
  options: Pick<SubjectOptions, "descriptors" | "env"> = {},
): Promise<Subject> {
  const file = new URL("subject.ts", import.meta.url);
  return startSubject(runtime, file, { args: [JSON.stringify(wishes)], forbidden: FAULT, ...options });
}

/**
 * Asserts that it serves.
 *
 * @param subject The subject
 */
export async function assertHealthy(subject: Subject): Promise<void> {
  using client = await OctetClient.connect(subject.port);
  await client.send(HELLO);
  assertEquals((await client.answer()).content, "Hello, World!\r\n");
}

/**
 * Waits until `/lost` tells this: losses are told in a later turn than they happen in.
 *
 * @param subject The subject
 * @param text What it has to tell
 */
export async function untilLost(subject: Subject, text: string): Promise<void> {
  const started = performance.now();
  for (;;) {
    using client = await OctetClient.connect(subject.port);
    await client.send(`GET /lost HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
    const { content } = await client.answer();
    if (content === text) return;
    if (performance.now() - started > 5000) throw new PatienceError(`Cannot wait for ${text}: it is ${content}`);
    await pause(20);
  }
}
