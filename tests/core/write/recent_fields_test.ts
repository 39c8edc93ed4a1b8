/**
 * Tests of what is remembered of fields: the same fields give the same, others do not, and what may change is asked again.
 *
 * @module
 */

import { assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { FieldSection, type FieldsInit, preparedOf } from "../../../core/fields.ts";
import { prepareFields } from "../../../core/write/fields_text.ts";

const SAME: readonly [what: string, make: () => FieldsInit][] = [
  ["a record", () => ({ "x-same": "record", b: "c" })],
  ["lines", () => [["x-same", "lines"], ["b", "c"]]],
  ["a list in a record", () => ({ "x-same": ["1", "2"] })],
  ["no field", () => ({})],
];

Deno.test("prepareFields makes the same of the same names and values", async (t) => {
  for (const [what, make] of SAME) {
    await t.step(what, () => assertStrictEquals(prepareFields(make()), prepareFields(make())));
  }
});

Deno.test("prepareFields takes no fields for others of the same number and length", () => {
  const all: FieldsInit[] = [
    { "x-other": "ab" },
    { "x-other": "ba" },
    { "x-0ther": "ab" },
    { "X-Other": "ab" },
    [["x-other", "a"], ["x-other", "b"]],
    { a: "x-other", b: "" },
  ];
  const expected = [
    "x-other: ab\r\n",
    "x-other: ba\r\n",
    "x-0ther: ab\r\n",
    "X-Other: ab\r\n",
    "x-other: a\r\nx-other: b\r\n",
    "a: x-other\r\nb: \r\n",
  ];
  for (let round = 0; round < 3; round++) assertEquals(all.map((fields) => prepareFields(fields).text), expected);
});

Deno.test("prepareFields keeps no cookie, no long set and no Upgrade", () => {
  const long = "v".repeat(1025);
  const many = Array.from({ length: 17 }, (_, index) => [`x-${index}`, "v"] as const);
  for (const make of [() => ({ "Set-Cookie": "a=b" }), () => ({ "x-long": long }), () => many.map((line) => line)]) {
    assertNotStrictEquals(prepareFields(make()), prepareFields(make()));
    assertEquals(prepareFields(make()).text, prepareFields(make()).text);
  }
  assertEquals(prepareFields({ upgrade: "echo" }, { allowUpgrade: true }).hasUpgrade, true);
  assertThrows(() => prepareFields({ upgrade: "echo" }), TypeError, "Cannot send field upgrade");
});

Deno.test("prepareFields sees that a record has changed, and asks a frozen one again only if it may", () => {
  const open = { "x-open": "1" };
  assertEquals(prepareFields(open).text, "x-open: 1\r\n");
  open["x-open"] = "2";
  assertEquals(prepareFields(open).text, "x-open: 2\r\n");

  const list = ["1"];
  const frozenRound = Object.freeze({ "x-list": list });
  assertEquals(prepareFields(frozenRound).text, "x-list: 1\r\n");
  list.push("2");
  assertEquals(prepareFields(frozenRound).text, "x-list: 1\r\nx-list: 2\r\n");

  let count = 0;
  const getter = Object.freeze({
    get "x-count"(): string {
      return String(++count);
    },
  });
  assertEquals([prepareFields(getter).text, prepareFields(getter).text], ["x-count: 1\r\n", "x-count: 2\r\n"]);

  let passes = 0;
  const lines = Object.freeze({
    *[Symbol.iterator](): Iterator<[string, string]> {
      yield ["x-pass", String(++passes)];
    },
  });
  assertEquals([prepareFields(lines).text, prepareFields(lines).text], ["x-pass: 1\r\n", "x-pass: 2\r\n"]);
});

Deno.test("prepareFields checks what is constant once: a cookie too", () => {
  const section = new FieldSection(["set-cookie", "section=1"]);
  const record = Object.freeze({ "set-cookie": "record=1" });
  for (const fields of [section, record]) assertStrictEquals(prepareFields(fields), prepareFields(fields));
  assertEquals(prepareFields(section).text, "set-cookie: section=1\r\n");
});

Deno.test("prepareFields refuses what must not go out each time", () => {
  for (const fields of [{ "x-bad": "a\nb" }, Object.freeze({ "x-bad": "a\nb" }), new FieldSection(["x-bad", "a\nb"])]) {
    for (let round = 0; round < 3; round++) assertThrows(() => prepareFields(fields), TypeError, "Cannot send field");
  }
  for (const value of [undefined, null, 5, {}] as unknown as string[]) {
    for (let round = 0; round < 3; round++) {
      assertThrows(() => prepareFields({ "x-bad": value }), TypeError, "Cannot send field");
    }
  }
});

Deno.test("prepareFields takes what JavaScript gives for no fields, whatever was prepared before", () => {
  for (const nothing of [false, "", 5] as unknown as FieldsInit[]) {
    for (let round = 0; round < 2; round++) assertEquals(prepareFields(nothing).text, "");
  }
});

Deno.test("prepareFields keeps a section that equals a record of before", () => {
  const fields = { "x-equal": "1" };
  const section = new FieldSection(["x-equal", "1"]);
  assertStrictEquals(prepareFields(section), prepareFields(fields));
  assertStrictEquals(preparedOf(section), prepareFields(fields));
});
