/**
 * Linear steps: whatever grows in what a peer sends, and in whichever pieces it comes, twice as much of it costs about
 * twice as many looks at octets. The looks are counted, not timed, so the tests say the same on any machine.
 *
 * What works on strings (the values of Host, Connection and others) is not counted here; those values are bounded by
 * the limits on the head that they stand in.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ClientConnection } from "../../core/connection/client_connection.ts";
import { ServerConnection } from "../../core/connection/server_connection.ts";
import { ChunkedDecoder } from "../../core/parse/chunked.ts";
import type { ParseSettings } from "../../core/parse/settings.ts";
import { LookCounter } from "../support/counted_block.ts";
import { INCREMENTAL_LEAVES } from "../support/leaves.ts";
import { octets } from "../support/octet_text.ts";
import { refusalOf } from "../support/refusal.ts";
import { settingsOf } from "../support/serve_octets.ts";

/** What a doubling may cost. */
const MAX_RATIO = 2.2;
const SIZES = [600, 1200, 2400] as const;

const WIDE = 1e6;
const GENEROUS = settingsOf({
  requestLine: WIDE,
  method: WIDE,
  fieldSection: WIDE,
  fieldLines: WIDE,
  chunkLine: WIDE,
  chunkDebt: WIDE,
  trailerSection: WIDE,
  trailerLines: WIDE,
}, { allowNonAsciiTarget: true });

/** Asserts that what costs this for each size grows no faster than the size. */
function assertLinear(cost: (n: number) => number): void {
  const [one, two, four] = SIZES.map(cost) as [number, number, number];
  assert(two / one <= MAX_RATIO, `${one} looks, then ${two}`);
  assert(four / two <= MAX_RATIO, `${two} looks, then ${four}`);
}

type Family = readonly [what: string, text: (n: number) => string];

/** What may grow in a field section; the last empty line stands there. */
const SECTIONS: readonly Family[] = [
  ["a long value", (n) => `X: ${"a".repeat(n)}\r\n\r\n`],
  ["a long name", (n) => `${"X".repeat(n)}: a\r\n\r\n`],
  ["white space round a value", (n) => `X:${" ".repeat(n / 2)}a${"\t".repeat(n / 2)}\r\n\r\n`],
  ["a value of white space", (n) => `X:${" ".repeat(n)}\r\n\r\n`],
  ["white space within a value", (n) => `X: a${" ".repeat(n)}a\r\n\r\n`],
  ["many lines", (n) => `${"a: b\r\n".repeat(n / 6)}\r\n`],
  ["many lines without value", (n) => `${"a:\r\n".repeat(n / 4)}\r\n`],
  ["a value of obs-text", (n) => `X: ${"\xff".repeat(n)}\r\n\r\n`],
];

/** What may grow in one chunk line, if its limit lets it. */
const CHUNK_LINES: readonly Family[] = [
  ["a long extension", (n) => `1;${"a".repeat(n)}\r\na\r\n0\r\n\r\n`],
  ["many extensions", (n) => `1${";a".repeat(n / 2)}\r\na\r\n0\r\n\r\n`],
  ["white space in an extension", (n) => `1${" ".repeat(n)};a\r\na\r\n0\r\n\r\n`],
  ["white space behind names of extensions", (n) => `1${`;a${" ".repeat(20)}`.repeat(n / 22)};a\r\na\r\n0\r\n\r\n`],
  ["a long quoted extension", (n) => `1;a="${'\\"'.repeat(n / 2)}"\r\na\r\n0\r\n\r\n`],
];

/** What may grow in a chunked body. */
const BODIES: readonly Family[] = [
  ["many small chunks", (n) => `${"1\r\na\r\n".repeat(n / 6)}0\r\n\r\n`],
  ["a long chunk", (n) => `${n.toString(16)}\r\n${"a".repeat(n)}\r\n0\r\n\r\n`],
  ["extensions on many chunks", (n) => `${`1;${"a".repeat(51)}\r\na\r\n`.repeat(n / 60)}0\r\n\r\n`],
  ...SECTIONS.map(([what, text]): Family => [`trailers: ${what}`, (n) => `0\r\n${text(n)}`]),
];

const HOST = "Host: a\r\n";
const REQUEST_HEADS: readonly Family[] = [
  ["a long method", (n) => `${"M".repeat(n)} / HTTP/1.1\r\n${HOST}\r\n`],
  ["a long target", (n) => `GET /${"a".repeat(n)} HTTP/1.1\r\n${HOST}\r\n`],
  ["a target of slashes", (n) => `GET ${"/".repeat(n)} HTTP/1.1\r\n${HOST}\r\n`],
  ["a query of backslashes", (n) => `GET /?${"\\".repeat(n)} HTTP/1.1\r\n${HOST}\r\n`],
  ["backslashes behind a long path", (n) => `GET /${"a".repeat(n / 2)}?${"\\".repeat(n / 2)} HTTP/1.1\r\n${HOST}\r\n`],
  ["backslashes and letters by turns", (n) => `GET /?${"\\a".repeat(n / 2)} HTTP/1.1\r\n${HOST}\r\n`],
  ["a target beyond ASCII", (n) => `GET /${"\xc3\xa9".repeat(n / 2)} HTTP/1.1\r\n${HOST}\r\n`],
  ["an absolute target", (n) => `GET http://a/${"a".repeat(n)} HTTP/1.1\r\n${HOST}\r\n`],
  ...SECTIONS.map(([what, text]): Family => [what, (n) => `GET / HTTP/1.1\r\n${HOST}${text(n)}`]),
];

/** Refused, and at once: the cost does not grow at all. */
const REFUSED: readonly Family[] = [
  ["empty lines", (n) => "\r\n".repeat(n / 2)],
  ["spaces before a request", (n) => `${" ".repeat(n)}GET / HTTP/1.1\r\n${HOST}\r\n`],
  ["backslashes in a path", (n) => `GET /${"\\".repeat(n)} HTTP/1.1\r\n${HOST}\r\n`],
  ["digits of a version", (n) => `GET / HTTP/1.${"1".repeat(n)}\r\n${HOST}\r\n`],
  [
    "digits of a chunk size",
    (n) => `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${"0".repeat(n)}\r\n\r\n`,
  ],
];

const RESPONSE_HEADS: readonly Family[] = [
  ["a long reason", (n) => `HTTP/1.1 200 ${"a".repeat(n)}\r\nContent-Length: 0\r\n\r\n`],
  ...SECTIONS.map(([what, text]): Family => [what, (n) => `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${text(n)}`]),
];

const REQUESTS: readonly Family[] = [
  ...REQUEST_HEADS,
  ...REFUSED,
  ["content by length", (n) => `POST / HTTP/1.1\r\n${HOST}Content-Length: ${n}\r\n\r\n${"a".repeat(n)}`],
  ["pipelined requests", (n) => `GET / HTTP/1.1\r\n${HOST}\r\n`.repeat(n / 27)],
  ...BODIES.map(([what, text]): Family => {
    return [what, (n) => `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${text(n)}`];
  }),
];

const RESPONSES: readonly Family[] = [
  ...RESPONSE_HEADS,
  ["interim responses", (n) => `${"HTTP/1.1 100 Continue\r\n\r\n".repeat(n / 25)}HTTP/1.1 204\r\n\r\n`],
  ["content to the close", (n) => `HTTP/1.1 200 OK\r\n\r\n${"a".repeat(n)}`],
  ...BODIES.map(([what, text]): Family => {
    return [what, (n) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${text(n)}`];
  }),
];

/** The settings, with a decoder that counts. */
function countedBy(counter: LookCounter): ParseSettings {
  return { ...GENEROUS, decodeOctets: counter.decode };
}

const OF_LEAF: Readonly<Record<string, readonly Family[]>> = {
  parseRequestHead: REQUEST_HEADS,
  parseResponseHead: RESPONSE_HEADS,
  scanFieldLines: SECTIONS,
  parseChunkLine: CHUNK_LINES,
  chunkedDecoder: [...CHUNK_LINES, ...BODIES],
};

Deno.test("Each leaf looks at twice as many octets about twice as often", async (t) => {
  for (const [name, families] of Object.entries(OF_LEAF)) {
    const leaf = INCREMENTAL_LEAVES[name]!;
    for (const [what, text] of families) {
      await t.step(`${name}: ${what}`, () =>
        assertLinear((n) => {
          const counter = new LookCounter();
          const bytes = octets(text(n));
          assert(leaf(counter.block(bytes), 0, bytes.length, countedBy(counter)) !== undefined, "it is whole");
          return counter.looks;
        }));
    }
  }
});

// A chunk line is looked at from its start with each piece of it; the limit on it is what bounds that.
Deno.test("ChunkedDecoder looks at twice as many octets about twice as often, octet by octet", async (t) => {
  for (const [what, text] of BODIES) await t.step(what, () => assertLinear((n) => looksOfDecoder(text(n))));
});

function looksOfDecoder(text: string): number {
  const counter = new LookCounter();
  const bytes = octets(text);
  const block = counter.block(bytes);
  const decoder = new ChunkedDecoder(countedBy(counter));
  decoder.begin();
  for (let end = 1; end <= bytes.length; end++) {
    while (decoder.next(block, decoder.position, end) === "run") decoder.take(decoder.runEnd - decoder.position);
  }
  assertEquals(decoder.next(block, decoder.position, bytes.length), "end");
  return counter.looks;
}

/** The size of pieces, beside octet by octet. */
const PIECE = 16;

/** Cuts at all places weigh the same: how often a head is looked at again depends on them, within a bound. */
function assertLinearInPieces(cost: (n: number, size: number, first: number) => number): void {
  assertLinear((n) => cost(n, 1, 1));
  assertLinear((n) => {
    let sum = 0;
    for (let first = 1; first <= PIECE; first += 3) sum += cost(n, PIECE, first);
    return sum;
  });
}

Deno.test("ServerConnection looks at twice as many octets about twice as often, in any pieces", async (t) => {
  for (const [what, text] of REQUESTS) {
    await t.step(what, () => assertLinearInPieces((n, size, first) => looksOfServer(text(n), size, first)));
  }
});

Deno.test("ClientConnection looks at twice as many octets about twice as often, in any pieces", async (t) => {
  for (const [what, text] of RESPONSES) {
    await t.step(what, () => assertLinearInPieces((n, size, first) => looksOfClient(text(n), size, first)));
  }
});

function looksOfServer(text: string, size: number, first: number): number {
  const counter = new LookCounter();
  const connection = new ServerConnection(countedBy(counter));
  feed(connection, counter.block(octets(text)), size, first, () => {
    if (connection.reading === "head" && !connection.readHead()) return;
    readRuns(connection);
    if (connection.reading !== "done") return;
    connection.respond({ status: 204, date: "D" });
    connection.finish();
    connection.turnOver();
  });
  return counter.looks;
}

function looksOfClient(text: string, size: number, first: number): number {
  const counter = new LookCounter();
  const connection = new ClientConnection(countedBy(counter));
  connection.request({ fields: { host: "a" } });
  feed(connection, counter.block(octets(text)), size, first, () => {
    while (connection.reading === "head" && connection.readHead()) { /* interim ones too */ }
    readRuns(connection);
  });
  return counter.looks;
}

/** Lends the block in growing parts; all of it is read, unless it is refused. */
function feed(
  connection: ServerConnection | ClientConnection,
  block: Uint8Array,
  size: number,
  first: number,
  read: () => void,
): void {
  const { input } = connection;
  input.bytes = block;
  const refused = refusalOf(() => {
    for (input.end = first; input.end <= block.length; input.end += size) readWhole();
    input.end = block.length;
    readWhole();
  });
  if (refused === undefined) assertEquals(input.unread, 0, "it was not read to its end");

  function readWhole(): void {
    for (let unread = -1; unread !== input.unread && input.unread > 0;) {
      unread = input.unread;
      read();
    }
  }
}

function readRuns(connection: ServerConnection | ClientConnection): void {
  while (connection.readContent() === "run") connection.takeContent(connection.runEnd - connection.input.start);
}
