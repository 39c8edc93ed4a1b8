/**
 * Sending all that a send buffer holds.
 *
 * @module
 */

import type { SendBuffer } from "../../core/write/send_buffer.ts";

/**
 * Takes all that waits, as a port would that sends at once.
 *
 * @param out The buffer
 * @returns All octets in order
 * @throws {Error} If it gives a block without octets
 */
export function takeAll(out: SendBuffer): Uint8Array {
  const blocks: Uint8Array[] = [];
  let length = 0;
  for (let block = out.take(); block; block = out.take()) {
    if (block.length === 0) throw new Error("A block without octets was given");
    blocks.push(block.slice());
    length += block.length;
    out.release();
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const block of blocks) {
    all.set(block, at);
    at += block.length;
  }
  return all;
}
