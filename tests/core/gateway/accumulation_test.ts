/**
 * `Accumulation`: many small pieces in one block.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Accumulation } from "../../../core/gateway/accumulation.ts";

Deno.test("Accumulation gives a single piece as it is, without a copy", () => {
  const gathered = new Accumulation();
  const bytes = new Uint8Array([1, 2, 3]);
  gathered.append(new Uint8Array(0));
  gathered.append(bytes);
  assertStrictEquals(gathered.take(), bytes);
});

Deno.test("Accumulation joins pieces in order, in a block of at most twice their length", () => {
  const gathered = new Accumulation();
  for (let i = 0; i < 10_000; i++) gathered.append(new Uint8Array([i & 255]));
  const whole = gathered.take();
  assertEquals(gathered.octets, 10_000);
  assertEquals([...whole], Array.from({ length: 10_000 }, (_, i) => i & 255));
  assert(whole.buffer.byteLength <= 20_000);
});

Deno.test("Accumulation does not change the pieces that it was given", () => {
  const gathered = new Accumulation();
  const first = new Uint8Array([1]);
  gathered.append(first);
  gathered.append(new Uint8Array([2, 3]));
  gathered.append(new Uint8Array([4]));
  assertEquals([...gathered.take()], [1, 2, 3, 4]);
  assertEquals([...first], [1]);
});
