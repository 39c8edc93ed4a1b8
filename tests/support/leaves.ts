/**
 * The leaves under one face: each takes octets in a block, and what it gives does not depend on where in the block they
 * lie.
 *
 * @module
 */

import { decodeOctets } from "../../core/octets.ts";
import { parseChunkLine } from "../../core/parse/chunk_line.ts";
import { ChunkedDecoder } from "../../core/parse/chunked.ts";
import { parseConnectionOptions } from "../../core/parse/connection_options.ts";
import { ContentDecoder } from "../../core/parse/content.ts";
import { createFieldMarks, scanFieldLines } from "../../core/parse/field_lines.ts";
import { parseHost } from "../../core/parse/host.ts";
import { parseRequestHead } from "../../core/parse/request_head.ts";
import { parseResponseHead } from "../../core/parse/response_head.ts";
import { DEFAULT_PARSE_SETTINGS, type ParseSettings } from "../../core/parse/settings.ts";
import { parseTarget } from "../../core/parse/target.ts";

/** Parses the octets from `start` to `end`; undefined if more are needed. */
export type Leaf = (bytes: Uint8Array, start: number, end: number, settings?: ParseSettings) => unknown;

/** Those whose octets come in pieces. */
export const INCREMENTAL_LEAVES: Readonly<Record<string, Leaf>> = {
  parseRequestHead,
  parseResponseHead: (bytes, start, end, settings) => parseResponseHead(bytes, start, end, "GET", settings),
  scanFieldLines: (bytes, start, end, { limits } = DEFAULT_PARSE_SETTINGS) => {
    const marks = createFieldMarks();
    const sectionEnd = scanFieldLines(bytes, start, end, limits.fieldSection, limits.fieldLines, marks);
    const offsets = marks.offsets.slice(0, marks.count * 4).map((offset) => offset - start);
    return sectionEnd < 0 ? undefined : [sectionEnd - start, offsets];
  },
  parseChunkLine: (bytes, start, end, { limits } = DEFAULT_PARSE_SETTINGS) => {
    const into = { chunkSize: 0 };
    const dataStart = parseChunkLine(bytes, start, end, limits.chunkLine, into);
    return dataStart < 0 ? undefined : [dataStart - start, into.chunkSize];
  },
  chunkedDecoder: (bytes, start, end, settings) => {
    const decoder = new ChunkedDecoder(settings);
    decoder.begin();
    let data = "";
    let step = decoder.next(bytes, start, end);
    for (; step === "run"; step = decoder.next(bytes, decoder.position, end)) {
      data += decodeOctets(bytes, decoder.position, decoder.runEnd);
      decoder.take(decoder.runEnd - decoder.position);
    }
    return step === "more" ? undefined : [data, decoder.position - start, [...decoder.trailers]];
  },
  contentDecoder: (bytes, start, end, settings) => {
    const decoder = new ContentDecoder(settings);
    decoder.begin({ kind: "length", length: 20 });
    if (decoder.next(bytes, start, end, false) === "more") return undefined;
    const run = decodeOctets(bytes, decoder.position, decoder.runEnd);
    decoder.take(run.length);
    return decoder.next(bytes, decoder.position, end, false) === "end" ? [run, decoder.position - start] : undefined;
  },
};

/** Those whose octets are all there. */
export const WHOLE_LEAVES: Readonly<Record<string, Leaf>> = {
  parseHost: (bytes, start, end) => parseHost(decodeOctets(bytes, start, end)) ?? "no host",
  parseTarget: (bytes, start, end) => parseTarget("OPTIONS", decodeOctets(bytes, start, end)),
  parseAuthority: (bytes, start, end) => parseTarget("CONNECT", decodeOctets(bytes, start, end)),
  parseConnectionOptions: (bytes, start, end) => parseConnectionOptions(decodeOctets(bytes, start, end)),
};

/** All of them. */
export const LEAVES: Readonly<Record<string, Leaf>> = { ...INCREMENTAL_LEAVES, ...WHOLE_LEAVES };
