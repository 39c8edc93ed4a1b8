/**
 * Applications in workers, on each runtime: what passes between the threads, and what becomes of a worker that fails.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { startSubject, type Subject } from "../support/subject.ts";
import { OctetClient, pause } from "./octet_client.ts";
import { fieldOf, type RawAnswer } from "./raw_answer.ts";
import { RUNTIMES } from "./runtimes.ts";

const MIB = 1_048_576;

const CHECKS: Record<string, (subject: Subject) => Promise<void>> = {
  "passes the request and the answer": async ({ port }) => {
    const answer = await ask(port, "GET /in/hello?b=%20c", "X-A: \xe9\r\n");
    assertEquals(JSON.parse(answer.content), {
      method: "GET",
      target: "/in/hello?b=%20c",
      a: "\xc3\xa9",
      transport: "tcp",
      version: "1.1",
    });
    assertEquals([fieldOf(answer, "x-app"), fieldOf(answer, "connection")], ["worker", undefined]);
    const head = await ask(port, "HEAD /in/hello", "", "");
    assertEquals([head.status, head.content, fieldOf(head, "x-app")], [200, "", "worker"]);
  },

  "passes content both ways, by length and chunked": async ({ port }) => {
    assertEquals((await ask(port, "POST /in/echo", "Content-Length: 5\r\n", "hello")).content, "hello");
    const chunked = "Transfer-Encoding: chunked\r\n";
    const body = "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 9\r\n\r\n";
    assertEquals((await ask(port, "POST /in/echo", chunked, body)).content, "abcde");
    assertEquals((await ask(port, "POST /in/count", chunked, body)).content, "5 9");
    const large = "y".repeat(3 * MIB);
    assertEquals(
      (await ask(port, "POST /in/count", `Content-Length: ${large.length}\r\n`, large)).content,
      `${3 * MIB} `,
    );
    assertEquals(
      (await ask(port, "POST /in/echo", `Content-Length: ${large.length}\r\n`, large)).content.length,
      3 * MIB,
    );
    assertEquals((await ask(port, "POST /in/unread", `Content-Length: 5\r\n`, "hello")).content, "unread");
    assertEquals((await ask(port, "GET /in/big?48")).content.length, 3 * MIB);
  },

  "passes interim responses and trailers": async ({ port }) => {
    const answer = await ask(port, "GET /in/trailers");
    assertEquals([answer.interim[0]?.status, answer.content], [103, "ab"]);
    assertEquals(answer.trailers, [["x-end", "1"]]);
    using client = await OctetClient.connect(port);
    await client.send("POST /in/continue HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    assertMatch(await client.readCount(30), /^HTTP\/1\.1 100 Continue\r\nx-continue: 1\r\n/);
    await client.send("hello");
    assertEquals((await client.answer()).content, "hello");
  },

  "answers 500 if the application fails, and goes on": async ({ port }) => {
    assertEquals((await ask(port, "GET /in/throw")).status, 500);
    assertMatch((await ask(port, "GET /faults")).content, /as asked, in the worker/);
    using client = await OctetClient.connect(port);
    await client.send("GET /in/throw-late HTTP/1.1\r\nHost: a\r\n\r\n");
    assertMatch(await client.readToEnd(), /5\r\nbegin\r\n$/);
    assertMatch((await ask(port, "GET /faults")).content, /as asked, late/);
    assertEquals((await ask(port, "GET /in/pid")).status, 200);
  },

  "answers 500 for a worker that crashes, and replaces it": async ({ port }) => {
    assertEquals((await ask(port, "GET /in/crash")).status, 500);
    assertMatch((await ask(port, "GET /faults")).content, /nobody catches this/);
    const answers = await Promise.all([1, 2, 3].map(() => ask(port, "GET /in/hello")));
    assertEquals(answers.map(({ status }) => status), [200, 200, 200]);
  },

  "ends a worker that takes too long with 503, and replaces it": async ({ port }) => {
    const start = performance.now();
    const overdue = await Promise.all([1, 2].map(() => ask(port, "GET /in/block?60000")));
    const ms = performance.now() - start;
    assertEquals(overdue.map(({ status }) => status), [503, 503]);
    assert(ms >= 450 && ms < 1500, `${ms} ms`);
    assertMatch((await ask(port, "GET /faults")).content, /took longer than 500 ms: GET \/in\/block/);
    assertEquals((await ask(port, "GET /in/hello")).status, 200);
  },

  "goes on serving while all workers are blocked, and then serves who waits": async ({ port }) => {
    const blocked = [1, 2, 3, 4].map(() => ask(port, "GET /in/block?200"));
    await pause(50);
    const start = performance.now();
    assertEquals((await ask(port, "GET /")).content, "hello");
    assert(performance.now() - start < 100);
    assertEquals((await Promise.all(blocked)).map(({ content }) => content), ["done", "done", "done", "done"]);
  },

  "frees a worker whose client left": async ({ port }) => {
    for (let i = 0; i < 4; i++) {
      const client = await OctetClient.connect(port);
      await client.send("GET /in/big?10000 HTTP/1.1\r\nHost: a\r\n\r\n");
      await client.readCount(1000);
      client.close();
    }
    assertEquals((await ask(port, "GET /in/hello")).status, 200);
  },

  "has the signals of the server": async ({ port }) => {
    for (const [path, value] of [["/in/send", "from a worker"], ["/send", "from the server"]]) {
      const waiting = ask(port, "GET /in/wait");
      await pause(50);
      assertEquals((await ask(port, `GET ${path}`)).content, "1");
      assertEquals((await waiting).content, value);
    }
    assertEquals((await ask(port, "GET /in/wait")).content, "TimeoutError");
    assertEquals((await ask(port, "GET /send")).content, "0");
    using client = await OctetClient.connect(port);
    await client.send("GET /in/wait HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.endWriting();
    assertEquals((await client.answer()).content, "ConnectionClosingError");
    assertEquals((await ask(port, "GET /send")).content, "0");
  },

  "answers 500 for a module that cannot be loaded": async ({ port }) => {
    assertEquals((await ask(port, "GET /none")).status, 500);
    assertMatch((await ask(port, "GET /faults")).content, /there_is_none/);
  },
};

for (const runtime of RUNTIMES) {
  Deno.test(`workers on ${runtime}`, async (t) => {
    await using subject = await startSubject(runtime, new URL("worker_subject.ts", import.meta.url));
    for (const [name, check] of Object.entries(CHECKS)) await t.step(name, () => check(subject));
  });
}

async function ask(port: number, line: string, fields = "", body = ""): Promise<RawAnswer> {
  using client = await OctetClient.connect(port);
  await client.send(`${line} HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`);
  return await client.answer({ method: line.split(" ")[0]! });
}
