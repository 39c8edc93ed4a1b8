/**
 * Tests of field sections.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { FieldSection, mayBeTrailer, NO_FIELDS } from "../../core/fields.ts";

const LINES: [string, string][] = [["X-A", "1"], ["Cookie", "a=b"], ["x-a", "2"], ["COOKIE", "c=d"], [
  "__proto__",
  "3",
]];

Deno.test("FieldSection keeps order, case and repetition", () => {
  const fields = FieldSection.from(LINES);
  assertEquals([...fields], LINES);
  assertEquals(fields.length, 5);
  assertEquals(JSON.parse(JSON.stringify(fields)), LINES);
});

Deno.test("FieldSection looks up without regard to case", () => {
  const fields = FieldSection.from(LINES);
  assertEquals([fields.get("x-a"), fields.get("X-A"), fields.get("x-b"), fields.get("x")], [
    "1, 2",
    "1, 2",
    undefined,
    undefined,
  ]);
  assertEquals(fields.get("cookie"), "a=b; c=d");
  assertEquals([fields.getAll("x-A"), fields.getAll("y")], [["1", "2"], []]);
  assertEquals([fields.has("cOOKIE"), fields.has("cookies"), fields.has("")], [true, false, false]);
});

Deno.test("FieldSection takes names of prototypes as plain data", () => {
  const fields = FieldSection.from(LINES);
  assertEquals([fields.get("__proto__"), fields.get("constructor"), fields.has("toString")], ["3", undefined, false]);
});

Deno.test("FieldSection tells an empty value from none", () => {
  const fields = FieldSection.from({ a: "", b: [], c: ["", "d"] });
  assertEquals([fields.get("a"), fields.has("a"), fields.get("b"), fields.get("c")], ["", true, undefined, ", d"]);
});

Deno.test("FieldSection.from takes lines, records, maps and sections", () => {
  const section = new FieldSection(["a", "b"]);
  assertStrictEquals(FieldSection.from(section), section);
  assertEquals([...FieldSection.from({ a: "1", b: ["2", "3"] })], [["a", "1"], ["b", "2"], ["b", "3"]]);
  assertEquals([...FieldSection.from(new Map([["a", "1"]]))], [["a", "1"]]);
  assertEquals([NO_FIELDS.length, [...NO_FIELDS]], [0, []]);
});

Deno.test("mayBeTrailer keeps out what frames, routes, authenticates or tells of the content", () => {
  for (
    const name of ["Content-Length", "transfer-encoding", "HOST", "Authorization", "content-type", "TE", "If-Match"]
  ) {
    assert(!mayBeTrailer(name), name);
  }
  for (const name of ["x-length", "Digest", "Server-Timing", "ETag", "content-length-x", ""]) {
    assert(mayBeTrailer(name), name);
  }
});
