/**
 * The modules of the runtime that only some servers need: TLS, certificates, descriptors. They are loaded where they are
 * needed, for an import would have each server wait for them as it starts: for `node:tls` 30 ms on Node.js. Even
 * `node:process`, which tells where they are, takes 10 ms there and 20 ms on Deno.
 *
 * @module
 */

import type process from "node:process";

/**
 * Loads a module of the runtime, at once: `import()` would give a promise, and who listens is to be told of a fault by
 * an exception.
 *
 * @param id Its name
 * @returns The module
 */
export const lateBuiltin: typeof process.getBuiltinModule = (id: string) => {
  // All three runtimes have this global; on Deno the look at it loads it.
  const { process } = globalThis as unknown as { process: { getBuiltinModule(id: string): undefined } };
  return process.getBuiltinModule(id);
};
