/**
 * Tests of the small words of the core: errors, limits, status codes, dates.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { DateCache, formatDateTime } from "../../core/date.ts";
import { ProtocolError, type ProtocolErrorCode } from "../../core/errors.ts";
import {
  completeDeadlines,
  completeLimits,
  completeProtocol,
  DEFAULT_LIMITS,
  DEFAULT_PROTOCOL,
} from "../../core/limits.ts";
import { reasonPhrase } from "../../core/status.ts";

const STATUSES: readonly [code: ProtocolErrorCode, status: number][] = [
  ["bad-method", 400],
  ["method-too-long", 501],
  ["bad-target", 400],
  ["target-too-long", 414],
  ["misdirected-request", 421],
  ["bad-version", 400],
  ["unsupported-version", 505],
  ["bad-line-end", 400],
  ["bad-field-line", 400],
  ["fields-too-large", 431],
  ["bad-host", 400],
  ["bad-content-length", 400],
  ["bad-framing", 400],
  ["unknown-coding", 501],
  ["bad-chunk", 400],
  ["content-too-large", 413],
  ["unknown-expectation", 417],
  ["timeout", 408],
  ["unexpected-eof", 400],
  ["not-taken", 501],
  ["bad-status-line", 502],
];

Deno.test("ProtocolError carries its answer and its section", async (t) => {
  for (const [code, status] of STATUSES) {
    await t.step(code, () => {
      const error = new ProtocolError(code, "m");
      assertEquals([error.name, error.message, error.code, error.status], ["ProtocolError", "m", code, status]);
      assert(error instanceof Error);
      assert(/^RFC 911[02], section \d/.test(error.section), error.section);
    });
  }
});

Deno.test("completeLimits completes, freezes, and refuses what is no limit", () => {
  assertEquals(completeLimits(), DEFAULT_LIMITS);
  assertEquals(completeLimits({ content: 5 }), { ...DEFAULT_LIMITS, content: 5 });
  assert(Object.isFrozen(completeLimits({ content: 5 })));
  assertEquals(completeLimits({ content: Infinity, fieldLines: 0 }).fieldLines, 0);
  assertThrows(() => completeLimits({ contents: 5 } as never), TypeError, '"contents" is not one of them');
  assertThrows(() => completeLimits({ __proto__: null, toString: 5 } as never), TypeError);
  assertThrows(() => completeLimits({ content: "5" } as never), TypeError);
  assertThrows(() => completeLimits({ content: null } as never), TypeError);
  assertThrows(() => completeLimits({ content: -1 }), RangeError);
  assertThrows(() => completeLimits({ content: NaN }), RangeError);
});

Deno.test("completeDeadlines looks into bounds of two numbers", () => {
  assertEquals(completeDeadlines({ drain: { bytes: 1, ms: 2 } }).drain, { bytes: 1, ms: 2 });
  assertThrows(() => completeDeadlines({ drain: { bytes: 1 } } as never), TypeError);
  assertThrows(() => completeDeadlines({ drain: { bytes: 1, ms: -1 } }), RangeError);
  assertThrows(() => completeDeadlines({ head: -1 }), RangeError);
});

Deno.test("completeProtocol is strict by default and takes booleans only", () => {
  assertEquals(Object.values(DEFAULT_PROTOCOL).filter(Boolean), []);
  assertEquals(completeProtocol({ allowEmptyHost: true }).allowEmptyHost, true);
  assertThrows(() => completeProtocol({ allowEmptyHost: 1 } as never), TypeError);
  assertThrows(() => completeProtocol({ allowObsFold: true } as never), TypeError);
});

Deno.test("reasonPhrase gives registered phrases, and none for other codes", () => {
  assertEquals([200, 404, 413, 422, 431].map(reasonPhrase), [
    "OK",
    "Not Found",
    "Content Too Large",
    "Unprocessable Content",
    "Request Header Fields Too Large",
  ]);
  assertEquals([299, 306, 418, 999, 0].map(reasonPhrase), ["", "", "", "", ""]);
});

Deno.test("formatDateTime writes IMF-fixdate", () => {
  const rows: [number, string][] = [
    [0, "Thu, 01 Jan 1970 00:00:00 GMT"],
    [784111777000, "Sun, 06 Nov 1994 08:49:37 GMT"],
    [784111777999, "Sun, 06 Nov 1994 08:49:37 GMT"],
    [1709164800000, "Thu, 29 Feb 2024 00:00:00 GMT"],
    [253402300799000, "Fri, 31 Dec 9999 23:59:59 GMT"],
  ];
  for (const [time, text] of rows) assertEquals(formatDateTime(time), text);
});

Deno.test("DateCache follows the time, forwards and back", () => {
  const cache = new DateCache();
  for (const time of [300, 999, 1000, 1999, 784111777000, 5000, 784111777999, 784111777000, 784111776999, 0, -1]) {
    assertEquals(cache.at(time), formatDateTime(time), `at ${time}`);
  }
});
