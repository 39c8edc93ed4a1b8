/**
 * The parsing leaves beside http-parser-js.
 *
 * @module
 */

import { ChunkedDecoder } from "../../core/parse/chunked.ts";
import { ADAPTER_PARSE_SETTINGS } from "./decode_octets.ts";
import { HEADS, sluiceHeads, sluicePieces, stringsAlone, toOctets } from "./head_cases.ts";
import { chunkBlocks } from "./inputs.ts";
import { type LeafCase, type LeafEntry, takeTurns, touch } from "./leaf_case.ts";
import { rivalRequests } from "./rival_parser.ts";

const RIVAL = "http-parser-js";
const CHUNKED_HEAD = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/**
 * Request heads: whole, and octet by octet.
 *
 * @returns The cases
 */
export function headCases(): LeafCase[] {
  const whole = Object.entries(HEADS).map(([group, heads]): LeafCase => {
    const next = takeTurns(heads);
    const parse = rivalRequests();
    const rival = { name: RIVAL, run: () => parse(next()) };
    return { group, entries: [sluiceHeads(heads), rival], least: stringsAlone(heads) };
  });
  const some = HEADS["browser head"]!.slice(0, 16);
  const next = takeTurns(some.map((head) => toOctets(head)));
  const parse = rivalRequests();
  const pieces = { name: RIVAL, run: () => next().forEach(parse) };
  return [...whole, { group: "browser head, octet by octet", entries: [sluicePieces(some), pieces] }];
}

/**
 * Chunked bodies of which each octet is looked at, by the size of their chunks. A call decodes one block, as of one
 * read.
 *
 * @returns The cases
 */
export function chunkCases(): LeafCase[] {
  const sizes: [group: string, size: number, blockSize: number][] = [
    ["chunks of 16 B", 16, 4096],
    ["chunks of 1 KiB", 1024, 16_384],
    ["chunks of 64 KiB", 65_536, 65_536],
  ];
  return sizes.map(([group, size, blockSize]): LeafCase => {
    const blocks = chunkBlocks(size, blockSize);
    const next = takeTurns(blocks);
    const parse = rivalRequests();
    parse(Buffer.from(CHUNKED_HEAD));
    const rival = { name: RIVAL, run: () => parse(next()) };
    return { group, entries: [sluiceChunks(blocks), rival], least: touchAlone(blocks, size) };
  });
}

/** As many octets of data looked at, one run a chunk, where somebody has found them before. */
function touchAlone(blocks: readonly Uint8Array[], size: number): LeafEntry {
  const next = takeTurns(blocks.map((block) => new Uint8Array(block)));
  const run = (): void => {
    const bytes = next();
    const framed = size + size.toString(16).length + 4;
    for (let at = 0; at < bytes.length; at += framed) touch(bytes, at, at + size);
  };
  return { name: "each octet looked at, alone", run };
}

function sluiceChunks(blocks: readonly Uint8Array[]): LeafEntry {
  const decoder = new ChunkedDecoder(ADAPTER_PARSE_SETTINGS);
  const next = takeTurns(blocks.map((block) => new Uint8Array(block)));
  decoder.begin();
  const run = (): void => {
    const bytes = next();
    let at = 0;
    while (decoder.next(bytes, at, bytes.length) === "run") {
      touch(bytes, decoder.position, decoder.runEnd);
      decoder.take(decoder.runEnd - decoder.position);
      at = decoder.position;
    }
  };
  return { name: "sluice", run };
}
