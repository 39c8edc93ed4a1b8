import { assert, assertEquals } from "@std/assert";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, get, post, postChunked, request, Talk } from "../../support/talk.ts";

const LENGTH_0 = "content-length: 0";
const KEPT = answer("200 OK", ["content-length: 2", DATE], "ok");
const CLOSING = answer("200 OK", ["content-length: 2", DATE, "connection: close"], "ok");
const refused = (status: string) => answer(status, [LENGTH_0, DATE, "connection: close"]);

const ok: App = (_environ, startResponse) => {
  startResponse(200);
  return "ok";
};

Deno.test("an error in request n+1 waits behind the answers 1 to n", async (t) => {
  const broken = "GET / HTTP/1.1\r\nBad Field: x\r\n\r\n";
  await t.step("at once", async () => {
    const talk = new Talk(ok);
    talk.send(get() + get() + broken + get());
    await talk.rest();
    assertEquals(talk.port.writes, [KEPT + KEPT + refused("400 Bad Request")]);
    assertEquals(talk.port.calls, ["write", "endWriting"]);
  });
  await t.step("behind slow answers", async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let asked = 0;
    const talk = new Talk(async (_environ, startResponse) => {
      await gates[asked++]!.promise;
      startResponse(200);
      return "ok";
    });
    talk.send(get() + get() + broken);
    await talk.rest();
    assertEquals(talk.take(), "");
    gates[0]!.resolve();
    await talk.rest();
    assertEquals(talk.take(), KEPT);
    gates[1]!.resolve();
    await talk.rest();
    assertEquals(talk.take(), KEPT + refused("400 Bad Request"));
  });
  await t.step("behind answers that the client does not take", async () => {
    const talk = new Talk((_environ, startResponse) => {
      startResponse(200);
      return "x".repeat(50_000);
    });
    talk.port.isHolding = true;
    talk.send(get() + get() + get() + broken);
    await talk.drainAll();
    assertEquals(talk.sent.split("HTTP/1.1 ").map((part) => part.slice(0, 3)), ["", "200", "200", "200", "400"]);
    assertEquals(talk.port.calls.at(-1), "endWriting");
  });
});

Deno.test("a half-closed client gets all its answers, then the connection closes", async (t) => {
  await t.step("answered already", () => {
    const talk = new Talk(ok);
    talk.send(get());
    talk.end();
    assertEquals(talk.sent, KEPT);
    assertEquals(talk.port.calls, ["write", "close"]);
  });
  await t.step("slow", async () => {
    const gate = Promise.withResolvers<void>();
    const talk = new Talk(async (_environ, startResponse) => {
      await gate.promise;
      startResponse(200);
      return "ok";
    });
    talk.send(get() + post("unread") + postChunked("3\r\nabc\r\n0\r\n\r\n") + get());
    talk.end();
    await talk.rest();
    assertEquals(talk.port.calls, []);
    gate.resolve();
    await talk.rest();
    assertEquals(talk.sent, KEPT + KEPT + KEPT + CLOSING);
    assertEquals(talk.port.calls.at(-1), "close");
    assertEquals(talk.due, Infinity);
  });
  await t.step("endless until it is written", async () => {
    const talk = new Talk(function* (_environ, startResponse) {
      startResponse(200);
      for (let i = 0; i < 20; i++) yield "x".repeat(50_000);
    });
    talk.port.isHolding = true;
    talk.send(get());
    talk.end();
    await talk.drainAll();
    assert(talk.sent.endsWith("0\r\n\r\n"));
    assertEquals(talk.sent.split("x").length, 1_000_001);
    assertEquals(talk.port.calls.at(-1), "close");
  });
  await t.step("nothing was asked", () => {
    const talk = new Talk(ok);
    talk.end();
    assertEquals(talk.port.calls, ["close"]);
    talk.end();
    talk.send(get());
    talk.drain();
    assertEquals(talk.port.calls, ["close"]);
  });
});

Deno.test("a peer that ends inside a head is closed silently", () => {
  const whole = get("/", "x-a: b");
  for (let cut = 1; cut < whole.length; cut++) {
    const talk = new Talk(ok);
    talk.send(get() + whole.slice(0, cut));
    talk.end();
    assertEquals(talk.sent, KEPT, `cut at ${cut}`);
    assertEquals(talk.port.calls, ["write", "close"]);
  }
  const talk = new Talk(ok);
  talk.send("\r\n");
  talk.end();
  assertEquals(talk.port.calls, ["close"]);
});

Deno.test("a request that came with the peer's end is answered with connection: close", async () => {
  const gate = Promise.withResolvers<void>();
  const talk = new Talk(async (_environ, startResponse) => {
    await gate.promise;
    startResponse(200);
    return "ok";
  });
  talk.send(get() + request("GET / HTTP/1.1"));
  talk.end();
  gate.resolve();
  await talk.rest();
  assertEquals(talk.sent, KEPT + CLOSING);
});
