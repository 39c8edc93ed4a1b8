/**
 * Tests of the watch over sections that arrive in pieces: it must let the leaf look at every octet that the leaf may
 * refuse, in the read that brought it, and let it look only a few times.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseRequestHead } from "../../../core/parse/request_head.ts";
import { parseResponseHead } from "../../../core/parse/response_head.ts";
import { type SectionWatch, watchRequestHeads, watchResponseHeads } from "../../../core/parse/section_watch.ts";
import type { ParseSettings } from "../../../core/parse/settings.ts";
import { octets } from "../../support/octet_text.ts";
import { refusalOf } from "../../support/refusal.ts";
import { settingsOf } from "../../support/serve_octets.ts";

interface Leaf {
  readonly watch: (settings: ParseSettings) => SectionWatch;
  readonly parse: (bytes: Uint8Array, end: number, settings: ParseSettings) => unknown;
}

const REQUEST: Leaf = {
  watch: watchRequestHeads,
  parse: (bytes, end, settings) => parseRequestHead(bytes, 0, end, settings),
};
const RESPONSE: Leaf = {
  watch: watchResponseHeads,
  parse: (bytes, end, settings) => parseResponseHead(bytes, 0, end, "GET", settings),
};

/** Gives where the leaf has a result or refuses, if it looks at each octet. */
function verdictOf(leaf: Leaf, bytes: Uint8Array, settings: ParseSettings): number | undefined {
  for (let end = 1; end <= bytes.length; end++) {
    if (isVerdict(leaf, bytes, end, settings)) return end;
  }
  return undefined;
}

function isVerdict(leaf: Leaf, bytes: Uint8Array, end: number, settings: ParseSettings): boolean {
  let result: unknown;
  return refusalOf(() => (result = leaf.parse(bytes, end, settings))) !== undefined || result !== undefined;
}

/** The same with the watch between, octet by octet; and how often the leaf looked. */
function watchedVerdictOf(leaf: Leaf, bytes: Uint8Array, settings: ParseSettings): [number | undefined, number] {
  const watch = leaf.watch(settings);
  watch.begin();
  let looks = 0;
  for (let end = 1; end <= bytes.length; end++) {
    if (!watch.ready(bytes, 0, end)) continue;
    looks++;
    if (isVerdict(leaf, bytes, end, settings)) return [end, looks];
  }
  return [undefined, looks];
}

/** The looks that a start line may cost: its words, its line end, the octets of its short words. */
const MAX_LOOKS = 24;

const STRICT = settingsOf();
const SMALL = settingsOf({ requestLine: 20, method: 4, fieldSection: 30, fieldLines: 2 });
const LENIENT = settingsOf({}, { allowNonAsciiTarget: true });

const HEADS: readonly [leaf: Leaf, settings: ParseSettings, text: string][] = [
  [REQUEST, STRICT, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
  [REQUEST, STRICT, "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"],
  [REQUEST, STRICT, "\r\n\r\nGET / HTTP/1.1\r\n"],
  [REQUEST, STRICT, `GET /?${"\\".repeat(500)} HTTP/1.1\r\nHost: a\r\n\r\n`],
  [REQUEST, STRICT, "GET /\\?\\ HTTP/1.1\r\nHost: a\r\n\r\n"],
  [REQUEST, STRICT, "GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n"],
  [REQUEST, LENIENT, `GET /${"\xc3\xa9".repeat(300)} HTTP/1.1\r\nHost: a\r\n\r\n`],
  [REQUEST, STRICT, "GET / HTTTP/1.1\r\nHost: a\r\n\r\n"],
  [REQUEST, STRICT, "GET / HTTP/1.11\r\nHost: a\r\n\r\n"],
  [REQUEST, STRICT, "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"],
  [REQUEST, STRICT, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"],
  [REQUEST, STRICT, "GET / HTTP/1.1\r\nHost\t: a\r\n\r\n"],
  [REQUEST, STRICT, "GET / HTTP/1.1\r\nHost\r\n\r\n"],
  [REQUEST, STRICT, "GET / HTTP/1.1\r\n: a\r\n\r\n"],
  [REQUEST, STRICT, "GET / HTTP/1.1\r\nHost: a\nb: c\r\n\r\n"],
  [REQUEST, SMALL, "GET /abcdef HTTP/1.1\r\nHost: a\r\n\r\n"],
  [REQUEST, SMALL, "GET /abcdefg HTTP/1.1\r\nHost: a\r\n\r\n"],
  [REQUEST, SMALL, "MOVES / HTTP/1.1\r\nHost: a\r\n\r\n"],
  [REQUEST, SMALL, "G".repeat(40)],
  [REQUEST, SMALL, "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n"],
  [REQUEST, SMALL, "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nY: z\r\n\r\n"],
  [REQUEST, SMALL, "GET / HTTP/1.1\r\nHost: a\r\nX: 1234567890123456\r\n\r\n"],
  [RESPONSE, STRICT, `HTTP/1.1 200 ${"very ".repeat(100)}well\r\nA: b\r\n\r\n`],
  [RESPONSE, STRICT, "HTTP/1.1 200\r\nA: b\r\n\r\n"],
  [RESPONSE, STRICT, "HTTP/1.1 2000 OK\r\nA: b\r\n\r\n"],
  [RESPONSE, STRICT, "HTTP/1.1 200 O\x0bK\r\nA: b\r\n\r\n"],
  [RESPONSE, STRICT, "\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n"],
  [RESPONSE, SMALL, "HTTP/1.1 200 1234567\r\nA: b\r\n\r\n"],
  [RESPONSE, SMALL, "HTTP/1.1 200 12345678\r\nA: b\r\n\r\n"],
];

Deno.test("SectionWatch is never later than the leaf, and lets it look only a few times", async (t) => {
  for (const [leaf, settings, text] of HEADS) {
    await t.step(JSON.stringify(text.slice(0, 60)), () => checkWatch(leaf, settings, octets(text)));
  }
});

/** Pieces of heads, so that a random text comes far into one. */
const WORDS = [
  "GET",
  " ",
  "/",
  "?",
  "\\",
  " HTTP/1.",
  "1",
  "\r\n",
  "\r",
  "\n",
  "Host",
  ":",
  "a",
  "\t",
  "\x00",
  "\xe9",
  "HTTP/1.1 200",
];

Deno.test("SectionWatch is never later than the leaf whatever comes", () => {
  const texts = fc.array(fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: "binary-ascii", maxLength: 2 })), {
    maxLength: 30,
  });
  const heads = fc.constantFrom("", "GET /", "GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n");
  fc.assert(
    fc.property(heads, texts, fc.constantFrom(STRICT, SMALL, LENIENT), (head, text, settings) => {
      const bytes = octets(head + text.join(""));
      for (const leaf of [REQUEST, RESPONSE]) checkWatch(leaf, settings, bytes);
    }),
    { numRuns: 2000 },
  );
});

function checkWatch(leaf: Leaf, settings: ParseSettings, bytes: Uint8Array): void {
  const [verdict, looks] = watchedVerdictOf(leaf, bytes, settings);
  assertEquals(verdict, verdictOf(leaf, bytes, settings));
  assert(looks <= MAX_LOOKS, `the leaf looked ${looks} times`);
}
