/**
 * Finds the tests that the documentation names.
 *
 * @module
 */

import { sourceFiles } from "./module_graph.ts";

/**
 * Reads all tests.
 *
 * @param root The project's folder
 * @returns The sources of all files of tests
 */
export async function readTests(root: URL): Promise<string[]> {
  const files = await sourceFiles(root, ["tests"]);
  return await Promise.all(
    files.filter((file) => /_test\.ts$/.test(file)).map((file) => Deno.readTextFile(new URL(file, root))),
  );
}

/**
 * Finds the lines in which a test, a step or a case has a name that begins so.
 *
 * @param sources The sources
 * @param beginning The beginning of the name
 * @returns The lines
 */
export function linesNamed(sources: readonly string[], beginning: string): string[] {
  return sources.flatMap((source) => source.split("\n")).filter((line) =>
    ['"', "`"].some((quote) => line.includes(quote + beginning))
  );
}

/**
 * Gives what stands between backticks.
 *
 * @param cell The text
 * @returns Each name
 */
export function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
}
