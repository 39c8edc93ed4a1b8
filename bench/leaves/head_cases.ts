/**
 * Request heads, whole and octet by octet.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { ServerConnection } from "../../core/connection/server_connection.ts";
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
