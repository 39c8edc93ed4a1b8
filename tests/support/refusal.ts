/**
 * Asking for the code of a refusal.
 *
 * @module
 */

import { ProtocolError, type ProtocolErrorCode } from "../../core/errors.ts";

/**
 * Runs a parser and gives the code of the `ProtocolError` that it throws.
 *
 * @param parse Runs it
 * @returns The code; undefined if nothing is thrown
 * @throws {Error} Whatever else is thrown
 */
export function refusalOf(parse: () => unknown): ProtocolErrorCode | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}
