/**
 * Tests of the chunked decoder.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { ProtocolErrorCode } from "../../../core/errors.ts";
import type { Limits } from "../../../core/limits.ts";
import { ChunkedDecoder } from "../../../core/parse/chunked.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { refusalOf } from "../../support/refusal.ts";
import { settingsOf } from "../../support/serve_octets.ts";
import { MARGIN, poisonedBlocks, splitsOf } from "../../support/splits.ts";

interface Decoded {
  data: string;
  trailers: string[];
  /** Whether the end was found. */
  isWhole: boolean;
  /** Octets behind the end. */
  rest: number;
  code: ProtocolErrorCode | undefined;
}

/** Feeds pieces as an owner does: what is unread is kept and handed in again. */
function decode(pieces: readonly Uint8Array[], limits: Partial<Limits> = {}): Decoded {
  const decoder = new ChunkedDecoder(settingsOf(limits));
  const decoded: Decoded = { data: "", trailers: [], isWhole: false, rest: 0, code: undefined };
  decoder.begin();
  let unread = new Uint8Array(0);
  decoded.code = refusalOf(() => {
    for (const piece of pieces) {
      const bytes = new Uint8Array([...unread, ...piece]);
      let step = decoder.next(bytes, 0, bytes.length);
      for (; step === "run"; step = decoder.next(bytes, decoder.position, bytes.length)) {
        decoded.data += textOf(bytes.subarray(decoder.position, decoder.runEnd));
        decoder.take(decoder.runEnd - decoder.position);
      }
      unread = bytes.slice(decoder.position);
      decoded.isWhole = step === "end";
    }
  });
  decoded.trailers = [...decoder.trailers].map(([name, value]) => `${name}=${value}`);
  decoded.rest = unread.length;
  return decoded;
}

/** Decodes in every split, which all have to give the same. */
function decodeAll(text: string, limits: Partial<Limits> = {}): Decoded {
  const whole = decode([octets(text)], limits);
  for (const { name, pieces } of splitsOf(octets(text))) {
    const { data, trailers, code, isWhole } = decode(pieces, limits);
    assertEquals([data, trailers, code, isWhole], [whole.data, whole.trailers, whole.code, whole.isWhole], name);
  }
  return whole;
}

const BODIES: readonly [text: string, data: string, trailers?: string[]][] = [
  ["0\r\n\r\n", ""],
  ["5\r\nhello\r\n0\r\n\r\n", "hello"],
  ["1\r\na\r\n2\r\nbc\r\n0003\r\ndef\r\n000\r\n\r\n", "abcdef"],
  ["A\r\n0123456789\r\n0\r\n\r\n", "0123456789"],
  ["4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"],
  ['3;a="\\"";b ; c = d\r\nabc\r\n0;e\r\n\r\n', "abc"],
  ["1\r\na\r\n0\r\nX: 1\r\ny:2 \r\n\r\n", "a", ["X=1", "y=2"]],
  ["0\r\nX: 1\r\nContent-length: 5\r\nTRAILER: X\r\nx: 2\r\n\r\n", "", ["X=1", "x=2"]],
];

Deno.test("ChunkedDecoder gives data and trailers, however they arrive", async (t) => {
  for (const [text, data, trailers = []] of BODIES) {
    await t.step(JSON.stringify(text), () => {
      assertEquals(decodeAll(text), { data, trailers, isWhole: true, rest: 0, code: undefined });
      assertEquals(decode([octets(`${text}\r\n\0GET`)]).data, data);
    });
  }
});

Deno.test("ChunkedDecoder reads no octet behind the end", () => {
  const text = "2;a=b\r\nhi\r\n0\r\nX: y\r\n\r\n";
  for (let length = 0; length <= text.length; length++) {
    for (const block of poisonedBlocks(octets(text.slice(0, length)))) {
      const decoder = new ChunkedDecoder();
      decoder.begin();
      const end = MARGIN + length;
      let step = decoder.next(block, MARGIN, end);
      while (step === "run") {
        decoder.take(1);
        step = decoder.next(block, decoder.position, end);
      }
      assertEquals(step, length < text.length ? "more" : "end");
    }
  }
});

Deno.test("ChunkedDecoder tells the declared sizes, and which run is the first of its chunk", () => {
  const decoder = new ChunkedDecoder();
  const bytes = octets("3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n");
  decoder.begin();
  const seen: [size: number, isFirst: boolean][] = [];
  for (let step = decoder.next(bytes, 0, bytes.length); step === "run";) {
    seen.push([decoder.chunkSize, decoder.atChunkStart]);
    decoder.take(1);
    step = decoder.next(bytes, decoder.position, bytes.length);
  }
  assertEquals(seen, [[3, true], [3, false], [3, false], [2, true], [2, false]]);
});

Deno.test("ChunkedDecoder gives the end again when it is asked again", () => {
  const decoder = new ChunkedDecoder();
  const bytes = octets("0\r\n\r\n0\r\nX: y\r\n\r\n");
  decoder.begin();
  assertEquals([decoder.next(bytes, 0, bytes.length), decoder.position], ["end", 5]);
  assertEquals([decoder.next(bytes, 5, bytes.length), decoder.position], ["end", 5]);
});

Deno.test("ChunkedDecoder starts over without anything of the body before", () => {
  const decoder = new ChunkedDecoder(settingsOf({ chunkDebt: 10 }));
  for (const text of ["0;012345678901234567\r\nX: y\r\n\r\n", "0;012345678901234567\r\n\r\n"]) {
    decoder.begin();
    assertEquals(decoder.next(octets(text), 0, text.length), "end");
    assertEquals(decoder.trailers.length, text.includes("X") ? 1 : 0);
  }
  // In the middle of trailers, too.
  decoder.begin();
  assertEquals(decoder.next(octets("0\r\nABCD"), 0, 4), "more");
  assertEquals(decoder.next(octets("ABCD"), 0, 4), "more");
  decoder.begin();
  assertEquals(decoder.next(octets("0\r\n\r\n"), 0, 5), "end");
});

/** The text up to and with the octet that has to be refused. */
const REFUSED: readonly [prefix: string, code: ProtocolErrorCode][] = [
  ["5\n", "bad-line-end"],
  ["5\r5", "bad-line-end"],
  ["5;a\n", "bad-line-end"],
  ["\r", "bad-chunk"],
  ["2\r\nhi!", "bad-chunk"],
  ["2\r\nhi0", "bad-chunk"],
  ["2\r\nhi\n", "bad-line-end"],
  ["2\r\nhi\r\r", "bad-line-end"],
  ["2\r\nhi\r0", "bad-line-end"],
  ["2\r\nhi\r\n\r", "bad-chunk"],
  ["0\r\n\n", "bad-line-end"],
  ["0\r\n\rX", "bad-line-end"],
  ["0\r\n ", "bad-field-line"],
  ["0\r\nX ", "bad-field-line"],
  ["0\r\nX\r", "bad-field-line"],
  ["0\r\nX: y\x00", "bad-field-line"],
  ["0\r\nX: y\n", "bad-line-end"],
  ["0\r\nX: y\rz", "bad-line-end"],
  ["0\r\nX: y\r\n\t", "bad-field-line"],
  ["0\r\nX: y\r\n\n", "bad-line-end"],
];

Deno.test("ChunkedDecoder refuses in the read that brought the bad octet", async (t) => {
  for (const [prefix, code] of REFUSED) {
    await t.step(JSON.stringify(prefix), () => {
      assertEquals(decodeAll(prefix.slice(0, -1)).code, undefined);
      assertEquals(decodeAll(prefix).code, code);
      assertEquals(decodeAll(`${prefix}\r\n\r\n`).code, code);
    });
  }
});

const LIMITS: readonly [what: string, text: string, limits: Partial<Limits>, code: ProtocolErrorCode | undefined][] = [
  ["chunkLine: as long", "2;ab\r\nhi\r\n0\r\n\r\n", { chunkLine: 4 }, undefined],
  ["chunkLine: one longer", "2;ab\r\nhi\r\n0\r\n\r\n", { chunkLine: 3 }, "bad-chunk"],
  // The line, its end and the one behind the data, less 16 and twice the data: 23 + 2 + 2 - 16 - 2 = 9.
  ["chunkDebt: as much", "1;012345678901234567890\r\nx\r\n0\r\n\r\n", { chunkDebt: 9 }, undefined],
  ["chunkDebt: one more", "1;012345678901234567890\r\nx\r\n0\r\n\r\n", { chunkDebt: 8 }, "bad-chunk"],
  ["chunkDebt: summed", "1;012345678901234567890\r\nx\r\n".repeat(2) + "0\r\n\r\n", { chunkDebt: 18 }, undefined],
  ["chunkDebt: summed, one more", "1;012345678901234567890\r\nx\r\n".repeat(2), { chunkDebt: 17 }, "bad-chunk"],
  ["chunkDebt: the last chunk owes too", "0;0123456789012345678\r\n", { chunkDebt: 8 }, "bad-chunk"],
  ["chunkDebt: never below none", "a\r\n0123456789\r\n1;012345678901234567890\r\n", { chunkDebt: 8 }, "bad-chunk"],
  ["chunkDebt: one-octet chunks owe nothing", "1\r\nx\r\n".repeat(500) + "0\r\n\r\n", { chunkDebt: 0 }, undefined],
  ["trailerSection: as long", "0\r\nA: b\r\n\r\n", { trailerSection: 8 }, undefined],
  ["trailerSection: one longer", "0\r\nA: b\r\n\r\n", { trailerSection: 7 }, "fields-too-large"],
  ["trailerSection: without end", "0\r\nA: bcdef", { trailerSection: 7 }, "fields-too-large"],
  ["trailerLines: as many", "0\r\nA: b\r\nC: d\r\n\r\n", { trailerLines: 2 }, undefined],
  ["trailerLines: one more", "0\r\nA: b\r\nC: d\r\n\r\n", { trailerLines: 1 }, "fields-too-large"],
  ["trailerLines: none", "0\r\n\r\n", { trailerLines: 0, trailerSection: 2 }, undefined],
];

Deno.test("ChunkedDecoder takes what is at a limit and refuses what is over it by one", async (t) => {
  for (const [what, text, limits, code] of LIMITS) {
    await t.step(what, () => assertEquals(decodeAll(text, limits).code, code));
  }
});

Deno.test("ChunkedDecoder drops trailers with an underscore where that is asked for", () => {
  const bytes = octets("0\r\na_b: 1\r\nc: 2\r\n\r\n");
  for (const [dropUnderscoreNames, count] of [[false, 2], [true, 1]] as const) {
    const decoder = new ChunkedDecoder(settingsOf({}, { dropUnderscoreNames }));
    decoder.begin();
    assertEquals(decoder.next(bytes, 0, bytes.length), "end");
    assertEquals(decoder.trailers.length, count);
  }
});

Deno.test("ChunkedDecoder serves chunks of one octet, and refuses endless framing", () => {
  assertEquals(decode([octets(`${"1\r\nx\r\n".repeat(50_000)}0\r\n\r\n`)]).data.length, 50_000);
  const extension = "a".repeat(200);
  assertEquals(decode([octets(`1;${extension}\r\nx\r\n`.repeat(80))]).code, undefined);
  assertEquals(decode([octets(`1;${extension}\r\nx\r\n`.repeat(100))]).code, "bad-chunk");
});
