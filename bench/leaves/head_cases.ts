/**
 * Request heads, whole and octet by octet.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { ServerConnection } from "../../core/connection/server_connection.ts";
import { LF, SP } from "../../core/octets.ts";
import { createFieldMarks, scanFieldLines } from "../../core/parse/field_lines.ts";
import { parseRequestHead } from "../../core/parse/request_head.ts";
import { ADAPTER_PARSE_SETTINGS } from "./decode_octets.ts";
import { browserHead, cookieHead, fortyFieldsHead, minimalHead, variants } from "./inputs.ts";
import { type LeafEntry, sink, takeTurns } from "./leaf_case.ts";

/** The heads by the name of their group. */
export const HEADS: Readonly<Record<string, readonly Buffer[]>> = {
  "minimal head": variants(minimalHead),
  "browser head": variants(browserHead),
  "2 KiB of cookies": variants(cookieHead),
  "40 fields": variants(fortyFieldsHead),
};

/**
 * Our way with whole heads.
 *
 * @param heads The heads
 * @returns The entry
 */
export function sluiceHeads(heads: readonly Buffer[]): LeafEntry {
  const next = takeTurns(heads.map(toPlainArray));
  const run = (): void => {
    const bytes = next();
    sink.value = parseRequestHead(bytes, 0, bytes.length, ADAPTER_PARSE_SETTINGS)!.fields;
  };
  return { name: "sluice", run };
}

/**
 * The strings alone: a head is decoded and cut where its words stand, which somebody has found before.
 *
 * @param heads The heads
 * @returns The entry
 */
export function stringsAlone(heads: readonly Buffer[]): LeafEntry {
  const next = takeTurns(heads.map((head) => ({ bytes: toPlainArray(head), cuts: cutsOf(toPlainArray(head)) })));
  const run = (): void => {
    const { bytes, cuts } = next();
    const text = ADAPTER_PARSE_SETTINGS.decodeOctets(bytes, 0, bytes.length);
    const words = new Array<string>(cuts.length / 2);
    for (let i = 0; i < words.length; i++) words[i] = text.slice(cuts[i * 2], cuts[i * 2 + 1]);
    sink.value = words;
  };
  return { name: "the strings alone", run };
}

/** Where method, target, names and values start and end, by turns. */
function cutsOf(bytes: Uint8Array): number[] {
  const methodEnd = bytes.indexOf(SP);
  const targetEnd = bytes.indexOf(SP, methodEnd + 1);
  const lineEnd = bytes.indexOf(LF) + 1;
  const marks = createFieldMarks();
  scanFieldLines(bytes, lineEnd, bytes.length, bytes.length, Infinity, marks);
  return [0, methodEnd, methodEnd + 1, targetEnd, ...marks.offsets.slice(0, marks.count * 4)];
}

/**
 * Our way with heads that arrive octet by octet: a leaf keeps nothing, so a connection is measured.
 *
 * @param heads The heads
 * @returns The entry
 */
export function sluicePieces(heads: readonly Buffer[]): LeafEntry {
  const connection = new ServerConnection(ADAPTER_PARSE_SETTINGS);
  const next = takeTurns(heads.map((head) => toOctets(toPlainArray(head))));
  const run = (): void => {
    for (const octet of next()) {
      connection.receive(octet);
      connection.readHead();
      connection.release();
    }
    sink.value = connection.head!.fields;
    connection.respond({ status: 204, date: "" });
    connection.finish();
    connection.turnOver();
    connection.output.clear();
  };
  return { name: "sluice", run };
}

/**
 * Cuts a block into views of one octet.
 *
 * @param bytes The block
 * @returns The views
 */
export function toOctets<Block extends Uint8Array>(bytes: Block): Block[] {
  return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1) as Block);
}

/** Adapters on Deno give plain arrays; a Buffer is a subclass, which engines treat as another shape. */
function toPlainArray(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
