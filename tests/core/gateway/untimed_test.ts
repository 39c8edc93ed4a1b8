import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { ConnectionLostError } from "../../../core/errors.ts";
import type { Environ } from "../../../core/gateway/environ.ts";
import type { App, Result } from "../../../core/gateway/types.ts";
import { answer, DATE, get, post, request, Talk } from "../../support/talk.ts";
import { echo, KEPT, never, refused, TIMEOUT } from "./timed_exchanges.ts";

const hold = (talk: Talk): void => {
  talk.port.isHolding = true;
};

Deno.test("an application that thinks is never timed", async (t) => {
  const cases: Record<string, [app: App, first: string]> = {
    "before the head": [never, get()],
    "while content lies unread": [never, post("hello").slice(0, -1)],
    "while a 100 is owed": [never, post("hello", "Expect: 100-continue").slice(0, -5)],
    "while the next head is incomplete": [never, get() + "GET / HT"],
    "between pieces": [async function* (_environ, startResponse) {
      startResponse(200);
      yield "a";
      await new Promise(() => {});
    }, get()],
    "between reads": [async (environ) => {
      await environ.input.read(1);
      await new Promise(() => {});
    }, post("hello").slice(0, -1)],
    "while reading is paused": [never, post("x".repeat(70_000))],
  };
  for (const [name, [app, first]] of Object.entries(cases)) {
    await t.step(name, async () => {
      const talk = new Talk(app);
      talk.send(first);
      await talk.rest();
      const { length } = talk.port.calls;
      assertEquals(talk.due, Infinity);
      await talk.pass(10_000_000);
      assertEquals(talk.port.calls.length, length);
    });
  }
});

Deno.test("reads are timed only while they wait, and a long time between them counts for nothing", async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const talk = new Talk(async (environ, startResponse) => {
    for (const gate of gates) {
      await environ.input.read(1);
      await gate.promise;
    }
    await environ.input.read();
    startResponse(200);
    return "ok";
  });
  talk.send(post("hello").slice(0, -5));
  await talk.rest();
  assertEquals(talk.due, 5000);
  await talk.pass(3000);
  talk.send("h");
  await talk.rest();
  assertEquals(talk.due, Infinity);
  await talk.pass(1_000_000);
  gates[0]!.resolve();
  await talk.rest();
  assertEquals(talk.due, 2000, "three seconds were waited before");
  talk.send("e");
  await talk.pass(1_000_000);
  gates[1]!.resolve();
  await talk.rest();
  assertEquals(talk.due, 2000);
  talk.send("llo");
  await talk.rest();
  assertEquals(talk.take(), KEPT);
});

Deno.test("a timeout of content may become the application's own 4xx or 5xx", async () => {
  const talk = new Talk(async (environ, startResponse) => {
    const error = await environ.input.text().catch((error) => error);
    startResponse(503);
    return error.code;
  });
  talk.send(post("hello").slice(0, -1));
  await talk.rest();
  await talk.pass(5000);
  assertEquals(
    talk.sent,
    answer("503 Service Unavailable", ["content-length: 7", DATE, "connection: close"], "timeout"),
  );
});

Deno.test("an application that thinks about a timeout of content is not timed any more", async () => {
  const talk = new Talk(async (environ) => {
    await environ.input.text().catch(() => new Promise(() => {}));
  });
  talk.send(post("hello").slice(0, -1));
  await talk.rest();
  await talk.pass(5000);
  assertEquals(talk.due, Infinity);
  await talk.pass(1_000_000);
  assertEquals(talk.port.calls, []);
});

Deno.test("the application's deadline fires signal, and what comes later is dropped", async () => {
  const later = Promise.withResolvers<Result>();
  let environ: Environ | undefined;
  let write: ((piece: string) => unknown) | undefined;
  const talk = new Talk((given, startResponse) => {
    environ = given;
    write = startResponse(200);
    return later.promise;
  }, { deadlines: { application: 1000 }, observed: true });
  talk.send(get());
  const { signal } = environ!;
  await talk.pass(1000);
  assert(signal.aborted);
  assertInstanceOf(signal.reason, Error);
  write!("late");
  later.resolve("late");
  await talk.rest();
  assertEquals(talk.sent, refused("503 Service Unavailable"));
  assertEquals(talk.errors, []);
  talk.end();
  assertEquals(talk.records.map(({ status, completed }) => [status, completed]), [[503, true]]);
});

Deno.test("the application's deadline ends with its head", async () => {
  const talk = new Talk(async function* (_environ, startResponse) {
    startResponse(200);
    yield "a";
    await new Promise(() => {});
  }, { deadlines: { application: 1000 } });
  talk.send(get());
  await talk.rest();
  assertEquals(talk.due, Infinity);
});

Deno.test("a stall of the client fires signal and tells the hooks", async () => {
  let environ: Environ | undefined;
  const outcomes: unknown[] = [];
  const talk = new Talk(function* (given, startResponse) {
    environ = given;
    given.signal;
    given.postHooks.push((_environ, outcome) => void outcomes.push(outcome.completed, outcome.error));
    startResponse(200);
    for (;;) yield "x".repeat(10_000);
  });
  hold(talk);
  talk.send(get());
  await talk.rest();
  await talk.pass(30_000);
  assertEquals(talk.moves, ["abort"]);
  assertInstanceOf(environ!.signal.reason, ConnectionLostError);
  assertEquals(outcomes, [false, environ!.signal.reason]);
});

Deno.test("requests that wait for a slow client are not timed as heads, nor is it idle", async () => {
  const talk = new Talk((_environ, startResponse) => {
    startResponse(200);
    return "x".repeat(60_000);
  });
  hold(talk);
  talk.send(get().repeat(5));
  await talk.rest();
  for (let i = 0; i < 40 && talk.port.isOpen; i++) {
    assertEquals(talk.due, 30_000, "only its reading is timed");
    await talk.pass(29_999);
    talk.drain();
    await talk.rest();
  }
  assertEquals(talk.sent.split("HTTP/1.1 200 OK").length, 6);
  assertEquals(talk.moves, []);
  assertEquals(talk.due, 65_000, "it has its time to ask again");
});

Deno.test("HTTP/1.0 content is timed like any other", async () => {
  const talk = new Talk(echo);
  talk.send(request("POST / HTTP/1.0", ["Content-Length: 5"], "hel"));
  await talk.rest();
  assertEquals(talk.due, 5000);
  await talk.pass(5000);
  assertEquals(talk.sent, TIMEOUT);
});
