/**
 * What the clients of the soak do: each episode opens what it needs, checks what it gets, and leaves, some of them badly.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { OctetClient, pause } from "../contract/octet_client.ts";
import { RawClient } from "../support/raw_client.ts";

/** Where an episode takes place. */
export interface Stage {
  /** The port of clear text. */
  readonly port: number;
  /** The port of TLS. */
  readonly tls: number;
  /** A number that no other episode has. */
  readonly id: number;
}

/** Does it; gives how many answers it took. */
export type Episode = (stage: Stage) => Promise<number>;

const HOST = "Host: a\r\n";
const CERTIFICATE = Deno.readTextFileSync(new URL("../support/localhost.crt", import.meta.url));
const PATHS = ["/", "/environ", "/profile/list", "/profile/async", "/hints", "/trailers", "/status/404", "/fetch/json"];

/** Requests that are refused. */
const BAD: readonly string[] = [
  `GET / HTTP/1.1\r\n\r\n`,
  `GET / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
  `GET / HTTP/1.1\n${HOST}\r\n`,
  `GET / HTTP/1.1\r\n${HOST} folded\r\n\r\n`,
  `POST /discard HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nx\r\n`,
  `GET / HTTP/1.1\r\n${HOST}X: ${"y".repeat(40_000)}\r\n\r\n`,
];

/** The episodes, by name. */
export const EPISODES: Readonly<Record<string, Episode>> = {
  "keep-alive": async ({ port, id }) => {
    using client = await OctetClient.connect(port);
    for (let i = 0; i < 10; i++) {
      await client.send(get(PATHS[(id + i) % PATHS.length]!));
      assert((await client.answer()).status < 500);
    }
    return 10;
  },

  "pipelining": async ({ port }) => {
    using client = await OctetClient.connect(port);
    for (let round = 0; round < 3; round++) {
      await client.send(get("/").repeat(16));
      for (const { content } of await client.answers(new Array(16).fill({}))) {
        assertEquals(content, "Hello, World!\r\n");
      }
    }
    return 48;
  },

  "upload by length": async ({ port, id }) => {
    using client = await OctetClient.connect(port);
    const content = `${id} `.repeat(10_000);
    const sending = client.send(`POST /echo HTTP/1.1\r\n${HOST}Content-Length: ${content.length}\r\n\r\n${content}`);
    assert((await client.answer()).content === content, "the echo is not what was sent");
    await sending;
    return 1;
  },

  "chunked upload": async ({ port }) => {
    using client = await OctetClient.connect(port);
    const chunk = `1000\r\n${"x".repeat(4096)}\r\n`;
    const head = `POST /uploader/ HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;
    await client.send(`${head}${chunk.repeat(8)}0\r\n\r\n`);
    assertEquals((await client.answer()).content.trim(), "chunks=8 declared=32768 received=32768");
    return 1;
  },

  "download": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(get("/stream?pieces=40&size=8192"));
    assertEquals((await client.answer()).content.length, 40 * 8192);
    return 1;
  },

  "slow reader": async ({ port }) => {
    using client = await RawClient.connect(port);
    client.pause();
    client.get("/stream?pieces=200&size=16384");
    await pause(200);
    client.resume();
    assert(await client.count(200 * 16_384) >= 200 * 16_384);
    return 1;
  },

  "half-close": async ({ port }) => {
    using client = await RawClient.connect(port);
    client.get("/sleep?ms=20");
    client.endWriting();
    await client.until("slept 20\n");
    assertEquals(await client.ending(), "end");
    return 1;
  },

  "reset in an answer": async ({ port }) => {
    using client = await RawClient.connect(port);
    client.get("/stream?pieces=1000&size=4096&delay=1");
    await client.count(4096);
    client.reset();
    return 0;
  },

  "reset in an upload": async ({ port }) => {
    using client = await RawClient.connect(port);
    client.write(`POST /discard HTTP/1.1\r\n${HOST}Content-Length: 100000\r\n\r\n${"x".repeat(50_000)}`);
    await pause(5);
    client.reset();
    return 0;
  },

  "bad request": async ({ port, id }) => {
    using client = await OctetClient.connect(port);
    await client.send(get("/") + BAD[id % BAD.length]!);
    const [first, second] = await client.answers([{}, {}]);
    assertEquals(first!.status, 200);
    assert(second!.status === 400 || second!.status === 431, `it is answered with ${second!.status}`);
    assertEquals(await client.readToEnd(), "");
    return 1;
  },

  "half a head": async ({ port }) => {
    using client = await RawClient.connect(port);
    client.write("GET / HTTP/1.1\r\nHo");
    await pause(20);
    return 0;
  },

  "WebSocket": async ({ port, id }) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    for (let i = 0; i < 5; i++) {
      if (i === 0) await event(socket, "open");
      const echo = event(socket, "message") as Promise<MessageEvent>;
      socket.send(`${id} ${i}`);
      assertEquals((await echo).data, `${id} ${i}`);
    }
    const closed = event(socket, "close");
    socket.close();
    await closed;
    return 1;
  },

  "upgrade": async ({ port }) => {
    using client = await RawClient.connect(port);
    client.write(`GET /upgrade HTTP/1.1\r\n${HOST}Connection: upgrade\r\nUpgrade: echo\r\n\r\nhello`);
    await client.until("hello");
    client.endWriting();
    await client.ending();
    return 1;
  },

  "signals": async ({ port, id }) => {
    using waiting = await OctetClient.connect(port);
    using sending = await OctetClient.connect(port);
    await waiting.send(get(`/wait/soak-${id}`));
    for (let woken = false; !woken;) {
      await sending.send(get(`/signal/soak-${id}?value=v`));
      woken = (await sending.answer()).content.startsWith("woke 1");
    }
    assertEquals((await waiting.answer()).content.trim(), "v");
    return 1;
  },

  "a waiter that leaves": async ({ port, id }) => {
    using client = await RawClient.connect(port);
    client.get(`/wait/nobody-${id}`);
    await pause(10);
    if (id % 2 === 0) client.reset();
    return 0;
  },

  "TLS": async ({ tls }) => {
    using client = await OctetClient.connect({ tls, caCerts: [CERTIFICATE] });
    await client.send(get("/").repeat(4) + get("/stream?pieces=8&size=8192"));
    await client.answers(new Array(4).fill({}));
    assertEquals((await client.answer()).content.length, 65_536);
    return 5;
  },

  "TLS that stalls, or is none": async ({ tls, id }) => {
    using client = await RawClient.connect(tls);
    client.write(id % 2 === 0 ? "\x16\x03\x01" : get("/"));
    await pause(20);
    return 0;
  },

  "churn": async ({ port }) => {
    for (let i = 0; i < 5; i++) {
      using client = await OctetClient.connect(port);
      await client.send(`GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
      await client.answer();
      await client.readToEnd();
    }
    return 5;
  },

  "failing applications": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(get("/error"));
    assertEquals((await client.answer()).status, 500);
    using other = await OctetClient.connect(port);
    await other.send(get("/error-late"));
    assert(!(await other.readToEnd()).endsWith("0\r\n\r\n"), "what failed looks complete");
    return 1;
  },
};

function get(target: string): string {
  return `GET ${target} HTTP/1.1\r\n${HOST}\r\n`;
}

/** Waits for an event; an error is one, too. */
function event(socket: WebSocket, type: string): Promise<Event> {
  return new Promise((resolve, reject) => {
    socket.addEventListener(type, resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error(`no ${type}, but an error`)), { once: true });
  });
}
