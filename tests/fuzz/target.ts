/**
 * What is fuzzed: a target takes octets, does all that is to be done with them, and throws if something is wrong.
 *
 * @module
 */

/** One thing that is fuzzed, with its oracles. */
export interface Target {
  /** Its name: of its corpus, and for `--target`. */
  readonly name: string;
  /** Inputs to begin with, one character an octet. */
  readonly seeds: readonly string[];
  /** What its grammar is made of: runs that a mutation puts in. */
  readonly words: readonly string[];
  /**
   * Makes ready for inputs that `run` gets next: asks what it cannot ask itself.
   *
   * @param inputs The inputs
   */
  prepare?(inputs: readonly string[]): Promise<void>;
  /**
   * Runs one input. The same input always does the same.
   *
   * @param input The input, one character an octet
   * @returns What became of it in a few words; an input with a new one is kept
   * @throws {Error} If an oracle does not hold
   */
  run(input: string): string;
  /** Lets go of what it holds. */
  close?(): Promise<void>;
}

/**
 * Makes a number of an input, for choices that must be the same each time it runs.
 *
 * @param input The input
 * @returns A whole number of 0 to 2^32 - 1 (FNV-1a)
 */
export function numberOf(input: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < input.length; i++) hash = Math.imul(hash ^ input.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
