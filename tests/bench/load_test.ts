/**
 * The benches' load: what wrk is told and tells, how answers are counted, what is sent, and the raw loop.
 *
 * @module
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { browserHead, chunkBlocks, minimalHead, variants } from "../../bench/leaves/inputs.ts";
import { rawAnswers } from "../../bench/rivals/raw_answer.ts";
import { AnswerCounter } from "../../bench/support/answer_counter.ts";
import { contentOf, isWhole } from "../../bench/support/probe.ts";
import { browserGet, chunkedPost, plainGet, post } from "../../bench/support/requests.ts";
import { parseWrk, wrkScript } from "../../bench/support/wrk.ts";
import { parseRequestHead } from "../../core/parse/request_head.ts";

const encoder = new TextEncoder();

const REPORT = `Running 2s test @ http://127.0.0.1:8000/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   470.06us  181.13us   4.29ms   75.51%
    Req/Sec   136.85k     2.36k  140.32k    80.00%
  272335 requests in 2.01s, 33.24MB read
Requests/sec: 135485.52
`;

Deno.test("parseWrk reads how many requests were answered in what time", () => {
  assertEquals(parseWrk(REPORT), { requests: 272_335, seconds: 2.01 });
  assertEquals(parseWrk("  5 requests in 900.50ms, 1KB read"), { requests: 5, seconds: 0.9005 });
  assertEquals(parseWrk("  5 requests in 1.50m, 1KB read"), { requests: 5, seconds: 90 });
});

Deno.test("parseWrk refuses a report of failures", () => {
  const rows: [report: string, errors: string, message: string][] = [
    [`${REPORT}  Socket errors: connect 0, read 3, write 0, timeout 1\n`, "", "read 3"],
    [`${REPORT}  Non-2xx or 3xx responses: 17\n`, "", "responses: 17"],
    ["", "unable to connect", "unable to connect"],
  ];
  for (const [report, errors, message] of rows) assertThrows(() => parseWrk(report, errors), Error, message);
  assertEquals(parseWrk(`${REPORT}  Socket errors: connect 0, read 0, write 0, timeout 0\n`).requests, 272_335);
});

Deno.test("wrkScript gives fields one by one, and whole requests where there are several or chunks", () => {
  const script = wrkScript({ request: post("/echo", 3), depth: 1 });
  assertStringIncludes(script, 'wrk.method = "POST"\n');
  assertStringIncludes(script, 'wrk.headers["Content-Type"] = "application/octet-stream"\n');
  assertStringIncludes(script, 'wrk.body = "xxx"\n');
  assertEquals(/content-length/i.test(script), false, "wrk adds it itself");
  assertStringIncludes(
    wrkScript({ request: plainGet("/"), depth: 16 }),
    'string.rep("GET / HTTP/1.1\\013\\010Host: 127.0.0.1\\013\\010\\013\\010", 16)',
  );
  assertStringIncludes(wrkScript({ request: chunkedPost("/", 2, 1), depth: 1 }), "\\0102\\013\\010xx\\013\\0100\\013");
});

Deno.test("requests are well formed and have the length that they are said to have", () => {
  for (const { head, body } of [plainGet("/"), browserGet("/?a"), post("/", 9), chunkedPost("/", 5, 2)]) {
    const bytes = encoder.encode(head + body);
    assertEquals(parseRequestHead(bytes, 0, bytes.length)?.octets, head.length);
  }
  const bytes = encoder.encode(browserGet("/").head);
  assertEquals(parseRequestHead(bytes, 0, bytes.length)?.fields.length, 16);
});

Deno.test("variants differ, have one length, and 477 octets for a browser", () => {
  for (const [make, length] of [[minimalHead, minimalHead("000000").length], [browserHead, 477]] as const) {
    const heads = variants(make, 100);
    assertEquals(new Set(heads.map(String)).size, 100);
    assertEquals(new Set(heads.map((head) => head.length)), new Set([length]));
    for (const head of heads) assertEquals(parseRequestHead(head, 0, head.length)?.octets, length);
  }
  assertEquals(chunkBlocks(16, 64)[0]?.length, 4 * ("10\r\n\r\n".length + 16));
});

const ANSWERS: [name: string, answer: string][] = [
  ["by length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"],
  ["by a length of 0", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
  ["chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n2\r\n!!\r\n0\r\n\r\n"],
];

Deno.test("AnswerCounter counts answers however they are cut", async (t) => {
  for (const [name, answer] of ANSWERS) {
    await t.step(name, () => {
      const bytes = encoder.encode(answer.repeat(4));
      for (let size = 1; size <= bytes.length; size++) {
        const counter = new AnswerCounter();
        let answers = 0;
        for (let at = 0; at < bytes.length; at += size) {
          // The block is used again for each read.
          const block = new Uint8Array(size + 8).fill(0x21);
          block.set(bytes.subarray(at, at + size));
          answers += counter.count(block, Math.min(size, bytes.length - at));
        }
        assertEquals(answers, 4, `in pieces of ${size}`);
      }
    });
  }
});

Deno.test("AnswerCounter refuses answers other than 2xx", () => {
  const bad = encoder.encode("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
  assertThrows(() => new AnswerCounter().count(bad, bad.length), Error, "status 500");
  const counter = new AnswerCounter();
  const good = encoder.encode(ANSWERS[0]![1]);
  assertEquals(counter.count(good, good.length), 1);
  assertThrows(() => counter.count(bad, bad.length), Error, "bad answer");
});

Deno.test("isWhole and contentOf know the end and the content of an answer", () => {
  const contents = ["hello", "", "hello!!"];
  for (const [index, [, answer]] of ANSWERS.entries()) {
    assertEquals(contentOf(answer), contents[index]);
    for (let end = 0; end <= answer.length; end++) assertEquals(isWhole(answer.slice(0, end)), end === answer.length);
  }
});

Deno.test("rawAnswers counts blank lines", () => {
  const one = rawAnswers(encoder.encode("A\r\n\r\n"), 5).length;
  for (const head of [plainGet("/").head, browserGet("/").head, "\r\n\r\n", "abc\r\n\r\n", "a\r\nb\r\n\r\n"]) {
    for (const padding of ["", "a", "ab", "abc"]) {
      const bytes = encoder.encode((padding + head).repeat(3));
      assertEquals(rawAnswers(bytes, bytes.length).length, 3 * one, JSON.stringify(padding + head));
    }
  }
});
