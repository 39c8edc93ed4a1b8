/**
 * Cores: the server computes on one, the load on another, as far as the machine has two and `taskset` is there.
 *
 * @module
 */

/** The core of the server. */
export const SERVER_CORE = 0;

/** The core of the load. */
export const LOAD_CORE = 1;

const hasTaskset: boolean = has("taskset") && navigator.hardwareConcurrency > 1;

/** Says how server and load are kept apart. */
export const CORES: string = hasTaskset ? "server on one core, load on another" : "server and load not pinned";

/**
 * Tells whether a command is there.
 *
 * @param command The command
 * @returns true if so
 */
export function has(command: string): boolean {
  try {
    new Deno.Command(command, { args: ["--version"], stdin: "null", stdout: "null", stderr: "null" }).outputSync();
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes a command run on one core, with as many descriptors as the system allows.
 *
 * @param core The core
 * @param command The command with its arguments
 * @returns The command with its arguments
 */
export function onCore(core: number, command: readonly string[]): string[] {
  if (Deno.build.os === "windows") return [...command];
  const pinned = hasTaskset ? ["taskset", "-c", String(core), ...command] : command;
  // Each of the commands becomes the next one: the process keeps its id.
  return ["sh", "-c", 'ulimit -n "$(ulimit -Hn)"; exec "$@"', "sh", ...pinned];
}
