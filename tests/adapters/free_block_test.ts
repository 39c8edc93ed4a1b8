/** Blocks that are freed: only those that are large, and all of their memory. */

import { assertEquals } from "@std/assert";
import { freeBlock } from "../../adapters/free_block.ts";

const LARGE = 16_384;

Deno.test("freeBlock() frees a large block", () => {
  const block = new Uint8Array(LARGE);
  freeBlock(block);
  assertEquals([block.length, block.buffer.byteLength], [0, 0]);
  freeBlock(block);
});

Deno.test("freeBlock() leaves a small one, and a part of a larger one", () => {
  const small = new Uint8Array(LARGE - 1);
  const memory = new ArrayBuffer(LARGE + 1);
  for (const block of [small, new Uint8Array(memory, 0, LARGE), new Uint8Array(memory, 1)]) {
    const { length } = block;
    freeBlock(block);
    assertEquals(block.length, length);
  }
});
