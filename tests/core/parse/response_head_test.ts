/**
 * Tests of the leaf for response heads.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { ProtocolErrorCode } from "../../../core/errors.ts";
import type { Limits } from "../../../core/limits.ts";
import type { Framing } from "../../../core/message.ts";
import { parseResponseHead, type ResponseHead } from "../../../core/parse/response_head.ts";
import { octets } from "../../support/octet_text.ts";
import { refusalOf } from "../../support/refusal.ts";
import { settingsOf } from "../../support/serve_octets.ts";
import { MARGIN, poisonedBlocks } from "../../support/splits.ts";

function parse(text: string, method = "GET", limits: Partial<Limits> = {}): ResponseHead | undefined {
  const bytes = octets(text);
  return parseResponseHead(bytes, 0, bytes.length, method, settingsOf(limits));
}

Deno.test("parseResponseHead tells all that stands in a head", () => {
  const text = "HTTP/1.1 404 Not \tFound\xe9\r\nContent-Length: 2\r\nConnection: close\r\n\r\n";
  const { fields, ...head } = parse(`${text}hi`) as ResponseHead;
  assertEquals(head, {
    status: 404,
    reason: "Not \tFound\xe9",
    minorVersion: 1,
    framing: { kind: "length", length: 2 },
    connection: { close: true, keepAlive: false, upgrade: false },
    persistent: false,
    octets: text.length,
  });
  assertEquals([...fields], [["Content-Length", "2"], ["Connection", "close"]]);
});

Deno.test("parseResponseHead needs more of each part of a head, and reads no octet behind the end", () => {
  const text = "HTTP/1.1 200 OK\r\nServer: a\r\n\r\n";
  for (let length = 0; length <= text.length; length++) {
    for (const block of poisonedBlocks(octets(text.slice(0, length)))) {
      const head = parseResponseHead(block, MARGIN, MARGIN + length, "GET");
      assertEquals(head?.octets, length < text.length ? undefined : length);
    }
  }
});

const LINES: readonly [line: string, status: number, reason: string, minorVersion: number][] = [
  ["HTTP/1.1 200 OK", 200, "OK", 1],
  ["HTTP/1.0 200 OK", 200, "OK", 0],
  ["HTTP/1.7 200 OK", 200, "OK", 1],
  ["HTTP/1.1 200 ", 200, "", 1],
  ["HTTP/1.1 200", 200, "", 1],
  ["HTTP/1.1 200  two ", 200, " two ", 1],
  ["HTTP/1.1 999 x", 999, "x", 1],
  ["HTTP/1.1 100 Continue", 100, "Continue", 1],
];

Deno.test("parseResponseHead reads status lines", async (t) => {
  for (const [line, status, reason, minorVersion] of LINES) {
    await t.step(line, () => {
      const head = parse(`${line}\r\n\r\n`)!;
      assertEquals([head.status, head.reason, head.minorVersion], [status, reason, minorVersion]);
    });
  }
});

/** The text up to and with the octet that has to be refused: before it nothing may be. */
const FIRST_BAD_OCTET: readonly [prefix: string, code: ProtocolErrorCode][] = [
  ["\r", "bad-status-line"],
  ["\n", "bad-line-end"],
  ["h", "bad-status-line"],
  ["HTTP/2", "bad-status-line"],
  ["HTTP/1,", "bad-status-line"],
  ["HTTP/1.x", "bad-status-line"],
  ["HTTP/1.1\t", "bad-status-line"],
  ["HTTP/1.1\r", "bad-status-line"],
  ["HTTP/1.11", "bad-status-line"],
  ["HTTP/1.1  ", "bad-status-line"],
  ["HTTP/1.1 0", "bad-status-line"],
  ["HTTP/1.1 20\r", "bad-status-line"],
  ["HTTP/1.1 20\n", "bad-line-end"],
  ["HTTP/1.1 2000", "bad-status-line"],
  ["HTTP/1.1 200\t", "bad-status-line"],
  ["HTTP/1.1 200 O\x00", "bad-status-line"],
  ["HTTP/1.1 200 O\x7f", "bad-status-line"],
  ["HTTP/1.1 200 OK\n", "bad-line-end"],
  ["HTTP/1.1 200 OK\rX", "bad-line-end"],
  ["HTTP/1.1 200 OK\r\n ", "bad-field-line"],
  ["HTTP/1.1 200 OK\r\nA: b\n", "bad-line-end"],
];

Deno.test("parseResponseHead refuses at the octet that is bad, whatever follows it", async (t) => {
  for (const [prefix, code] of FIRST_BAD_OCTET) {
    await t.step(JSON.stringify(prefix), () => {
      assertEquals(parse(prefix.slice(0, -1)), undefined);
      for (const rest of ["", "\n", " OK\r\n\r\n"]) assertEquals(refusalOf(() => parse(prefix + rest)), code);
    });
  }
});

const LINE = "HTTP/1.1 200 OK";

Deno.test("parseResponseHead takes what is at a limit and refuses what is over it by one", () => {
  const text = `${LINE}\r\nA: b\r\n\r\n`;
  assertEquals(refusalOf(() => parse(text, "GET", { requestLine: 15 })), undefined);
  assertEquals(refusalOf(() => parse(text, "GET", { requestLine: 14 })), "bad-status-line");
  assertEquals(refusalOf(() => parse(LINE, "GET", { requestLine: 14 })), "bad-status-line");
  assertEquals(refusalOf(() => parse(text, "GET", { fieldSection: 8 })), undefined);
  assertEquals(refusalOf(() => parse(text, "GET", { fieldSection: 7 })), "fields-too-large");
  assertEquals(refusalOf(() => parse(text, "GET", { fieldLines: 0 })), "fields-too-large");
});

const NONE: Framing = { kind: "none" };
const CLOSE: Framing = { kind: "close" };
const TWO: Framing = { kind: "length", length: 2 };
const CL = "Content-Length: 2\r\n";
const TE = "Transfer-Encoding: chunked\r\n";

const FRAMINGS: readonly [status: string, method: string, fields: string, expected: Framing | ProtocolErrorCode][] = [
  ["1.1 200", "GET", "", CLOSE],
  ["1.1 200", "GET", CL, TWO],
  ["1.1 200", "GET", "Content-Length: 0\r\n", NONE],
  ["1.1 200", "GET", TE, { kind: "chunked" }],
  ["1.1 200", "HEAD", CL, NONE],
  ["1.1 200", "HEAD", TE, NONE],
  ["1.1 404", "HEAD", "", NONE],
  ["1.1 200", "head", CL, TWO],
  ["1.1 204", "GET", CL, NONE],
  ["1.1 304", "GET", CL, NONE],
  ["1.1 103", "GET", CL, NONE],
  ["1.1 200", "CONNECT", TE, NONE],
  ["1.1 299", "CONNECT", CL, NONE],
  ["1.1 300", "CONNECT", CL, TWO],
  ["1.1 205", "GET", "", CLOSE],
  ["1.0 200", "GET", "", CLOSE],
  ["1.0 200", "GET", TE, "bad-framing"],
  ["1.1 200", "GET", TE + CL, "bad-framing"],
  ["1.1 200", "GET", TE + TE, "bad-framing"],
  ["1.1 200", "GET", "Transfer-Encoding: gzip\r\n", "bad-framing"],
  ["1.1 200", "GET", "Transfer-Encoding: gzip, chunked\r\n", "unknown-coding"],
  ["1.1 200", "GET", CL + CL, "bad-content-length"],
  ["1.1 200", "GET", "Content-Length: 2, 2\r\n", "bad-content-length"],
  ["1.1 200", "GET", "Content-Length: 02\r\n", "bad-content-length"],
];

Deno.test("parseResponseHead tells where the content ends", async (t) => {
  for (const [status, method, fields, expected] of FRAMINGS) {
    await t.step(`${status} to ${method}: ${JSON.stringify(fields)}`, () => {
      const text = `HTTP/${status} x\r\n${fields}\r\n`;
      if (typeof expected === "string") assertEquals(refusalOf(() => parse(text, method)), expected);
      else assertEquals(parse(text, method)!.framing, expected);
    });
  }
});

const PERSISTENCE: readonly [version: string, connection: string, persistent: boolean][] = [
  ["1.1", "", true],
  ["1.1", "Connection: Close\r\n", false],
  ["1.1", "Connection: keep-alive\r\n", true],
  ["1.0", "", false],
  ["1.0", "Connection: keep-alive\r\n", true],
  ["1.0", "Connection: keep-alive\r\nConnection: close\r\n", false],
];

Deno.test("parseResponseHead tells whether the server lets the connection live on", async (t) => {
  for (const [version, connection, persistent] of PERSISTENCE) {
    await t.step(`${version} ${connection.trim()}`, () => {
      assertEquals(parse(`HTTP/${version} 200 OK\r\n${connection}\r\n`)!.persistent, persistent);
    });
  }
});
