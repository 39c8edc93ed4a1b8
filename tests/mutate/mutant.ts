/**
 * What a mutant is: one change to one source, small enough that only a test of just that check can see it.
 *
 * @module
 */

/** A change to a text. */
export interface Change {
  /** Where the text that is replaced starts. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** What stands there instead. */
  readonly to: string;
}

/** One mutant. */
export interface Mutant extends Change {
  /** The path of the source, from the project's folder. */
  readonly file: string;
  /** The line, the first one being 1. */
  readonly line: number;
  /** The function, method or constant that it stands in. */
  readonly within: string;
  /** What was done, in words. */
  readonly operator: string;
  /** The text that is replaced, white space collapsed. */
  readonly from: string;
  /** How many mutants before it in the same function have the same two texts. */
  readonly nth: number;
}

/**
 * Applies a change.
 *
 * @param text The text
 * @param change The change
 * @returns The changed text
 */
export function changed(text: string, change: Change): string {
  return text.slice(0, change.start) + change.to + text.slice(change.end);
}

/**
 * Names a mutant by what it is, wherever it has moved to.
 *
 * @param mutant The mutant
 * @returns A key that no other mutant of the sources has
 */
export function keyOf(mutant: Pick<Mutant, "file" | "within" | "from" | "to" | "nth">): string {
  return JSON.stringify([mutant.file, mutant.within, mutant.from, mutant.to, mutant.nth]);
}
