/**
 * Tests of the leaf for field lines.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { ProtocolErrorCode } from "../../../core/errors.ts";
import {
  createFieldMarks,
  nameOctet,
  NEED_MORE,
  scanFieldLines,
  sliceFieldLines,
  withoutUnderscoreNames,
} from "../../../core/parse/field_lines.ts";
import { octets } from "../../support/octet_text.ts";
import { refusalOf } from "../../support/refusal.ts";
import { MARGIN, poisonedBlocks } from "../../support/splits.ts";

/** Gives names and values by turns, or undefined if more is needed. */
function parse(text: string, maxOctets = 1000, maxLines = 100): string[] | undefined {
  const marks = createFieldMarks();
  const end = scanFieldLines(octets(text), 0, text.length, maxOctets, maxLines, marks);
  return end === NEED_MORE ? undefined : [...sliceFieldLines(text, 0, marks), `end ${end}`];
}

const TAKEN: readonly [text: string, flat: string[]][] = [
  ["\r\n", []],
  ["A:b\r\n\r\n", ["A", "b"]],
  ["A: b\r\nc:\t d \t\r\n\r\n", ["A", "b", "c", "d"]],
  ["A:\r\nB: \t \r\n\r\n", ["A", "", "B", ""]],
  ["A: :b: c\r\n\r\n", ["A", ":b: c"]],
  ["A: b\t c  d\r\n\r\n", ["A", "b\t c  d"]],
  ["A: \x80\xff\r\n\r\n", ["A", "\x80\xff"]],
  ["!#$%&'*+-.^_`|~: b\r\n\r\n", ["!#$%&'*+-.^_`|~", "b"]],
];

Deno.test("scanFieldLines finds names and values, and where the section ends", async (t) => {
  for (const [text, flat] of TAKEN) {
    await t.step(JSON.stringify(text), () => {
      assertEquals(parse(text), [...flat, `end ${text.length}`]);
      assertEquals(parse(`${text}\nrest`), [...flat, `end ${text.length}`]);
      for (let length = 0; length < text.length; length++) assertEquals(parse(text.slice(0, length)), undefined);
    });
  }
});

Deno.test("scanFieldLines reads no octet before the start or behind the end", () => {
  const text = "A: b\r\nC:d \r\n\r\n";
  for (let length = 0; length <= text.length; length++) {
    for (const block of poisonedBlocks(octets(text.slice(0, length)))) {
      const marks = createFieldMarks();
      const end = scanFieldLines(block, MARGIN, MARGIN + length, 1000, 100, marks);
      if (length < text.length) assertEquals(end, NEED_MORE);
      else assertEquals([end, ...sliceFieldLines(text, MARGIN, marks)], [MARGIN + length, "A", "b", "C", "d"]);
    }
  }
});

Deno.test("scanFieldLines forgets the lines of the section before", () => {
  const marks = createFieldMarks();
  scanFieldLines(octets("A: b\r\nC: d\r\n\r\n"), 0, 14, 1000, 100, marks);
  assertEquals(marks.count, 2);
  scanFieldLines(octets("\r\n"), 0, 2, 1000, 100, marks);
  assertEquals(marks.count, 0);
});

/** The text up to and with the octet that has to be refused. */
const REFUSED: readonly [prefix: string, code: ProtocolErrorCode][] = [
  ["\n", "bad-line-end"],
  ["\rA", "bad-line-end"],
  ["\r\r", "bad-line-end"],
  [" ", "bad-field-line"],
  ["\t", "bad-field-line"],
  [":", "bad-field-line"],
  ["(", "bad-field-line"],
  ["\x80", "bad-field-line"],
  ["A\r", "bad-field-line"],
  ["A\n", "bad-line-end"],
  ["A ", "bad-field-line"],
  ["A\t", "bad-field-line"],
  ["A\x00", "bad-field-line"],
  ["A{", "bad-field-line"],
  ["A: b\x00", "bad-field-line"],
  ["A: b\x08", "bad-field-line"],
  ["A: b\x0b", "bad-field-line"],
  ["A: b\x1f", "bad-field-line"],
  ["A: b\x7f", "bad-field-line"],
  ["A: b\n", "bad-line-end"],
  ["A: b\rc", "bad-line-end"],
  ["A: b\r\r", "bad-line-end"],
  ["A: b\r\n ", "bad-field-line"],
  ["A: b\r\n\n", "bad-line-end"],
];

Deno.test("scanFieldLines refuses at the octet that is bad, whatever follows it", async (t) => {
  for (const [prefix, code] of REFUSED) {
    await t.step(JSON.stringify(prefix), () => {
      assertEquals(parse(prefix.slice(0, -1)), undefined);
      for (const rest of ["", "\r\n\r\n", ": b\r\n\r\n", "\n"]) {
        assertEquals(refusalOf(() => parse(prefix + rest)), code);
      }
    });
  }
});

Deno.test("scanFieldLines takes a section of just the limit, and refuses one octet more when it comes", () => {
  const text = "A: b\r\n\r\n";
  assertEquals(parse(text, 8), ["A", "b", "end 8"]);
  assertEquals(parse(text.slice(0, 7), 7), undefined);
  for (let limit = 0; limit < 8; limit++) {
    assertEquals(refusalOf(() => parse(text.slice(0, limit), limit)), undefined);
    assertEquals(refusalOf(() => parse(text.slice(0, limit + 1), limit)), "fields-too-large", `limit ${limit}`);
    assertEquals(refusalOf(() => parse(text, limit)), "fields-too-large", `limit ${limit}`);
  }
});

Deno.test("scanFieldLines refuses a line too many at its first octet", () => {
  assertEquals(parse("A: b\r\nC: d\r\n\r\n", 100, 2)?.length, 5);
  assertEquals(parse("A: b\r\nC: d\r\n\r", 100, 2), undefined);
  assertEquals(refusalOf(() => parse("A: b\r\nC: d\r\nE", 100, 2)), "fields-too-large");
  assertEquals(refusalOf(() => parse("A: b\r\nC: d\r\n", 100, 1)), "fields-too-large");
});

Deno.test("withoutUnderscoreNames leaves out a line by its name alone", () => {
  assertEquals(withoutUnderscoreNames(["a_b", "1", "c", "_", "_", "", "d", "2"]), ["c", "_", "d", "2"]);
});

Deno.test("nameOctet shows what is visible and numbers the rest", () => {
  assertEquals([0x00, 0x09, 0x20, 0x21, 0x7e, 0x7f, 0xff].map(nameOctet), [
    "octet 0x00",
    "octet 0x09",
    "octet 0x20",
    '"!"',
    '"~"',
    "octet 0x7f",
    "octet 0xff",
  ]);
});
