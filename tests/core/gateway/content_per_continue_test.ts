/**
 * `allowContentPerContinue`: eventlet's several chunked bodies in one request (its test 024b). A forbid and an allow
 * test, as each departure from the strict reading has.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { exchange } from "../../../adapters/memory.ts";
import type { App } from "../../../core/mod.ts";

const REQUEST = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
const FIRST = "5\r\nfirst\r\n8\r\n message\r\n0\r\n\r\n";
const SECOND = "8\r\n, second\r\n8\r\n message\r\n0\r\n\r\n";

const app: App = async ({ input }, startResponse) => {
  input.continueFields({ "x-h1": "1", "x-h2": "2" });
  const first = await input.text();
  input.sendContinue({ "x-h3": "3" });
  const second = await input.text();
  startResponse(200);
  return `${first}|${second}`;
};

async function answersTo(octets: string, allowContentPerContinue: boolean): Promise<string> {
  return new TextDecoder().decode(await exchange(app, octets, { protocol: { allowContentPerContinue } }));
}

Deno.test("024b, E-6: a further chunked body is content after a 100 of the application's, where it is allowed", async () => {
  const answers = await answersTo(REQUEST + FIRST + SECOND, true);
  assertMatch(
    answers,
    /^HTTP\/1\.1 100 Continue\r\nx-h1: 1\r\nx-h2: 2\r\n\r\nHTTP\/1\.1 100 Continue\r\nx-h3: 3\r\n\r\n/,
  );
  assertMatch(answers, /\r\n\r\nfirst message\|, second message$/);
});

Deno.test("024b: without the option what follows the last chunk is the next request", async () => {
  const answers = await answersTo(REQUEST + FIRST + SECOND, false);
  assertMatch(answers, /\r\n\r\nfirst message\|HTTP\/1\.1 400 Bad Request\r\n/);
});

Deno.test("024b: with the option a further body must come, and is none of the next request's octets", async () => {
  const answers = await answersTo(REQUEST + FIRST + "GET / HTTP/1.1\r\nHost: a\r\n\r\n", true);
  assertEquals(answers.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 100", "HTTP/1.1 100", "HTTP/1.1 400"]);
});

Deno.test("024b: a request that does not expect 100 (Continue) has one body with the option, too", async () => {
  const plain = REQUEST.replace("Expect: 100-continue\r\n", "");
  const answers = await answersTo(plain + FIRST + "GET / HTTP/1.1\r\nHost: a\r\n\r\n", true);
  assertMatch(answers, /\r\n\r\nfirst message\|HTTP/);
});
