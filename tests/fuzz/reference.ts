/**
 * A chunked decoder that is as plain as the grammar (RFC 9112, section 7.1), over text and regular expressions: what the
 * real one is held against. It knows no limits.
 *
 * @module
 */

import { mayBeTrailer } from "../../core/fields.ts";

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const QUOTED = '"(?:[\\t !#-[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"';
const EXTENSION = `[ \\t]*;[ \\t]*${TOKEN}(?:[ \\t]*=[ \\t]*(?:${TOKEN}|${QUOTED}))?`;
const CHUNK_LINE = new RegExp(`([0-9A-Fa-f]{1,16})(?:${EXTENSION})*\\r\\n`, "y");
const FIELD_LINE = new RegExp(`(${TOKEN}):[ \\t]*((?:[\\t -~\\x80-\\xff]*[!-~\\x80-\\xff])?)[ \\t]*\\r\\n`, "y");

/** A chunked body. */
export type PlainChunked = [data: string, end: number, trailers: [name: string, value: string][]];

/**
 * Decodes a chunked body that stands at the start of a text.
 *
 * @param text The text, one character an octet
 * @returns The body; undefined if none that is well-formed and whole stands there
 */
export function decodeChunkedPlainly(text: string): PlainChunked | undefined {
  let data = "";
  let at = 0;
  for (;;) {
    const line = matchAt(CHUNK_LINE, text, at);
    if (!line) return undefined;
    at += line[0].length;
    const size = parseInt(line[1]!, 16);
    if (size === 0) break;
    data += text.slice(at, at + size);
    at += size;
    if (text.slice(at, at + 2) !== "\r\n") return undefined;
    at += 2;
  }
  const trailers: [string, string][] = [];
  for (let line = matchAt(FIELD_LINE, text, at); line; line = matchAt(FIELD_LINE, text, at)) {
    if (mayBeTrailer(line[1]!)) trailers.push([line[1]!, line[2]!]);
    at += line[0].length;
  }
  return text.slice(at, at + 2) === "\r\n" ? [data, at + 2, trailers] : undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
