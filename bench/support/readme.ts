/**
 * The generated parts of `bench/README.md`: each stands between two comments that name it.
 *
 * @module
 */

const README = new URL("../README.md", import.meta.url);

/**
 * Puts a part in its place in a text.
 *
 * @param text The text
 * @param name The part's name
 * @param part What is to stand between its comments
 * @returns The text with it
 * @throws {Error} If the text has no such place
 */
export function replacePart(text: string, name: string, part: string): string {
  const begin = `<!-- begin ${name} -->\n`;
  const end = `<!-- end ${name} -->`;
  const start = text.indexOf(begin);
  const stop = text.indexOf(end, start);
  if (start < 0 || stop < 0) throw new Error(`Cannot write the part ${name}: its two comments are not there`);
  return `${text.slice(0, start + begin.length)}\n${part.trim()}\n\n${text.slice(stop)}`;
}

/**
 * Writes a part of `bench/README.md`, laid out as the whole project is.
 *
 * @param name The part's name
 * @param part The part
 */
export async function writePart(name: string, part: string): Promise<void> {
  await Deno.writeTextFile(README, replacePart(await Deno.readTextFile(README), name, part));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", README.href.slice("file://".length)] }).output();
}

/**
 * Keeps what was measured, for other tools.
 *
 * @param name The name of the file in `bench/results/`
 * @param results What was measured
 */
export async function writeResults(name: string, results: unknown): Promise<void> {
  const folder = new URL("../results/", import.meta.url);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(new URL(`${name}.json`, folder), `${JSON.stringify(results, undefined, 2)}\n`);
}
