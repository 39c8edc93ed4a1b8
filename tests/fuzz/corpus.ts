/**
 * The kept inputs: two text files a target, one input a line, in the spelling of the vectors. In `corpus/` stands what
 * was found, each with its error; in `corpus/code/` what reached code that nothing before it had. A line that starts with
 * `#` is a comment.
 *
 * @module
 */

import { spell, unspell } from "../support/octet_text.ts";

const FOLDER: URL = new URL("corpus/", import.meta.url);

/** How many inputs that reach code are kept of a target, and how long their lines may be in all. */
const MOST_INPUTS = 200;
const MOST_TEXT = 16_384;

/**
 * Reads the inputs kept for a target.
 *
 * @param target Its name
 * @param folder Where they stand
 * @returns The inputs, one character an octet
 * @throws {SyntaxError} If one is misspelt
 */
export function readCorpus(target: string, folder: URL = FOLDER): string[] {
  return [fileOf(target, folder), codeFileOf(target, folder)].flatMap(readInputs);
}

function readInputs(file: URL): string[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(file);
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
 * @param folder Where they stand
 */
export function keepInput(target: string, input: string, why: string, folder: URL = FOLDER): void {
  Deno.writeTextFileSync(fileOf(target, folder), `# ${why.split("\n")[0]}\n${spell(input)}\n`, { append: true });
}

/**
 * Keeps inputs that reach code, the shortest first, as many as there is room for; those that were kept before stay.
 *
 * @param target The target's name
 * @param inputs The inputs
 * @param folder Where they stand
 */
export function keepCode(target: string, inputs: readonly string[], folder: URL = FOLDER): void {
  const file = codeFileOf(target, folder);
  const before = readInputs(file).map(spell);
  const lines = [...inputs].map(spell).sort((one, other) => one.length - other.length);
  const kept = new Set(before);
  let room = MOST_TEXT - before.join("\n").length;
  for (const line of lines) {
    if (kept.size >= MOST_INPUTS || line.length + 1 > room) break;
    if (kept.has(line) || line === "") continue;
    kept.add(line);
    room -= line.length + 1;
  }
  if (kept.size === 0) return;
  Deno.mkdirSync(new URL(".", file), { recursive: true });
  Deno.writeTextFileSync(file, `# What reached code that nothing before had.\n${[...kept].join("\n")}\n`);
}

function codeFileOf(target: string, folder: URL): URL {
  return new URL(`code/${target}.txt`, folder);
}

function fileOf(target: string, folder: URL): URL {
  return new URL(`${target}.txt`, folder);
}
