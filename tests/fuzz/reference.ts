/**
 * A chunked decoder that is as plain as the grammar (RFC 9112, section 7.1), over text and regular expressions: what the
 * real one is held against.
 *
 * @module
 */

import type { Limits } from "../../core/limits.ts";
import { EXTENSION, FIELD_LINE, isTrailer } from "./grammar.ts";

const CHUNK_LINE = new RegExp(`([0-9A-Fa-f]{1,16})(?:${EXTENSION})*\\r\\n`, "y");
const TRAILER = new RegExp(FIELD_LINE, "y");
/** Framing that each chunk has free, and for each octet of its data: `chunkDebt` bounds what is beyond. */
const FREE_FRAMING = 16;
const FRAMING_PER_OCTET = 2;

/** A chunked body. */
export type PlainChunked = [data: string, end: number, trailers: [name: string, value: string][]];

/** The limits that a chunked body may meet. */
export type ChunkLimits = Pick<Limits, "chunkLine" | "chunkDebt" | "trailerSection" | "trailerLines">;

const NO_LIMITS: ChunkLimits = {
  chunkLine: Infinity,
  chunkDebt: Infinity,
  trailerSection: Infinity,
  trailerLines: Infinity,
};

/** A body as far as it follows the grammar. */
interface Walk {
  body: PlainChunked | undefined;
  /** Where the first piece stands that does not: a chunk line, the line end behind data, or, with the last chunk line before it, the trailers. */
  fault: number;
}

/**
 * Decodes a chunked body that stands at the start of a text.
 *
 * @param text The text, one character an octet
 * @param limits What it may not go beyond
 * @returns The body; undefined if none that is well-formed, whole and within the limits stands there
 */
export function decodeChunkedPlainly(text: string, limits: ChunkLimits = NO_LIMITS): PlainChunked | undefined {
  return walk(text, limits).body;
}

/**
 * Gives what of a chunked body does not follow the grammar.
 *
 * @param text The text at whose start the body stands
 * @returns What stands from the first faulty piece on: a chunk line, what is behind the data of a chunk, or the last
 * chunk line with the trailers; empty if the body is well-formed
 */
export function chunkedFault(text: string): string {
  const { body, fault } = walk(text, NO_LIMITS);
  return body ? "" : text.slice(fault);
}

function walk(text: string, limits: ChunkLimits): Walk {
  let data = "";
  let debt = 0;
  let at = 0;
  let lineStart = 0;
  for (;;) {
    lineStart = at;
    const line = matchAt(CHUNK_LINE, text, at);
    if (!line || line[0].length - 2 > limits.chunkLine) return { body: undefined, fault: at };
    at += line[0].length;
    const size = parseInt(line[1]!, 16);
    debt = Math.max(0, debt + line[0].length + 2 - FREE_FRAMING - FRAMING_PER_OCTET * size);
    if (debt > limits.chunkDebt) return { body: undefined, fault: lineStart };
    if (size === 0) break;
    data += text.slice(at, at + size);
    at += size;
    if (text.slice(at, at + 2) !== "\r\n") return { body: undefined, fault: at };
    at += 2;
  }
  const sectionStart = at;
  const lines: [string, string][] = [];
  for (let line = matchAt(TRAILER, text, at); line; line = matchAt(TRAILER, text, at)) {
    lines.push([line[1]!, line[2]!]);
    at += line[0].length;
  }
  const isWhole = text.slice(at, at + 2) === "\r\n" && lines.length <= limits.trailerLines &&
    at + 2 - sectionStart <= limits.trailerSection;
  return isWhole
    ? { body: [data, at + 2, lines.filter(([name]) => isTrailer(name))], fault: at }
    : { body: undefined, fault: lineStart };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
