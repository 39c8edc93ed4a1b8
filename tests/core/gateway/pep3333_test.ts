/**
 * The requirements of PEP 3333 on servers (S-1 to S-23) that have a meaning here, by their numbers. Those on the
 * dictionary are in `environ_dict_test.ts`, S-23 is in `file_wrapper_test.ts`.
 */

import { assert, assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { deriveEnviron } from "../../../core/gateway/derive_environ.ts";
import { Environ } from "../../../core/gateway/environ.ts";
import { GatheredContent } from "../../../core/gateway/gathered_content.ts";
import { Input } from "../../../core/gateway/input.ts";
import { FLUSH, type Item } from "../../../core/gateway/piece.ts";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, get, post, request, Talk, type TalkOptions } from "../../support/talk.ts";

const CHUNKED = ["transfer-encoding: chunked", DATE];
const ERROR_500 = answer("500 Internal Server Error", ["content-length: 0", DATE, "connection: close"]);

async function talkTo(app: App, text = get(), options: TalkOptions = {}): Promise<Talk> {
  const talk = new Talk(app, options);
  talk.send(text);
  await talk.rest();
  return talk;
}

function chunks(...pieces: string[]): string {
  return [...pieces, ""].map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join("");
}

Deno.test("S-1, S-2: the application is called with two arguments; startResponse gives write", async () => {
  const seen: unknown[] = [];
  await talkTo((...args: unknown[]) => {
    seen.push(args.length, typeof (args[1] as (status: number) => unknown)(200));
  });
  assertEquals(seen, [2, "function"]);
});

Deno.test("S-1: what an application does to environ does not harm the server", async () => {
  const talk = await talkTo((environ, startResponse) => {
    environ.pathInfo = "";
    environ.scriptName = "/elsewhere";
    environ.result = environ.exception = 5;
    environ.state.anything = null;
    environ.postHooks = [];
    startResponse(200);
    return "ok";
  }, post("unread") + get());
  const ok = answer("200 OK", ["content-length: 2", DATE], "ok");
  assertEquals(talk.sent, ok + ok);
});

Deno.test("S-3: each block goes out before the next one is asked for, once the application waits", async () => {
  const sent: string[] = [];
  const talk = new Talk(function* (_environ, startResponse) {
    startResponse(200);
    for (const piece of ["one", "two"]) {
      yield piece;
      yield "";
      sent.push(talk.take());
    }
  });
  talk.send(get());
  await talk.rest();
  assertEquals(sent, [answer("200 OK", CHUNKED, "3\r\none\r\n"), "3\r\ntwo\r\n"]);
});

Deno.test("S-3: octets are never altered", async () => {
  const all = Uint8Array.from({ length: 256 }, (_, octet) => octet);
  const talk = await talkTo((_environ, startResponse) => {
    startResponse(200);
    return all;
  });
  assertEquals(talk.sent.slice(-256), String.fromCharCode(...all));
});

Deno.test("S-4: nothing of an iterable is touched but its iterator, and an array's length is believed", async () => {
  const touched = new Set<PropertyKey>();
  const iterable = new Proxy(new Set(["a", "b"]), {
    get(target, name) {
      touched.add(name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const talk = await talkTo((_environ, startResponse) => {
    startResponse(200);
    return iterable;
  });
  assertEquals(talk.sent, answer("200 OK", CHUNKED, chunks("a", "b")));
  const allowed = new Set<PropertyKey>(["then", Symbol.iterator, Symbol.asyncIterator]);
  assertEquals(touched.difference(allowed), new Set());
  const one = await talkTo((_environ, startResponse) => {
    startResponse(200);
    return ["a"];
  });
  assertEquals(one.sent, answer("200 OK", ["content-length: 1", DATE], "a"));
});

Deno.test("S-5: return() is called in every ending, once", async (t) => {
  const closings = async (act: (talk: Talk) => void, fail = false): Promise<number> => {
    let closed = 0;
    const talk = new Talk((_environ, startResponse) => {
      startResponse(200);
      let count = 0;
      return {
        [Symbol.iterator]: (): Iterator<Item> => ({
          next: () => {
            if (fail && count > 0) throw new Error("Fails");
            return count++ < 2 ? { done: false, value: Promise.resolve() } : { done: true, value: undefined };
          },
          return: () => ({ done: true, value: closed++ && undefined }),
        }),
      };
    });
    talk.send(get());
    act(talk);
    await talk.rest();
    return closed;
  };
  await t.step("a normal end", async () => assertEquals(await closings(() => {}), 1));
  await t.step("an error during iteration", async () => assertEquals(await closings(() => {}, true), 1));
  await t.step("an early disconnect", async () => assertEquals(await closings((talk) => talk.lose()), 1));
});

Deno.test("S-6: startResponse may be called within the first step", async () => {
  const talk = await talkTo(function* (_environ, startResponse) {
    yield "";
    startResponse(201);
    yield "made";
  });
  assertEquals(talk.sent, answer("201 Created", CHUNKED, chunks("made")));
});

Deno.test("S-9: input ends where the content does, for ever after too", async () => {
  const seen: number[] = [];
  await talkTo(async ({ input }, startResponse) => {
    for (let i = 0; i < 3; i++) seen.push((await input.read(4)).length);
    seen.push((await input.readLine()).length, (await input.readLines()).length);
    startResponse(204);
  }, post("hello") + get());
  assertEquals(seen.slice(0, 5), [4, 1, 0, 0, 0]);
});

Deno.test("S-10: startResponse sends nothing; the first piece that is not empty does, write, or the end", async (t) => {
  const endings: Record<string, [Item[], string]> = {
    "a piece": [["", "a"], answer("200 OK", CHUNKED, "1\r\na\r\n")],
    "empty pieces only": [["", ""], ""],
    "FLUSH": [["", FLUSH], answer("200 OK", CHUNKED)],
  };
  for (const [name, [items, sent]] of Object.entries(endings)) {
    await t.step(name, async () => {
      const talk = await talkTo(function* (_environ, startResponse): Generator<Item, void> {
        startResponse(200);
        yield* items;
        yield new Promise(() => {});
      });
      assertEquals(talk.sent, sent);
    });
  }
  await t.step("write", async () => {
    const talk = await talkTo(async (_environ, startResponse) => {
      startResponse(200)("a");
      await new Promise(() => {});
    });
    assertEquals(talk.sent, answer("200 OK", CHUNKED, "1\r\na\r\n"));
  });
  await t.step("the end", async () => {
    const talk = await talkTo(function* (_environ, startResponse) {
      startResponse(200);
      yield "";
    });
    assertEquals(talk.sent, answer("200 OK", ["content-length: 0", DATE]));
  });
});

Deno.test("S-11: with an error status and fields are replaced before the head, and it is thrown back behind it", async () => {
  const early = new Error("Early");
  const late = new Error("Late");
  let thrown: unknown;
  const talk = await talkTo(function* (_environ, startResponse) {
    startResponse(200, { a: "1" });
    startResponse(500, { b: "2" }, early);
    yield "piece";
    try {
      startResponse(500, {}, late);
    } catch (error) {
      thrown = error;
    }
  });
  assertStrictEquals(thrown, late);
  assertEquals(talk.sent, answer("500 Internal Server Error", ["b: 2", ...CHUNKED], chunks("piece")));
});

Deno.test("S-12: a second call without error is fatal, even if the first one threw", async () => {
  const talk = await talkTo((_environ, startResponse) => {
    startResponse(200);
    startResponse(200);
    return "never";
  });
  assertEquals(talk.sent, ERROR_500);
  // Departure: a first call that was refused left nothing behind, and may be mended.
  const mended = await talkTo((_environ, startResponse) => {
    assertThrows(() => startResponse(200, { "a b": "c" }), TypeError);
    startResponse(200);
  });
  assertEquals(mended.sent, answer("200 OK", ["content-length: 0", DATE]));
});

Deno.test("S-13, D-20: fields are checked in startResponse: no injection, nothing hop-by-hop", async (t) => {
  const wrong: readonly [string, string][] = [
    ["x-a", "a\r\nY: b"],
    ["x-a: b\r\ny", "c"],
    ["x-a", "a\0"],
    ["Transfer-Encoding", "chunked"],
    ["Keep-Alive", "timeout=5"],
    ["Connection", "keep-alive"],
    ["TE", "trailers"],
    ["Upgrade", "h2c"],
    ["Proxy-Connection", "close"],
  ];
  for (const [name, value] of wrong) {
    await t.step(JSON.stringify(`${name}: ${value}`), async () => {
      let isThrownAtOnce = false;
      const talk = await talkTo((_environ, startResponse) => {
        try {
          startResponse(200, [[name, value]]);
        } catch (error) {
          isThrownAtOnce = true;
          throw error;
        }
      });
      assert(isThrownAtOnce);
      assertEquals(talk.sent, ERROR_500);
    });
  }
});

Deno.test("S-14, D-27: what is missing is added once, whatever its case", async () => {
  const date = "Tue, 15 Nov 1994 08:12:31 GMT";
  const talk = await talkTo((_environ, startResponse) => {
    startResponse(200, { "CONTENT-length": "2", "dAtE": date });
    return "ok";
  });
  assertEquals(talk.sent, answer("200 OK", [`dAtE: ${date}`, "content-length: 2"], "ok"));
});

Deno.test("S-15, D-22: more than Content-Length is not sent, and told", async (t) => {
  await t.step("iterated", async () => {
    const talk = await talkTo((_environ, startResponse) => {
      startResponse(200, { "content-length": "2" });
      return ["a", "bcd", "never"];
    }, get() + get());
    const cut = answer("200 OK", ["content-length: 2", DATE], "ab");
    assertEquals(talk.sent, cut + cut);
    assertEquals(talk.errors.length, 2);
  });
  await t.step("written", async () => {
    let thrown: unknown;
    await talkTo((_environ, startResponse) => {
      const write = startResponse(200, { "content-length": "2" });
      try {
        write("abc");
      } catch (error) {
        thrown = error;
      }
    });
    assertInstanceOf(thrown, RangeError);
  });
});

Deno.test("S-15, D-21: less than Content-Length closes, and is told", async () => {
  const talk = await talkTo((_environ, startResponse) => {
    startResponse(200, { "content-length": "20" });
    return "hello";
  });
  assertEquals(talk.moves, ["abort"]);
  assertEquals(talk.errors.length, 1);
});

Deno.test("S-16: without Content-Length it is inferred from one piece, or chunked, or the end of the connection", async (t) => {
  const results: readonly [name: string, result: () => ReturnType<App>, sent: string][] = [
    ["a piece", () => "hello", answer("200 OK", ["content-length: 5", DATE], "hello")],
    ["one piece in an array", () => ["hello"], answer("200 OK", ["content-length: 5", DATE], "hello")],
    ["no piece", () => [], answer("200 OK", ["content-length: 0", DATE])],
    ["two pieces", () => ["a", "b"], answer("200 OK", CHUNKED, chunks("a", "b"))],
    ["a set of one", () => new Set(["a"]), answer("200 OK", CHUNKED, chunks("a"))],
  ];
  for (const [name, result, sent] of results) {
    await t.step(name, async () => {
      const talk = await talkTo((_environ, startResponse) => {
        startResponse(200);
        return result();
      });
      assertEquals(talk.sent, sent);
    });
  }
  await t.step("1.0, two pieces", async () => {
    const talk = await talkTo((_environ, startResponse) => {
      startResponse(200);
      return ["a", "b"];
    }, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assertEquals(talk.sent, answer("200 OK", [DATE, "connection: close"], "ab"));
    assertEquals(talk.moves, ["endWriting"]);
  });
  await t.step("not behind write", async () => {
    const talk = await talkTo((_environ, startResponse) => {
      startResponse(200)("a");
      return "b";
    });
    assertEquals(talk.sent, answer("200 OK", CHUNKED, chunks("a", "b")));
  });
});

Deno.test("S-17, D-37: what is written precedes what is yielded, and is framed", async () => {
  const talk = await talkTo((_environ, startResponse) => {
    const write = startResponse(200);
    write("abc");
    write("def");
    return ["g", "h"];
  });
  assertEquals(talk.sent, answer("200 OK", CHUNKED, chunks("abc", "def", "g", "h")));
});

Deno.test("S-18: exceptions are trapped and told", async () => {
  const error = new Error("Fails");
  const talk = await talkTo(() => {
    throw error;
  });
  assertEquals(talk.sent, ERROR_500);
  assertEquals(talk.errors, [error]);
});

Deno.test("S-19, D-19: 100 (Continue) on the first read, not to 1.0, nor without content, nor unread", async (t) => {
  const echo: App = async ({ input }, startResponse) => {
    const content = await input.read();
    startResponse(200);
    return content;
  };
  const EXPECT = "Expect: 100-continue";
  const requests: readonly [name: string, text: string, isContinued: boolean][] = [
    ["by length", post("hello", EXPECT), true],
    ["1.0", `POST / HTTP/1.0\r\nContent-Length: 5\r\n${EXPECT}\r\n\r\nhello`, false],
    ["a length of 0", post("", EXPECT), false],
  ];
  for (const [name, text, isContinued] of requests) {
    await t.step(name, async () => {
      const { sent } = await talkTo(echo, text);
      assertEquals(sent.startsWith("HTTP/1.1 100 "), isContinued, sent);
    });
  }
});

Deno.test("S-20: transfer codings are decoded", async () => {
  const talk = await talkTo(async ({ input }, startResponse) => {
    startResponse(200);
    return await input.text();
  }, request("POST / HTTP/1.1", ["Transfer-Encoding: chunked"], "2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\n\r\n"));
  assertEquals(talk.sent, answer("200 OK", ["content-length: 5", DATE], "hello"));
});

Deno.test("S-22: what goes beyond PEP 3333 is asked of the object that it replaces, and of none that stands in for it", async () => {
  const seen: unknown[] = [];
  const talk = await talkTo((environ, startResponse) => {
    for (const name of ["inform", "trailers", "upgrade"] as const) {
      const method: (argument: never) => unknown = Environ.prototype[name];
      assertThrows(() => method.call(Object.create(environ), {} as never), TypeError);
    }
    // Middleware that has read the content puts its own input there, which sends no 100 any more.
    const input = new Input(new GatheredContent(new Uint8Array(0), environ.input), { kind: "none" });
    seen.push(deriveEnviron(environ, { input }).input.sendContinue());
    startResponse(200);
    return "ok";
  });
  assertEquals(seen, [false]);
  assertEquals(talk.sent, answer("200 OK", ["content-length: 2", DATE], "ok"));
});
