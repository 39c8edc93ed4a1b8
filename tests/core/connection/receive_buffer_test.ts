/**
 * Tests of the receive buffer: nothing is lost, whoever owns the block.
 *
 * @module
 */

import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { ReceiveBuffer } from "../../../core/connection/receive_buffer.ts";
import { octets, textOf } from "../../support/octet_text.ts";

function unreadOf(buffer: ReceiveBuffer): string {
  return textOf(buffer.bytes.subarray(buffer.start, buffer.end));
}

Deno.test("ReceiveBuffer reads a lent block where it lies, and forgets it when it is read", () => {
  const buffer = new ReceiveBuffer();
  const block = octets("hello");
  buffer.receive(block);
  assertStrictEquals(buffer.bytes, block);
  assertEquals([buffer.start, buffer.end, buffer.unread, buffer.total], [0, 5, 5, 5]);
  buffer.start += 5;
  buffer.release(false);
  assertEquals([buffer.start, buffer.end, buffer.bytes.length], [0, 0, 0]);
});

Deno.test("ReceiveBuffer copies the rest of a lent block on release", () => {
  const buffer = new ReceiveBuffer();
  const block = octets("hello");
  buffer.receive(block);
  buffer.start += 2;
  buffer.release(false);
  block.fill(0);
  assertEquals(unreadOf(buffer), "llo");
  assertNotStrictEquals(buffer.bytes, block);
});

Deno.test("ReceiveBuffer keeps a block that it may keep, and never writes into it", () => {
  const buffer = new ReceiveBuffer();
  const block = octets("hello!!!");
  const view = block.subarray(0, 5);
  buffer.receive(view);
  buffer.start += 2;
  buffer.release(true);
  assertStrictEquals(buffer.bytes, view);
  buffer.receive(octets(" world"));
  assertEquals(unreadOf(buffer), "llo world");
  assertEquals(textOf(block), "hello!!!");
});

Deno.test("ReceiveBuffer takes a second block before the first is given back", () => {
  const buffer = new ReceiveBuffer();
  const first = octets("ab");
  const second = octets("cd");
  buffer.receive(first);
  buffer.receive(second);
  first.fill(0);
  second.fill(0);
  assertEquals([unreadOf(buffer), buffer.total], ["abcd", 4]);
});

Deno.test("ReceiveBuffer moves each octet a few times at most, however small the pieces", () => {
  // Counts the blocks that it makes: with doubling they are few.
  const buffer = new ReceiveBuffer();
  const blocks = new Set<ArrayBufferLike>();
  for (let i = 0; i < 65_536; i++) {
    buffer.receive(new Uint8Array(1));
    buffer.release(false);
    blocks.add(buffer.bytes.buffer);
  }
  assertEquals(buffer.unread, 65_536);
  assert(blocks.size <= 12, `${blocks.size} blocks were made`);
});

Deno.test("ReceiveBuffer does not grow while what comes is read", () => {
  const buffer = new ReceiveBuffer();
  for (let i = 0; i < 10_000; i++) {
    buffer.receive(octets("0123456789"));
    buffer.start = buffer.end - 5;
    buffer.release(false);
  }
  assertEquals(unreadOf(buffer), "56789");
  assert(buffer.bytes.length <= 512, `it has ${buffer.bytes.length} octets`);
});

Deno.test("ReceiveBuffer does not move what is unread for each octet that is read", () => {
  const buffer = new ReceiveBuffer();
  buffer.receive(new Uint8Array(255));
  buffer.release(false);
  let moved = 0;
  const { copyWithin } = Uint8Array.prototype;
  Uint8Array.prototype.copyWithin = function (this: Uint8Array, ...args: [number, number, number?]) {
    moved += this.length;
    return copyWithin.apply(this, args) as Uint8Array;
  } as typeof copyWithin;
  try {
    for (let i = 0; i < 10_000; i++) {
      buffer.receive(new Uint8Array(1));
      buffer.start++;
      buffer.release(false);
    }
  } finally {
    Uint8Array.prototype.copyWithin = copyWithin;
  }
  assertEquals(buffer.unread, 255);
  assert(moved <= 10_000 * 4, `${moved} octets were moved`);
});

type Step = readonly [what: "receive" | "read" | "release" | "keep", size: number];

Deno.test("ReceiveBuffer holds what a string would hold", () => {
  const sizes = fc.oneof(fc.nat(8), fc.nat(700));
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.tuple(fc.constantFrom("receive", "receive", "read", "release", "keep"), sizes),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const buffer = new ReceiveBuffer();
      const lent: Uint8Array[] = [];
      let model = "";
      let sent = 0;
      for (const [what, size] of all) {
        if (what === "receive") {
          const text = Array.from({ length: size }, () => String.fromCharCode(sent++ & 0xff)).join("");
          const block = octets(text);
          lent.push(block);
          buffer.receive(block);
          model += text;
        } else if (what === "read") {
          const count = Math.min(size, model.length);
          buffer.start += count;
          model = model.slice(count);
        } else {
          buffer.release(what === "keep");
          // Who gave the blocks uses them again, but for the one that may be kept.
          if (what === "release") { for (const block of lent) block.fill(0xee); }
          lent.length = 0;
        }
        assertEquals(unreadOf(buffer), model);
        assertEquals([buffer.unread, buffer.total], [model.length, sent]);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("ReceiveBuffer makes no room behind a large block", () => {
  const buffer = new ReceiveBuffer();
  buffer.receive(new Uint8Array(1000));
  buffer.release(false);
  buffer.receive(new Uint8Array(524_288));
  assertEquals([buffer.unread, buffer.bytes.length], [525_288, 525_288]);
});
