/**
 * Tests of the send buffer and its pool: order, blocks, re-use.
 *
 * @module
 */

import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { BLOCK_SIZE, BlockPool } from "../../../core/write/block_pool.ts";
import { LARGE_PIECE, SendBuffer } from "../../../core/write/send_buffer.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { takeAll } from "../../support/take_all.ts";

type Append = readonly [how: "text" | "looked at" | "copy" | "large", text: string];

const NOTHING = octets("");

function append(out: SendBuffer, [how, text]: Append): void {
  if (how === "text") out.appendAscii(text);
  else if (how === "copy") out.append(octets(text));
  else if (how === "looked at") { if (!out.appendIfAscii(NOTHING, text, NOTHING)) out.append(octets(text)); }
  else out.appendLarge(octets(text));
}

/** A text of letters that differ, so that a wrong order shows. */
function letters(length: number, from = 0): string {
  let text = "";
  for (let i = from; i < from + length; i++) text += String.fromCharCode(0x61 + (i * 7 + (i >> 8)) % 26);
  return text;
}

const ORDERS: readonly [what: string, appends: Append[]][] = [
  ["text", [["text", "a"], ["text", "b"]]],
  ["text and octets", [["text", "a"], ["copy", "b"], ["text", "c"], ["copy", "d"]]],
  ["large pieces between", [["text", "a"], ["large", "b"], ["copy", "c"], ["large", "d"], ["text", "e"]]],
  ["a text larger than a block behind octets", [["copy", "first"], ["text", letters(BLOCK_SIZE + 1)], [
    "text",
    "last",
  ]]],
  ["a text larger than a block behind text", [["text", "first"], ["text", letters(BLOCK_SIZE + 1)], ["copy", "last"]]],
  ["a text of just a block", [["copy", "first"], ["text", letters(BLOCK_SIZE)], ["copy", "last"]]],
  ["octets larger than a block", [["text", "a"], ["copy", letters(BLOCK_SIZE + 1)], ["text", "b"]]],
  ["a block filled to its end", [["copy", letters(BLOCK_SIZE - 1)], ["copy", "a"], ["copy", "b"]]],
  ["a block that would overflow", [["copy", letters(BLOCK_SIZE - 1)], ["copy", "ab"]]],
  ["nothing at all", [["text", ""], ["looked at", ""], ["copy", ""], ["large", ""]]],
];

Deno.test("SendBuffer gives all in order", async (t) => {
  for (const [what, appends] of ORDERS) {
    await t.step(what, () => {
      const out = new SendBuffer();
      for (const one of appends) append(out, one);
      const expected = appends.map(([, text]) => text).join("");
      assertEquals([out.pending, out.total], [expected.length, expected.length]);
      assertEquals(textOf(takeAll(out)), expected);
      assertEquals([out.pending, out.total, out.take()], [0, expected.length, undefined]);
    });
  }
});

Deno.test("SendBuffer gives all in order, whatever is appended and taken", () => {
  const sizes = fc.oneof(
    fc.nat(40),
    fc.constantFrom(16_383, 16_384, 16_385, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1),
  );
  const steps = fc.array(fc.tuple(fc.constantFrom("text", "looked at", "copy", "large", "take", "take all"), sizes), {
    maxLength: 25,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const out = new SendBuffer();
      let appended = "";
      let taken = "";
      for (const [how, size] of all) {
        if (how === "take all") taken += textOf(takeAll(out));
        else if (how === "take") {
          const block = out.take();
          taken += block ? textOf(block) : "";
          out.release();
        } else {
          const text = letters(size, appended.length);
          append(out, [how as Append[0], text]);
          appended += text;
        }
        assertEquals(out.pending, appended.length - taken.length);
      }
      assert(taken + textOf(takeAll(out)) === appended, "something was lost or out of order");
      assertEquals(out.total, appended.length);
    }),
    { numRuns: 100 },
  );
});

Deno.test("SendBuffer fills a block to its end, and goes on filling it while others are taken", () => {
  const out = new SendBuffer();
  out.append(octets(letters(BLOCK_SIZE - 2)));
  out.append(octets("ab"));
  assertEquals(out.take()?.length, BLOCK_SIZE);
  out.release();
  out.appendLarge(octets("first"));
  out.append(octets("se"));
  assertEquals(textOf(out.take()!), "first");
  out.release();
  out.append(octets("cond"));
  assertEquals(textOf(out.take()!), "second");
});

/** A pool that tells how many blocks are out. */
class CountingPool extends BlockPool {
  out = 0;

  override take(): Uint8Array {
    this.out++;
    return super.take();
  }

  override give(block: Uint8Array): void {
    this.out--;
    super.give(block);
  }
}

Deno.test("SendBuffer holds no block while it is empty, and gives each one back", () => {
  const pool = new CountingPool();
  const out = new SendBuffer(pool);
  assertEquals(pool.out, 0);
  out.appendAscii("");
  out.append(octets(""));
  assertEquals(pool.out, 0);
  out.appendAscii("a");
  assertEquals(pool.out, 1);
  out.append(octets("b"));
  assertEquals(pool.out, 1);
  assertEquals(textOf(out.take()!), "ab");
  assertEquals(pool.out, 1);
  out.release();
  assertEquals(pool.out, 0);
  out.release();
  assertEquals(pool.out, 0);
});

Deno.test("SendBuffer appends a text if it is ASCII, with what goes round it, and else nothing", async (t) => {
  const texts: readonly [what: string, text: string, isTaken: boolean][] = [
    ["short", "a\0\x7f", true],
    ["short, not ASCII", "ab\x80", false],
    ["short, a lone surrogate", "\ud800", false],
    ["long", letters(100), true],
    ["long, not ASCII at the end", letters(99) + "\xe9", false],
    ["long, not ASCII at the start", "\u20ac" + letters(99), false],
    ["long, a pair of surrogates", "\u{1f600}" + letters(99), false],
    ["the longest", letters(LARGE_PIECE - 1), true],
    ["too long", letters(LARGE_PIECE), false],
  ];
  for (const [what, text, isTaken] of texts) {
    for (const first of ["", "first", letters(BLOCK_SIZE - 50)]) {
      await t.step(`${what}, behind ${first.length} octets`, () => {
        const pool = new CountingPool();
        const out = new SendBuffer(pool);
        out.append(octets(first));
        const blocks = pool.out;
        assertEquals(out.appendIfAscii(octets("<"), text, octets(">")), isTaken);
        if (!isTaken) assertEquals(pool.out, blocks, "no block for nothing");
        out.appendAscii("last");
        const expected = `${first}${isTaken ? `<${text}>` : ""}last`;
        assertEquals([out.pending, out.total], [expected.length, expected.length]);
        assertEquals(textOf(takeAll(out)), expected);
      });
    }
  }
});

Deno.test("SendBuffer does not change a block that was taken until it is released", () => {
  const pool = new BlockPool();
  const out = new SendBuffer(pool);
  out.append(octets("first"));
  const first = out.take()!;
  out.append(octets("second"));
  assertEquals(textOf(first), "first");
  out.release();
  const second = out.take()!;
  assertEquals(textOf(second), "second");
  out.append(octets("third"));
  assertEquals(textOf(second), "second");
  out.release();
  assertEquals(textOf(out.take()!), "third");
});

Deno.test("SendBuffer uses a released block again, also that of another connection", () => {
  const pool = new BlockPool();
  const one = new SendBuffer(pool);
  const other = new SendBuffer(pool);
  one.append(octets("a"));
  const { buffer } = one.take()!;
  one.release();
  other.append(octets("b"));
  assertStrictEquals(other.take()!.buffer, buffer);
  one.append(octets("c"));
  assertNotStrictEquals(one.take()!.buffer, buffer);
});

Deno.test("SendBuffer drops what waits on clear, and gives the blocks back", () => {
  const pool = new CountingPool();
  const out = new SendBuffer(pool);
  out.append(octets(letters(BLOCK_SIZE)));
  out.append(octets("x"));
  out.appendLarge(octets("y"));
  const taken = out.take()!;
  out.appendAscii("z");
  out.clear();
  assertEquals([out.pending, out.take(), taken.length], [0, undefined, BLOCK_SIZE]);
  out.append(octets("again"));
  assertEquals(textOf(takeAll(out)), "again");
});

Deno.test("BlockPool keeps free blocks up to a number, and no others", () => {
  const pool = new BlockPool();
  const block = pool.take();
  assertEquals(block.length, BLOCK_SIZE);
  pool.give(block);
  assertStrictEquals(pool.take(), block);
  pool.give(new Uint8Array(BLOCK_SIZE * 2));
  assertEquals(pool.take().length, BLOCK_SIZE);
  const many = Array.from({ length: 100 }, () => pool.take());
  for (const one of many) pool.give(one);
  const again = new Set(Array.from({ length: 100 }, () => pool.take()));
  assertEquals(many.filter((one) => again.has(one)).length, 64);
});
