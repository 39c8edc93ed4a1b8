/**
 * Tests of what decides where a request ends. The response's side is in `response_head_test.ts`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { ProtocolErrorCode } from "../../../core/errors.ts";
import type { Framing } from "../../../core/message.ts";
import { requestFraming } from "../../../core/parse/framing.ts";
import { createFieldMarks, scanFieldLines } from "../../../core/parse/field_lines.ts";
import { pickSteeringFields, type SteeringFields } from "../../../core/parse/steering.ts";
import { octets } from "../../support/octet_text.ts";
import { refusalOf } from "../../support/refusal.ts";

/** Picks out of lines whose names are scanned; a value may be one that no line could have. */
function pick(flat: readonly string[]): SteeringFields {
  let text = "";
  for (let i = 0; i < flat.length; i += 2) text += `${flat[i]}:\r\n`;
  const bytes = octets(`${text}\r\n`);
  const marks = createFieldMarks();
  assertEquals(scanFieldLines(bytes, 0, bytes.length, bytes.length, flat.length, marks), bytes.length);
  return pickSteeringFields(bytes, marks, flat);
}

function frame(flat: readonly string[], minorVersion = 1, allowLeadingZeros = false): Framing {
  return requestFraming(minorVersion, pick(flat), allowLeadingZeros);
}

const NONE: Framing = { kind: "none" };
const CHUNKED: Framing = { kind: "chunked" };

const LENGTHS: readonly [value: string, expected: number | "refused"][] = [
  ["0", 0],
  ["7", 7],
  ["10", 10],
  ["9007199254740991", 9007199254740991],
  ["9007199254740992", "refused"],
  ["9007199254740993", "refused"],
  ["18446744073709551616", "refused"],
  ["9".repeat(400), "refused"],
  ["", "refused"],
  ["00", "refused"],
  ["07", "refused"],
  ["+7", "refused"],
  ["-7", "refused"],
  ["-0", "refused"],
  ["7.", "refused"],
  ["7e1", "refused"],
  ["0x7", "refused"],
  ["7n", "refused"],
  ["1_0", "refused"],
  ["7 7", "refused"],
  ["7,7", "refused"],
  ["7, 7", "refused"],
  ["7;a", "refused"],
  ["\xa07", "refused"],
  ["7\x85", "refused"],
  ["\xb2", "refused"],
  ["Infinity", "refused"],
];

Deno.test("requestFraming reads Content-Length", async (t) => {
  for (const [value, expected] of LENGTHS) {
    await t.step(JSON.stringify(value.slice(0, 30)), () => {
      const run = () => frame(["Content-Length", value]);
      if (expected === "refused") return assertEquals(refusalOf(run), "bad-content-length");
      assertEquals(run(), expected === 0 ? NONE : { kind: "length", length: expected });
    });
  }
});

Deno.test("requestFraming takes leading zeros where they are allowed", () => {
  assertEquals(frame(["Content-Length", "007"], 1, true), { kind: "length", length: 7 });
  assertEquals(frame(["Content-Length", "00"], 1, true), NONE);
  assertEquals(refusalOf(() => frame(["Content-Length", "09007199254740992"], 1, true)), "bad-content-length");
});

const CODINGS: readonly [value: string, expected: "chunked" | ProtocolErrorCode][] = [
  ["chunked", "chunked"],
  ["CHUNKed", "chunked"],
  ["", "bad-framing"],
  ["chunked,", "bad-framing"],
  [",chunked", "bad-framing"],
  ["chunked;", "bad-framing"],
  ["chunked;a=b", "bad-framing"],
  ["chunked,chunked", "bad-framing"],
  ["chunked;a=b,chunked", "bad-framing"],
  ["chunked, gzip", "bad-framing"],
  ["chunke", "bad-framing"],
  ["chunkedd", "bad-framing"],
  ["x-chunked", "bad-framing"],
  ['"chunked"', "bad-framing"],
  ["\x0bchunked", "bad-framing"],
  ["chunked\x0c", "bad-framing"],
  ["\xa0chunked", "bad-framing"],
  ["c\xc0hunked", "bad-framing"],
  ["identity", "bad-framing"],
  ["gzip", "bad-framing"],
  ["gzip chunked", "bad-framing"],
  ["gz(ip, chunked", "bad-framing"],
  ["gzip;, chunked", "bad-framing"],
  ["gzip;a, chunked", "bad-framing"],
  ['gzip;a="b, chunked', "bad-framing"],
  ["gzip\x0b, chunked", "bad-framing"],
  ["gzip, \x0bchunked", "bad-framing"],
  ["gzip, chunked, gzip", "bad-framing"],
  ["gzip, chunked", "unknown-coding"],
  ["gzip,chunked", "unknown-coding"],
  ["identity\t, \tCHUNKED", "unknown-coding"],
  ["gzip, x, chunked", "unknown-coding"],
  ['gzip ; a = "b c";d=e, chunked', "unknown-coding"],
];

Deno.test("requestFraming reads Transfer-Encoding", async (t) => {
  for (const [value, expected] of CODINGS) {
    await t.step(JSON.stringify(value), () => {
      const run = () => frame(["Transfer-Encoding", value]);
      if (expected === "chunked") assertEquals(run(), CHUNKED);
      else assertEquals(refusalOf(run), expected);
    });
  }
});

const TE = ["transfer-encoding", "chunked"];
const CL = ["CONTENT-LENGTH", "5"];

const TOGETHER: readonly [what: string, flat: string[], minorVersion: number, code: ProtocolErrorCode][] = [
  ["CL.TE", [...CL, ...TE], 1, "bad-framing"],
  ["TE.CL", [...TE, ...CL], 1, "bad-framing"],
  ["TE and a malformed CL", [...TE, "content-length", "x"], 1, "bad-framing"],
  ["TE and an empty CL", [...TE, "content-length", ""], 1, "bad-framing"],
  ["an unknown TE and CL", [...CL, "transfer-encoding", "x"], 1, "bad-framing"],
  ["TE twice", [...TE, ...TE], 1, "bad-framing"],
  ["TE on two lines that were a good list", ["transfer-encoding", "gzip", ...TE], 1, "bad-framing"],
  ["TE twice, the first one empty", ["transfer-encoding", "", ...TE], 1, "bad-framing"],
  ["TE in 1.0", TE, 0, "bad-framing"],
  ["an unknown TE in 1.0", ["transfer-encoding", "gzip, chunked"], 0, "bad-framing"],
  ["CL twice, equal", [...CL, ...CL], 1, "bad-content-length"],
  ["CL twice in 1.0", [...CL, ...CL], 0, "bad-content-length"],
  ["CL twice, one malformed", ["content-length", "x", ...CL], 1, "bad-content-length"],
];

Deno.test("requestFraming refuses what two recipients may frame in two ways", async (t) => {
  for (const [what, flat, minorVersion, code] of TOGETHER) {
    await t.step(what, () => assertEquals(refusalOf(() => frame(flat, minorVersion)), code));
  }
});

Deno.test("requestFraming finds no content without framing fields, or with names that look like them", () => {
  assertEquals(frame([]), NONE);
  assertEquals(
    frame(["content_length", "5", "content-lengt", "5", "transfer_encoding", "chunked", "te", "chunked"]),
    NONE,
  );
});

Deno.test("requestFraming costs no more for white space than for other octets", () => {
  // A quadratic trim takes some 350 ms for each of them.
  const value = `a${" ".repeat(32_000)}b, chunked`;
  const start = performance.now();
  for (let i = 0; i < 20; i++) assertEquals(refusalOf(() => frame(["transfer-encoding", value])), "bad-framing");
  assert(performance.now() - start < 2000);
});

Deno.test("pickSteeringFields finds each field in any case, and no other of the same length", () => {
  const names = ["host", "expect", "upgrade", "connection", "content-length", "transfer-encoding"];
  for (const name of names) {
    for (
      const spelt of [
        name,
        name.toUpperCase(),
        name.replace(/./g, (letter, at) => at % 2 ? letter : letter.toUpperCase()),
      ]
    ) {
      assertEquals(foundIn(pick(["x", "y", spelt, "1"])), [name], spelt);
    }
    for (let at = 0; at < name.length; at++) {
      for (const octet of "!#$%&'*+-.^_`|~09AZaz") {
        const other = name.slice(0, at) + octet + name.slice(at + 1);
        assertEquals(foundIn(pick([other, "1"])), other.toLowerCase() === name ? [name] : [], other);
      }
    }
  }
});

function foundIn(fields: SteeringFields): string[] {
  const { host, expect, upgrade, connection, contentLength, transferEncoding } = fields;
  assertEquals(fields.hostLines, host === undefined ? 0 : 1);
  assertEquals(fields.contentLengthLines, contentLength === undefined ? 0 : 1);
  assertEquals(fields.transferEncodingLines, transferEncoding === undefined ? 0 : 1);
  const found = {
    host,
    expect,
    upgrade,
    connection,
    "content-length": contentLength,
    "transfer-encoding": transferEncoding,
  };
  return Object.entries(found).filter(([, value]) => value !== undefined).map(([name]) => name);
}
