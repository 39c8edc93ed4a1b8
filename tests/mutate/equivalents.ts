/**
 * Mutants that no vector can kill, each with its reason: what they change cannot be seen, or is no check.
 *
 * A mutant is named by its function and its texts, so that it is found wherever it has moved. An entry that no mutant
 * needs any longer fails the run.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** Mutants that are equivalent for one reason. */
export interface Equivalents {
  /** Why. */
  readonly reason: string;
  /** The file. */
  readonly file: string;
  /** The function. */
  readonly within: string;
  /** The texts, `from` and `to`, of each; with `nth` where a function has them more than once. */
  readonly mutants: readonly (readonly [from: string, to: string, nth?: number])[];
}

/** All of them. */
export const EQUIVALENTS: readonly Equivalents[] = [];

/**
 * Gives the keys of all entries.
 *
 * @param groups The groups
 * @returns For each the names by which mutants are found
 */
export function entriesOf(groups: readonly Equivalents[]): (Pick<Mutant, "file" | "within" | "from" | "to" | "nth">)[] {
  return groups.flatMap(({ file, within, mutants }) =>
    mutants.map(([from, to, nth = 0]) => ({ file, within, from, to, nth }))
  );
}
