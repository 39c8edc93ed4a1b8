/**
 * Tests of how pieces of text become octets.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { encodeShared, encodeText, isOwnEncoding } from "../../../core/write/utf8.ts";

const UNITS = 16_384;

Deno.test("encodeShared gives what encodeText gives", () => {
  for (const text of ["", "a", "\0\x7f\x80\u07ff\u0800\uffff", "\u{1f600}", "\ud800", "a\udfffb", "€".repeat(UNITS)]) {
    assertEquals(encodeShared(text), encodeText(text));
  }
  assertEquals(encodeShared("b".repeat(UNITS + 1)), encodeText("b".repeat(UNITS + 1)));
});

Deno.test("isOwnEncoding tells which of them stays when another text is encoded", () => {
  for (const length of [UNITS, UNITS + 1]) {
    const text = "a".repeat(length);
    const bytes = encodeShared(text);
    encodeShared("b".repeat(UNITS));
    assertEquals(isOwnEncoding(text), bytes.every((octet) => octet === 0x61));
  }
});
