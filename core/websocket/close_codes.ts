/**
 * Close codes: which of them may stand in a close frame, and the frame's payload (RFC 6455, sections 5.5.1 and 7.4).
 *
 * @module
 */

import { WebSocketProtocolError } from "./errors.ts";
import { decodeUtf8 } from "./utf8.ts";

/** What a close frame says. */
export interface CloseNotice {
  /** The close code; 1005 if the frame had none. */
  readonly code: number;
  /** The reason, empty if there is none. */
  readonly reason: string;
}

/** The close frame had no code. Never sent. */
export const NO_CODE = 1005;
/** The connection was lost without a close frame. Never sent. */
export const ABNORMAL = 1006;
/** What a control frame may carry, in octets (RFC 6455, section 5.5). */
export const MAX_CONTROL = 125;

const encoder = new TextEncoder();

/**
 * Tells whether a code may stand in a close frame. Reserved codes and those that only tell of what happened (1004,
 * 1005, 1006, 1015) may not; 1012 to 1014 are in IANA's registry; 3000 to 4999 belong to libraries and applications.
 *
 * @param code The code
 * @returns true if it may be sent
 */
export function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

/**
 * Reads the payload of a close frame.
 *
 * @param bytes The block that holds it, unmasked
 * @param start Where it starts
 * @param end Where it ends
 * @returns What it says
 * @throws {WebSocketProtocolError} 1002 for half a code or one that may not be sent, 1007 for a reason that is no UTF-8
 */
export function parseClose(bytes: Uint8Array, start: number, end: number): CloseNotice {
  if (start === end) return { code: NO_CODE, reason: "" };
  if (end - start === 1) throw new WebSocketProtocolError(1002, "Cannot read close frame: half a code");
  const code = bytes[start]! << 8 | bytes[start + 1]!;
  if (!isCloseCode(code)) throw new WebSocketProtocolError(1002, `Cannot read close frame: ${code} may not be sent`);
  return { code, reason: decodeUtf8(bytes.subarray(start + 2, end)) };
}

/**
 * Lays out the payload of a close frame.
 *
 * @param code The code
 * @param reason The reason
 * @returns The payload
 * @throws {RangeError} For a code that may not be sent, or a reason of more than 123 octets of UTF-8
 */
export function encodeClose(code: number, reason: string = ""): Uint8Array {
  if (!isCloseCode(code)) throw new RangeError(`Cannot close WebSocket: ${code} is no code to be sent`);
  const text = encoder.encode(reason);
  if (text.length > MAX_CONTROL - 2) {
    throw new RangeError(`Cannot close WebSocket: the reason is ${text.length} octets, more than 123`);
  }
  const payload = new Uint8Array(2 + text.length);
  payload[0] = code >> 8;
  payload[1] = code & 0xff;
  payload.set(text, 2);
  return payload;
}
