/**
 * The leaf for the head of a frame (RFC 6455, section 5.2), and its writer.
 *
 * @module
 */

import { MAX_CONTROL } from "./close_codes.ts";
import { WebSocketProtocolError } from "./errors.ts";
import { mask } from "./mask.ts";

/** A fragment that goes on with a message. */
export const CONTINUATION = 0x0;
/** A message of text, or its first fragment. */
export const TEXT = 0x1;
/** A message of octets, or its first fragment. */
export const BINARY = 0x2;
/** The peer closes. */
export const CLOSE = 0x8;
/** The peer asks whether we are there. */
export const PING = 0x9;
/** The answer to a ping. */
export const PONG = 0xa;

/** What a frame is. */
export type Opcode = typeof CONTINUATION | typeof TEXT | typeof BINARY | typeof CLOSE | typeof PING | typeof PONG;

/** The longest head: two octets, 64 bits of length, 32 of a key. */
export const MAX_FRAME_HEAD = 14;

/** What a frame's head says. */
export interface FrameHead {
  /** Whether it is the last fragment of its message. */
  readonly isFinal: boolean;
  /** RSV1: the message that begins here is compressed (RFC 7692, section 6). */
  readonly isCompressed: boolean;
  /** What the frame is. */
  readonly opcode: Opcode;
  /** The key its payload is masked with; undefined if it is not. */
  readonly maskKey: number | undefined;
  /** Octets of payload. */
  readonly length: number;
  /** Octets of the head itself. */
  readonly size: number;
}

/** How frames are read. */
export interface FrameRules {
  /** Whether payloads must be masked, as by clients, or must not, as by servers (RFC 6455, section 5.1). */
  readonly isMasked: boolean;
  /** Whether RSV1 has a meaning: permessage-deflate was negotiated. */
  readonly allowCompressed: boolean;
}

/** How a frame is written. */
export interface FrameOptions {
  /** Whether it is the last fragment. @default {true} */
  isFinal?: boolean;
  /** Whether the message that begins here is compressed. @default {false} */
  isCompressed?: boolean;
  /** The key to mask it with, 32 bits; undefined for none. */
  maskKey?: number | undefined;
}

/**
 * Reads the head of a frame. What can be said of an octet is said as soon as it is there.
 *
 * @param bytes The block that holds it
 * @param start Where it starts
 * @param end Where the octets end
 * @param rules What is allowed
 * @returns The head; undefined if more octets are needed
 * @throws {WebSocketProtocolError} 1002
 *
 * @example
 * ```ts
 * import { parseFrameHead } from "@sluice/sluice/websocket";
 * import { assertEquals } from "@std/assert";
 *
 * const frame = new Uint8Array([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
 * const head = parseFrameHead(frame, 0, frame.length, { isMasked: true, allowCompressed: false });
 * assertEquals([head?.opcode, head?.length, head?.size], [1, 5, 6]);
 * ```
 */
export function parseFrameHead(
  bytes: Uint8Array,
  start: number,
  end: number,
  rules: FrameRules,
): FrameHead | undefined {
  if (start >= end) return undefined;
  const first = bytes[start]!;
  checkFirst(first, rules);
  if (start + 1 >= end) return undefined;
  const second = bytes[start + 1]!;
  checkSecond(first, second, rules);
  const length = readLength(bytes, start + 2, end, second & 0x7f);
  const at = start + 2 + lengthOctets(second & 0x7f);
  const size = at - start + (rules.isMasked ? 4 : 0);
  if (length === undefined || start + size > end) return undefined;
  return {
    isFinal: (first & 0x80) !== 0,
    isCompressed: (first & 0x40) !== 0,
    opcode: (first & 0x0f) as Opcode,
    maskKey: rules.isMasked ? readWord(bytes, at) : undefined,
    length,
    size,
  };
}

function checkFirst(first: number, rules: FrameRules): void {
  const opcode = first & 0x0f;
  // Section 5.2: unless an extension gave them a meaning, the reserved bits are 0.
  if ((first & 0x30) !== 0) throw broken("RSV2 or RSV3 is set");
  if ((opcode > BINARY && opcode < CLOSE) || opcode > PONG) throw broken(`opcode ${opcode} is reserved`);
  // RFC 7692, section 6.1: on the first fragment of a message alone, and never on a control frame.
  if ((first & 0x40) !== 0 && !(rules.allowCompressed && (opcode === TEXT || opcode === BINARY))) {
    throw broken("RSV1 is set");
  }
  if (opcode >= CLOSE && (first & 0x80) === 0) throw broken("a control frame is fragmented");
}

function checkSecond(first: number, second: number, rules: FrameRules): void {
  if (((second & 0x80) !== 0) !== rules.isMasked) throw broken(rules.isMasked ? "it is not masked" : "it is masked");
  if ((first & 0x0f) >= CLOSE && (second & 0x7f) > MAX_CONTROL) throw broken("a control frame is over 125 octets");
}

function lengthOctets(short: number): number {
  return short < 126 ? 0 : short === 126 ? 2 : 8;
}

/** Section 5.2: "the minimal number of bytes MUST be used to encode the length", and the highest bit of 64 is 0. */
function readLength(bytes: Uint8Array, at: number, end: number, short: number): number | undefined {
  if (short < 126) return short;
  if (short === 127 && at < end && bytes[at]! > 0x7f) throw broken("the highest bit of its length is set");
  if (at + lengthOctets(short) > end) return undefined;
  if (short === 126) {
    const length = bytes[at]! << 8 | bytes[at + 1]!;
    if (length < 126) throw broken("its length is not in the shortest form");
    return length;
  }
  // Beyond 2^53 this is inexact, and larger than any limit all the same.
  const length = readWord(bytes, at) * 0x1_0000_0000 + readWord(bytes, at + 4);
  if (length < 0x1_0000) throw broken("its length is not in the shortest form");
  return length;
}

function readWord(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!) >>> 0;
}

function broken(what: string): WebSocketProtocolError {
  return new WebSocketProtocolError(1002, `Cannot read frame: ${what}`);
}

/**
 * Lays out a frame.
 *
 * @param opcode What it is
 * @param payload Its payload; it is copied
 * @param options How
 * @returns The octets, a block of their own
 *
 * @example
 * ```ts
 * import { encodeFrame, TEXT } from "@sluice/sluice/websocket";
 * import { assertEquals } from "@std/assert";
 *
 * const frame = encodeFrame(TEXT, new TextEncoder().encode("Hello"));
 * assertEquals(frame, new Uint8Array([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]));
 * ```
 */
export function encodeFrame(opcode: Opcode, payload: Uint8Array, options: FrameOptions = {}): Uint8Array {
  const { isFinal = true, isCompressed = false, maskKey } = options;
  const { length } = payload;
  const short = length < 126 ? length : length < 0x1_0000 ? 126 : 127;
  const lengthEnd = 2 + lengthOctets(short);
  const start = lengthEnd + (maskKey === undefined ? 0 : 4);
  const frame = new Uint8Array(start + length);
  frame[0] = (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode;
  frame[1] = (maskKey === undefined ? 0 : 0x80) | short;
  for (let at = lengthEnd - 1, rest = length; at > 1; at--) {
    frame[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  frame.set(payload, start);
  if (maskKey !== undefined) {
    for (let i = 0; i < 4; i++) frame[lengthEnd + i] = maskKey >>> (24 - 8 * i);
    mask(frame, start, frame.length, maskKey, 0);
  }
  return frame;
}
