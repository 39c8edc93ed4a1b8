import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { FLUSH, type Item } from "../../../core/gateway/piece.ts";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, get, Talk } from "../../support/talk.ts";

const CHUNKED = ["transfer-encoding: chunked", DATE];
const ERROR_500 = answer("500 Internal Server Error", ["content-length: 0", DATE, "connection: close"]);

Deno.test("a generator is resumed with the value of a promise that it yields, and environ.result has it", async () => {
  const seen: unknown[] = [];
  const talk = new Talk(function* (environ, startResponse) {
    seen.push(yield Promise.resolve("first"), environ.result, environ.exception);
    seen.push(yield Promise.resolve(undefined), environ.result);
    startResponse(200);
    yield "a";
    seen.push(yield new Promise((resolve) => resolve("second")), environ.result);
    yield "b";
  });
  talk.send(get());
  assertEquals(talk.sent, "", "the head waits for the first piece");
  await talk.rest();
  assertEquals(seen, ["first", "first", undefined, undefined, undefined, "second", "second"]);
  assertEquals(talk.sent, answer("200 OK", CHUNKED, "1\r\na\r\n1\r\nb\r\n0\r\n\r\n"));
});

Deno.test("the error of a promise that a generator yields is thrown in, and environ.exception has it", async () => {
  const failure = new Error("Fails");
  const seen: unknown[] = [];
  const talk = new Talk(function* (environ, startResponse) {
    try {
      yield Promise.reject(failure);
    } catch (error) {
      seen.push(error, environ.exception, environ.result);
    }
    seen.push(yield Promise.resolve(1), environ.exception);
    startResponse(200);
    yield "caught";
  });
  talk.send(get());
  await talk.rest();
  assertEquals(seen, [failure, failure, undefined, 1, undefined]);
  assertEquals(talk.sent, answer("200 OK", CHUNKED, "6\r\ncaught\r\n0\r\n\r\n"));
  assertEquals(talk.errors, []);
});

Deno.test("the error of a promise that a generator does not catch is the application's", async () => {
  const failure = new Error("Fails");
  const talk = new Talk(function* (_environ, startResponse) {
    startResponse(200);
    yield Promise.reject(failure);
  });
  talk.send(get());
  await talk.rest();
  assertEquals(talk.sent, ERROR_500);
  assertEquals(talk.errors, [failure]);
});

Deno.test("an iterator without throw goes on with next, and finds the error in environ.exception", async () => {
  const failure = new Error("Fails");
  const seen: unknown[] = [];
  const talk = new Talk((environ, startResponse) => {
    startResponse(200);
    const items: Item[] = [Promise.resolve("value"), Promise.reject(failure), "end"];
    return {
      [Symbol.iterator]: () => ({
        next(...args: unknown[]): IteratorResult<Item> {
          seen.push([args[0], environ.result, environ.exception]);
          const value = items.shift();
          return value === undefined ? { done: true, value } : { done: false, value };
        },
      }),
    };
  });
  talk.send(get());
  await talk.rest();
  assertEquals(seen, [
    [undefined, undefined, undefined],
    ["value", "value", undefined],
    [undefined, undefined, failure],
    [undefined, undefined, failure],
  ]);
  assertEquals(talk.sent, answer("200 OK", CHUNKED, "3\r\nend\r\n0\r\n\r\n"));
});

Deno.test("a foreign promise that calls back twice counts once", async () => {
  const talk = new Talk(function* (_environ, startResponse) {
    startResponse(200);
    const twice = {
      then(resolve: (value: string) => void) {
        resolve("once");
        resolve("twice");
      },
    };
    const value: unknown = yield twice as PromiseLike<string>;
    yield String(value);
  });
  talk.send(get());
  await talk.rest();
  assertEquals(talk.sent, answer("200 OK", CHUNKED, "4\r\nonce\r\n0\r\n\r\n"));
});

Deno.test("an empty piece gives up the turn, and the head stays", async () => {
  for (const empty of ["", new Uint8Array()]) {
    const steps: number[] = [];
    const talk = new Talk(function* (_environ, startResponse) {
      startResponse(200, { "x-a": "dropped" });
      steps.push(1);
      yield empty;
      steps.push(2);
      yield empty;
      startResponse(404, {}, new Error("Changed its mind"));
      yield "gone";
    });
    talk.send(get());
    assertEquals(steps, [1]);
    assertEquals(talk.surroundings.deferred, 1);
    talk.surroundings.turn();
    assertEquals(steps, [1, 2]);
    assertEquals(talk.sent, "");
    await talk.rest();
    assertEquals(talk.sent, answer("404 Not Found", CHUNKED, "4\r\ngone\r\n0\r\n\r\n"));
  }
});

Deno.test("an empty piece behind others sends them before the next turn's", async () => {
  const talk = new Talk(function* (_environ, startResponse) {
    startResponse(200);
    yield "a";
    yield "";
    yield "b";
  });
  talk.send(get());
  assertEquals(talk.take(), answer("200 OK", CHUNKED, "1\r\na\r\n"));
  await talk.rest();
  assertEquals(talk.take(), "1\r\nb\r\n0\r\n\r\n");
});

Deno.test("FLUSH sends the head, and what has gathered, at once", async () => {
  const sent: string[] = [];
  const talk: Talk = new Talk(function* (_environ, startResponse) {
    startResponse(200);
    yield FLUSH;
    sent.push(talk.take());
    yield "a";
    yield "b";
    sent.push(talk.take());
    yield FLUSH;
    sent.push(talk.take());
    yield FLUSH;
    sent.push(talk.take());
    yield "c";
  });
  talk.send(get());
  await talk.rest();
  assertEquals(sent, [answer("200 OK", CHUNKED), "", "1\r\na\r\n1\r\nb\r\n", ""]);
  assertEquals(talk.take(), "1\r\nc\r\n0\r\n\r\n");
});

Deno.test("what a turn gathers goes out in one write", async () => {
  const talk = new Talk(function* (_environ, startResponse) {
    startResponse(200);
    for (let i = 0; i < 10; i++) yield "x";
    yield Promise.resolve();
    for (let i = 0; i < 10; i++) yield "y";
  });
  talk.send(get());
  await talk.rest();
  assertEquals(talk.port.writes, [
    answer("200 OK", CHUNKED) + "1\r\nx\r\n".repeat(10),
    "1\r\ny\r\n".repeat(10) + "0\r\n\r\n",
  ]);
});

const NO_ITEMS: readonly unknown[] = [null, undefined, 5, true, {}, [], Symbol("other"), new ArrayBuffer(4), () => "x"];

Deno.test("an item that is none is a TypeError that says so", async (t) => {
  for (const item of NO_ITEMS) {
    const name = typeof item === "symbol" ? "a symbol" : Deno.inspect(item);
    await t.step(`${name} before the head`, async () => {
      const talk = new Talk(function* (_environ, startResponse) {
        startResponse(200);
        yield item as Item;
      });
      talk.send(get());
      await talk.rest();
      assertEquals(talk.sent, ERROR_500);
      assertInstanceOf(talk.errors[0], TypeError);
    });
    await t.step(`${name} behind the head`, async () => {
      const talk = new Talk(function* (_environ, startResponse) {
        startResponse(200);
        yield "piece";
        yield item as Item;
      });
      talk.send(get());
      await talk.rest();
      assertEquals(talk.sent, answer("200 OK", CHUNKED, "5\r\npiece\r\n"));
      assertEquals(talk.moves, ["abort"]);
      assertInstanceOf(talk.errors[0], TypeError);
    });
    await t.step(`${name} of an asynchronous generator`, async () => {
      const talk = new Talk(async function* (_environ, startResponse) {
        startResponse(200);
        yield item as string;
      });
      talk.send(get());
      await talk.rest();
      assertEquals(talk.sent, ERROR_500);
      assertInstanceOf(talk.errors[0], TypeError);
    });
  }
});

Deno.test("what fails behind the head aborts the connection without a last chunk", async (t) => {
  const failure = new Error("Fails late");
  const apps: Record<string, App> = {
    "a generator": function* (_environ, startResponse) {
      startResponse(200);
      yield "piece";
      throw failure;
    },
    "a generator, a turn later": function* (_environ, startResponse) {
      startResponse(200);
      yield "piece";
      yield "";
      throw failure;
    },
    "an asynchronous generator": async function* (_environ, startResponse) {
      startResponse(200);
      yield "piece";
      throw failure;
    },
    "write": (_environ, startResponse) => {
      startResponse(200)("piece");
      throw failure;
    },
    "write, later": async (_environ, startResponse) => {
      await startResponse(200)("piece");
      throw failure;
    },
  };
  for (const [name, app] of Object.entries(apps)) {
    await t.step(name, async () => {
      const talk = new Talk(app);
      talk.send(get());
      await talk.rest();
      assertEquals(talk.sent, answer("200 OK", CHUNKED, "5\r\npiece\r\n"));
      assertEquals(talk.moves, ["abort"]);
      assertEquals(talk.errors, [failure]);
      assertEquals(talk.due, Infinity);
    });
  }
});

Deno.test("an asynchronous generator sends its pieces, and FLUSH its head", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const talk = new Talk(async function* (_environ, startResponse) {
    startResponse(200);
    yield FLUSH;
    await promise;
    yield "a";
    yield "";
    yield new Uint8Array([0x62]);
    // What it yields is awaited before the server sees it.
    yield Promise.resolve("c") as unknown as string;
  });
  talk.send(get());
  await talk.rest();
  assertEquals(talk.take(), answer("200 OK", CHUNKED));
  resolve();
  await talk.rest();
  assertEquals(talk.take(), "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n");
  assertEquals(talk.errors, []);
});

Deno.test("a promise of a generator is run like the generator", async () => {
  const talk = new Talk((_environ, startResponse) => {
    startResponse(200);
    return Promise.resolve(["a", "b"].values());
  });
  talk.send(get());
  await talk.rest();
  assertEquals(talk.sent, answer("200 OK", CHUNKED, "1\r\na\r\n1\r\nb\r\n0\r\n\r\n"));
});

Deno.test("environ.result and environ.exception are undefined before anything was waited for", () => {
  let isFresh = false;
  const talk = new Talk((environ, startResponse) => {
    isFresh = environ.result === undefined && environ.exception === undefined;
    startResponse(200);
  });
  talk.send(get());
  assert(isFresh);
});
