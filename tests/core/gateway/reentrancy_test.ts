/**
 * Applications that have their own connection aborted from inside a callback: the exchange ends once, and nothing more
 * is said to the port.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Environ } from "../../../core/gateway/environ.ts";
import type { App } from "../../../core/gateway/types.ts";
import { get, Talk, type TalkOptions } from "../../support/talk.ts";

/** An iterable of the application's own making. */
function iterable(next: () => IteratorResult<string>, onReturn: () => void): Iterable<string> {
  const iterator: Iterator<string> = {
    next,
    return: () => {
      onReturn();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.iterator]: () => iterator };
}

/** Serves one request and goes far beyond every deadline; counts how often a hook was run. */
async function serve(app: (lose: () => void) => App, options: TalkOptions = {}): Promise<[talk: Talk, told: number]> {
  let told = 0;
  const lose = (): void => talk.lose(new Error("Aborted from inside"));
  const inner = app(lose);
  const talk: Talk = new Talk((environ, startResponse) => {
    environ.postHooks.push(() => void told++);
    return inner(environ, startResponse);
  }, { observed: true, onError: lose, ...options });
  talk.send(get() + get());
  await talk.rest();
  await talk.pass(100_000);
  return [talk, told];
}

const ABORTS: Record<string, (lose: () => void) => App> = {
  "return() behind the last item": (lose) => (_environ, startResponse) => {
    startResponse(200);
    return iterable(() => ({ done: true, value: undefined }), lose);
  },
  "return() behind an error": (lose) => (_environ, startResponse) => {
    startResponse(200);
    return iterable(() => {
      throw new Error("Fails");
    }, lose);
  },
  "onError before the head": () => () => {
    throw new Error("Fails");
  },
  "onError behind the head": () => (_environ, startResponse) => {
    startResponse(200)("a");
    throw new Error("Fails");
  },
  "onError of excess": () => (_environ, startResponse) => {
    startResponse(200, { "content-length": "1" });
    return "abc";
  },
};

Deno.test("Conversation is over when an application has it aborted from inside", async (t) => {
  for (const [name, app] of Object.entries(ABORTS)) {
    await t.step(name, async () => {
      const [talk, told] = await serve(app);
      assertEquals([told, talk.records.map(({ completed }) => completed)], [1, [false]]);
      assertEquals(talk.moves, []);
      assertEquals(talk.due, Infinity);
    });
  }
});

Deno.test("Conversation calls return() once when next() has it aborted and throws", async () => {
  let returned = 0;
  await serve((lose) => (_environ, startResponse) => {
    startResponse(200);
    return iterable(() => {
      lose();
      throw new Error("Fails");
    }, () => void returned++);
  }, { onError: () => {} });
  assertEquals(returned, 1);
});

Deno.test("Conversation aborts with a reason when the application throws undefined behind the head", async () => {
  let environ: Environ | undefined;
  const talk = new Talk((given, startResponse) => {
    environ = given;
    startResponse(200)("a");
    throw undefined;
  }, { observed: true });
  talk.send(get());
  await talk.rest();
  assertEquals(talk.moves, ["abort"]);
  assertEquals(environ!.signal.aborted, true);
  assertEquals(talk.records.map(({ completed, error }) => [completed, error instanceof Error]), [[false, true]]);
});
