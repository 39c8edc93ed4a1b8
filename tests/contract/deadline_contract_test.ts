/**
 * Deadlines in real time, on each runtime: each is met, and met within a second.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { OctetClient, pause } from "./octet_client.ts";
import { fieldOf } from "./raw_answer.ts";
import { assertHealthy, HELLO, HOST, RUNTIMES, startOwn, type Subject, untilLost } from "./runtimes.ts";

/** A deadline is met within a second; the rest is what two busy cores may be late. */
const TOLERANCE = 1300;

/** Short ones, so that real time may pass. */
const DEADLINES = {
  idle: 500,
  head: 400,
  contentGap: 500,
  contentRate: { bytesPerSecond: 1000, afterMs: 700 },
  writeStall: 500,
  drain: { bytes: 65_536, ms: 400 },
  linger: { bytes: 65_536, ms: 500 },
  application: 1500,
};

const CHECKS: Record<string, (subject: Subject) => Promise<void>> = {
  "idle, on a new connection: closed without a word": async ({ port }) => {
    using client = await OctetClient.connect(port);
    assertEquals(await endsWithin(client, DEADLINES.idle), "");
  },

  "idle, between requests": async ({ port }) => {
    using client = await OctetClient.connect(port);
    for (let i = 0; i < 3; i++) {
      await pause(300);
      await client.send(HELLO);
      await client.answer();
    }
    assertEquals(await endsWithin(client, DEADLINES.idle), "");
  },

  "head: 408, however the octets drip": async ({ port }) => {
    using client = await OctetClient.connect(port);
    const started = performance.now();
    await client.send(`GET / HTTP/1.1\r\n${HOST}X: `);
    const dripping = drip(client, "y".repeat(100), 30);
    const answer = await client.answer();
    assertWithin(started, DEADLINES.head);
    assertEquals([answer.status, fieldOf(answer, "connection")], [408, "close"]);
    assertEquals(await client.readToEnd(), "");
    client.close();
    await dripping;
  },

  "head, of a later request": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`${HELLO}GET / HTTP/1.1\r\nHos`);
    assertEquals((await client.answer()).status, 200);
    const started = performance.now();
    assertEquals((await client.answer()).status, 408);
    assertWithin(started, DEADLINES.head);
  },

  "head, before a request line is there: closed without a word": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send("GET / HTT");
    assertEquals(await endsWithin(client, DEADLINES.head), "");
  },

  "contentGap: 408": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`POST /discard HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nhello`);
    const started = performance.now();
    const answer = await client.answer();
    assertWithin(started, DEADLINES.contentGap);
    assertEquals([answer.status, fieldOf(answer, "connection")], [408, "close"]);
    assertEquals(await client.readToEnd(), "");
  },

  "contentGap, with the head out: no end of the answer": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`POST /echo HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    const started = performance.now();
    const text = await client.readToEnd();
    assertWithin(started, DEADLINES.contentGap);
    assert(text === "" || text.endsWith("5\r\nhello\r\n"), text);
  },

  "contentGap, behind a 100": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`POST /discard HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 10\r\n\r\n`);
    const started = performance.now();
    const answer = await client.answer();
    assertWithin(started, DEADLINES.contentGap);
    assertEquals([answer.status, answer.interim.length], [408, 1]);
  },

  "contentRate: 408, though octets come": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`POST /discard HTTP/1.1\r\n${HOST}Content-Length: 100000\r\n\r\n`);
    const started = performance.now();
    const dripping = drip(client, "x".repeat(60), 50);
    const answer = await client.answer();
    assertWithin(started, DEADLINES.contentRate.afterMs);
    assertEquals(answer.status, 408);
    client.close();
    await dripping;
  },

  "contentRate: faster clients are not cut off": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`POST /discard HTTP/1.1\r\n${HOST}Content-Length: 7000\r\n\r\n`);
    for (let i = 0; i < 14; i++) {
      await client.send("x".repeat(500));
      await pause(80);
    }
    assertEquals((await client.answer()).content, "bytes=7000\n");
  },

  "writeStall: an abort that the application is told": async (subject) => {
    using client = await OctetClient.connect(subject.port);
    await client.send(`GET /watched HTTP/1.1\r\n${HOST}\r\n`);
    const started = performance.now();
    await untilLost(subject, "signals=1 hooks=1\n");
    assertWithin(started, DEADLINES.writeStall);
  },

  "drain: a rest that does not come ends the connection": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`POST /unread HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nhello`);
    assertEquals((await client.answer()).content, "unread\n");
    assertEquals(await endsWithin(client, DEADLINES.drain.ms), "");
  },

  "linger: a client that does not close is closed": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send("\x00");
    assertEquals((await client.answer()).status, 400);
    assertEquals(await client.readToEnd(), "");
    const started = performance.now();
    // Once both sides are closed, what is sent is answered by a reset.
    while (client.sendError === undefined) {
      await client.send("x");
      await pause(20);
      assert(performance.now() - started < 5000, "the connection is held for ever");
    }
    assertWithin(started, DEADLINES.linger.ms);
  },

  "application: 503": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`GET /sleep?ms=20000 HTTP/1.1\r\n${HOST}\r\n`);
    const started = performance.now();
    const answer = await client.answer();
    assertWithin(started, DEADLINES.application);
    assertEquals([answer.status, fieldOf(answer, "connection")], [503, "close"]);
    assertEquals(await client.readToEnd(), "");
  },

  "no deadline for an application that thinks, nor for a stream that is taken": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`GET /sleep?ms=1100 HTTP/1.1\r\n${HOST}\r\n`);
    assertEquals((await client.answer()).content, "slept 1100\n");
    await client.send(`GET /stream?pieces=3&size=5&delay=700 HTTP/1.1\r\n${HOST}\r\n`);
    assertEquals((await client.answer()).content.length, 15);
  },
};

for (const runtime of RUNTIMES) {
  Deno.test(`${runtime}: each deadline is met within a second`, async (t) => {
    await using subject = await startOwn(runtime, { deadlines: DEADLINES });
    // All at once: most of it is waiting.
    const names = Object.keys(CHECKS);
    const results = await Promise.allSettled(names.map((name) => CHECKS[name]!(subject)));
    for (const [index, result] of results.entries()) {
      await t.step(names[index]!, () => {
        if (result.status === "rejected") throw result.reason;
      });
    }
    await assertHealthy(subject);
  });
}

async function drip(client: OctetClient, text: string, pauseMs: number): Promise<void> {
  for (const octet of text) {
    if (client.sendError !== undefined) return;
    await client.send(octet);
    await pause(pauseMs);
  }
}

async function endsWithin(client: OctetClient, deadline: number): Promise<string> {
  const started = performance.now();
  const rest = await client.readToEnd();
  assertWithin(started, deadline);
  return rest;
}

function assertWithin(started: number, deadline: number): void {
  const took = performance.now() - started;
  assert(took > deadline - 100, `it came after ${took} ms, too early for ${deadline}`);
  assert(took < deadline + TOLERANCE, `it came after ${took} ms, too late for ${deadline}`);
}
