/**
 * What an adapter owes, on each runtime and with each adapter that runs on it: real sockets, real time.
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Wishes } from "../support/adapter_subject.ts";
import { RawClient } from "../support/raw_client.ts";
import type { RuntimeName } from "../support/runtimes.ts";
import { startSubject, type Subject } from "../support/subject.ts";

const FILE = new URL("../support/adapter_subject.ts", import.meta.url);

/** An adapter on a runtime. */
interface Variant {
  readonly name: string;
  readonly runtime: RuntimeName;
  /** Set where it is not the runtime's own. */
  readonly adapter?: "node";
  readonly isDeno: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: "deno.ts", runtime: "deno", isDeno: true },
  { name: "node.ts", runtime: "node", isDeno: false },
  { name: "bun.ts", runtime: "bun", isDeno: false },
  { name: "node.ts on Deno", runtime: "deno", adapter: "node", isDeno: false },
  { name: "node.ts on Bun", runtime: "bun", adapter: "node", isDeno: false },
];

/** One of the checks; it starts what it needs. */
type Check = (start: (wishes?: Wishes) => Promise<Subject>, variant: Variant) => Promise<void>;

const CHECKS: Record<string, Check> = {
  "tells both ends": async (start) => {
    await using subject = await start();
    using client = await RawClient.connect(subject.port);
    client.get("/ends");
    const { local, remote, tls } = JSON.parse((await client.until("}\n")).split("\r\n\r\n")[1] as string);
    assertEquals(local, { transport: "tcp", hostname: "127.0.0.1", port: subject.port });
    assertEquals([remote.transport, remote.hostname, typeof remote.port], ["tcp", "127.0.0.1", "number"]);
    assertEquals(tls, null);
  },

  "answers a client that has ended its side, and ends its own": async (start) => {
    await using subject = await start();
    using client = await RawClient.connect(subject.port);
    client.get("/sleep?ms=100");
    client.endWriting();
    await client.until("slept\n");
    assertEquals(await client.ending(), "end");
  },

  "tells the application of a reset": async (start) => {
    await using subject = await start();
    using client = await RawClient.connect(subject.port);
    client.get("/lost");
    await line(subject, "waiting");
    client.reset();
    await line(subject, "lost");
  },

  "waits for a client that does not read, and loses nothing": async (start) => {
    const size = 20_000_000;
    await using subject = await start();
    using client = await RawClient.connect(subject.port);
    client.pause();
    client.get(`/big?size=${size}`);
    await sleep(200);
    client.get("/");
    client.resume();
    assert(await client.count(size + 200) > size + 200);
    await client.until("hello\n");
  },

  "sends all before it closes": async (start) => {
    const size = 20_000_000;
    await using subject = await start();
    using client = await RawClient.connect(subject.port);
    client.pause();
    client.write(`GET /big?size=${size} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    await sleep(200);
    client.resume();
    assertEquals(await client.ending(20_000), "end");
    assert(client.octets > size);
  },

  "reads what an application asks for, of any size": async (start) => {
    const size = 5_000_000;
    await using subject = await start();
    using client = await RawClient.connect(subject.port);
    client.write(`POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
    client.write(new Uint8Array(size));
    await client.until(`\r\n\r\n${size}\n`);
  },

  "gives each connection what it was sent": async (start) => {
    await using subject = await start();
    const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(subject.port)));
    for (let round = 0; round < 20; round++) {
      clients.forEach((client) => client.get(`/${"x".repeat(round * 20)}`));
      clients.forEach((client, i) => client.write(`POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: ${i}\r\n\r\n`));
      clients.forEach((client, i) => client.write("x".repeat(i)));
      await Promise.all(clients.map((client, i) => client.until(`\r\n\r\n${i}\n`)));
    }
    clients.forEach((client) => client[Symbol.dispose]());
  },

  "meets deadlines within a second": async (start) => {
    await using subject = await start({ deadlines: { idle: 300, head: 300 } });
    using idle = await RawClient.connect(subject.port);
    using slow = await RawClient.connect(subject.port);
    slow.write("GET / HTTP/1.1\r\nHo");
    assertEquals(await idle.ending(1400), "end");
    await slow.until("HTTP/1.1 408 ", 1400);
  },

  "holds to the limit on connections": async (start, { isDeno }) => {
    await using subject = await start({ connections: 2 });
    const ask = async (): Promise<RawClient> => {
      const client = await RawClient.connect(subject.port);
      client.get("/");
      await sleep(30);
      return client;
    };
    const [first, second, third, fourth] = [await ask(), await ask(), await ask(), await ask()];
    // The reset may be there before the client is told that it is connected.
    const fifth = await ask().catch((error: { code?: string }) => error.code);
    await first.until("hello\n");
    await second.until("hello\n");
    await sleep(200);
    assertEquals([third.octets, fourth.octets], [0, 0]);
    if (fifth instanceof RawClient) {
      assertEquals([fifth.octets, await fifth.ending(10)], [0, isDeno ? "open" : "reset"]);
    } else assertEquals([fifth, isDeno], ["ECONNRESET", false]);
    first[Symbol.dispose]();
    await third.until("hello\n");
    assertEquals(fourth.octets, 0);
    second.endWriting();
    await fourth.until("hello\n");
    third.reset();
    if (isDeno && fifth instanceof RawClient) await fifth.until("hello\n");
    for (const client of [second, third, fourth, fifth]) if (client instanceof RawClient) client[Symbol.dispose]();
  },

  "shuts down: no new connections, answers what is in hand, closes what is idle, ends": async (start) => {
    const subject = await start();
    using idle = await RawClient.connect(subject.port);
    using busy = await RawClient.connect(subject.port);
    using asking = await RawClient.connect(subject.port);
    busy.get("/sleep?ms=500");
    await sleep(100);
    asking.get("/shutdown");
    assertMatch(await asking.until("shutting down\n"), /connection: close/i);
    assertEquals(await idle.ending(300), "end");
    await assertRejects(() => RawClient.connect(subject.port));
    assertMatch(await busy.until("slept\n"), /connection: close/i);
    assertEquals(await busy.ending(), "end");
    await line(subject, "ended");
    await endsByItself(subject);
  },

  "shuts down: answers during the grace what comes on open connections": async (start) => {
    const subject = await start();
    using idle = await RawClient.connect(subject.port);
    using late = await RawClient.connect(subject.port);
    using asking = await RawClient.connect(subject.port);
    await sleep(50);
    asking.get("/shutdown?grace=600");
    await asking.until("shutting down\n");
    await sleep(200);
    late.get("/");
    assertMatch(await late.until("hello\n"), /connection: close/i);
    late.endWriting();
    asking.endWriting();
    assertEquals(await idle.ending(100), "open");
    assertEquals(await idle.ending(900), "end");
    idle.endWriting();
    const ms = Number((await line(subject, /^finished \d+$/)).slice(9));
    assert(ms >= 550 && ms < 1600, `finished after ${ms} ms`);
    await endsByItself(subject);
  },

  "shuts down: aborts at the deadline what is left": async (start) => {
    const subject = await start();
    using stuck = await RawClient.connect(subject.port);
    using asking = await RawClient.connect(subject.port);
    stuck.get("/lost");
    await line(subject, "waiting");
    asking.get("/shutdown?deadline=300");
    await asking.until("shutting down\n");
    await line(subject, "lost");
    assert(await stuck.ending() !== "open");
    const ms = Number((await line(subject, /^finished \d+$/)).slice(9));
    assert(ms >= 290 && ms < 1300, `finished after ${ms} ms`);
    await endsByItself(subject);
  },

  "shuts down when the signal fires": async (start) => {
    const subject = await start();
    using idle = await RawClient.connect(subject.port);
    using asking = await RawClient.connect(subject.port);
    await sleep(50);
    asking.get("/abort");
    assertMatch(await asking.until("aborting\n"), /connection: close/i);
    assertEquals(await idle.ending(), "end");
    asking.endWriting();
    idle.endWriting();
    await endsByItself(subject);
  },

  "keeps the process alive, unless it is told by unref() to let it end": async (start) => {
    const subject = await start();
    {
      using client = await RawClient.connect(subject.port);
      client.get("/unref");
      await client.until("unreferenced\n");
      client.get("/ref");
      await client.until("\r\n\r\nreferenced\n");
    }
    // Nothing is open now, but the server.
    await sleep(300);
    using last = await RawClient.connect(subject.port);
    last.get("/unref");
    await last.until("unreferenced\n");
    last.endWriting();
    assertEquals(await last.ending(), "end");
    await endsByItself(subject);
  },

  "listens on a Unix domain socket, over the file of a dead server, never over a live one": async (start) => {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/socket`;
    const dead = await start({ path });
    dead.kill();
    await dead.status;
    assert((await Deno.lstat(path)).isSocket);
    const subject = await start({ path });
    {
      using client = await RawClient.connect(path);
      client.get("/ends");
      const { local, remote } = JSON.parse((await client.until("}\n")).split("\r\n\r\n")[1] as string);
      assertEquals(local, { transport: "unix", path });
      assertEquals(remote, { transport: "unix", path: "" });
      await assertRejects(() => start({ path }), Error, "ended with");
      client.get("/shutdown");
      await client.until("shutting down\n");
    }
    await endsByItself(subject);
    await assertRejects(() => Deno.lstat(path), Deno.errors.NotFound);
    await Deno.writeTextFile(path, "precious");
    await assertRejects(() => start({ path }), Error, "ended with");
    assertEquals(await Deno.readTextFile(path), "precious");
    await Deno.remove(folder, { recursive: true });
  },

  "ends with the error when the port is taken": async (start, variant) => {
    await using subject = await start();
    const error = await assertRejects(() => begin(variant, {}, subject.port), Error);
    assertMatch(error.message, /EADDRINUSE|AddrInUse/);
  },

  "speaks TLS": async (start, { name }) => {
    await using subject = await start({ tls: true });
    using client = await RawClient.connect(subject.port, true);
    client.get("/ends");
    const { tls } = JSON.parse((await client.until("}\n")).split("\r\n\r\n")[1] as string);
    assertEquals(tls.applicationProtocol, "http/1.1");
    assertMatch(`${tls.version} ${tls.cipher} ${tls.serverName}`, /^TLSv1\.[23] TLS_\w+ localhost$/);
    const size = 3_000_000;
    client.get(`/big?size=${size}`);
    assert(await client.count(size) >= size);
    // What Bun's own node:tls cannot: it closes when the peer ends its side.
    if (name === "node.ts on Bun") return;
    client.get("/sleep?ms=100");
    client.endWriting();
    await client.until("slept\n");
    assertEquals(await client.ending(), "end");
  },

  "closes a connection that does not shake hands": async (start) => {
    await using subject = await start({ tls: true, deadlines: { tlsHandshake: 300 } });
    using silent = await RawClient.connect(subject.port);
    using plain = await RawClient.connect(subject.port);
    plain.get("/");
    assert(await plain.ending(250) !== "open");
    assert(await silent.ending(1400) !== "open");
    using client = await RawClient.connect(subject.port, true);
    client.get("/");
    await client.until("hello\n");
  },

  "shuts down over TLS": async (start) => {
    const subject = await start({ tls: true });
    using silent = await RawClient.connect(subject.port);
    using idle = await RawClient.connect(subject.port, true);
    using asking = await RawClient.connect(subject.port, true);
    asking.get("/shutdown");
    await asking.until("shutting down\n");
    assert(await silent.ending() !== "open");
    assertEquals(await idle.ending(), "end");
    await endsByItself(subject);
  },

  "serves on a listener of the caller's": async (start, { isDeno }) => {
    if (isDeno) return;
    const subject = await start({ ownListener: true });
    using client = await RawClient.connect(subject.port);
    client.get("/sleep?ms=10");
    await client.until("slept\n");
    client.get("/shutdown");
    client.endWriting();
    await client.until("shutting down\n");
    assertEquals(await client.ending(), "end");
    await endsByItself(subject);
  },

  "serves on a tls.Server of the caller's": async (start, { isDeno, name }) => {
    // What Deno's own node:tls cannot: its server breaks the connections when it closes.
    if (isDeno || name === "node.ts on Deno") return;
    const subject = await start({ ownListener: true, tls: true });
    using client = await RawClient.connect(subject.port, true);
    client.get("/ends");
    assertMatch(await client.until("}\n"), /"version":"TLSv1.[23]"/);
    client.get("/shutdown");
    await client.until("shutting down\n");
    client.endWriting();
    assertEquals(await client.ending(), "end");
    await endsByItself(subject);
  },

  "serves single connections": async (start, { isDeno }) => {
    if (isDeno) return;
    await using subject = await start({ oneByOne: true, deadlines: { idle: 300 } });
    using client = await RawClient.connect(subject.port);
    client.get("/");
    await client.until("hello\n");
    assertEquals(await client.ending(1500), "end");
    await line(subject, "served");
  },
};

for (const variant of VARIANTS) {
  Deno.test(`adapter ${variant.name}`, async (t) => {
    for (const [name, check] of Object.entries(CHECKS)) {
      await t.step(name, () => check((wishes = {}) => begin(variant, wishes), variant));
    }
  });
}

function begin({ runtime, adapter }: Variant, wishes: Wishes, port: number = 0): Promise<Subject> {
  return startSubject(runtime, FILE, { port, args: [JSON.stringify({ ...wishes, ...(adapter && { adapter }) })] });
}

/** Waits until the subject has printed a line. */
async function line(subject: Subject, wanted: string | RegExp): Promise<string> {
  for (let waited = 0; waited < 5000; waited += 20) {
    const found = subject.lines.find((line) => typeof wanted === "string" ? line === wanted : wanted.test(line));
    if (found !== undefined) return found;
    await sleep(20);
  }
  throw new Error(`"${wanted}" was not printed, but ${JSON.stringify(subject.lines)} ${subject.stderr()}`);
}

/** Nothing is left behind that keeps the process alive. */
async function endsByItself(subject: Subject): Promise<void> {
  const ended = await Promise.race([subject.status, sleep(3000)]);
  if (ended === undefined) await subject.stop(0);
  assertEquals(ended?.code, 0, `it did not end with 0: ${JSON.stringify(subject.lines)} ${subject.stderr()}`);
}

function sleep(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
