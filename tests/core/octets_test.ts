/**
 * Tests of the octet classes and of decoding.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  decodeOctets,
  FIELD_VALUE,
  isAll,
  QUOTED_TEXT,
  REG_NAME,
  SENT_FIELD_VALUE,
  TARGET,
  TARGET_NON_ASCII,
  TOKEN,
  trimSpace,
} from "../../core/octets.ts";

const VISIBLE = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

function without(text: string, left: string): string {
  return [...text].filter((character) => !left.includes(character)).join("");
}

const OBS_TEXT = Array.from({ length: 128 }, (_, index) => String.fromCharCode(128 + index)).join("");

/** Each class spelled in another way than in the source: all that is visible, less what is not in it. */
const CLASSES: readonly [name: string, table: Uint8Array, members: string][] = [
  ["TOKEN", TOKEN, without(VISIBLE, '"(),/:;<=>?@[\\]{}')],
  ["FIELD_VALUE", FIELD_VALUE, `\t ${VISIBLE}${OBS_TEXT}`],
  ["SENT_FIELD_VALUE", SENT_FIELD_VALUE, `\t ${VISIBLE}`],
  ["QUOTED_TEXT", QUOTED_TEXT, `\t ${without(VISIBLE, '"\\')}${OBS_TEXT}`],
  ["TARGET", TARGET, without(VISIBLE, '"#<>\\')],
  ["TARGET_NON_ASCII", TARGET_NON_ASCII, without(VISIBLE, '"#<>\\') + OBS_TEXT],
  ["REG_NAME", REG_NAME, without(VISIBLE, '"#,/:<>?@[\\]^`{|}')],
];

Deno.test("The octet classes have the members that the grammar gives them", async (t) => {
  for (const [name, table, members] of CLASSES) {
    await t.step(name, () => {
      assertEquals(table.length, 256);
      for (let octet = 0; octet < 256; octet++) {
        const isMember = members.includes(String.fromCharCode(octet));
        assertEquals(table[octet], isMember ? 1 : 0, `0x${octet.toString(16)}`);
      }
    });
  }
});

Deno.test("decodeOctets makes one character of each octet, of long blocks too", () => {
  const bytes = new Uint8Array(20_000).map((_, index) => index * 31);
  const text = decodeOctets(bytes, 3, 19_999);
  assertEquals(text.length, 19_996);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[i + 3]) throw new Error(`differs at ${i}`);
  assertEquals(decodeOctets(bytes, 5, 5), "");
});

Deno.test("isAll wants at least one character, and members only", () => {
  for (
    const [text, expected] of [["", false], ["a", true], ["a b", false], ["\u0161", false], [
      "\u{1f600}",
      false,
    ]] as const
  ) {
    assertEquals(isAll(text, TOKEN), expected, JSON.stringify(text));
  }
});

Deno.test("trimSpace takes SP and HTAB off both ends, and nothing else", () => {
  const rows: [string, string][] = [
    ["", ""],
    [" \t ", ""],
    ["a", "a"],
    ["\t a \tb \t", "a \tb"],
    ["\xa0a\x0b", "\xa0a\x0b"],
    ["\ufeffa\n", "\ufeffa\n"],
  ];
  for (const [text, trimmed] of rows) assertEquals(trimSpace(text), trimmed);
});
