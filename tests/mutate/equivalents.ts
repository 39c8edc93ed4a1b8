/**
 * Mutants that no vector can kill: `equivalents.txt` names them, below the reason of each: what they change cannot be
 * seen from outside. A line is `FILE (FUNCTION): TEXT ==> TEXT`, with `#2` behind the function for the second mutant in
 * it that has the same two texts; so a mutant is found wherever it has moved. The lines are those that `deno task mutate`
 * prints of a survivor.
 *
 * @module
 */

import { keyOf, type Mutant } from "./mutant.ts";

/** What is needed of a mutant to name it. */
export type MutantName = Pick<Mutant, "file" | "within" | "from" | "to" | "nth">;

/** What a list says of the mutants that survived. */
export interface Verdict {
  /** Those that are not on it. */
  readonly survivors: readonly Mutant[];
  /** Entries that name none of them. */
  readonly stale: readonly MutantName[];
}

const LINE = /^(\S+) \(([^)]*)\)(?: #(\d+))?: (.*) ==> (.*)$/;

/**
 * Reads a list.
 *
 * @param text The list
 * @returns Its entries
 * @throws {SyntaxError} If a line is none, or stands below no reason
 */
export function parseEquivalents(text: string): MutantName[] {
  const names: MutantName[] = [];
  let hasReason = false;
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("# ")) {
      hasReason = line !== "";
      continue;
    }
    const match = LINE.exec(line);
    if (!match) throw new SyntaxError(`Cannot read equivalents: "${line}" names no mutant`);
    if (!hasReason) throw new SyntaxError(`Cannot read equivalents: "${line}" has no reason`);
    const [, file, within, nth = "1", from, to] = match;
    names.push({ file: file!, within: within!, nth: Number(nth) - 1, from: from!, to: to === "nothing" ? "" : to! });
  }
  return names;
}

/**
 * Writes the name of a mutant as it stands in a list.
 *
 * @param name The name
 * @returns The line
 */
export function lineOf({ file, within, nth, from, to }: MutantName): string {
  return `${file} (${within})${nth === 0 ? "" : ` #${nth + 1}`}: ${from} ==> ${to || "nothing"}`;
}

/**
 * Holds survivors against a list.
 *
 * @param alive The mutants that no vector killed
 * @param entries The entries of the list that speak of what was tried
 * @returns What the list says
 */
export function judgeSurvivors(alive: readonly Mutant[], entries: readonly MutantName[]): Verdict {
  const listed = new Set(entries.map(keyOf));
  const found = new Set(alive.map(keyOf));
  return {
    survivors: alive.filter((mutant) => !listed.has(keyOf(mutant))),
    stale: entries.filter((entry) => !found.has(keyOf(entry))),
  };
}
