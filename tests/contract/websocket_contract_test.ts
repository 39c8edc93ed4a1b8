/**
 * `/ws` of the demo on each runtime: with Deno's own client, with `ws`, which another author wrote, and with the cases
 * of the Autobahn test suite over a real socket.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { type EventEmitter, once } from "node:events";
import Ws from "ws";
import { checkAnswer } from "../core/websocket/autobahn_answer.ts";
import { AUTOBAHN_CASES, type AutobahnCase } from "../core/websocket/autobahn_cases.ts";
import { octets } from "../support/octet_text.ts";
import { atOnce, OctetClient } from "./octet_client.ts";
import { runChecks, RUNTIMES, startShared, type Subject } from "./runtimes.ts";

const MIB = 1_048_576;
const HANDSHAKE = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/** What of a client of `ws` is used. */
interface WsClient extends EventEmitter {
  readonly extensions: string;
  send(data: string | Uint8Array, options?: { fin?: boolean; binary?: boolean; compress?: boolean }): void;
  ping(data?: string): void;
  close(code?: number, reason?: string): void;
}

const WsConstructor = Ws as unknown as new (url: string, options?: object) => WsClient;

type Check = (subject: Subject) => Promise<void>;

const CHECKS: Record<string, Check> = {
  "Deno's client gets text and octets back, up to 1 MiB, and closes": async ({ port }) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    socket.binaryType = "arraybuffer";
    await event(socket, "open");
    const random = crypto.getRandomValues(new Uint8Array(65_536));
    for (const message of ["", "hello", "κόσμε\0\ufeff\u{10ffff}", "x".repeat(MIB)]) {
      socket.send(message);
      assert((await event(socket, "message") as MessageEvent).data === message);
    }
    for (const message of [new Uint8Array(0), random, new Uint8Array(MIB).fill(7)]) {
      socket.send(message);
      const { data } = await event(socket, "message") as MessageEvent;
      assert(Buffer.compare(new Uint8Array(data), message) === 0);
    }
    socket.close(4321, "bye");
    const { code, wasClean } = await event(socket, "close") as CloseEvent;
    assertEquals([code, wasClean], [4321, true]);
  },

  "Deno's client sends 2000 messages at once and gets them in order": async ({ port }) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    await event(socket, "open");
    const received: string[] = [];
    const all = Promise.withResolvers<void>();
    socket.onmessage = ({ data }) => received.push(data) === 2000 ? all.resolve() : undefined;
    const sent = Array.from({ length: 2000 }, (_, i) => `message ${i} ${"*".repeat(i % 300)}`);
    for (const message of sent) socket.send(message);
    await all.promise;
    assertEquals(received, sent);
    socket.close();
    await event(socket, "close");
  },

  "ws gets each message back, deflated or not": async ({ port }) => {
    for (const perMessageDeflate of [false, { threshold: 0 }, { threshold: 0, clientMaxWindowBits: 10 }]) {
      const client = await open(port, { perMessageDeflate });
      assertEquals(client.extensions, perMessageDeflate ? "permessage-deflate" : "");
      for (const size of [0, 1, 125, 126, 65_535, 65_536, 300_000, MIB]) {
        const text = "ä€😀 and so on; ".repeat(size / 10 + 1).slice(0, size / 3);
        client.send(text);
        assertEquals(await message(client), [text, false]);
        const random = crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536)));
        const bytes = Buffer.alloc(size, random.length > 0 ? random : "x");
        client.send(bytes);
        const [echoed, isBinary] = await message(client);
        assert(isBinary && Buffer.compare(echoed as Buffer, bytes) === 0, `${size} octets differ`);
      }
      client.close(1000);
      assertEquals(await once(client, "close"), [1000, Buffer.alloc(0)]);
    }
  },

  "ws accepts that the server declines what it cannot keep to": async ({ port }) => {
    const client = await open(port, { perMessageDeflate: { serverMaxWindowBits: 10, threshold: 0 } });
    assertEquals(client.extensions, "");
    client.send("plain");
    assertEquals(await message(client), ["plain", false]);
    client.close();
    await once(client, "close");
  },

  "ws sends fragments with pings between them": async ({ port }) => {
    for (const perMessageDeflate of [false, { threshold: 0 }]) {
      const client = await open(port, { perMessageDeflate });
      const answer = message(client);
      const pong = once(client, "pong");
      client.send("frag", { fin: false });
      client.ping("between");
      client.send("men", { fin: false });
      client.send("ts", { fin: true });
      assertEquals(String((await pong)[0]), "between");
      assertEquals(await answer, ["fragments", false]);
      client.close(3000, "done");
      assertEquals((await once(client, "close"))[0], 3000);
    }
  },

  "ws is told 1009 for a message over 1 MiB, deflated too, and 1007 for text that is no UTF-8": async ({ port }) => {
    const cases: [data: Uint8Array, binary: boolean, deflate: boolean, code: number][] = [
      [Buffer.alloc(MIB + 1), true, false, 1009],
      [Buffer.alloc(20 * MIB), true, true, 1009],
      [Buffer.from([0x61, 0xc0, 0x80]), false, false, 1007],
    ];
    for (const [data, binary, deflate, code] of cases) {
      const client = await open(port, { perMessageDeflate: deflate });
      client.send(data, { binary });
      assertEquals((await once(client, "close"))[0], code);
    }
  },

  "the cases of the Autobahn test suite": async ({ port }) => {
    await atOnce(AUTOBAHN_CASES, 8, (one) => runCase(port, one));
  },

  "64 MiB at once come back": async ({ port }) => {
    const client = await open(port, { perMessageDeflate: false });
    let received = 0;
    const done = Promise.withResolvers<void>();
    client.on("message", (data: Buffer) => (received += data.length) === 64 * MIB ? done.resolve() : undefined);
    for (let i = 0; i < 64; i++) client.send(Buffer.alloc(MIB, i));
    await done.promise;
    client.close();
    await once(client, "close");
  },
};

for (const runtime of RUNTIMES) {
  Deno.test(`${runtime}: WebSocket`, async (t) => {
    await runChecks(t, runtime, CHECKS);
  });

  Deno.test(`${runtime}: WebSockets are told 1001 when the server drains`, async () => {
    await using subject = await startShared(runtime);
    const clients = [await open(subject.port), await open(subject.port, { perMessageDeflate: false })];
    const closes = clients.map((client) => once(client, "close"));
    subject.kill("SIGTERM");
    for (const close of closes) assertEquals((await close)[0], 1001);
    assertEquals((await subject.status).code, 0);
  });
}

async function runCase(port: number, one: AutobahnCase): Promise<void> {
  using client = await OctetClient.connect(port);
  await client.send(`${HANDSHAKE}${one.deflate ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : ""}\r\n`);
  assertEquals((await client.answer()).status, 101);
  const sending = client.send(one.send);
  const answer = await client.readToEnd(20_000);
  await sending;
  try {
    checkAnswer(octets(answer), one);
  } catch (error) {
    throw new Error(`Case ${one.id}: ${(error as Error).message}`);
  }
}

async function open(port: number, options: object = {}): Promise<WsClient> {
  const client = new WsConstructor(`ws://127.0.0.1:${port}/ws`, options);
  await once(client, "open");
  return client;
}

async function message(client: WsClient): Promise<[data: string | Uint8Array, isBinary: boolean]> {
  const heard = new AbortController();
  const { signal } = heard;
  const closed = once(client, "close", { signal }).then(([code]) => Promise.reject(new Error(`Closed with ${code}`)));
  // It is aborted when it is not needed any more.
  closed.catch(() => {});
  const got = await Promise.race([once(client, "message", { signal }), closed]).finally(() => heard.abort());
  const [data, isBinary] = got as [Buffer, boolean];
  return [isBinary ? data : data.toString(), isBinary];
}

function event(socket: WebSocket, name: string): Promise<Event> {
  return new Promise((resolve, reject) => {
    socket.addEventListener(name, resolve, { once: true });
    socket.addEventListener("error", (error) => reject(error), { once: true });
  });
}
