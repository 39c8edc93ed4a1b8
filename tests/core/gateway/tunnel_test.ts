/**
 * The tunnel's ends and its clock, without sockets.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import type { Tunnel } from "../../../core/gateway/tunnel.ts";
import type { App } from "../../../core/gateway/types.ts";
import { Talk } from "../../support/talk.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";

Deno.test("Tunnel aborts the connection, tells why, and reports no fault of the application", async () => {
  const { talk, tunnel } = switched();
  const reading = tunnel.read();
  const error = new Error("enough");
  tunnel.abort(error);
  assertEquals(await assertRejects(() => reading), error);
  assertEquals(await assertRejects(() => tunnel.closed), error);
  assertEquals(talk.moves.at(-1), "abort");
  assertEquals(talk.records.map((record) => [record.status, record.completed, record.error]), [[101, false, error]]);
  assertEquals(talk.errors, []);
});

Deno.test("Tunnel does nothing when it is aborted after its end", async () => {
  const { talk, tunnel } = switched();
  tunnel.end();
  talk.end();
  await tunnel.closed;
  const moves = talk.moves.length;
  tunnel.abort(new Error("too late"));
  assertEquals(talk.moves.length, moves);
});

Deno.test("Tunnel does nothing when our side ends after the connection is lost", () => {
  const { talk, tunnel } = switched();
  talk.lose(new Error("Reset"));
  tunnel.end();
  talk.check();
  assertEquals(talk.moves, []);
});

Deno.test("Tunnel never has its unread octets taken for a request, while the last ones are on their way", async (t) => {
  for (const rest of ["\n", "\x00\xff", "GET", "GET / HTTP/1.1\r\n", REQUEST]) {
    await t.step(JSON.stringify(rest), async () => {
      const { talk, tunnel } = switched();
      talk.port.isHolding = true;
      tunnel.write("last words");
      tunnel.end();
      talk.send(rest);
      talk.end();
      await talk.pass(11_000);
      assertEquals(talk.moves, []);
      await talk.drainAll();
      assertEquals(talk.moves, ["endWriting", "close"]);
      assertEquals(talk.records.map(({ status, completed }) => [status, completed]), [[101, true]]);
      assertEquals(talk.errors, []);
    });
  }
});

Deno.test("Tunnel calls back on the connection's clock, unless that is cancelled", async () => {
  const { talk, tunnel } = switched();
  const called: string[] = [];
  tunnel.after(100, () => called.push("one"));
  const cancel = tunnel.after(200, () => called.push("two"));
  await talk.pass(99);
  assertEquals(called, []);
  await talk.pass(1);
  assertEquals(called, ["one"]);
  cancel();
  await talk.pass(500);
  assertEquals(called, ["one"]);
});

/** A conversation that has switched protocols. */
function switched(): { talk: Talk; tunnel: Tunnel } {
  let tunnel: Tunnel | undefined;
  const app: App = (environ) => {
    tunnel = environ.upgrade();
  };
  const talk = new Talk(app, { observed: true });
  talk.send(REQUEST);
  return { talk, tunnel: tunnel as Tunnel };
}
