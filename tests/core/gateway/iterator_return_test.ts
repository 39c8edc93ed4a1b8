import { assert, assertEquals } from "@std/assert";
import { FLUSH, INPUT_PENDING, type Item } from "../../../core/gateway/piece.ts";
import type { App, Result } from "../../../core/gateway/types.ts";
import { get, post, request, Talk, type TalkOptions } from "../../support/talk.ts";

/** One way for an iterable to end. */
interface Ending {
  /** What it yields; an error is thrown. */
  readonly items: () => unknown[];
  /** The request. */
  readonly request?: string;
  /** The application's status and fields. */
  readonly start?: [status: number, fields?: Record<string, string>];
  readonly options?: TalkOptions;
  /** What happens behind the request. */
  readonly then?: (talk: Talk) => void | Promise<void>;
  /** How many of the items are taken, if not all. */
  readonly taken?: number;
  /** Only for asynchronous, or only for synchronous ones. */
  readonly only?: "sync" | "async";
}

const never = (): Promise<never> => new Promise(() => {});
const lose = (talk: Talk): void => talk.lose(new Error("Reset"));
const endless = (piece: unknown): unknown[] => new Array(100_000).fill(piece);

const ENDINGS: Record<string, Ending> = {
  "its end": { items: () => ["a", "b"] },
  "its end without a piece": { items: () => [] },
  "its end behind promises": { items: () => [Promise.resolve(), "a", Promise.resolve()], only: "sync" },
  "its error before the head": { items: () => [new Error("Fails")] },
  "its error behind the head": { items: () => ["a", new Error("Fails")] },
  "a promise's error": { items: () => ["a", Promise.reject(new Error("Fails"))], only: "sync" },
  "an invalid item": { items: () => [5] },
  "an invalid item behind the head": { items: () => ["a", 5, "b"], taken: 2 },
  "no startResponse": { items: () => ["a", "b"], start: [0], taken: 1 },
  "no startResponse before FLUSH": { items: () => [FLUSH, "b"], start: [0], taken: 1 },
  "HEAD": { items: () => ["a", "b", "c"], request: request("HEAD / HTTP/1.1"), taken: 1 },
  "HEAD, endless": { items: () => endless("a"), request: request("HEAD / HTTP/1.1"), taken: 1 },
  "204": { items: () => ["a", "b", "c"], start: [204], taken: 1 },
  "205": { items: () => ["a", "b", "c"], start: [205], taken: 1 },
  "304": { items: () => ["a", "b", "c"], start: [304], taken: 1 },
  "CONNECT that is not taken": {
    items: () => ["a", "b"],
    request: "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
    taken: 1,
  },
  "excess": { items: () => ["abc", "def", "ghi"], start: [200, { "content-length": "4" }], taken: 2 },
  "a shortfall": { items: () => ["a", "b"], start: [200, { "content-length": "4" }] },
  "a loss while it gives up its turn": { items: () => endless("a"), then: lose, taken: 128, only: "sync" },
  "a loss while it gives up its turn of promises": { items: () => endless("a"), then: lose, taken: 64, only: "async" },
  "a loss while a promise is awaited": { items: () => ["a", never(), "b"], then: lose, taken: 2, only: "sync" },
  "a loss while input is awaited": {
    items: () => [INPUT_PENDING, "b"],
    request: request("POST / HTTP/1.1", ["Content-Length: 5"]),
    then: lose,
    taken: 1,
    only: "sync",
  },
  "a loss while the client takes nothing": {
    items: () => endless("x".repeat(40_000)),
    options: { port: { takes: () => false } },
    then: lose,
  },
  "a loss while a large piece is out": {
    items: () => endless(new Uint8Array(20_000)),
    options: { port: { takes: () => false } },
    then: lose,
    taken: 1,
  },
  "a stalled client": {
    items: () => endless("x".repeat(40_000)),
    options: { port: { takes: () => false } },
    then: (talk) => talk.pass(30_000),
  },
  "the application's deadline": {
    items: () => [never(), "b"],
    options: { deadlines: { application: 1000 } },
    then: (talk) => talk.pass(1000),
    taken: 1,
    only: "sync",
  },
  "content that breaks": {
    items: () => [INPUT_PENDING, "a", "b"],
    request: post("").replace("Content-Length: 0", "Transfer-Encoding: chunked") + "x",
    only: "sync",
  },
};

/** An iterator of our own, so that every call shows. */
function counted(ending: Ending, calls: { next: number; return: number }, isAsync: boolean): Result {
  const items = ending.items();
  const step = (): IteratorResult<Item> => {
    calls.next++;
    if (items.length === 0) return { done: true, value: undefined };
    const item = items.shift();
    if (item instanceof Error) throw item;
    return { done: false, value: item as Item };
  };
  const close = (): IteratorResult<Item> => {
    calls.return++;
    return { done: true, value: undefined };
  };
  if (!isAsync) return { [Symbol.iterator]: () => ({ next: step, return: close }) };
  return {
    [Symbol.asyncIterator]: () => ({
      // deno-lint-ignore require-await
      next: async () => step() as IteratorResult<string>,
      // deno-lint-ignore require-await
      return: async () => close() as IteratorResult<string>,
    }),
  };
}

Deno.test("return of an application's iterator is called exactly once, whatever ends it", async (t) => {
  for (const [name, ending] of Object.entries(ENDINGS)) {
    for (const kind of ["sync", "async"] as const) {
      if (ending.only && ending.only !== kind) continue;
      await t.step(`${name}, ${kind}`, async () => {
        const calls = { next: 0, return: 0 };
        const talk = new Talk((_environ, startResponse) => {
          const [status, fields] = ending.start ?? [200];
          if (status > 0) startResponse(status, fields);
          return counted(ending, calls, kind === "async");
        }, ending.options);
        talk.send(ending.request ?? get());
        // An asynchronous one takes a promise for each item: lost in the middle of its turn or before it.
        if (kind === "sync" || !ending.then) {
          if (!ending.then) await talk.rest();
          await ending.then?.(talk);
        } else {
          for (let i = 0; i < 1000; i++) await null;
          await ending.then(talk);
        }
        await talk.rest();
        assertEquals(calls.return, 1);
        if (ending.taken !== undefined) assertEquals(calls.next, ending.taken);
        const before = { ...calls };
        talk.conversation.abort(new Error("Over"));
        await talk.rest();
        assertEquals(calls, before);
      });
    }
  }
});

Deno.test("a generator's finally runs when the client leaves, and cannot send any more", async (t) => {
  const apps: Record<string, (ends: unknown[]) => App> = {
    "generator": (ends) =>
      function* (_environ, startResponse) {
        const write = startResponse(200);
        try {
          yield "a";
          yield never();
        } finally {
          ends.push(write("late"));
        }
      },
    "asynchronous generator": (ends) =>
      async function* (_environ, startResponse) {
        const write = startResponse(200);
        try {
          for (;;) {
            await null;
            yield "a";
          }
        } finally {
          ends.push(write("late"));
        }
      },
  };
  for (const [name, make] of Object.entries(apps)) {
    await t.step(name, async () => {
      const ends: unknown[] = [];
      const reason = new Error("Reset");
      const talk = new Talk(make(ends));
      talk.send(get());
      for (let i = 0; i < 20; i++) await null;
      talk.lose(reason);
      await talk.rest();
      assertEquals(ends.length, 1);
      assertEquals(await (ends[0] as Promise<void>).catch((error) => error), reason);
      assertEquals(talk.errors, []);
    });
  }
});

Deno.test("an error in return is told and hides nothing", async () => {
  const talk = new Talk((environ, startResponse) => {
    startResponse(200);
    if (environ.pathInfo === "/async") {
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ done: true as const, value: undefined }),
          return: () => {
            if (environ.queryString !== "") throw new Error("Return throws");
            return Promise.reject(new Error("Async return fails"));
          },
        }),
      };
    }
    return {
      [Symbol.iterator]: () => ({
        next: () => ({ done: true as const, value: undefined }),
        return: () => {
          throw new Error("Return fails");
        },
      }),
    };
  });
  talk.send(get() + get("/async") + get("/async?throws") + get());
  await talk.rest();
  assertEquals(talk.sent.split("HTTP/1.1 200 OK").length, 5);
  assertEquals(talk.errors.map((error) => (error as Error).message).sort(), [
    "Async return fails",
    "Return fails",
    "Return fails",
    "Return throws",
  ]);
});

Deno.test("an iterable that comes after the client has left is closed and not run", async () => {
  const { promise, resolve } = Promise.withResolvers<Result>();
  const calls = { next: 0, return: 0 };
  const talk = new Talk((_environ, startResponse) => {
    startResponse(200);
    return promise;
  });
  talk.send(get());
  talk.lose();
  resolve(counted({ items: () => ["a"] }, calls, false));
  await talk.rest();
  assertEquals(calls, { next: 0, return: 1 });
});

Deno.test("a generator that ends the conversation while it runs is closed behind its step", async () => {
  const steps: string[] = [];
  const talk: Talk = new Talk(function* (_environ, startResponse) {
    startResponse(200);
    try {
      yield "a";
      talk.lose();
      steps.push("runs on");
      yield "b";
      steps.push("must not be");
    } finally {
      steps.push("finally");
    }
  });
  talk.send(get());
  await talk.rest();
  assertEquals(steps, ["runs on", "finally"]);
  assert(talk.errors.length === 0);
});
