/**
 * Tests of the leaf for request heads. What a head may look like is told by the vectors; here stand what the leaf
 * gives, its bounds, and the octet at which it refuses.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { ProtocolError, ProtocolErrorCode } from "../../../core/errors.ts";
import type { Limits, ProtocolOptions } from "../../../core/limits.ts";
import { parseRequestHead, type RequestHead } from "../../../core/parse/request_head.ts";
import { octets } from "../../support/octet_text.ts";
import { refusalOf } from "../../support/refusal.ts";
import { settingsOf } from "../../support/serve_octets.ts";
import { MARGIN, poisonedBlocks } from "../../support/splits.ts";

function parse(text: string, limits: Partial<Limits> = {}, protocol: Partial<ProtocolOptions> = {}) {
  const bytes = octets(text);
  return parseRequestHead(bytes, 0, bytes.length, settingsOf(limits, protocol));
}

Deno.test("parseRequestHead tells all that stands in a head", () => {
  const text = "\r\nPOST /a?b HTTP/1.1\r\nHost: a.example\r\nX-A: 1\r\ncontent-length: 12\r\n\r\n";
  const { fields, ...head } = parse(`${text}content`) as RequestHead;
  assertEquals(head, {
    method: "POST",
    target: "/a?b",
    targetParts: { form: "origin", scheme: undefined, authority: undefined, pathAndQuery: "/a?b" },
    minorVersion: 1,
    host: "a.example",
    framing: { kind: "length", length: 12 },
    connection: { close: false, keepAlive: false, upgrade: false },
    persistent: true,
    expectsContinue: false,
    upgrade: undefined,
    octets: text.length,
  });
  assertEquals([...fields], [["Host", "a.example"], ["X-A", "1"], ["content-length", "12"]]);
});

Deno.test("parseRequestHead needs more of each part of a head, and reads no octet behind the end", () => {
  const text = "\r\nGET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  for (let length = 0; length <= text.length; length++) {
    for (const block of poisonedBlocks(octets(text.slice(0, length)))) {
      const head = parseRequestHead(block, MARGIN, MARGIN + length);
      assertEquals(head?.octets, length < text.length ? undefined : length);
    }
  }
});

Deno.test("parseRequestHead decodes with the decoder that it is given, once a head", () => {
  const calls: [start: number, end: number][] = [];
  const bytes = octets("xxGET /a HTTP/1.1\r\nHost: a\r\n\r\nyy");
  const settings = {
    ...settingsOf(),
    decodeOctets: (block: Uint8Array, start: number, end: number) => {
      calls.push([start, end]);
      return String.fromCharCode(...block.subarray(start, end));
    },
  };
  assertEquals(parseRequestHead(bytes, 2, bytes.length, settings)?.target, "/a");
  assertEquals(calls, [[2, bytes.length - 2]]);
});

const LINE = "GET /abc HTTP/1.1"; // 17 octets
const SECTION = "Host: a\r\nX: bcd\r\n\r\n"; // 19 octets

const AT_LIMITS: readonly [what: string, text: string, limits: Partial<Limits>, code: ProtocolErrorCode | undefined][] =
  [
    ["requestLine: as long", `${LINE}\r\n${SECTION}`, { requestLine: 17 }, undefined],
    ["requestLine: one longer", `${LINE}\r\n${SECTION}`, { requestLine: 16 }, "target-too-long"],
    ["requestLine: as long behind an empty line", `\r\n${LINE}\r\n${SECTION}`, { requestLine: 17 }, undefined],
    [
      "requestLine: one longer behind an empty line",
      `\r\n${LINE}\r\n${SECTION}`,
      { requestLine: 16 },
      "target-too-long",
    ],
    ["requestLine: over it in the target", `${LINE}\r\n${SECTION}`, { requestLine: 6 }, "target-too-long"],
    ["requestLine: over it behind the method", `${LINE}\r\n${SECTION}`, { requestLine: 4 }, "target-too-long"],
    ["requestLine: over it at the end of the method", `${LINE}\r\n${SECTION}`, { requestLine: 3 }, "target-too-long"],
    ["requestLine: over it in the method", `${LINE}\r\n${SECTION}`, { requestLine: 2 }, "bad-method"],
    ["method: as long", `${LINE}\r\n${SECTION}`, { method: 3 }, undefined],
    ["method: one longer", `${LINE}\r\n${SECTION}`, { method: 2 }, "method-too-long"],
    ["fieldSection: as long", `${LINE}\r\n${SECTION}`, { fieldSection: 19 }, undefined],
    ["fieldSection: one longer", `${LINE}\r\n${SECTION}`, { fieldSection: 18 }, "fields-too-large"],
    ["fieldSection: over it with the empty line", `${LINE}\r\n${SECTION}`, { fieldSection: 17 }, "fields-too-large"],
    ["fieldLines: as many", `${LINE}\r\n${SECTION}`, { fieldLines: 2 }, undefined],
    ["fieldLines: one more", `${LINE}\r\n${SECTION}`, { fieldLines: 1 }, "fields-too-large"],
    ["fieldLines: none", "GET / HTTP/1.0\r\n\r\n", { fieldLines: 0 }, undefined],
  ];

Deno.test("parseRequestHead takes what is at a limit and refuses what is over it by one", async (t) => {
  for (const [what, text, limits, code] of AT_LIMITS) {
    await t.step(what, () => assertEquals(refusalOf(() => parse(text, limits)), code));
  }
});

/** The text up to and with the octet that has to be refused: before it nothing may be. */
const FIRST_BAD_OCTET: readonly [prefix: string, code: ProtocolErrorCode][] = [
  ["\n", "bad-line-end"],
  ["\rG", "bad-line-end"],
  ["\r\n\r", "bad-method"],
  [" ", "bad-method"],
  ["GET\t", "bad-method"],
  ["GET\r", "bad-method"],
  ["GET  ", "bad-target"],
  ["GET /a\\", "bad-target"],
  ["GET /\n", "bad-line-end"],
  ["GET /a\x7f", "bad-target"],
  ["GET /a\r", "bad-version"],
  ["GET /a h", "bad-version"],
  ["GET /a HTTP/1.1 ", "bad-version"],
  ["GET /a HTTP/1.1\n", "bad-line-end"],
  ["GET /a HTTP/1.1\rH", "bad-line-end"],
  ["GET /a HTTP/2.0\r\n", "unsupported-version"],
  ["GET /a HTTP/1.1\r\n ", "bad-field-line"],
  ["GET /a HTTP/1.1\r\nHost ", "bad-field-line"],
  ["GET /a HTTP/1.1\r\nHost\r", "bad-field-line"],
  ["GET /a HTTP/1.1\r\nHost\n", "bad-line-end"],
  ["GET /a HTTP/1.1\r\n:", "bad-field-line"],
  ["GET /a HTTP/1.1\r\nHost: a\x00", "bad-field-line"],
  ["GET /a HTTP/1.1\r\nHost: a\n", "bad-line-end"],
  ["GET /a HTTP/1.1\r\nHost: a\r ", "bad-line-end"],
  ["GET /a HTTP/1.1\r\nHost: a\r\n\t", "bad-field-line"],
  ["GET /a HTTP/1.1\r\nHost: a\r\n\n", "bad-line-end"],
  ["GET /a HTTP/1.1\r\nHost: a\r\n\rX", "bad-line-end"],
];

Deno.test("parseRequestHead refuses at the octet that is bad, whatever follows it", async (t) => {
  for (const [prefix, code] of FIRST_BAD_OCTET) {
    await t.step(JSON.stringify(prefix), () => {
      assertEquals(parse(prefix.slice(0, -1)), undefined);
      for (const rest of ["", "\n", "\r\n\r\n", "\x00", " HTTP/1.1\r\nHost: a\r\n\r\n"]) {
        assertEquals(refusalOf(() => parse(prefix + rest)), code);
      }
    });
  }
});

const LATE: readonly [what: string, text: string, code: ProtocolErrorCode][] = [
  ["the target's form before Host", "GET x HTTP/1.1\r\n\r\n", "bad-target"],
  ["Host before Connection", "GET / HTTP/1.1\r\nConnection: (\r\n\r\n", "bad-host"],
  [
    "Connection before framing",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\nConnection: (\r\n\r\n",
    "bad-field-line",
  ],
  [
    "framing before Expect",
    "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\nContent-Length: x\r\n\r\n",
    "bad-content-length",
  ],
];

Deno.test("parseRequestHead checks what is known of the whole head in one order", async (t) => {
  for (const [what, text, code] of LATE) {
    await t.step(what, () => assertEquals(refusalOf(() => parse(text)), code));
  }
});

const HEAD = "GET /%0A HTTP/1.1\r\nHost: a\r\n";

/** Each option: a head that is refused without it, or otherwise read. */
const OPTIONS: readonly [
  option: keyof ProtocolOptions,
  text: string,
  without: ProtocolErrorCode | number,
  withIt: ProtocolErrorCode | number,
][] = [
  ["allowNonAsciiTarget", "GET /\x80\xff HTTP/1.1\r\nHost: a\r\n\r\n", "bad-target", 1],
  ["allowEmptyHost", "GET / HTTP/1.1\r\nHost: \r\n\r\n", "bad-host", 1],
  ["allowEmptyHost", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", "bad-host", "bad-host"],
  ["allowLeadingZeros", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 007\r\n\r\n", "bad-content-length", 2],
  ["dropUnderscoreNames", `${HEAD}a_b: c\r\n_: d\r\n\r\n`, 3, 1],
  ["refuseEncodedControls", `${HEAD}\r\n`, 1, "bad-target"],
  ["refuseEncodedControls", HEAD.replace("%0A", "%0d") + "\r\n", 1, "bad-target"],
  ["refuseEncodedControls", HEAD.replace("%0A", "?%00") + "\r\n", 1, "bad-target"],
  ["refuseEncodedControls", HEAD.replace("%0A", "%09%7f%0b") + "\r\n", 1, 1],
  ["refuseRepeatedSingletons", `${HEAD}Range: b\r\nrange: b\r\n\r\n`, 3, "bad-field-line"],
  ["refuseRepeatedSingletons", `${HEAD}Accept: b\r\naccept: b\r\n\r\n`, 3, 3],
];

Deno.test("parseRequestHead heeds each option, and does not without it", async (t) => {
  for (const [option, text, without, withIt] of OPTIONS) {
    await t.step(`${option}: ${JSON.stringify(text)}`, () => {
      assertEquals(outcome(text, {}), without);
      assertEquals(outcome(text, { [option]: true }), withIt);
    });
  }
});

/** The code of the refusal, or how many field lines there are. */
function outcome(text: string, protocol: Partial<ProtocolOptions>): ProtocolErrorCode | number {
  try {
    return parse(text, {}, protocol)!.fields.length;
  } catch (error) {
    return (error as ProtocolError).code;
  }
}

Deno.test("parseRequestHead frames by names as they are spelt, not by those that only look alike", () => {
  const text =
    "POST / HTTP/1.1\r\nHost: a\r\nContent_Length: 5\r\nContent-Lengt\xe8: 5\r\nTransfer-Encodin: chunked\r\n\r\n";
  assertEquals(refusalOf(() => parse(text)), "bad-field-line");
  assertEquals(parse(text.replace("\xe8", "e"))?.framing, { kind: "none" });
});
