/**
 * Tests of the content decoder: one face over the four framings.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { ProtocolErrorCode } from "../../../core/errors.ts";
import { CHUNKED, type Framing, NO_FRAMING, UNTIL_CLOSE } from "../../../core/message.ts";
import { ContentDecoder } from "../../../core/parse/content.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { refusalOf } from "../../support/refusal.ts";
import { settingsOf } from "../../support/serve_octets.ts";

/** Reads all of a text, takes at most so many octets at once, and gives the content and how it ended. */
function read(decoder: ContentDecoder, text: string, isLast: boolean, atOnce = Infinity): [string, string, number] {
  const bytes = octets(text);
  let content = "";
  let at = 0;
  for (;;) {
    const step = decoder.next(bytes, at, bytes.length, isLast);
    at = decoder.position;
    if (step !== "run") return [content, step, at];
    const count = Math.min(atOnce, decoder.runEnd - at);
    content += textOf(bytes.subarray(at, at + count));
    decoder.take(count);
    assertEquals(decoder.position, at + count);
    at += count;
  }
}

const THREE: Framing = { kind: "length", length: 3 };

const ROWS: readonly [framing: Framing, text: string, isLast: boolean, read: [string, string, number]][] = [
  [NO_FRAMING, "", false, ["", "end", 0]],
  [NO_FRAMING, "next", false, ["", "end", 0]],
  [NO_FRAMING, "", true, ["", "end", 0]],
  [THREE, "", false, ["", "more", 0]],
  [THREE, "ab", false, ["ab", "more", 2]],
  [THREE, "abc", false, ["abc", "end", 3]],
  [THREE, "abc", true, ["abc", "end", 3]],
  [THREE, "abcnext", false, ["abc", "end", 3]],
  [CHUNKED, "", false, ["", "more", 0]],
  [CHUNKED, "3\r\nab", false, ["ab", "more", 5]],
  [CHUNKED, "3\r\nabc\r", false, ["abc", "more", 6]],
  [CHUNKED, "3\r\nabc\r\n0\r\n\r\nnext", false, ["abc", "end", 13]],
  [CHUNKED, "0\r\n\r\n", true, ["", "end", 5]],
  [UNTIL_CLOSE, "", false, ["", "more", 0]],
  [UNTIL_CLOSE, "abc", false, ["abc", "more", 3]],
  [UNTIL_CLOSE, "abc", true, ["abc", "end", 3]],
  [UNTIL_CLOSE, "", true, ["", "end", 0]],
];

Deno.test("ContentDecoder finds runs and the end in each framing", async (t) => {
  for (const [framing, text, isLast, expected] of ROWS) {
    await t.step(`${framing.kind}: ${JSON.stringify(text)}${isLast ? ", the last" : ""}`, () => {
      for (const atOnce of [Infinity, 1, 2]) {
        const decoder = new ContentDecoder();
        decoder.begin(framing);
        assertEquals(read(decoder, text, isLast, atOnce), expected);
        assertEquals(decoder.taken, expected[0].length);
      }
    });
  }
});

const ENDS: readonly [framing: Framing, text: string][] = [
  [THREE, ""],
  [THREE, "ab"],
  [CHUNKED, ""],
  [CHUNKED, "3"],
  [CHUNKED, "3\r\nab"],
  [CHUNKED, "3\r\nabc\r\n"],
  [CHUNKED, "0\r\nX: y\r\n"],
];

Deno.test("ContentDecoder refuses an end before the end", async (t) => {
  for (const [framing, text] of ENDS) {
    await t.step(`${framing.kind}: ${JSON.stringify(text)}`, () => {
      const decoder = new ContentDecoder();
      decoder.begin(framing);
      assertEquals(refusalOf(() => read(decoder, text, true)), "unexpected-eof");
    });
  }
});

Deno.test("ContentDecoder tells a malformed chunk before the end of the peer", () => {
  const decoder = new ContentDecoder();
  decoder.begin(CHUNKED);
  assertEquals(refusalOf(() => read(decoder, "3\r\nabcd", true)), "bad-chunk");
});

const LIMITS: readonly [framing: Framing, text: string, limit: number, code: ProtocolErrorCode | undefined][] = [
  [THREE, "abc", 3, undefined],
  [THREE, "", 2, "content-too-large"],
  [NO_FRAMING, "", 0, undefined],
  [CHUNKED, "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 3, undefined],
  [CHUNKED, "2\r\nab\r\n1\r\n", 2, "content-too-large"],
  [CHUNKED, "2\r\nab\r\n1", 2, undefined],
  [CHUNKED, "1fffffffffffff\r\n", 2, "content-too-large"],
  [CHUNKED, "0\r\n\r\n", 0, undefined],
  [UNTIL_CLOSE, "abc", 3, undefined],
  [UNTIL_CLOSE, "abc", 2, "content-too-large"],
];

Deno.test("ContentDecoder refuses content over the limit as soon as it is announced", async (t) => {
  for (const [framing, text, limit, code] of LIMITS) {
    await t.step(`${framing.kind}, ${limit}: ${JSON.stringify(text)}`, () => {
      const run = (atOnce: number) => {
        const decoder = new ContentDecoder(settingsOf({ content: limit }));
        decoder.begin(framing);
        read(decoder, text, false, atOnce);
      };
      assertEquals(refusalOf(() => run(Infinity)), code);
      assertEquals(refusalOf(() => run(1)), code);
    });
  }
});

Deno.test("ContentDecoder tells what is to come, sizes, and where chunks start", () => {
  const decoder = new ContentDecoder();
  decoder.begin({ kind: "length", length: 5 });
  const bytes = octets("abcde");
  assertEquals([decoder.rest, decoder.chunkSize, decoder.atChunkStart], [5, 5, true]);
  assertEquals(decoder.next(bytes, 0, 5, false), "run");
  decoder.take(2);
  assertEquals([decoder.rest, decoder.chunkSize, decoder.atChunkStart, decoder.taken], [3, 5, false, 2]);
  decoder.begin(CHUNKED);
  assertEquals([decoder.rest, decoder.taken], [Infinity, 0]);
  const chunked = octets("2\r\nab\r\n0\r\nX: y\r\n\r\n");
  assertEquals(decoder.next(chunked, 0, chunked.length, false), "run");
  assertEquals([decoder.chunkSize, decoder.atChunkStart], [2, true]);
  decoder.take(1);
  assert(!decoder.atChunkStart);
  decoder.take(1);
  assertEquals(decoder.next(chunked, decoder.position, chunked.length, false), "end");
  assertEquals([...decoder.trailers], [["X", "y"]]);
});

Deno.test("ContentDecoder shows nothing of the message before", () => {
  for (const next of [NO_FRAMING, THREE, UNTIL_CLOSE, CHUNKED]) {
    const decoder = new ContentDecoder();
    decoder.begin(CHUNKED);
    read(decoder, "2\r\nab\r\n0\r\nX: y\r\n\r\n", false);
    assertEquals(decoder.trailers.length, 1);
    decoder.begin(next);
    assertEquals([decoder.trailers.length, decoder.taken], [0, 0], next.kind);
  }
});
