import { assert, assertEquals } from "@std/assert";
import { ReadBlock } from "../../adapters/read_block.ts";

Deno.test("ReadBlock follows what a connection is sent", () => {
  const block = new ReadBlock();
  const sizes = [100, 256, 300, 600, 1000, 100, 256, 3000, 100].map((count) => {
    const size = block.bytes.length;
    block.fit(Math.min(count, size));
    return size;
  });
  // A full block is followed by the largest; a partial one by what holds the burst that ended with it.
  assertEquals(sizes, [256, 256, 65_536, 1024, 1024, 1024, 256, 65_536, 4096]);
  block.giveBack();
});

Deno.test("ReadBlock never shares octets between connections", () => {
  const blocks = Array.from({ length: 1000 }, () => new ReadBlock());
  for (const [i, block] of blocks.entries()) {
    for (let n = 0; n < i % 5; n++) block.fit(Math.min([200, 256, 700, 3000][n] as number, block.bytes.length));
  }
  blocks.forEach((block, i) => block.bytes.fill(i));
  for (const [i, block] of blocks.entries()) assert(block.bytes.every((octet) => octet === (i & 0xff)));
  blocks.forEach((block) => block.giveBack());
  const [one, other] = [new ReadBlock(), new ReadBlock()];
  one.bytes.fill(1);
  other.bytes.fill(2);
  assert(one.bytes.every((octet) => octet === 1));
  one.giveBack();
  other.giveBack();
});

Deno.test("ReadBlock lends at most 256 of the largest blocks", () => {
  const blocks = Array.from({ length: 300 }, () => new ReadBlock());
  for (const block of blocks) block.fit(256);
  assertEquals(blocks.filter((block) => block.bytes.length === 65_536).length, 256);
  assertEquals(blocks.filter((block) => block.bytes.length === 4096).length, 44);
  blocks.forEach((block) => block.giveBack());
  const next = new ReadBlock();
  next.fit(256);
  assertEquals(next.bytes.length, 65_536);
  next.giveBack();
});
