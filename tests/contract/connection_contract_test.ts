/**
 * What a connection goes through beside its requests, over real sockets on each runtime: keep-alive, pipelining,
 * backpressure both ways, half-close, resets, deadlines, shutdown, Unix domain sockets, TLS, the limit on connections.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { startSubject } from "../support/subject.ts";
import { OctetClient, PatienceError, pause } from "./octet_client.ts";
import { fieldOf, type RawAnswer } from "./raw_answer.ts";
import { runChecks, type RuntimeName, RUNTIMES, startShared, type Subject } from "./runtimes.ts";
import type { SubjectWishes } from "./subject.ts";

const HOST = "Host: a\r\n";
const HELLO = `GET / HTTP/1.1\r\n${HOST}\r\n`;
const MIB = 1_048_576;
/** A deadline is met within a second; the rest is what two busy cores may be late. */
const TOLERANCE = 1300;

/** Checks that share one server with the demo. */
const SHARED: Record<string, (subject: Subject) => Promise<void>> = {
  "500 requests one after the other on one connection": async (subject) => {
    using client = await OctetClient.connect(subject.port);
    for (let i = 0; i < 500; i++) {
      await client.send(`GET /environ?${i} HTTP/1.1\r\n${HOST}\r\n`);
      const answer = await client.answer();
      assert(answer.content.includes(`"queryString":"${i}"`));
      assertEquals(fieldOf(answer, "connection"), undefined);
    }
  },

  "100 requests in one write are answered in order": async (subject) => {
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    using client = await OctetClient.connect(subject.port);
    await client.send(numbers.map((i) => `GET /environ?${i} HTTP/1.1\r\n${HOST}\r\n`).join(""));
    const answers = await client.answers(numbers.map(() => ({})));
    for (const i of numbers) assert(answers[i]!.content.includes(`"queryString":"${i}"`));
    // The first are the slowest.
    await client.send(numbers.map((i) => `GET /sleep?ms=${i < 5 ? 40 - 8 * i : 0} HTTP/1.1\r\n${HOST}\r\n`).join(""));
    const slept = await client.answers(numbers.map(() => ({})));
    assertEquals(
      slept.slice(0, 6).map(({ content }) => content.trim()),
      [40, 32, 24, 16, 8, 0].map((i) => `slept ${i}`),
    );
    assert(await client.isQuiet(20));
  },

  "the answers to requests of one read come in one write": async (subject) => {
    using client = await OctetClient.connect(subject.port);
    const asked = Array.from({ length: 50 }, () => ({}));
    // The first brings the server to read in large blocks.
    await client.send(HELLO.repeat(50));
    await client.answers(asked);
    await client.send(HELLO.repeat(50));
    // What is there at the first look was written at once.
    const first = await client.readCount(1);
    await client.answers(asked);
    assert(first.length > 50 * 100, `the first read brought ${first.length} octets`);
  },

  "a client that does not read stops the application, and the server's memory is bounded": async (subject) => {
    using warm = await OctetClient.connect(subject.port);
    await warm.send(`GET /stream?pieces=64&size=65536 HTTP/1.1\r\n${HOST}\r\n`);
    await warm.answer({}, 20_000);
    const before = await memoryOf(subject);
    const clients = await Promise.all(Array.from({ length: 20 }, () => OctetClient.connect(subject.port)));
    // 20 GiB in all, if nobody stopped.
    for (const client of clients) await client.send(`GET /stream?pieces=16384&size=65536 HTTP/1.1\r\n${HOST}\r\n`);
    await pause(500);
    const started = performance.now();
    for (let i = 0; i < 20; i++) {
      await warm.send(HELLO);
      assertEquals((await warm.answer()).status, 200);
    }
    assert(performance.now() - started < 1000, "others are not served meanwhile");
    const grown = await memoryOf(subject) - before;
    assert(grown < 60 * MIB, `memory has grown by ${grown / MIB} MiB`);
    const usage = await processorTimeOf(subject);
    await pause(300);
    assert(await processorTimeOf(subject) - usage < 200, "the server is busy with clients that take nothing");
    clients.forEach((client) => client.close());
  },

  "a client that reads slowly gets all of it": async (subject) => {
    using client = await OctetClient.connect(subject.port);
    await client.send(`GET /stream?pieces=1000&size=8192 HTTP/1.1\r\n${HOST}\r\n${HELLO}`);
    await pause(300);
    const [stream, hello] = await client.answers([{}, {}], 20_000) as [RawAnswer, RawAnswer];
    assertEquals([stream.content.length, hello.content], [8_192_000, "Hello, World!\r\n"]);
  },

  "an upload that nobody reads stops at the socket": async (subject) => {
    using client = await OctetClient.connect(subject.port);
    await client.send(HELLO);
    await client.answer();
    const before = await memoryOf(subject);
    await client.send(`POST /sleep?ms=900 HTTP/1.1\r\n${HOST}Content-Length: ${400 * MIB}\r\n\r\n`);
    let sent = 0;
    const block = new Uint8Array(MIB);
    const sending = (async () => {
      while (client.sendError === undefined && sent < 400) {
        await client.send(block);
        if (client.sendError === undefined) sent++;
      }
    })();
    await pause(400);
    const taken = sent;
    await pause(200);
    assertEquals(sent, taken, "the server still takes content that nobody reads");
    assert(taken < 32, `the server took ${taken} MiB`);
    const grown = await memoryOf(subject) - before;
    assert(grown < 40 * MIB, `memory has grown by ${grown / MIB} MiB`);
    const answer = await client.answer();
    assertEquals([answer.content, fieldOf(answer, "connection")], ["slept 900\n", "close"]);
    client.close();
    await sending;
  },

  "pipelined requests of a client that does not read wait": async (subject) => {
    using client = await OctetClient.connect(subject.port);
    await client.send(HELLO);
    await client.answer();
    const before = await memoryOf(subject);
    let isOver = false;
    const batch = new TextEncoder().encode(HELLO.repeat(2000));
    let batches = 0;
    const sending = (async () => {
      while (!isOver && client.sendError === undefined && batches < 4000) {
        await client.send(batch);
        batches++;
      }
    })();
    await pause(400);
    const taken = batches;
    await pause(200);
    assertEquals(batches, taken, "the server still takes requests");
    const grown = await memoryOf(subject) - before;
    assert(grown < 60 * MIB, `memory has grown by ${grown / MIB} MiB`);
    isOver = true;
    client.close();
    await sending;
    await assertHealthy(subject);
  },

  "a half-closed client gets all its answers": async (subject) => {
    using client = await OctetClient.connect(subject.port);
    await client.send(
      `GET /sleep?ms=100 HTTP/1.1\r\n${HOST}\r\nPOST /echo HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello` +
        `GET /stream?pieces=40&size=65536 HTTP/1.1\r\n${HOST}\r\n${HELLO}`,
    );
    await client.endWriting();
    const answers = await client.answers([{}, {}, {}, {}], 20_000);
    assertEquals(answers.map(({ content }) => content.length), [10, 5, 40 * 65_536, 15]);
    assertEquals(await client.readToEnd(), "");
    assertEquals(client.readError, undefined);
  },

  "200 resets in mid-answer and mid-content leave the server healthy": async (subject) => {
    await assertHealthy(subject);
    const before = await memoryOf(subject);
    const requests = [
      `GET /stream?pieces=10000&size=65536 HTTP/1.1\r\n${HOST}\r\n`,
      `POST /echo HTTP/1.1\r\n${HOST}Content-Length: 1000000\r\n\r\n${"x".repeat(5000)}`,
      `POST /discard HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nhel`,
      `${HELLO.repeat(100)}GET /stream?pieces=1000&size=65536 HTTP/1.1\r\n${HOST}\r\n`,
    ];
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 20 }, async (_, i) => {
        using client = await OctetClient.connect(subject.port);
        await client.send(requests[i % requests.length]!);
        await pause(i % 5);
      }));
    }
    await assertHealthy(subject);
    assertEquals(subject.stderr(), "");
    const grown = await memoryOf(subject) - before;
    assert(grown < 80 * MIB, `memory has grown by ${grown / MIB} MiB`);
  },

  "400 connections at once are all served": async (subject) => {
    const clients = await Promise.all(Array.from({ length: 400 }, () => OctetClient.connect(subject.port)));
    await Promise.all(clients.map((client) => client.send(HELLO)));
    await Promise.all(clients.map((client) => client.answer()));
    await Promise.all(
      clients.map((client, i) => client.send(`POST /echo HTTP/1.1\r\n${HOST}Content-Length: 4\r\n\r\n${1000 + i}`)),
    );
    const contents = await Promise.all(clients.map(async (client) => (await client.answer()).content));
    assertEquals(contents, clients.map((_, i) => String(1000 + i)));
    clients.forEach((client) => client.close());
  },
};

/** Checks that start a server of their own. */
const OWN: Record<string, (runtime: RuntimeName) => Promise<void>> = {
  "clients that leave in mid-answer are noticed, and leave nothing behind": async (runtime) => {
    // What was sent by the second kind of clients is still waited for at the end.
    await using subject = await startOwn(runtime, { shutdown: { deadline: 300 } });
    await Promise.all(Array.from({ length: 30 }, async () => {
      using client = await OctetClient.connect(subject.port);
      await client.send(`GET /watched HTTP/1.1\r\n${HOST}\r\n`);
      await client.readCount(100_000);
      // Octets lie unread, so that the system sends a reset.
    }));
    await untilLost(subject, "signals=30 hooks=30\n");
    await Promise.all(Array.from({ length: 20 }, async () => {
      using client = await OctetClient.connect(subject.port);
      await client.send(`POST /take?octets=10 HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\n0123456789`);
      await pause(50);
    }));
    await assertHealthy(subject);
    assertEquals(subject.stderr(), "");
  },

  "SIGTERM: answers what is in hand with close, closes what is idle, and exits with 0": async (runtime) => {
    const subject = await startShared(runtime);
    using idle = await OctetClient.connect(subject.port);
    using used = await OctetClient.connect(subject.port);
    await used.send(HELLO);
    await used.answer();
    using busy = await OctetClient.connect(subject.port);
    using queued = await OctetClient.connect(subject.port);
    using streaming = await OctetClient.connect(subject.port);
    await busy.send(`GET /sleep?ms=600 HTTP/1.1\r\n${HOST}\r\n`);
    await queued.send(`GET /sleep?ms=300 HTTP/1.1\r\n${HOST}\r\n${HELLO}`);
    await streaming.send(`GET /stream?pieces=6&size=5&delay=100 HTTP/1.1\r\n${HOST}\r\n`);
    await pause(150);
    const started = performance.now();
    subject.kill("SIGTERM");
    await Promise.all([idle.readToEnd(1000), used.readToEnd(1000)]);
    assert(performance.now() - started < 400, "idle connections do not close at once");
    await assertRejects(() => OctetClient.connect(subject.port), Deno.errors.ConnectionRefused);
    const answer = await busy.answer();
    assertEquals([answer.content, fieldOf(answer, "connection")], ["slept 600\n", "close"]);
    assertEquals(await busy.readToEnd(), "");
    // The first says close, so that the second is not answered.
    const first = await queued.answer();
    assertEquals([first.content, fieldOf(first, "connection")], ["slept 300\n", "close"]);
    assertEquals(await queued.readToEnd(), "");
    const stream = await streaming.answer();
    assertEquals(stream.content.length, 30);
    await streaming.readToEnd();
    [idle, used, busy, queued, streaming].forEach((client) => client.close());
    assertEquals((await subject.status).code, 0);
    assert(performance.now() - started < 2500, "the process does not end");
    assertEquals(subject.stderr(), "");
  },

  "SIGTERM with a grace: requests are answered with close, then what is idle is closed": async (runtime) => {
    const subject = await startOwn(runtime, { shutdown: { grace: 600, deadline: 3000 } });
    using idle = await OctetClient.connect(subject.port);
    using asking = await OctetClient.connect(subject.port);
    await pause(50);
    subject.kill("SIGTERM");
    await pause(150);
    await asking.send(HELLO);
    const answer = await asking.answer();
    assertEquals([answer.content, fieldOf(answer, "connection")], ["Hello, World!\r\n", "close"]);
    assertEquals(await asking.readToEnd(), "");
    asking.close();
    const started = performance.now();
    await idle.readToEnd();
    assert(performance.now() - started < 1000);
    idle.close();
    assertEquals((await subject.status).code, 0);
  },

  "SIGTERM: at the deadline the rest is aborted": async (runtime) => {
    const subject = await startOwn(runtime, { shutdown: { deadline: 500 } });
    using client = await OctetClient.connect(subject.port);
    await client.send(`GET /sleep?ms=20000 HTTP/1.1\r\n${HOST}\r\n`);
    await pause(100);
    const started = performance.now();
    subject.kill("SIGTERM");
    assertEquals(await client.readToEnd(), "");
    assertEquals((await subject.status).code, 0);
    const took = performance.now() - started;
    assert(took > 400 && took < 1500, `it took ${took} ms`);
  },

  "a Unix domain socket serves like a port": async (runtime) => {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/sluice.sock`;
    {
      await using _subject = await startOwn(runtime, { path });
      using client = await OctetClient.connect({ path });
      await client.send(`${HELLO}GET /environ HTTP/1.1\r\n${HOST}\r\n`);
      const [hello, environ] = await client.answers([{}, {}]) as [RawAnswer, RawAnswer];
      assertEquals(hello.content, "Hello, World!\r\n");
      const { serverName, serverPort, remote } = JSON.parse(environ.content);
      assertEquals([serverName, serverPort, remote.transport], ["unix", null, "unix"]);
      await client.send("GET /\x00 HTTP/1.1\r\n\r\n");
      assertEquals((await client.answer()).status, 400);
      assertEquals(await client.readToEnd(), "");
      using other = await OctetClient.connect({ path });
      await other.send(`GET /sleep?ms=50 HTTP/1.1\r\n${HOST}\r\n`);
      await other.endWriting();
      assertEquals((await other.answer()).content, "slept 50\n");
      assertEquals(await other.readToEnd(), "");
    }
    await Deno.remove(folder, { recursive: true });
  },

  "a port in use is an error that says so": async (runtime) => {
    await using subject = await startShared(runtime);
    const second = startSubject(runtime, new URL("subject.ts", import.meta.url), { port: subject.port });
    const error = await assertRejects(() => second, Error);
    assertMatch(error.message, /it ended with 1 before it listened/);
    assertMatch(error.message, /in use|EADDRINUSE|AddrInUse/i);
    await assertHealthy(subject);
  },

  "TLS: all of it, with a client that checks the certificate": async (runtime) => {
    await using subject = await startOwn(runtime, { tls: true });
    const place = { tls: subject.port, caCerts: [Deno.readTextFileSync(CERTIFICATE)] };
    using client = await OctetClient.connect(place);
    await client.send(HELLO.repeat(10) + `GET /environ HTTP/1.1\r\n${HOST}\r\n`);
    await client.answers(Array.from({ length: 10 }, () => ({})));
    assertEquals(JSON.parse((await client.answer()).content).urlScheme, "https");
    const content = "0123456789abcdef".repeat(MIB / 16);
    const sending = client.send(`POST /echo HTTP/1.1\r\n${HOST}Content-Length: ${MIB}\r\n\r\n${content}`);
    assert((await client.answer({}, 20_000)).content === content);
    await sending;
    await client.send(
      `GET /stream?pieces=64&size=65536 HTTP/1.1\r\n${HOST}\r\nGET https://a/environ HTTP/1.1\r\n${HOST}\r\n`,
    );
    assertEquals((await client.answer({}, 20_000)).content.length, 4 * MIB);
    assertEquals((await client.answer()).status, 200);
    await client.send("GET / HTTP/1.1\r\nHost : a\r\n\r\n");
    assertEquals((await client.answer()).status, 400);
    assertEquals(await client.readToEnd(), "");
    // A real end by close_notify: without one this would be an error.
    assertEquals(client.readError, undefined);
  },

  "TLS: clear text and rubbish are closed, others are served": async (runtime) => {
    await using subject = await startOwn(runtime, { tls: true });
    for (const octets of [HELLO, "\x16\x03\x01\x00\x05hello", "\x00".repeat(100)]) {
      using client = await OctetClient.connect(subject.port);
      await client.send(octets);
      const text = await client.readToEnd();
      assert(!text.startsWith("HTTP/"), "clear text is answered");
    }
    using client = await OctetClient.connect({ tls: subject.port, caCerts: [Deno.readTextFileSync(CERTIFICATE)] });
    await client.send(HELLO);
    assertEquals((await client.answer()).status, 200);
    assertEquals(subject.stderr(), "");
  },

  "connections: beyond the limit clients wait or are closed, and are served when there is room": async (runtime) => {
    await using subject = await startOwn(runtime, { connections: 3 });
    const open: OctetClient[] = [];
    for (let i = 0; i < 3; i++) {
      const client = await OctetClient.connect(subject.port);
      await client.send(HELLO);
      await client.answer();
      open.push(client);
    }
    using waiting = await OctetClient.connect(subject.port);
    await waiting.send(HELLO);
    assert(await waiting.isQuiet(200), "more than the limit are served");
    open.pop()!.close();
    assertEquals((await waiting.answer()).content, "Hello, World!\r\n");
    open.forEach((client) => client.close());
    using next = await OctetClient.connect(subject.port);
    await next.send(HELLO);
    await next.answer();
  },
};

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

const DEADLINE_CHECKS: Record<string, (subject: Subject) => Promise<void>> = {
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
    const dripping = drip(client, `GET / HTTP/1.1\r\n${HOST}X: ${"y".repeat(100)}`, 30);
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

const CERTIFICATE = new URL("../support/localhost.crt", import.meta.url);

for (const runtime of RUNTIMES) {
  Deno.test(`${runtime}: connections`, async (t) => {
    await runChecks(t, runtime, SHARED);
    for (const [name, check] of Object.entries(OWN)) await t.step(name, () => check(runtime));
  });
}

for (const runtime of RUNTIMES) {
  Deno.test(`${runtime}: each deadline is met within a second`, async (t) => {
    await using subject = await startOwn(runtime, { deadlines: DEADLINES });
    // All at once: most of it is waiting.
    const names = Object.keys(DEADLINE_CHECKS);
    const results = await Promise.allSettled(names.map((name) => DEADLINE_CHECKS[name]!(subject)));
    for (const [index, result] of results.entries()) {
      await t.step(names[index]!, () => {
        if (result.status === "rejected") throw result.reason;
      });
    }
    await assertHealthy(subject);
  });
}

function startOwn(runtime: RuntimeName, wishes: SubjectWishes = {}): Promise<Subject> {
  return startSubject(runtime, new URL("subject.ts", import.meta.url), { args: [JSON.stringify(wishes)] });
}

async function assertHealthy(subject: Subject): Promise<void> {
  using client = await OctetClient.connect(subject.port);
  await client.send(HELLO);
  assertEquals((await client.answer()).content, "Hello, World!\r\n");
}

/** Losses are told in a later turn than they happen in. */
async function untilLost(subject: Subject, text: string): Promise<void> {
  const started = performance.now();
  for (;;) {
    using client = await OctetClient.connect(subject.port);
    await client.send(`GET /lost HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
    const { content } = await client.answer();
    if (content === text) return;
    if (performance.now() - started > 5000) throw new PatienceError(`Cannot wait for ${text}: it is ${content}`);
    await pause(20);
  }
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

/** The resident memory of its process, in octets. */
async function memoryOf(subject: Subject): Promise<number> {
  return Number(await tell(subject, "rss")) * 1024;
}

/** The time that its process has had, in ms. */
async function processorTimeOf(subject: Subject): Promise<number> {
  if (Deno.build.os !== "linux") return 0;
  const stat = await Deno.readTextFile(`/proc/${subject.pid}/stat`);
  const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // Ticks of 10 ms, of the process itself and of the system for it.
  return (Number(words[11]) + Number(words[12])) * 10;
}

/** Where there is no /proc, `ps` tells. */
async function tell(subject: Subject, what: "rss"): Promise<string> {
  if (Deno.build.os === "linux") {
    return /^VmRSS:\s+(\d+) kB$/m.exec(await Deno.readTextFile(`/proc/${subject.pid}/status`))![1]!;
  }
  const { stdout } = await new Deno.Command("ps", { args: ["-o", `${what}=`, "-p", String(subject.pid)] }).output();
  return new TextDecoder().decode(stdout).trim();
}
