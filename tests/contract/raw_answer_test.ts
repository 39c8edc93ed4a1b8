/**
 * What judges the server has to be judged first: answers that a careful server does not send are refused.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { AnswerError, type Asked, fieldOf, parseAnswer } from "./raw_answer.ts";

const DATE = `date: ${new Date().toUTCString()}\r\n`;

const REFUSED: readonly [name: string, text: string, asked?: Asked][] = [
  ["another protocol", "HTTP/1.0 200 OK\r\n"],
  ["no space behind the status", `HTTP/1.1 200\r\n${DATE}content-length: 0\r\n\r\n`],
  ["a status of two digits", `HTTP/1.1 99 X\r\n${DATE}content-length: 0\r\n\r\n`],
  ["LF", `HTTP/1.1 200 OK\n${DATE}content-length: 0\r\n\r\n`],
  ["something before", "\r\nHTTP/1.1 200 OK\r\n"],
  ["a space before the colon", `HTTP/1.1 200 OK\r\n${DATE}content-length : 0\r\n\r\n`],
  ["no space behind the colon", `HTTP/1.1 200 OK\r\n${DATE}content-length:0\r\n\r\n`],
  ["a fold", `HTTP/1.1 200 OK\r\n${DATE}x: y\r\n z\r\ncontent-length: 0\r\n\r\n`],
  ["obs-text", `HTTP/1.1 200 OK\r\n${DATE}x: \xe4\r\ncontent-length: 0\r\n\r\n`],
  ["no framing field", `HTTP/1.1 200 OK\r\n${DATE}\r\n`],
  ["two framing fields", `HTTP/1.1 200 OK\r\n${DATE}content-length: 0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["a length twice", `HTTP/1.1 200 OK\r\n${DATE}content-length: 0\r\ncontent-length: 0\r\n\r\n`],
  ["a length with a zero", `HTTP/1.1 200 OK\r\n${DATE}content-length: 00\r\n\r\n`],
  ["another coding", `HTTP/1.1 200 OK\r\n${DATE}transfer-encoding: gzip\r\n\r\n`],
  ["no date", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"],
  ["an old date", "HTTP/1.1 200 OK\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 0\r\n\r\n"],
  ["a date twice", `HTTP/1.1 200 OK\r\n${DATE}${DATE}content-length: 0\r\n\r\n`],
  ["an unknown option", `HTTP/1.1 200 OK\r\n${DATE}connection: x\r\ncontent-length: 0\r\n\r\n`],
  ["an upgrade unnamed", `HTTP/1.1 200 OK\r\n${DATE}upgrade: x\r\ncontent-length: 0\r\n\r\n`],
  ["a length in 204", `HTTP/1.1 204 No Content\r\n${DATE}content-length: 0\r\n\r\n`],
  ["a coding in 100", "HTTP/1.1 100 Continue\r\ntransfer-encoding: chunked\r\n\r\n"],
  ["a length in 2xx to CONNECT", `HTTP/1.1 200 OK\r\n${DATE}content-length: 0\r\n\r\n`, { method: "CONNECT" }],
  ["chunks to 1.0", `HTTP/1.1 200 OK\r\n${DATE}transfer-encoding: chunked\r\n\r\n`, { version: "1.0" }],
  ["100 to 1.0", "HTTP/1.1 100 Continue\r\n\r\n", { version: "1.0" }],
  ["content to the close, unannounced", `HTTP/1.1 200 OK\r\n${DATE}\r\n`, { version: "1.0" }],
  ["a chunk size with a zero", `HTTP/1.1 200 OK\r\n${DATE}transfer-encoding: chunked\r\n\r\n01\r\nx\r\n`],
  ["a chunk extension", `HTTP/1.1 200 OK\r\n${DATE}transfer-encoding: chunked\r\n\r\n1;a\r\nx\r\n`],
  ["a chunk too long", `HTTP/1.1 200 OK\r\n${DATE}transfer-encoding: chunked\r\n\r\n1\r\nxy\r\n`],
  ["no chunk line", `HTTP/1.1 200 OK\r\n${DATE}transfer-encoding: chunked\r\n\r\n${"1".repeat(20)}`],
  ["a bad trailer", `HTTP/1.1 200 OK\r\n${DATE}transfer-encoding: chunked\r\n\r\n0\r\nx : y\r\n\r\n`],
  [
    "framing in the trailers",
    `HTTP/1.1 200 OK\r\n${DATE}transfer-encoding: chunked\r\n\r\n0\r\ncontent-length: 1\r\n\r\n`,
  ],
];

Deno.test("parseAnswer refuses what a careful server does not send", async (t) => {
  for (const [name, text, asked = {}] of REFUSED) {
    await t.step(name, () => {
      assertThrows(() => parseAnswer(text, 0, asked, false), AnswerError);
    });
  }
});

const EARLY: readonly string[] = [
  "HTTP/1.1 200 O",
  `HTTP/1.1 200 OK\r\n${DATE}content-length: 5\r\n\r\nhell`,
  `HTTP/1.1 200 OK\r\n${DATE}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`,
  `HTTP/1.1 200 OK\r\n${DATE}transfer-encoding: chunked\r\n\r\n0\r\nx: y\r\n`,
  "HTTP/1.1 100 Continue\r\n\r\n",
];

Deno.test("parseAnswer waits for the rest, and refuses an end before it", async (t) => {
  for (const text of EARLY) {
    await t.step(JSON.stringify(text), () => {
      assertEquals(parseAnswer(text, 0, {}, false), undefined);
      assertThrows(() => parseAnswer(text, 0, {}, true), AnswerError, "ends early");
    });
  }
});

Deno.test("parseAnswer reads answers of all framings", () => {
  const behind = "HTTP/1.1 ";
  const byLength = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\n${DATE}content-length: 5\r\n\r\nhello`;
  const answer = parseAnswer(byLength + behind, 0, {}, false)!;
  assertEquals([answer.status, answer.content, answer.end, answer.interim.length], [200, "hello", byLength.length, 1]);
  assertEquals([fieldOf(answer, "x"), fieldOf(answer, "z")], ["y", undefined]);
  const inChunks =
    `HTTP/1.1 200 OK\r\n${DATE}transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nx: y\r\n\r\n`;
  const chunked = parseAnswer(inChunks + behind, 0, {}, false)!;
  assertEquals([chunked.content, chunked.chunks, chunked.trailers], ["hello", [3, 2], [["x", "y"]]]);
  assertEquals(chunked.end, inChunks.length);
  const head = `HTTP/1.1 200 OK\r\n${DATE}content-length: 5\r\n\r\n`;
  assertEquals(parseAnswer(head + behind, 0, { method: "HEAD" }, false)!.end, head.length);
  const toClose = `HTTP/1.1 200 OK\r\n${DATE}connection: close\r\n\r\nhello`;
  assertEquals(parseAnswer(toClose, 0, { version: "1.0" }, false), undefined);
  assertEquals(parseAnswer(toClose, 0, { version: "1.0" }, true)!.content, "hello");
});
