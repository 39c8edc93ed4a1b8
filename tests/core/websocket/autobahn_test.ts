/**
 * The cases of the Autobahn test suite against an echo, on streams in memory: as the suite sends them, and all at once.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { WebSocketConnection } from "../../../core/websocket/websocket_app.ts";
import { settled } from "../../support/fake_surroundings.ts";
import { AUTOBAHN_CASES, type AutobahnCase } from "./autobahn_cases.ts";
import { checkAnswer } from "./autobahn_answer.ts";
import { streamPair } from "./stream_pair.ts";

Deno.test("WebSocketConnection stands the cases of the Autobahn test suite", async (t) => {
  assertEquals(new Set(AUTOBAHN_CASES.map(({ id }) => id)).size, AUTOBAHN_CASES.length);
  for (const one of AUTOBAHN_CASES) await t.step(one.id, () => run(one));
});

async function run(one: AutobahnCase): Promise<void> {
  for (const isTogether of [false, true]) {
    const { server, client, clock } = streamPair();
    const socket = new WebSocketConnection(server, one.deflate ? { deflateFrom: 200 } : {});
    const echoing = (async () => {
      for await (const message of socket) await socket.send(message);
    })();
    for (const piece of one.send) {
      void client.write(piece);
      if (!isTogether && one.send.length < 100) await settled();
    }
    // The server ends first, as RFC 6455, section 7.1.1, wants it.
    while (await client.read());
    assert(server.hasEnded);
    client.end();
    await echoing;
    checkAnswer(server.written, one);
    await server.closed;
    await settled();
    assertEquals(clock.timers, 0);
  }
}
