import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import type { Item } from "../../../core/gateway/piece.ts";
import type { Tunnel } from "../../../core/gateway/tunnel.ts";
import type { App } from "../../../core/gateway/types.ts";
import { get, Talk } from "../../support/talk.ts";

const UPGRADE = get("/", "Connection: upgrade", "Upgrade: echo, other");
const SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n";

Deno.test("a generator may run a tunnel: it yields promises, and its end does not end the tunnel", async (t) => {
  const chunked = get().replace("/", "/chunked");
  const app = (body: (tunnel: Tunnel) => Generator<Item, void>): App => (environ, startResponse) => {
    if (environ.target === "/chunked") {
      startResponse(200);
      return ["a", "b"];
    }
    return (function* () {
      yield Promise.resolve();
      yield* body(environ.upgrade());
    })();
  };
  await t.step("promises and turns", async () => {
    const talk = new Talk(app(function* (tunnel) {
      const bytes = (yield tunnel.read()) as Uint8Array;
      yield "";
      tunnel.write(bytes);
      yield Promise.resolve();
    }));
    talk.send(chunked + UPGRADE);
    await talk.rest();
    assert(talk.take().endsWith(SWITCHED));
    talk.send("hello");
    await talk.rest();
    assertEquals(talk.take(), "hello");
    assertEquals(talk.moves, [], "the generator has ended, the tunnel has not");
    assertEquals(talk.errors, []);
  });
  await t.step("a piece is no part of a tunnel", async () => {
    for (const piece of ["piece", "x".repeat(20_000)]) {
      const talk = new Talk(app(function* () {
        yield piece;
      }));
      talk.send(chunked + UPGRADE);
      await talk.rest();
      assert(talk.take().endsWith(SWITCHED), "nothing of it is sent");
      assertEquals(talk.moves, ["abort"]);
      assertInstanceOf(talk.errors[0], TypeError);
    }
  });
  await t.step("nor is what is returned, or written by write", async () => {
    const apps: App[] = [
      (environ) => {
        environ.upgrade();
        return "returned";
      },
      (environ) => {
        environ.upgrade();
        return ["returned"];
      },
      async (environ) => {
        environ.upgrade();
        await Promise.resolve();
        return "returned";
      },
      (environ, startResponse) => {
        const write = startResponse(200);
        environ.upgrade();
        write("written");
      },
    ];
    for (const wrong of apps) {
      const talk = new Talk((environ, startResponse) =>
        environ.target === "/chunked" ? app(function* () {})(environ, startResponse) : wrong(environ, startResponse)
      );
      talk.send(chunked + UPGRADE);
      await talk.rest();
      assert(talk.take().endsWith(SWITCHED), "nothing of it is sent");
      assertEquals(talk.moves, ["abort"]);
      assertInstanceOf(talk.errors[0], TypeError);
    }
  });
  await t.step("its return is called when the tunnel ends before it", async () => {
    let returned = 0;
    const talk = new Talk(app(function* (tunnel) {
      try {
        tunnel.end();
        yield new Promise(() => {});
      } finally {
        returned++;
      }
    }));
    talk.send(UPGRADE);
    await talk.rest();
    assertEquals(returned, 0);
    talk.end();
    await talk.rest();
    assertEquals(returned, 1);
    assertEquals(talk.moves, ["endWriting", "close"]);
  });
});
