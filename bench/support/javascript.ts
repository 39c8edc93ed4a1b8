/**
 * The JavaScript that Node.js and Bun run where a package comes from JSR: module by module without its types, for JSR
 * puts nothing together. `demo.ts` becomes `demo.js`, and who imports it says so.
 *
 * @module
 */

import { stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { type Graph, readGraph } from "../../tests/support/module_graph.ts";

const ROOT = new URL("../../", import.meta.url);

/** Below it Node.js and Bun find the packages that the rivals import. */
const PLACE = new URL("../rivals/", import.meta.url);

/** Ends a name in what imports, at once or later: `from "./demo.ts"`, `import "./demo.ts"`, `import("./demo.ts")`. */
const IMPORTED = /(?<=\b(?:from|import)\s*\(?\s*"\.{1,2}\/[^"\n]*)\.ts(?=")/g;

/** A folder with the JavaScript of some modules and all that they import. */
export class JavaScriptFolder implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Writes the JavaScript.
   *
   * @param entries The modules, from the project's folder
   * @returns The folder
   * @throws {Error} If a module is not there or is no TypeScript that only needs its types removed
   */
  static async write(entries: readonly string[]): Promise<JavaScriptFolder> {
    const modules = reachable(await readGraph(ROOT), entries);
    const folder = await Deno.makeTempDir({ dir: fileURLToPath(PLACE), prefix: ".javascript-" });
    const written = new JavaScriptFolder(`${folder}/`);
    try {
      await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }\n');
      for (const module of modules) await written.#write(module);
    } catch (error) {
      await written[Symbol.asyncDispose]();
      throw error;
    }
    return written;
  }

  /**
   * Finds the JavaScript of a module.
   *
   * @param module The module, from the project's folder
   * @returns Its file
   */
  fileOf(module: string): string {
    return this.#folder + module.replace(/\.ts$/, ".js");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #write(module: string): Promise<void> {
    const file = this.fileOf(module);
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, toJavaScript(await Deno.readTextFile(new URL(module, ROOT))));
  }
}

/**
 * Removes the types.
 *
 * @param source TypeScript
 * @returns JavaScript that imports JavaScript
 * @throws {SyntaxError} If more would have to be done than to remove types
 */
export function toJavaScript(source: string): string {
  return stripTypeScriptTypes(source).replace(IMPORTED, ".js");
}

/**
 * Finds what modules import, and what that imports.
 *
 * @param graph The graph of the project
 * @param entries The modules
 * @returns Their names and those of all others in the project that they reach
 * @throws {Error} If the graph does not have one of the modules
 */
export function reachable(graph: Graph, entries: readonly string[]): Set<string> {
  const found = new Set(entries);
  // A set goes on to what is added meanwhile.
  for (const module of found) {
    const imports = graph.get(module);
    if (imports === undefined) throw new Error(`Cannot write JavaScript: there is no module ${module}`);
    for (const imported of imports) if (imported.endsWith(".ts") && graph.has(imported)) found.add(imported);
  }
  return found;
}
