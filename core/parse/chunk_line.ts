/**
 * The leaf for the line before a chunk's data: `chunk-size [ chunk-ext ] CRLF` (RFC 9112, sections 7.1 and 7.1.1).
 *
 * Only CRLF ends it. Extensions are tokenised strictly, quoted strings too, and forgotten: lenient readers of them are
 * how requests are smuggled through chunk framing.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import * as octets from "../octets.ts";
import { bareCr, bareLf, nameOctet, NEED_MORE } from "./field_lines.ts";

// Constants of the module's own, see `octets.ts`.
const { CR, HTAB, LF, QUOTED_TEXT, SP, TOKEN } = octets;

/** Gets the size that a line tells. */
export interface ChunkSize {
  /** Octets of data in the chunk; 0 for the last chunk. */
  chunkSize: number;
}

const NO_DIGIT = 16;
const MAX_DIGITS = 16;
/** The largest size that another digit may be put behind. */
const MAX_BEFORE_DIGIT = (Number.MAX_SAFE_INTEGER - 15) / 16;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const HEX_VALUE: Uint8Array = hexValues();

/**
 * Parses the line before a chunk's data.
 *
 * @param bytes The block that holds it
 * @param start Where it starts
 * @param end Where the octets end
 * @param limit How many octets it may have without its line end
 * @param into Gets the size
 * @returns Where the data starts, or `NEED_MORE`
 * @throws {ProtocolError} `bad-chunk`, `bad-line-end`
 */
export function parseChunkLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  limit: number,
  into: ChunkSize,
): number {
  // One octet further than the limit: there a line of just that length has its CR.
  const stop = Math.min(end, start + limit + 1);
  let at = scanSize(bytes, start, stop, into);
  if (at < stop && bytes[at] !== CR) at = scanExtensions(bytes, at, stop);
  if (at === NEED_MORE || at >= stop) {
    if (end - start > limit) throw badChunk(`its line has more than ${limit} octets`);
    return NEED_MORE;
  }
  if (at + 1 >= end) return NEED_MORE;
  if (bytes[at + 1] !== LF) throw bareCr();
  return at + 2;
}

/** Gives where the digits end. */
function scanSize(bytes: Uint8Array, start: number, stop: number, into: ChunkSize): number {
  let size = 0;
  let at = start;
  for (; at < stop; at++) {
    const digit = HEX_VALUE[bytes[at]!]!;
    if (digit === NO_DIGIT) break;
    if (at - start === MAX_DIGITS) throw badChunk(`its size has more than ${MAX_DIGITS} digits`);
    // Checked before it grows: a size that wraps round or loses precision moves the end of the chunk.
    if (size > MAX_BEFORE_DIGIT) throw badChunk("its size is beyond 2^53-1");
    size = size * 16 + digit;
  }
  if (at === start && at < stop) throw badOctet(bytes[at]!, "its size has no digit");
  into.chunkSize = size;
  return at;
}

/** Gives where the CR of the line end stands, or `NEED_MORE`: *( BWS ";" BWS name [ BWS "=" BWS value ] ). */
function scanExtensions(bytes: Uint8Array, start: number, stop: number): number {
  let at = start;
  while (at < stop && bytes[at] !== CR) {
    at = skipSpace(bytes, at, stop);
    if (at >= stop) break;
    if (bytes[at] !== SEMICOLON) throw badOctet(bytes[at]!, `${nameOctet(bytes[at]!)} behind its size`);
    at = scanToken(bytes, skipSpace(bytes, at + 1, stop), stop);
    if (at >= stop) break;
    const behindName = at;
    at = skipSpace(bytes, at, stop);
    if (at >= stop) break;
    if (bytes[at] !== EQUALS) {
      // White space is only taken before ";" and "=": what follows it is for the next turn to judge.
      at = behindName;
      continue;
    }
    at = skipSpace(bytes, at + 1, stop);
    if (at >= stop) break;
    at = bytes[at] === QUOTE ? scanQuotedString(bytes, at, stop) : scanToken(bytes, at, stop);
  }
  return at < stop ? at : NEED_MORE;
}

function skipSpace(bytes: Uint8Array, start: number, stop: number): number {
  let at = start;
  while (at < stop && (bytes[at] === SP || bytes[at] === HTAB)) at++;
  return at;
}

function scanToken(bytes: Uint8Array, start: number, stop: number): number {
  let at = start;
  while (at < stop && TOKEN[bytes[at]!] === 1) at++;
  if (at < stop && at === start) throw badOctet(bytes[at]!, "its extension has no token where one must be");
  return at;
}

/** Gives what is behind the closing quote. */
function scanQuotedString(bytes: Uint8Array, start: number, stop: number): number {
  let at = start + 1;
  while (at < stop && bytes[at] !== QUOTE) {
    const octet = bytes[at]!;
    if (octet === BACKSLASH) {
      if (at + 1 >= stop) return stop;
      const escaped = bytes[at + 1]!;
      if (QUOTED_TEXT[escaped] !== 1 && escaped !== QUOTE && escaped !== BACKSLASH) throw badQuoted(escaped);
      at += 2;
      continue;
    }
    if (QUOTED_TEXT[octet] !== 1) throw badQuoted(octet);
    at++;
  }
  return Math.min(at + 1, stop);
}

function badQuoted(octet: number): ProtocolError {
  return badOctet(octet, `${nameOctet(octet)} in a quoted extension`);
}

function badOctet(octet: number, why: string): ProtocolError {
  return octet === LF ? bareLf() : badChunk(why);
}

/**
 * The error for a chunk that is none.
 *
 * @param why What is wrong with it
 * @returns The error
 */
export function badChunk(why: string): ProtocolError {
  return new ProtocolError("bad-chunk", `Cannot parse chunk: ${why}`);
}

function hexValues(): Uint8Array {
  const table = new Uint8Array(256).fill(NO_DIGIT);
  for (let value = 0; value < 16; value++) {
    const digit = value.toString(16);
    table[digit.charCodeAt(0)] = value;
    table[digit.toUpperCase().charCodeAt(0)] = value;
  }
  return table;
}
