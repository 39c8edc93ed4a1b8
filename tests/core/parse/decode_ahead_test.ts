/**
 * Tests of decoding ahead: the text is that of the octets now, however heads lie and whatever was decoded before.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { decodeOctets, type OctetDecoder } from "../../../core/octets.ts";
import { DecodeAhead } from "../../../core/parse/decode_ahead.ts";
import { octets, textOf } from "../../support/octet_text.ts";

/** How long the heads are that lie one behind the other. */
const HEAD = 10;

function counting(): { calls: [start: number, end: number][]; ahead: DecodeAhead } {
  const calls: [number, number][] = [];
  const decode: OctetDecoder = (bytes, start, end) => {
    calls.push([start, end]);
    return decodeOctets(bytes, start, end);
  };
  return { calls, ahead: new DecodeAhead(decode) };
}

/** Letters that differ at each place, so that a wrong window shows. */
function block(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => 0x21 + (index * 31 + (index >> 8) + seed) % 94);
}

Deno.test("DecodeAhead decodes heads that follow each other at once, and each as it is", () => {
  const { calls, ahead } = counting();
  const bytes = block(20_000);
  ahead.begin(15_000);
  for (let start = 0; start + HEAD <= 15_000; start += HEAD) {
    assertEquals(ahead.decode(bytes, start, start + HEAD), textOf(bytes.subarray(start, start + HEAD)));
  }
  // The first for itself, then windows that end with the last whole head or where the octets that came end.
  assertEquals(calls, [[0, 10], [10, 4106], [4100, 8196], [8190, 12_286], [12_280, 15_000]]);
});

Deno.test("DecodeAhead decodes a head longer than the window", () => {
  const { calls, ahead } = counting();
  const bytes = block(20_000);
  ahead.begin(bytes.length);
  for (const [start, end] of [[0, 5000], [5000, 12_000], [12_000, 12_010], [12_010, 12_020]] as const) {
    assertEquals(ahead.decode(bytes, start, end), textOf(bytes.subarray(start, end)));
  }
  assertEquals(calls, [[0, 5000], [5000, 12_000], [12_000, 16_096]]);
});

Deno.test("DecodeAhead decodes for itself what follows nothing: content between, another block, another turn", () => {
  const { calls, ahead } = counting();
  const bytes = octets("aaaaabbbbbccccc");
  const other = octets("dddddeeeee");
  ahead.begin(15);
  assertEquals([ahead.decode(bytes, 0, 4), ahead.decode(bytes, 5, 10)], ["aaaa", "bbbbb"]);
  assertEquals([ahead.decode(other, 5, 10), ahead.decode(bytes, 10, 15)], ["eeeee", "ccccc"]);
  assertEquals(calls, [[0, 4], [5, 10], [5, 10], [10, 15]]);
});

Deno.test("DecodeAhead sees what has changed since the turn before", () => {
  const { ahead } = counting();
  const bytes = octets("aaaabbbbcccc");
  const decodeAll = (): string[] => [0, 4, 8].map((start) => ahead.decode(bytes, start, start + 4));
  ahead.begin(12);
  assertEquals(decodeAll(), ["aaaa", "bbbb", "cccc"]);
  bytes.set(octets("ddddeeeeffff"));
  ahead.begin(12);
  assertEquals(decodeAll(), ["dddd", "eeee", "ffff"]);
  ahead.forget();
  bytes.fill(0x67);
  assertEquals(decodeAll(), ["gggg", "gggg", "gggg"]);
});

Deno.test("DecodeAhead looks at nothing behind what came", () => {
  const { calls, ahead } = counting();
  const bytes = block(100);
  ahead.begin(30);
  for (const start of [0, 10, 20]) ahead.decode(bytes, start, start + HEAD);
  assertEquals(calls, [[0, 10], [10, 30]]);
  ahead.forget();
  for (const start of [0, 10, 20]) ahead.decode(bytes, start, start + HEAD);
  assertEquals(calls.slice(2), [[0, 10], [10, 20], [20, 30]]);
});
