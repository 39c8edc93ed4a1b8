/**
 * The kept inputs: one text file a target in `corpus/`, one input a line, in the spelling of the vectors. A line that
 * starts with `#` is a comment.
 *
 * @module
 */

import { spell, unspell } from "../support/octet_text.ts";

const FOLDER: URL = new URL("corpus/", import.meta.url);

/**
 * Reads the inputs kept for a target.
 *
 * @param target Its name
 * @returns The inputs, one character an octet
 * @throws {SyntaxError} If one is misspelt
 */
export function readCorpus(target: string): string[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(fileOf(target));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map(unspell);
}

/**
 * Keeps an input.
 *
 * @param target The target's name
 * @param input The input
 * @param why A comment above it
 */
export function keepInput(target: string, input: string, why: string): void {
  Deno.writeTextFileSync(fileOf(target), `# ${why.split("\n")[0]}\n${spell(input)}\n`, { append: true });
}

function fileOf(target: string): URL {
  return new URL(`${target}.txt`, FOLDER);
}
