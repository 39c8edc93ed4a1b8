/**
 * How many files and connections this process may have open.
 *
 * @module
 */

import { readFileSync } from "node:fs";

/** What a server needs besides its connections: listeners, logs, modules that load late. */
const SPARE = 64;

/**
 * Tells how many connections a server may hold, so that it stops accepting before the system stops it: out of
 * descriptors Node.js closes clients unseen, and Bun spins.
 *
 * @returns Half of the soft descriptor limit less 64, because as many again may be parked; undefined where it cannot be
 * read, and on Deno, which waits by itself when descriptors run out, and would ask the user for the permission
 */
export function connectionLimit(): number | undefined {
  if ("Deno" in globalThis) return undefined;
  try {
    return parseConnectionLimit(readFileSync("/proc/self/limits", "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * Reads the limit out of what Linux tells.
 *
 * @param limits The text of `/proc/self/limits`
 * @returns Half of the soft limit of open files less 64, at least 1; undefined if there is none
 */
export function parseConnectionLimit(limits: string): number | undefined {
  const soft = /^Max open files\s+([0-9]+)/m.exec(limits)?.[1];
  return soft === undefined ? undefined : Math.max(1, Math.floor((Number(soft) - SPARE) / 2));
}
