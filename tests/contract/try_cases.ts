/**
 * Runs many cases against one server, many at once; then tells each as a step.
 *
 * @module
 */

import { type Case, judge, type Way } from "./judge.ts";
import { atOnce } from "./octet_client.ts";

/** How many connections at once. */
const WIDTH = 48;

/** One case, in one of its ways. */
export interface Try {
  /** The case. */
  readonly of: Case;
  /** How its octets come. */
  readonly way: Way;
  /** Where the server listens. */
  readonly port: number;
}

/**
 * Runs them.
 *
 * @param t The test
 * @param tries The cases with their ways; those of a case follow each other
 */
export async function tryCases(t: Deno.TestContext, tries: readonly Try[]): Promise<void> {
  const failures = new Map<Case, string[]>();
  await atOnce(tries, WIDTH, async ({ of, way, port }) => {
    try {
      await judge(port, of, way);
    } catch (error) {
      failures.set(of, [...failures.get(of) ?? [], `${way}: ${error instanceof Error ? error.message : error}`]);
    }
  });
  for (const of of new Set(tries.map((one) => one.of))) {
    await t.step(of.name, () => {
      const found = failures.get(of);
      if (!found) return;
      throw new Error(`${found.join("\n")}\nexpected: ${of.outcome}\nsent: ${JSON.stringify(of.octets).slice(0, 400)}`);
    });
  }
}
