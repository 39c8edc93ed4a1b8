/**
 * How every server here is started: `RUNTIME FILE PORT`, on the loopback interface.
 *
 * @module
 */

import process from "node:process";

/** The address that all listen on. */
export const HOSTNAME = "127.0.0.1";

/**
 * Reads the port from the arguments.
 *
 * @returns The port
 */
export function portArgument(): number {
  return Number(process.argv[2]);
}
