/**
 * Tests of what may go out as a field.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { FieldSection, type FieldsInit } from "../../../core/fields.ts";
import { prepareFields, prepareTrailers } from "../../../core/write/fields_text.ts";

const TEXTS: readonly [what: string, fields: FieldsInit | undefined, text: string][] = [
  ["nothing", undefined, ""],
  ["no lines", [], ""],
  ["lines in order, case kept", [["X-B", "1"], ["x-a", "2"], ["X-b", "3"]], "X-B: 1\r\nx-a: 2\r\nX-b: 3\r\n"],
  ["a record", { "x-a": "1", "x-b": "2" }, "x-a: 1\r\nx-b: 2\r\n"],
  ["a record with lists", { "set-cookie": ["a=1", "b=2"], c: "d" }, "set-cookie: a=1\r\nset-cookie: b=2\r\nc: d\r\n"],
  ["a record with an empty list", { "x": [] }, ""],
  ["a Map", new Map([["a", "b"]]), "a: b\r\n"],
  ["a section", new FieldSection(["A", "b", "c", "d"]), "A: b\r\nc: d\r\n"],
  ["an empty value", [["x", ""]], "x: \r\n"],
  ["white space within", [["x", "a \t b"]], "x: a \t b\r\n"],
  [
    "every visible octet",
    [["!#$%&'*+-.^_`|~", '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~']],
    "!#$%&'*+-.^_`|~: !\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\r\n",
  ],
  ["names of prototypes", [["__proto__", "1"], ["constructor", "2"]], "__proto__: 1\r\nconstructor: 2\r\n"],
  ["names as long as those that are heeded", [["tate", "1"], ["upgrades", "2"], ["connectiom", "3"], [
    "content-lengtj",
    "4",
  ]], "tate: 1\r\nupgrades: 2\r\nconnectiom: 3\r\ncontent-lengtj: 4\r\n"],
  ["an ETag, which is shorter than it looks", { etag: '"a"', date: "x" }, 'etag: "a"\r\ndate: x\r\n'],
];

Deno.test("prepareFields writes field lines", async (t) => {
  for (const [what, fields, text] of TEXTS) await t.step(what, () => assertEquals(prepareFields(fields).text, text));
});

Deno.test("prepareFields heeds Content-Length, Date, Connection and Upgrade in any case", () => {
  const fields = { "Content-LENGTH": "12", DATE: "now", Connection: "Close", UPGRADE: "echo", x: "y" };
  assertEquals(prepareFields(fields, { allowUpgrade: true }), {
    text: "DATE: now\r\nUPGRADE: echo\r\nx: y\r\n",
    contentLength: 12,
    hasDate: true,
    close: true,
    hasUpgrade: true,
    template: undefined,
  });
  assertEquals(prepareFields({ "content-length": "0" }).contentLength, 0);
  assertEquals(prepareFields({ "content-length": "9007199254740991" }).contentLength, 9007199254740991);
});

const REFUSED: readonly [what: string, name: unknown, value: unknown][] = [
  ["an empty name", "", "a"],
  ["a name with a space", "a b", "c"],
  ["a name with a colon", "a:", "b"],
  ["a name with CR LF", "a\r\nb", "c"],
  ["a name with a LF", "a\n", "b"],
  ["a name with a NUL", "a\0", "b"],
  ["a name beyond ASCII", "\xe9", "b"],
  ["a name beyond octets", "\u0141", "b"],
  ["a name that is no text", 1, "b"],
  ["a value with CR LF", "a", "b\r\nset-cookie: c"],
  ["a value with a CR", "a", "b\rc"],
  ["a value with an LF", "a", "b\nc"],
  ["a value that ends in an LF", "a", "b\n"],
  ["a value with a NUL", "a", "b\0"],
  ["a value with a control", "a", "b\x1b"],
  ["a value with DEL", "a", "b\x7f"],
  ["a value beyond ASCII", "a", "\xe9"],
  ["a value that would be an LF if it were cut to an octet", "a", "b\u010ac"],
  ["a value with an emoji", "a", "\u{1f600}"],
  ["a value with a space before it", "a", " b"],
  ["a value with a tab behind it", "a", "b\t"],
  ["a value of white space", "a", " "],
  ["a value that is a number", "a", 1],
  ["a value that is undefined", "a", undefined],
  ["a value that is null", "a", null],
  ["Transfer-Encoding", "Transfer-Encoding", "chunked"],
  ["Keep-Alive", "keep-alive", "timeout=5"],
  ["Proxy-Connection", "Proxy-Connection", "close"],
  ["TE", "TE", "trailers"],
  ["Upgrade", "upgrade", "echo"],
  ["Connection: keep-alive", "connection", "keep-alive"],
  ["Connection: upgrade", "connection", "upgrade"],
  ["Connection: close, x", "connection", "close, x"],
  ["an empty Connection", "connection", ""],
  ["a Content-Length with a sign", "content-length", "+5"],
  ["a Content-Length with a fraction", "content-length", "5.0"],
  ["an empty Content-Length", "content-length", ""],
  ["a Content-Length list", "content-length", "5, 5"],
  ["a Content-Length in hexadecimal", "content-length", "0x5"],
  ["a Content-Length beyond 2^53-1", "content-length", "9007199254740992"],
];

Deno.test("prepareFields refuses what must not go out", async (t) => {
  for (const [what, name, value] of REFUSED) {
    await t.step(what, () => {
      const line = [name, value] as [string, string];
      assertThrows(() => prepareFields([["x", "y"], line]), TypeError, "Cannot send field");
      assertThrows(() => prepareTrailers([line]), TypeError, "Cannot send");
    });
  }
});

Deno.test("prepareFields refuses Content-Length twice, equal or not", () => {
  assertThrows(() => prepareFields([["content-length", "5"], ["Content-Length", "5"]]), TypeError, "it stands twice");
});

Deno.test("prepareTrailers writes field lines", () => {
  assertEquals(prepareTrailers([]), "");
  assertEquals(prepareTrailers({ "x-length": "9", "Digest": ["a", "b"] }), "x-length: 9\r\nDigest: a\r\nDigest: b\r\n");
});

const NO_TRAILERS: readonly string[] = [
  "Content-Length",
  "Connection",
  "Host",
  "authorization",
  "Content-Type",
  "content-encoding",
  "Trailer",
  "Set-Cookie",
  "If-Match",
];

Deno.test("prepareTrailers refuses what has no business behind the content", async (t) => {
  for (const name of NO_TRAILERS) {
    await t.step(name, () => {
      assertThrows(() => prepareTrailers({ [name]: "1" }), TypeError, `Cannot send trailer ${name}`);
    });
  }
});
