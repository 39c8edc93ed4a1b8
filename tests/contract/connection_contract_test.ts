/**
 * What a connection goes through beside its requests, over real sockets on each runtime: keep-alive, pipelining,
 * backpressure both ways, half-close, resets.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { processorTime, residentMemory } from "../support/process_facts.ts";
import { OctetClient, pause } from "./octet_client.ts";
import { fieldOf, type RawAnswer } from "./raw_answer.ts";
import {
  assertHealthy,
  HELLO,
  HOST,
  runChecks,
  type RuntimeName,
  RUNTIMES,
  startOwn,
  type Subject,
  untilLost,
} from "./runtimes.ts";

const MIB = 1_048_576;

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
    const before = residentMemory(subject.pid);
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
    const grown = residentMemory(subject.pid) - before;
    assert(grown < 60 * MIB, `memory has grown by ${grown / MIB} MiB`);
    const usage = processorTime(subject.pid);
    await pause(300);
    const busy = processorTime(subject.pid) - usage;
    // It is NaN where the system does not tell.
    assert(!(busy >= 200), `the server is busy for ${busy} ms with clients that take nothing`);
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
    const before = residentMemory(subject.pid);
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
    const grown = residentMemory(subject.pid) - before;
    assert(grown < 40 * MIB, `memory has grown by ${grown / MIB} MiB`);
    const answer = await client.answer();
    assertEquals([answer.content, fieldOf(answer, "connection")], ["slept 900\n", "close"]);
    client.close();
    await sending;
  },

  "pipelined requests of a client that does not read wait": async (subject) => {
    // The garbage of answers that were sent is not what waits: the runtime takes its room for that first.
    for (let i = 0; i < 20; i++) await haveAnswered(subject, 2000);
    using client = await OctetClient.connect(subject.port);
    await client.send(HELLO);
    await client.answer();
    const before = residentMemory(subject.pid);
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
    const grown = residentMemory(subject.pid) - before;
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
    const before = residentMemory(subject.pid);
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
    const grown = residentMemory(subject.pid) - before;
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

for (const runtime of RUNTIMES) {
  Deno.test(`${runtime}: connections`, async (t) => {
    await runChecks(t, runtime, SHARED);
    await t.step("clients that leave in mid-answer are noticed, and leave nothing behind", () => leaveEarly(runtime));
  });
}

async function leaveEarly(runtime: RuntimeName): Promise<void> {
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
}

/** Asks so many times on one connection, and reads the answers. */
async function haveAnswered(subject: Subject, count: number): Promise<void> {
  using client = await OctetClient.connect(subject.port);
  await client.send(`${HELLO.repeat(count - 1)}GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
  await client.readToEnd();
}
