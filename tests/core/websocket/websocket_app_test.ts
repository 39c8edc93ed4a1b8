/**
 * `websocket` over a conversation, with a clock in the test's hand.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { WebSocketClosedError } from "../../../core/websocket/errors.ts";
import {
  type Closing,
  encodeClose,
  encodeFrame,
  type Opcode,
  websocket,
  type WebSocketHandler,
  type WebSocketOptions,
} from "../../../core/websocket/websocket_app.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { Talk } from "../../support/talk.ts";
import { hex } from "./stream_pair.ts";

const FIELDS = "Host: example:8000\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

const echo: WebSocketHandler = async (socket) => {
  for await (const message of socket) await socket.send(message);
};

Deno.test("websocket answers a handshake and echoes", async () => {
  const talk = await opened(echo);
  assertEquals(
    talk.sent,
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
      "connection: upgrade\r\n\r\n",
  );
  talk.take();
  await send(talk, 1, octets("hello"));
  assertEquals(talk.take(), "\x81\x05hello");
  await send(talk, 2, hex("00 ff"));
  assertEquals(talk.take(), "\x82\x02\x00\xff");
  await send(talk, 9, octets("ping"));
  assertEquals(talk.take(), "\x8a\x04ping");
  await send(talk, 8, encodeClose(1000, "bye"));
  assertEquals(talk.take(), "\x88\x02\x03\xe8");
  assertEquals(talk.moves.at(-1), "endWriting");
  talk.end();
  await talk.rest();
  assertEquals(talk.moves.at(-1), "close");
  assertEquals(talk.records.map(({ status, completed }) => [status, completed]), [[101, true]]);
  assertEquals([talk.errors, talk.surroundings.timers], [[], 0]);
});

Deno.test("websocket answers what came behind the handshake, before the close that came with it", async () => {
  const talk = new Talk(websocket(echo), { observed: true });
  const frames = [frame(1, octets("a")), frame(2, octets("b")), frame(8, encodeClose(4000))];
  talk.send(`GET / HTTP/1.1\r\n${FIELDS}\r\n${frames.map(textOf).join("")}`);
  talk.end();
  await until(talk, () => talk.moves.at(-1) === "close");
  assert(talk.sent.endsWith("\r\n\r\n\x81\x01a\x82\x01b\x88\x02\x0f\xa0"));
  assertEquals(talk.moves.at(-1), "close");
  assertEquals(talk.surroundings.timers, 0);
});

Deno.test("websocket refuses what asks for no WebSocket, and goes on", async (t) => {
  const cases: Record<string, [request: string, status: number, options?: WebSocketOptions]> = {
    "no upgrade": ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", 426],
    "HTTP/1.0": [`GET / HTTP/1.0\r\nConnection: keep-alive\r\n${FIELDS}\r\n`, 426],
    "another version": [`GET / HTTP/1.1\r\n${FIELDS.replace("13", "8")}\r\n`, 426],
    "POST": [`POST / HTTP/1.1\r\n${FIELDS}Content-Length: 0\r\n\r\n`, 405],
    "HEAD": [`HEAD / HTTP/1.1\r\n${FIELDS}\r\n`, 405],
    "content": [`GET / HTTP/1.1\r\n${FIELDS}Content-Length: 2\r\n\r\nab`, 400],
    "chunked content": [`GET / HTTP/1.1\r\n${FIELDS}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    "a bad key": [`GET / HTTP/1.1\r\n${FIELDS.replace("==", "")}\r\n`, 400],
    "another host's page": [`GET / HTTP/1.1\r\n${FIELDS}Origin: http://evil:8000\r\n\r\n`, 403],
    "another port's page": [`GET / HTTP/1.1\r\n${FIELDS}Origin: http://example\r\n\r\n`, 403],
    "a page of no origin": [`GET / HTTP/1.1\r\n${FIELDS}Origin: null\r\n\r\n`, 403],
    "an origin that is not listed": [
      `GET / HTTP/1.1\r\n${FIELDS}Origin: http://example:8000\r\n\r\n`,
      403,
      { origins: ["https://other"] },
    ],
    "an origin that is judged": [`GET / HTTP/1.1\r\n${FIELDS}\r\n`, 403, { checkOrigin: () => Promise.resolve(false) }],
  };
  for (const [name, [request, status, options]] of Object.entries(cases)) {
    await t.step(name, async () => {
      let isCalled = false;
      const talk = new Talk(websocket(() => void (isCalled = true), options));
      talk.send(request);
      await until(talk, () => talk.sent !== "");
      assertMatch(talk.sent, new RegExp(`^HTTP/1.1 ${status} `));
      if (status === 426) assertMatch(talk.sent, /\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n/);
      assertEquals([isCalled, talk.errors], [false, []]);
    });
  }
});

Deno.test("websocket lets pages of its own host in, and those that it is told", async (t) => {
  const cases: [origin: string, options: WebSocketOptions][] = [
    ["Origin: http://example:8000\r\n", {}],
    ["Origin: https://EXAMPLE:8000\r\n", {}],
    ["", {}],
    ["", { origins: [] }],
    ["Origin: null\r\n", { origins: "*" }],
    ["Origin: https://other\r\n", { origins: ["https://other"] }],
    ["Origin: x\r\n", { origins: [], checkOrigin: (origin, environ) => origin === "x" && environ.pathInfo === "/" }],
  ];
  for (const [origin, options] of cases) {
    await t.step(origin, async () => {
      const talk = new Talk(websocket(echo, options));
      talk.send(`GET / HTTP/1.1\r\n${FIELDS}${origin}\r\n`);
      await until(talk, () => talk.sent !== "");
      assertMatch(talk.sent, /^HTTP\/1.1 101 /);
    });
  }
});

Deno.test("websocket takes the first subprotocol of the client that it speaks", async () => {
  const cases: [offered: string, chosen: string][] = [["a, b", "b"], ["c, b", "c"], ["x", ""]];
  for (const [offered, chosen] of cases) {
    let protocol: string | undefined;
    const talk = await opened((socket) => void ({ protocol } = socket), { protocols: ["b", "c"] }, {
      fields: `Sec-WebSocket-Protocol: ${offered}\r\n`,
    });
    assertEquals(protocol, chosen);
    assertEquals(/sec-websocket-protocol: (.*)\r/.exec(talk.sent)?.[1] ?? "", chosen);
  }
});

Deno.test("websocket deflates when that was agreed on", async () => {
  const fields = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
  const answer =
    /sec-websocket-extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n/;
  const talk = await opened(echo, { deflate: { from: 5 } }, { fields });
  assertMatch(talk.take(), answer);
  const before = talk.sent.length;
  talk.send(frame(1, hex("f2 48 cd c9 c9 07 00"), true));
  talk.send(frame(1, octets("Hello".repeat(100))));
  await until(talk, () => talk.sent.length > before + 9);
  const sent = octets(talk.take());
  // Five octets do not shrink, five hundred do.
  assertEquals(textOf(sent.subarray(0, 7)), "\x81\x05Hello");
  assertEquals(sent[7], 0xc1);
  const other = await opened(echo, { deflate: false }, { fields });
  assertEquals(other.take().includes("extensions"), false);
  other.send(frame(1, hex("f2 48 cd c9 c9 07 00"), true));
  await other.rest();
  assertEquals(other.take().slice(0, 4).replace(/^(.)./, "$1"), "\x88\x03\xea");
});

Deno.test("websocket closes with 1000 when its handler returns", async () => {
  const talk = await opened((socket) => void socket.send("only this"));
  await until(talk, () => talk.sent.includes("\x88"));
  assert(talk.sent.endsWith("\x81\x09only this\x88\x02\x03\xe8"));
  await send(talk, 8, encodeClose(1000));
  talk.end();
  await talk.rest();
  assertEquals([talk.moves.at(-1), talk.errors], ["close", []]);
});

Deno.test("websocket closes with 1011 when its handler fails, and reports the error", async () => {
  const fault = new Error("a fault");
  const talk = await opened(() => Promise.reject(fault));
  assert(talk.sent.endsWith("\x88\x02\x03\xf3"));
  await send(talk, 8, encodeClose(1011));
  talk.end();
  await talk.rest();
  assertEquals([talk.moves.at(-1), talk.errors], ["close", [fault]]);
});

Deno.test("websocket reports the error of its handler though the client never ends", async () => {
  const fault = new Error("a fault");
  const talk = await opened(() => {
    throw fault;
  }, { closeTimeout: 2000 });
  await talk.pass(1999);
  assertEquals(talk.errors, []);
  await talk.pass(1);
  assertEquals([talk.moves.at(-1), talk.errors], ["abort", [fault]]);
});

Deno.test("websocket takes the client's leave for no fault of its handler", async (t) => {
  const leaves: Record<string, [leave: (talk: Talk) => void | Promise<void>, code: number]> = {
    "a reset": [(talk) => talk.lose(new Error("reset")), 1006],
    "an end": [(talk) => talk.end(), 1006],
    "a close": [(talk) => send(talk, 8, encodeClose(1001)), 1001],
  };
  for (const [name, [leave, code]] of Object.entries(leaves)) {
    await t.step(name, async () => {
      let closing: Closing | undefined;
      let error: unknown;
      const talk = await opened(async (socket) => {
        closing = await socket.closed;
        assertEquals(await socket.receive(), undefined);
        try {
          await socket.send("too late");
        } catch (caught) {
          throw error = caught;
        }
      });
      await leave(talk);
      await talk.rest();
      talk.end();
      await talk.rest();
      assertEquals(closing?.code, code);
      assert(error instanceof WebSocketClosedError);
      assertEquals([talk.errors, talk.surroundings.timers], [[], 0]);
    });
  }
});

Deno.test("websocket closes with 1001 when the server drains", async () => {
  let closing: Closing | undefined;
  const talk = await opened(async (socket) => {
    await echo(socket, undefined!);
    closing = await socket.closed;
  });
  talk.take();
  talk.conversation.shutdown(1000);
  await talk.rest();
  assertEquals(talk.take(), "\x88\x02\x03\xe9");
  await send(talk, 8, encodeClose(1001));
  talk.end();
  await talk.rest();
  assertEquals(closing, { code: 1001, reason: "", wasClean: true });
  assertEquals([talk.moves.at(-1), talk.errors], ["close", []]);
});

Deno.test("websocket closes with 1009 over maxMessage, and takes what is at it", async () => {
  const talk = await opened(echo, { maxMessage: 1000 });
  talk.take();
  await send(talk, 2, new Uint8Array(1000));
  assertEquals(talk.take().length, 1004);
  await send(talk, 2, new Uint8Array(1001));
  const refusal = talk.take();
  assertEquals([refusal[0], refusal.slice(2)], ["\x88", "\x03\xf1Cannot read message: it is larger than 1000 octets"]);
  assertThrows(() => websocket(echo, { maxMessage: -1 }), RangeError);
});

Deno.test("websocket pings a silent client, and ends with one that does not answer", async () => {
  const talk = await opened(echo, { pingInterval: 20_000 });
  talk.take();
  await talk.pass(20_000);
  assertEquals(talk.take(), "\x89\x04\0\0\0\0");
  await talk.pass(20_000);
  assertEquals([talk.moves.at(-1), talk.errors, talk.surroundings.timers], ["abort", [], 0]);
});

Deno.test("websocket upgrades nothing for a client that left meanwhile", async () => {
  const talk = new Talk(websocket(echo));
  talk.send(`GET / HTTP/1.1\r\n${FIELDS}\r\n`);
  talk.lose(new Error("reset"));
  await talk.rest();
  assertEquals([talk.sent, talk.errors], ["", []]);
});

/** A conversation whose WebSocket is open. */
async function opened(
  handler: WebSocketHandler,
  options: WebSocketOptions = {},
  { fields = "" }: { fields?: string } = {},
): Promise<Talk> {
  const talk = new Talk(websocket(handler, options), { observed: true });
  talk.send(`GET / HTTP/1.1\r\n${FIELDS}${fields}\r\n`);
  await until(talk, () => talk.sent !== "");
  return talk;
}

/** Digests and streams of the runtime take turns of the real event loop. */
async function until(talk: Talk, isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2000 && !isSo(); turn++) {
    await talk.rest();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await talk.rest();
}

function frame(opcode: Opcode, payload: Uint8Array, isCompressed: boolean = false): Uint8Array {
  return encodeFrame(opcode, payload, { maskKey: 0x12345678, isCompressed });
}

async function send(talk: Talk, opcode: Opcode, payload: Uint8Array): Promise<void> {
  talk.send(frame(opcode, payload));
  await talk.rest();
}
