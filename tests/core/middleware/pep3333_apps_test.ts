/**
 * The requirements of PEP 3333 on applications and middleware (M-1 to M-9) that have a meaning here, by their numbers:
 * what the gateway does about each, and what `lint` says.
 */

import { assert, assertEquals } from "@std/assert";
import { FLUSH, type Item } from "../../../core/gateway/piece.ts";
import type { App } from "../../../core/gateway/types.ts";
import { capitalizeFields } from "../../../core/middleware/capitalize_fields.ts";
import { lazyStartResponse } from "../../../core/middleware/lazy_start_response.ts";
import { lint } from "../../../core/middleware/lint.ts";
import { mount } from "../../../core/middleware/mount.ts";
import { syncInput } from "../../../core/middleware/sync_input.ts";
import { trace } from "../../../core/middleware/trace.ts";
import { get, post, request, Talk } from "../../support/talk.ts";

const TEXT = { "content-type": "text/plain" };

async function talkTo(app: App, text = get()): Promise<Talk> {
  const talk = new Talk(app);
  talk.send(text);
  await talk.rest();
  return talk;
}

/** What `lint` says of an application, and the status that is answered. */
async function faultOf(app: App): Promise<[status: string, fault: string | undefined]> {
  const { sent, errors } = await talkTo(lint(app));
  return [sent.slice(9, 12), errors.map(String)[0]];
}

/** The content as the client has it. */
function contentOf({ sent }: Talk): string {
  return sent.slice(sent.indexOf("\r\n\r\n") + 4).replaceAll(/[0-9a-f]+\r\n(.*?)\r\n/gs, "$1");
}

const RESULTS: Record<string, () => ReturnType<App>> = {
  "a string, which is one piece": () => "ab",
  "octets": () => new Uint8Array([0x61, 0x62]),
  "an array": () => ["a", "b"],
  "a generator": function* () {
    yield "a";
    yield "b";
  },
  "an asynchronous generator": async function* () {
    yield "a";
    yield await Promise.resolve("b");
  },
  "a promise": () => Promise.resolve(["ab"]),
};

Deno.test("M-1: content is given in any shape, and what is none is refused", async (t) => {
  for (const [name, result] of Object.entries(RESULTS)) {
    await t.step(name, async () => {
      const app: App = (_environ, startResponse) => {
        startResponse(200, TEXT);
        return result();
      };
      const talk = await talkTo(lint(app));
      assertEquals([contentOf(talk), talk.errors], ["ab", []]);
    });
  }
  const number: App = (_environ, startResponse) => {
    startResponse(200, TEXT);
    return 5 as never;
  };
  assertEquals(await faultOf(number), [
    "500",
    "TypeError: Lint: the application gave a number, not a piece, an iterable or nothing",
  ]);
  assertEquals((await talkTo(number)).sent.slice(9, 12), "500");
});

Deno.test("M-2: startResponse comes before content, within the first step at the latest", async () => {
  assertEquals(await faultOf(() => "ab"), [
    "500",
    "TypeError: Lint: content was given before startResponse was called",
  ]);
  assertEquals((await talkTo(() => "ab")).sent.slice(9, 12), "500");
  const late: App = function* (_environ, startResponse) {
    yield "";
    startResponse(200, TEXT);
    yield "ab";
  };
  assertEquals(await faultOf(late), ["200", undefined]);
});

Deno.test("M-3: status and fields are well formed", async (t) => {
  const wrong: readonly [status: string | number, fields: Record<string, string>][] = [
    ["20 OK", {}],
    ["200 OK\r\nX: y", {}],
    [99, {}],
    [200, { "x:": "a" }],
    [200, { "x-a": "a\nb" }],
    [200, { "x-a": "\u20ac" }],
  ];
  for (const [status, fields] of wrong) {
    await t.step(JSON.stringify([status, fields]), async () => {
      const app: App = (_environ, startResponse) => {
        startResponse(status, fields);
      };
      const { sent, errors } = await talkTo(app);
      assertEquals([sent.slice(9, 12), errors.length], ["500", 1]);
      assertEquals((await faultOf(app))[0], "500");
    });
  }
});

Deno.test("M-4: startResponse is repeated with an error only, and what it throws then is not to be caught", async () => {
  const again = (error?: Error): App => (_environ, startResponse) => {
    startResponse(200, TEXT);
    startResponse(503, TEXT, error);
    return "ab";
  };
  assertEquals((await faultOf(again()))[0], "500");
  assertEquals(await faultOf(again(new Error("Busy"))), ["503", undefined]);
  // The head is out: who catches the error has an answer that is whole, with the status that was sent.
  const catching: App = function* (_environ, startResponse) {
    startResponse(200, TEXT);
    yield FLUSH;
    try {
      startResponse(500, TEXT, new Error("Too late"));
    } catch {
      yield "ab";
    }
  };
  const talk = await talkTo(catching);
  assertEquals([talk.sent.slice(9, 12), contentOf(talk)], ["200", "ab"]);
});

Deno.test("M-5: hop-by-hop fields are refused, but for Connection: close", async () => {
  const sending = (name: string, value: string): App => (_environ, startResponse) => {
    startResponse(200, { ...TEXT, [name]: value });
    return "ab";
  };
  for (const name of ["connection", "keep-alive", "te", "trailer-x", "transfer-encoding", "upgrade"]) {
    const expected = name === "trailer-x" ? "200" : "500";
    assertEquals((await talkTo(sending(name, "x"))).sent.slice(9, 12), expected, name);
  }
  const closed = await talkTo(sending("connection", "close"), get() + get());
  assertEquals(closed.sent.split("HTTP/1.1 200 ").length, 2);
});

Deno.test("M-6: the content ends by itself, and neither it nor the errors can be closed", async () => {
  const seen: unknown[] = [];
  await talkTo(async ({ input, errors }, startResponse) => {
    seen.push((await input.read(100)).length, (await input.read(100)).length, "close" in input, "close" in errors);
    startResponse(204);
  }, post("hello") + get());
  assertEquals(seen.slice(0, 4), [5, 0, false, false]);
});

Deno.test("M-7: write within an iterable keeps its place, and an iterable is not run out for HEAD", async () => {
  let steps = 0;
  const app: App = function* (_environ, startResponse) {
    const write = startResponse(200, TEXT);
    for (const piece of ["b", "d"]) {
      steps++;
      write(piece === "b" ? "a" : "c");
      yield piece;
    }
  };
  assertEquals(contentOf(await talkTo(app)), "abcd");
  assertEquals(steps, 2);
  await talkTo(app, request("HEAD / HTTP/1.1"));
  assert(steps < 4, "it was run out");
});

const MIDDLEWARE: Record<string, (app: App) => App> = {
  capitalizeFields,
  lazyStartResponse,
  lint,
  mount: (app) => mount({ "/": app }),
  syncInput: (app) => syncInput(app),
  trace: (app) => trace(app, () => {}),
};

Deno.test("M-8: middleware hands each item on when it comes, empty ones too, and closes what it wraps", async (t) => {
  for (const [name, wrap] of Object.entries(MIDDLEWARE)) {
    await t.step(name, async () => {
      const sent: boolean[] = [];
      const closed: boolean[] = [];
      const talk = new Talk(wrap(function* (_environ, startResponse): Generator<Item, void> {
        try {
          startResponse(200, TEXT);
          for (const piece of ["one", "two"]) {
            yield piece;
            yield "";
            sent.push(talk.sent.endsWith(`3\r\n${piece}\r\n`));
          }
          yield new Promise(() => {});
        } finally {
          closed.push(true);
        }
      }));
      talk.send(get());
      await talk.rest();
      assertEquals([sent, closed], [[true, true], []]);
      talk.lose();
      await talk.rest();
      assertEquals([closed, talk.errors], [[true], []]);
    });
  }
});
