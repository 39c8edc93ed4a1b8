/**
 * What befalls the server itself.
 *
 * @module
 */

/**
 * Something is wrong with the server, and not with an exchange; it goes on. `onError` is told. The message is for whoever
 * runs the server; where it came from, the stack does not tell.
 */
export class ServerFault extends Error {
  /** The class's name, `ServerFault`. */
  override readonly name: string = "ServerFault";
}

/**
 * Makes one of what accepting failed with.
 *
 * @param error What it was
 * @returns The fault
 */
export function toAcceptFault(error: unknown): ServerFault {
  const reason = error instanceof Error ? error.message : String(error);
  return new ServerFault(`Cannot accept connections: ${reason}`, { cause: error });
}
