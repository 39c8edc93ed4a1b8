/**
 * Both ends of a WebSocket against each other, on streams in memory and a clock in the test's hand.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  encodeFrame,
  type Message,
  WebSocketClosedError,
  WebSocketConnection,
  type WebSocketConnectionOptions,
} from "../../../core/websocket/websocket_app.ts";
import { settled } from "../../support/fake_surroundings.ts";
import { hex, join, type StreamPair, streamPair } from "./stream_pair.ts";

/** Two connections and what they run over. */
interface SocketPair extends StreamPair {
  readonly one: WebSocketConnection;
  readonly other: WebSocketConnection;
}

Deno.test("WebSocketConnection carries messages both ways, in order", async () => {
  const { one, other } = socketPair();
  const messages: Message[] = ["", "a", new Uint8Array(0), "ä\0\ufeff\u{10ffff}", new Uint8Array(70_000).fill(9), "z"];
  for (const [from, to] of [[one, other], [other, one]] as const) {
    for (const message of messages) void from.send(message);
    for (const message of messages) assertEquals(await to.receive(), message);
  }
});

Deno.test("WebSocketConnection carries any messages, deflated too, whatever the pieces", async () => {
  const message = fc.oneof(fc.string({ unit: "grapheme", maxLength: 300 }), fc.uint8Array({ maxLength: 300 }));
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 8 }), fc.boolean(), fc.nat(100), async (messages, isSlow, from) => {
      const { one, other, server, client } = socketPair({ deflateFrom: from });
      server.isSlow = client.isSlow = isSlow;
      for (const each of messages) void one.send(each), void other.send(each);
      void one.close(1000, "done");
      void other.close(1000, "done");
      assertEquals([await all(other), await all(one)], [[], []]);
      assertEquals((await one.closed).code, 1000);
    }),
    { numRuns: 20 },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 8 }), fc.boolean(), fc.nat(100), async (messages, isSlow, from) => {
      const { one, other, client } = socketPair({ deflateFrom: from });
      client.isSlow = isSlow;
      for (const each of messages) void one.send(each);
      void one.close(4000);
      assertEquals(await all(other), messages);
      assertEquals(await one.closed, { code: 4000, reason: "", wasClean: true });
    }),
    { numRuns: 50 },
  );
});

Deno.test("WebSocketConnection deflates what is worth it, and keeps the order", async () => {
  const { one, other, server } = socketPair({ deflateFrom: 100 });
  const messages = ["x".repeat(100_000), "small", crypto.getRandomValues(new Uint8Array(5000)), "y".repeat(100)];
  for (const message of messages) void one.send(message);
  void one.close();
  assertEquals(await all(other), messages);
  assertEquals(server.written[0], 0xc1);
  assert(server.written.length < 6000, `${server.written.length} octets`);
});

Deno.test("WebSocketConnection sends what it was given, though its owner changes it", async () => {
  const { one, other } = socketPair({ deflateFrom: 10 });
  const bytes = new Uint8Array(1000).fill(1);
  void one.send(bytes);
  bytes.fill(2);
  assertEquals(await other.receive(), new Uint8Array(1000).fill(1));
});

Deno.test("WebSocketConnection answers pings while the application does nothing", async () => {
  const { one, other } = socketPair();
  await one.ping();
  await other.ping(new TextEncoder().encode("hello"));
  await Promise.all([one.ping(), one.ping(), one.ping()]);
  assertThrows(() => one.ping(new Uint8Array(126)), RangeError);
  void one.close();
  await assertRejects(() => one.ping(), WebSocketClosedError);
});

Deno.test("WebSocketConnection takes a pong for all pings before it, and one for none for nothing", async () => {
  const { server, client } = streamPair();
  const socket = new WebSocketConnection(server);
  const pings = [socket.ping(hex("01")), socket.ping(hex("02"))];
  void client.write(encodeFrame(10, hex("ff"), { maskKey: 1 }));
  void client.write(encodeFrame(10, hex("02"), { maskKey: 1 }));
  await Promise.all(pings);
  const late = socket.ping();
  client.end();
  await assertRejects(() => late, WebSocketClosedError);
});

Deno.test("WebSocketConnection closes, from either end and from both", async (t) => {
  for (const who of ["server", "client", "both"]) {
    await t.step(who, async () => {
      const { one, other, server, client, clock } = socketPair();
      const closings = who === "both" ? [one.close(4001, "bye"), other.close(4001, "bye")] : [
        (who === "server" ? one : other).close(4001, "bye"),
      ];
      for (const closing of closings) assertEquals((await closing).code, 4001);
      const expected = { code: 4001, wasClean: true };
      const ends = await Promise.all([one.closed, other.closed]);
      for (const { code, wasClean } of ends) assertEquals({ code, wasClean }, expected);
      assertEquals(await one.receive(), undefined);
      await settled();
      assert(server.hasEnded && client.hasEnded);
      assertEquals(clock.timers, 0);
    });
  }
});

Deno.test("WebSocketConnection gives what came before the close, and drops what comes after its own", async () => {
  const { one, other } = socketPair();
  void other.send("before");
  void other.close();
  await one.closed;
  assertEquals(await all(one), ["before"]);

  const pair = socketPair();
  void pair.other.send("first");
  await settled();
  void pair.one.close();
  void pair.other.send("too late");
  assertEquals(await all(pair.one), ["first"]);
});

Deno.test("WebSocketConnection tells how it ended", async (t) => {
  const cases: Record<string, [octets: Uint8Array, code: number, sent: string, wasClean: boolean]> = {
    "no code": [encodeFrame(8, hex(""), { maskKey: 7 }), 1005, "", true],
    "a code": [encodeFrame(8, hex("03e9 6279 65"), { maskKey: 7 }), 1001, "03 e9", true],
    "no close frame": [hex(""), 1006, "", false],
    "half a frame": [hex("81"), 1006, "", false],
    "not masked": [hex("81 00"), 1002, "03 ea", false],
    "no UTF-8": [encodeFrame(1, hex("ff"), { maskKey: 7 }), 1007, "03 ef", false],
    "too large": [hex("82 fe 00 7f 00 00 00 00"), 1009, "03 f1", false],
  };
  for (const [name, [octets, code, sent, wasClean]] of Object.entries(cases)) {
    await t.step(name, async () => {
      const { server, client, clock } = streamPair();
      const socket = new WebSocketConnection(server, { maxMessage: 126 });
      void client.write(octets);
      client.end();
      const closing = await socket.closed;
      assertEquals([closing.code, closing.wasClean], [code, wasClean]);
      await settled();
      assertEquals(server.written[0], code === 1006 ? undefined : 0x88);
      assertEquals(server.written.subarray(2, 4), hex(sent));
      assertEquals(await socket.receive(), undefined);
      await assertRejects(async () => await socket.send("x"), WebSocketClosedError);
      assertEquals(clock.timers, 0);
    });
  }
});

Deno.test("WebSocketConnection ends with 1006 when the stream is lost, whoever waits for what", async () => {
  const { server, client, clock } = streamPair();
  const socket = new WebSocketConnection(server, { pingInterval: 1000 });
  const receiving = socket.receive();
  const sending = socket.send(new Uint8Array(100_000));
  const pinging = socket.ping();
  const loss = new Error("reset");
  client.abort(loss);
  assertEquals(await receiving, undefined);
  assertEquals((await assertRejects(async () => await sending, WebSocketClosedError)).cause, loss);
  await assertRejects(() => pinging, WebSocketClosedError);
  assertEquals((await socket.closed).code, 1006);
  assertEquals((await assertRejects(async () => await socket.send("x"), WebSocketClosedError)).cause, loss);
  assertEquals(clock.timers, 0);
});

Deno.test("WebSocketConnection tells of a loss though a full inbox keeps it from reading", async () => {
  const { server, client } = streamPair();
  const socket = new WebSocketConnection(server);
  void client.write(encodeFrame(2, new Uint8Array(70_000), { maskKey: 1 }));
  await settled();
  client.abort(new Error("reset"));
  assertEquals((await socket.closed).code, 1006);
  assertEquals((await socket.receive())?.length, 70_000);
  assertEquals(await socket.receive(), undefined);
});

Deno.test("WebSocketConnection reads no further than what waits for the application", async () => {
  const { one, other, client } = socketPair();
  let sent = 0;
  const sending = (async () => {
    for (; sent < 100; sent++) await other.send(new Uint8Array(20_000));
  })();
  await settled();
  const waiting = sent;
  assert(waiting < 15, `${waiting} messages were sent`);
  assertEquals(client.written.length < 300_000, true);
  for (let i = 0; i < 100; i++) assertEquals((await one.receive() as Uint8Array).length, 20_000);
  await sending;
});

Deno.test("WebSocketConnection holds up a flood of pings when its pongs are not taken", async () => {
  const { server, client } = streamPair();
  new WebSocketConnection(server);
  const ping = encodeFrame(9, new Uint8Array(125), { maskKey: 1 });
  const flood = join(...Array(100).fill(ping));
  let sent = 0;
  const flooding = (async () => {
    for (; sent < 1000; sent++) await client.write(flood);
  })();
  flooding.catch(() => {});
  await settled();
  assert(sent < 30, `${sent} floods were taken`);
  assert(server.written.length < 200_000);
  client.abort(new Error("enough"));
});

Deno.test("WebSocketConnection aborts a peer that does not end after the close", async () => {
  const { server, client, clock } = streamPair();
  const socket = new WebSocketConnection(server, { closeTimeout: 300 });
  const closing = socket.close();
  void client.write(encodeFrame(2, new Uint8Array(100), { maskKey: 1 }));
  await settled();
  clock.advance(299);
  assertEquals(server.error, undefined);
  clock.advance(1);
  assert(server.error instanceof WebSocketClosedError);
  assertEquals(await closing, { code: 1006, reason: "", wasClean: false });
});

Deno.test("WebSocketConnection pings a silent peer, and aborts one that does not answer", async () => {
  const { server, client, clock } = streamPair();
  const socket = new WebSocketConnection(server, { pingInterval: 1000 });
  clock.advance(1000);
  assertEquals(server.written, hex("89 04 00 00 00 00"));
  void client.write(encodeFrame(10, hex("00 00 00 00"), { maskKey: 1 }));
  await settled();
  clock.advance(1000);
  assertEquals(server.written.length, 6);
  clock.advance(1000);
  assertEquals(server.written.length, 12);
  clock.advance(999);
  assertEquals(server.error, undefined);
  clock.advance(1);
  assert(server.error instanceof WebSocketClosedError);
  assertEquals((await socket.closed).code, 1006);
  assertEquals(clock.timers, 0);
});

Deno.test("WebSocketConnection refuses what cannot be sent, and a second receive", async () => {
  const { one, other } = socketPair();
  // @ts-expect-error: it is no message
  assertThrows(() => one.send(5), TypeError);
  assertThrows(() => one.close(1005), RangeError);
  assertThrows(() => one.close(1000, "x".repeat(124)), RangeError);
  const receiving = one.receive();
  await assertRejects(() => one.receive(), TypeError);
  void other.send("for the first");
  assertEquals(await receiving, "for the first");
  assert(one.isOpen);
});

Deno.test("WebSocketConnection is made with a key for each frame of a client, and without for a server", () => {
  const { server } = streamPair();
  const maskKey = (): number => 1;
  assertThrows(() => new WebSocketConnection(server, { role: "client" }), TypeError, "a client masks its frames");
  assertThrows(() => new WebSocketConnection(server, { role: "server", maskKey }), TypeError, "a server does not");
  assertThrows(() => new WebSocketConnection(server, { maskKey }), TypeError);
});

/** Two connections; the client's keys are never 0. */
function socketPair(options: WebSocketConnectionOptions = {}): SocketPair {
  const pair = streamPair();
  let key = 0x01020304;
  const maskKey = (): number => key = Math.imul(key, 1_103_515_245) >>> 0 | 1;
  const one = new WebSocketConnection(pair.server, { ...options, role: "server" });
  const other = new WebSocketConnection(pair.client, { ...options, role: "client", maskKey });
  return { ...pair, one, other };
}

async function all(socket: WebSocketConnection): Promise<Message[]> {
  return await Array.fromAsync(socket);
}
