/**
 * What a server goes through beside its connections, on each runtime: how it begins and ends, where it listens, TLS, how
 * many clients it takes.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { startSubject } from "../support/subject.ts";
import { OctetClient, pause } from "./octet_client.ts";
import { fieldOf, type RawAnswer } from "./raw_answer.ts";
import { assertHealthy, HELLO, HOST, type RuntimeName, RUNTIMES, startOwn, startShared } from "./runtimes.ts";

const MIB = 1_048_576;
const CERTIFICATE = new URL("../support/localhost.crt", import.meta.url);

/** Each starts a server of its own. */
const CHECKS: Record<string, (runtime: RuntimeName) => Promise<void>> = {
  "E-2: SIGTERM answers what is in hand with close, closes what is idle, and exits with 0": async (runtime) => {
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

  "E-3: TLS, all of it, with a client that checks the certificate": async (runtime) => {
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

for (const runtime of RUNTIMES) {
  Deno.test(`${runtime}: servers`, async (t) => {
    for (const [name, check] of Object.entries(CHECKS)) await t.step(name, () => check(runtime));
  });
}
