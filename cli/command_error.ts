/**
 * How a command fails: one line for whoever typed it, and an exit code.
 *
 * @module
 */

/** A command cannot do what it was asked; the message is the line that says why. */
export class CommandError extends Error {
  /** The class's name, `CommandError`. */
  override readonly name: string = "CommandError";
  /** The exit code: 1 if it did not work out, 2 if it was asked wrongly. */
  readonly exitCode: 1 | 2;

  /**
   * @param message What is wrong: sentence case, no period, one line
   * @param exitCode 1 if it did not work out, 2 if it was asked wrongly
   */
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Says in one line what any error is about, without colours and without the stack.
 *
 * @param error What was thrown
 * @returns The line
 */
export function toLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  // deno-lint-ignore no-control-regex -- Deno colours the messages of modules that it cannot load
  const lines = message.replace(/\x1b\[[0-9;]*m/g, "").split("\n").map((line) => line.trim());
  return lines.find((line) => line !== "") ?? "unknown error";
}
