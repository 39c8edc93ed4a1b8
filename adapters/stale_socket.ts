/**
 * Files of Unix domain sockets: those that a dead server left behind, and those that ours leaves.
 *
 * @module
 */

/**
 * Tells whether listening failed because the address is taken.
 *
 * @param error The error of any of the runtimes
 * @returns true if so
 */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && ((error as { code?: unknown }).code === "EADDRINUSE" || error.name === "AddrInUse");
}

/**
 * Removes the file of a socket on which nobody listens. Never any other file.
 *
 * @param path The path
 * @returns true if the path is free now
 */
export async function removeStale(path: string): Promise<boolean> {
  // Rarely needed, and loading both takes 20 ms on Deno.
  const [{ lstatSync, unlinkSync }, { connect }] = await Promise.all([import("node:fs"), import("node:net")]);
  if (!lstatSync(path).isSocket()) return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const client = connect(path);
  client.on("connect", () => resolve(false));
  client.on("error", (error) => resolve((error as { code?: unknown }).code === "ECONNREFUSED"));
  const isStale = await promise;
  client.destroy();
  if (isStale) unlinkSync(path);
  return isStale;
}
