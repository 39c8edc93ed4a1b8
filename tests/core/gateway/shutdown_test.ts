import { assertEquals, assertInstanceOf } from "@std/assert";
import { ConnectionClosingError } from "../../../core/errors.ts";
import type { Environ } from "../../../core/gateway/environ.ts";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, get, post, Talk } from "../../support/talk.ts";

const ok: App = (_environ, startResponse) => {
  startResponse(200);
  return "ok";
};

const KEPT = answer("200 OK", ["content-length: 2", DATE], "ok");

const hold = (talk: Talk): void => {
  talk.port.isHolding = true;
};

Deno.test("shutdown", async (t) => {
  const CLOSING = answer("200 OK", ["content-length: 2", DATE, "connection: close"], "ok");
  await t.step("without grace closes an idle connection at once", () => {
    const talk = new Talk(ok);
    talk.conversation.shutdown(0);
    assertEquals(talk.port.calls, ["close"]);
    talk.conversation.shutdown(0);
    assertEquals(talk.port.calls, ["close"]);
  });
  await t.step("answers what is sent during the grace, with connection: close", async () => {
    const talk = new Talk(ok);
    talk.conversation.shutdown(1000);
    await talk.pass(999);
    assertEquals(talk.port.calls, []);
    talk.send(get() + get());
    assertEquals(talk.sent, CLOSING);
    assertEquals(talk.moves, ["endWriting"]);
    assertEquals(talk.due, 2000);
  });
  await t.step("lets an exchange in hand go on as long as it takes", async () => {
    for (const grace of [0, 1000]) {
      const gate = Promise.withResolvers<void>();
      let environ: Environ | undefined;
      const talk = new Talk(async (given, startResponse) => {
        environ = given;
        await gate.promise;
        startResponse(200);
        return "ok";
      });
      talk.send(get() + get());
      const { closing } = environ!;
      talk.conversation.shutdown(grace);
      assertInstanceOf(closing.reason, ConnectionClosingError);
      assertEquals((closing.reason as ConnectionClosingError).by, "shutdown");
      await talk.pass(100_000);
      assertEquals(talk.port.calls, []);
      gate.resolve();
      await talk.rest();
      assertEquals(talk.sent, CLOSING);
      assertEquals(environ!.signal.aborted, false);
    }
  });
  await t.step("waits for a head that has begun", async () => {
    const talk = new Talk(ok);
    talk.send("GET / HTTP/1.1\r\n");
    talk.conversation.shutdown(1000);
    assertEquals(talk.due, 1000);
    await talk.pass(1000);
    assertEquals(talk.port.calls, []);
    assertEquals(talk.due, 9000);
    talk.send("Host: a\r\n\r\n");
    assertEquals(talk.sent, CLOSING);
  });
  await t.step("lets a slow client take its answer", () => {
    const talk = new Talk(ok);
    hold(talk);
    talk.send(get());
    talk.conversation.shutdown(0);
    assertEquals(talk.moves, []);
    talk.drain();
    assertEquals(talk.moves, ["endWriting"]);
  });
  await t.step("parts in stages from a client that took long to take its answer", async () => {
    const talk = new Talk(ok);
    hold(talk);
    talk.send(get());
    await talk.pass(5000);
    talk.conversation.shutdown(0);
    assertEquals(talk.moves, []);
    talk.drain();
    assertEquals(talk.moves, ["endWriting"]);
  });
  await t.step("parts in stages from a client that was answered just now", async () => {
    const talk = new Talk(ok);
    talk.send(get());
    await talk.pass(1999);
    talk.conversation.shutdown(0);
    assertEquals(talk.moves, ["endWriting"]);
    assertEquals(talk.due, 2000);
    talk.send(get());
    assertEquals(talk.sent, KEPT);
    talk.end();
    assertEquals(talk.moves, ["endWriting", "close"]);
  });
  await t.step("closes at once where the last answer was long ago", async () => {
    const talk = new Talk(ok);
    talk.send(get());
    await talk.pass(2000);
    talk.conversation.shutdown(0);
    assertEquals(talk.moves, ["close"]);
  });
  await t.step("answers what came while the last answer was still being taken", async () => {
    const gate = Promise.withResolvers<void>();
    let asked = 0;
    const talk = new Talk(async (_environ, startResponse) => {
      if (asked++ > 0) await gate.promise;
      startResponse(200);
      return "ok";
    });
    hold(talk);
    talk.send(get());
    await talk.rest();
    talk.conversation.shutdown(0);
    talk.send(get());
    await talk.rest();
    talk.drain();
    assertEquals(talk.moves, [], "an exchange is in hand");
    gate.resolve();
    await talk.drainAll();
    assertEquals(talk.sent, KEPT + CLOSING);
    assertEquals(talk.moves, ["endWriting"]);
  });
  await t.step("finishes the reading away of content, then closes", async () => {
    const talk = new Talk(ok);
    talk.send(post("hello").slice(0, -5));
    talk.conversation.shutdown(0);
    assertEquals(talk.moves, []);
    talk.send("hello");
    await talk.rest();
    assertEquals(talk.moves, ["endWriting"]);
  });
  await t.step("twice counts from the first", async () => {
    const talk = new Talk(ok);
    talk.conversation.shutdown(1000);
    await talk.pass(500);
    talk.conversation.shutdown(1000);
    assertEquals(talk.due, 500);
  });
});
