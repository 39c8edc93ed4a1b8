/**
 * The idioms of the pages of asynwsgi, eventlet.wsgi and cogen.web, and of PEP 3333, put into TypeScript and run as
 * they stand: `await` or `yield` where Python blocks, octets for `str`, and the pages' typing errors mended.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { formatDateTime } from "../../../core/date.ts";
import type { Item, Piece } from "../../../core/gateway/piece.ts";
import { syncInput } from "../../../core/middleware/sync_input.ts";
import { wsgi, type WsgiApp, type WsgiEnviron } from "../../../core/middleware/wsgi.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { splitsOf } from "../../support/splits.ts";
import { answer, DATE, get, post, postChunked, Talk } from "../../support/talk.ts";

const CHUNKED = ["transfer-encoding: chunked", DATE];

async function talkTo(app: WsgiApp, ...pieces: (string | Uint8Array)[]): Promise<Talk> {
  const talk = new Talk(wsgi(app));
  for (const piece of pieces) {
    talk.send(piece);
    await talk.rest();
  }
  assertEquals(talk.errors, []);
  return talk;
}

Deno.test("A-10, A-11, A-12, A-16, A-17: asynwsgi's uploader reads chunks and yields the sentinel back", async (t) => {
  const wsgi_file_uploader: WsgiApp = function* (environ, start_response): Generator<Item, void> {
    let declared = 0;
    const data: Uint8Array[] = [];
    for (const d of environ["wsgi.input"]) {
      if (d === environ["wsgi.input_sentinel"]) {
        yield d;
        continue;
      }
      if (Array.isArray(d)) {
        declared += d[0];
        if (d[0] === 0) continue;
        data.push(d[1]);
      } else {
        data.push(d as Uint8Array);
      }
    }
    const received = data.reduce((octets, { length }) => octets + length, 0);
    start_response("200 OK", [["Content-Type", "text/plain"]]);
    yield `${declared === received ? "ok" : "not ok"} ${received}: ${data.map(textOf).join("")}`;
  };
  const text = postChunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
  for (const { pieces } of splitsOf(octets(text))) {
    const talk = await talkTo(wsgi_file_uploader, ...pieces);
    assertMatch(talk.sent, /\r\nok 11: hello world\r\n0\r\n\r\n$/);
  }
  await t.step("D-42: content by length streams too, as one chunk", async () => {
    const talk = await talkTo(wsgi_file_uploader, post("hello").slice(0, -3), "llo");
    assertMatch(talk.sent, /ok 5: hello/);
  });
});

Deno.test("E-1: format_date_time", () => {
  assertEquals(formatDateTime(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
});

Deno.test("E-8: eventlet's hello world, with its 404", async () => {
  const hello_world: WsgiApp = (env, start_response) => {
    if (env.PATH_INFO !== "/") {
      start_response("404 Not Found", [["Content-Type", "text/plain"]]);
      return ["Not Found\r\n"];
    }
    start_response("200 OK", [["Content-Type", "text/plain"]]);
    return ["Hello, World!\r\n"];
  };
  const talk = await talkTo(hello_world, get() + get("/a"));
  assertEquals(
    talk.sent,
    answer("200 OK", ["Content-Type: text/plain", "content-length: 15", DATE], "Hello, World!\r\n") +
      answer("404 Not Found", ["Content-Type: text/plain", "content-length: 11", DATE], "Not Found\r\n"),
  );
});

Deno.test("E-4: eventlet's post hooks", async (t) => {
  const lines: string[] = [];
  const hook = (env: WsgiEnviron, arg1: string, arg2: string, { kwarg3, kwarg4 = null }: Record<string, unknown>) => {
    lines.push(`Hook called: ${env.PATH_INFO} ${arg1} ${arg2} ${kwarg3} ${kwarg4} ${env["sluice.outcome"]?.status}`);
  };
  const hello_world: WsgiApp = (env, start_response) => {
    env["eventlet.posthooks"].push([hook, ["arg1", "arg2"], { kwarg3: 3 }]);
    start_response("200 OK", [["Content-Type", "text/plain"]]);
    return ["Hello, World!\r\n"];
  };
  await t.step("as on the page", async () => {
    await talkTo(hello_world, get("/a"));
    assertEquals(lines, ["Hook called: /a arg1 arg2 3 null 200"]);
  });
  await t.step("the list may be replaced, and hooks without arguments", async () => {
    const calls: unknown[] = [];
    await talkTo((env, start_response) => {
      env["eventlet.posthooks"] = [[(...args) => calls.push(args.length)], [() => calls.push("second"), []]];
      start_response("204 No Content", []);
    }, get());
    assertEquals(calls, [1, "second"]);
  });
  await t.step("D-29: one that fails hides none", async () => {
    const calls: string[] = [];
    const talk = new Talk(wsgi((env, start_response) => {
      env["eventlet.posthooks"].push(
        [() => {
          throw new Error("First");
        }],
        [() => Promise.reject(new Error("Second"))],
        [() => calls.push("third")],
      );
      start_response("204 No Content", []);
    }));
    talk.send(get() + get());
    await talk.rest();
    assertEquals(calls, ["third", "third"]);
    assertEquals((talk.errors[0] as AggregateError).errors.map(String), ["Error: First", "Error: Second"]);
  });
  await t.step("one that fails alone is told as it is", async () => {
    const failure = new Error("Alone");
    const talk = new Talk(wsgi((env, start_response) => {
      env["eventlet.posthooks"].push([() => Promise.reject(failure)]);
      start_response("204 No Content", []);
    }));
    talk.send(get());
    await talk.rest();
    assertEquals(talk.errors, [failure]);
  });
  await t.step("the client has left", async () => {
    const calls: unknown[] = [];
    const talk = new Talk(wsgi(function* (env, start_response) {
      env["eventlet.posthooks"].push([(env) => calls.push(env["sluice.outcome"]?.completed)]);
      start_response("200 OK", []);
      yield "a";
      yield new Promise(() => {});
    }));
    talk.send(get());
    talk.lose();
    await talk.rest();
    assertEquals(calls, [false]);
  });
});

Deno.test("E-5: eventlet's fields on 100 (Continue)", async () => {
  const wsgi_app: WsgiApp = async (env, start_response) => {
    // Define extra headers
    env["wsgi.input"].set_hundred_continue_response_headers([
      ["hundred-continue-header-1", "H1"],
      ["Hundred-Continue-Header-k", "Hk"],
    ]);
    // The following read() causes "100 Continue" response to the client.
    const text = await env["wsgi.input"].read();
    start_response("200 OK", [["Content-Length", text.length]]);
    return [text];
  };
  const talk = await talkTo(wsgi_app, post("hello", "Expect: 100-continue").slice(0, -5), "hello");
  assertEquals(
    talk.sent,
    answer("100 Continue", ["Hundred-Continue-Header-1: H1", "Hundred-Continue-Header-K: Hk"]) +
      answer("200 OK", ["content-length: 5", DATE], "hello"),
  );
});

Deno.test("E-6, T-16: eventlet's several 100 (Continue) answers", async () => {
  const wsgi_app: WsgiApp = async (env, start_response) => {
    const input = env["eventlet.input"];
    input.set_hundred_continue_response_header([["X-A", "1"]]);
    const first = await input.read(2);
    input.set_hundred_continue_response_headers([["x-b", "2"]], false);
    assertEquals(input.send_hundred_continue_response(), true);
    assertEquals(input.send_hundred_continue_response(), true);
    const last = await input.read(1);
    start_response("200 OK", []);
    assertEquals([input.position, input.content_length, input.chunked_input], [3, 3, false]);
    return textOf(first) + textOf(last);
  };
  const talk = await talkTo(wsgi_app, post("abc", "Expect: 100-continue").slice(0, -3), "ab", "c");
  const again = answer("100 Continue", ["x-b: 2"]);
  assertEquals(
    talk.sent,
    answer("100 Continue", ["X-A: 1"]) + again + again + answer("200 OK", ["content-length: 3", DATE], "abc"),
  );
});

Deno.test("E-6: several 100 (Continue) answers with chunked content", async () => {
  const wsgi_app: WsgiApp = async (env, start_response) => {
    const input = env["wsgi.input"];
    const lines: Uint8Array[] = [];
    for await (const line of input) {
      lines.push(line);
      input.set_hundred_continue_response_headers([["x-got", String(input.position)]]);
      input.send_hundred_continue_response();
    }
    start_response("200 OK", []);
    return lines.map(textOf).join("");
  };
  const talk = await talkTo(
    wsgi_app,
    postChunked("", "Expect: 100-continue"),
    "4\r\none\n\r\n",
    "4\r\ntwo\n\r\n",
    "0\r\n\r\n",
  );
  const got = ["4", "8"].map((octets) => answer("100 Continue", [`X-Got: ${octets}`])).join("");
  assertEquals(
    talk.sent,
    answer("100 Continue", []) + got + answer("200 OK", ["content-length: 8", DATE], "one\ntwo\n"),
  );
});

Deno.test("E-7: eventlet.minimum_write_chunk_size, before the first item and set late", async () => {
  const app: WsgiApp = function* (env, start_response) {
    assertEquals(env["eventlet.minimum_write_chunk_size"], 0);
    start_response("200 OK", []);
    yield "a";
    env["eventlet.minimum_write_chunk_size"] = 4096;
    yield "b";
    yield "c";
  };
  const talk = await talkTo(app, get());
  assertEquals(talk.sent, answer("200 OK", CHUNKED, "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"));
});

/** cogen's pages have both spellings of where things are. */
const SPELLINGS: Record<
  string,
  (environ: WsgiEnviron) => Pick<WsgiEnviron["cogen"], "core" | "input"> & {
    readonly seen: WsgiEnviron["cogen"];
  }
> = {
  "environ['cogen']": ({ cogen }) => ({ core: cogen.core, input: cogen.input, seen: cogen }),
  "environ['cogen.wsgi'] and its like": (environ) => ({
    core: environ["cogen.core"],
    input: environ["cogen.input"],
    seen: environ["cogen.wsgi"],
  }),
};

Deno.test("C-4, C-5, C-6, D-39: cogen's signals: wait, send, time out", async (t) => {
  for (const [name, where] of Object.entries(SPELLINGS)) {
    const wait_app: WsgiApp = function* (environ, start_response) {
      const { core: { events }, seen } = where(environ);
      start_response("200 OK", [["Content-type", "text/html"]]);
      yield "I'm waiting for some signal";
      yield events.WaitForSignal("abc", { timeout: 1 });
      if (seen.result instanceof events.OperationTimeout) {
        assert(seen.exception?.[0] === events.OperationTimeout && seen.exception[1] === seen.result);
        yield "Your time is up!";
      } else {
        assertEquals(seen.exception, undefined);
        yield `Someone signaled me with this message: ${seen.result}`;
      }
    };
    const send_app: WsgiApp = function* (environ, start_response) {
      const { core: { events }, seen } = where(environ);
      start_response("200 OK", [["Content-type", "text/html"]]);
      yield events.Signal("abc", environ.PATH_INFO);
      yield `woke ${seen.result}`;
    };
    const app = wsgi((environ, start_response) => {
      return environ.PATH_INFO === "/wait" ? wait_app(environ, start_response) : send_app(environ, start_response);
    });
    await t.step(`${name}: a signal comes`, async () => {
      const { LocalSignalBus } = await import("../../../core/gateway/signal_bus.ts");
      const signals = new LocalSignalBus();
      const waiting = new Talk(app, { signals });
      waiting.send(get("/wait"));
      await waiting.rest();
      assertMatch(waiting.take(), /\r\n\r\n1b\r\nI'm waiting for some signal\r\n$/);
      const sending = new Talk(app, { signals });
      sending.send(get("/msg"));
      await sending.rest();
      assertMatch(sending.sent, /woke 1\r\n0\r\n\r\n$/);
      await waiting.rest();
      assertMatch(waiting.take(), /^2b\r\nSomeone signaled me with this message: \/msg\r\n0\r\n\r\n$/);
    });
    await t.step(`${name}: the time is up`, async () => {
      const talk = new Talk(app);
      talk.send(get("/wait"));
      await talk.pass(999);
      talk.take();
      await talk.pass(1);
      assertEquals(talk.take(), "10\r\nYour time is up!\r\n0\r\n\r\n");
    });
  }
});

Deno.test("C-2: cogen's reads, in both spellings", async (t) => {
  const app: WsgiApp = function* (environ, start_response) {
    start_response("200 OK", [["Content-type", "text/html"]]);
    for (;;) {
      yield environ["cogen.input"].Read(3);
      const { result } = environ["cogen.wsgi"];
      if (result instanceof Error) throw result;
      if ((result as Uint8Array).length === 0) break;
      yield `${textOf(result as Uint8Array)}|`;
    }
    const { read_count: count, content_length: length } = environ["cogen.wsgi"];
    assertEquals([count, length], [8, environ.CONTENT_LENGTH === "8" ? 8 : undefined]);
  };
  const requests = {
    "by length": [post("abcdefgh").slice(0, -4), "efgh"],
    "chunked": [postChunked("4\r\nabcd\r\n"), "4\r\nefgh\r\n0\r\n\r\n"],
  };
  for (const [name, pieces] of Object.entries(requests)) {
    await t.step(`read(3), ${name}`, async () => {
      const talk = await talkTo(app, ...pieces);
      assertEquals(talk.errors, []);
      assertEquals([...talk.sent.matchAll(/[a-h]+\|/g)].join(""), "abc|def|gh|");
    });
  }
  await t.step("lines", async () => {
    const seen: unknown[] = [];
    await talkTo(function* (environ, start_response) {
      const { cogen } = environ;
      for (const read of [cogen.input.ReadLine, cogen.input.readline, cogen.input.readlines, cogen.input.read]) {
        yield read();
        seen.push(Array.isArray(cogen.result) ? cogen.result.map(textOf) : textOf(cogen.result as Uint8Array));
      }
      start_response("204 No Content", []);
    }, post("a\nb\nc\nd"));
    assertEquals(seen, ["a\n", "b\n", ["c\n", "d"], ""]);
  });
  await t.step("a read that fails is a result", async () => {
    const seen: unknown[] = [];
    const talk = new Talk(wsgi(function* (environ, start_response) {
      yield environ["cogen.input"].read(5);
      seen.push((environ["cogen.wsgi"].result as Error).name);
      start_response("400 Bad Request", []);
    }));
    talk.send(postChunked("zz\r\n"));
    await talk.rest();
    assertEquals(seen, ["ProtocolError"]);
  });
});

Deno.test("C-4: cogen's Sleep, call and yield; the value is the result of the yield, too", async () => {
  const app: WsgiApp = function* (environ, start_response): Generator<Item, void, unknown> {
    start_response("200 OK", []);
    yield environ["cogen.core"].events.Sleep(0.2);
    yield "slept ";
    const sum = yield environ["cogen.call"]((a: number, b: number) => Promise.resolve(a + b))(2, 3);
    yield `${sum} `;
    yield environ["cogen.yield"](Promise.reject("not an error"));
    yield String(environ.cogen.result);
  };
  const talk = await talkTo(app, get());
  await talk.pass(199);
  assertEquals(talk.sent, "");
  await talk.pass(1);
  assertMatch(talk.sent, /slept .*5 .*Error: not an error/s);
});

/** Compliant middleware: it yields once for each item, an empty one if it has nothing. */
function shouting(app: WsgiApp): WsgiApp {
  return (environ, start_response) => {
    const items = app(environ, start_response) as Iterable<Piece>;
    return {
      *[Symbol.iterator]() {
        for (const item of items) yield typeof item === "string" ? item.toUpperCase() : item;
      },
    };
  };
}

Deno.test("C-5: operations pass middleware that only iterates", async () => {
  const talk = await talkTo(
    shouting(function* (environ, start_response) {
      start_response("200 OK", []);
      yield environ["cogen.input"].read();
      yield textOf(environ["cogen.wsgi"].result as Uint8Array);
    }),
    post("hello").slice(0, -1),
    "o",
  );
  assertEquals(talk.sent, answer("200 OK", CHUNKED, "5\r\nHELLO\r\n0\r\n\r\n"));
});

Deno.test("C-4: cogen's early head is an option", async (t) => {
  const app: WsgiApp = function* (environ, start_response) {
    yield "";
    start_response("200 OK", []);
    yield environ["cogen.core"].events.Sleep(1);
    yield "a";
  };
  for (const earlyHead of [false, true]) {
    await t.step(String(earlyHead), async () => {
      const talk = new Talk(wsgi(app, { earlyHead }));
      talk.send(get());
      await talk.rest();
      assertEquals(talk.take(), earlyHead ? answer("200 OK", CHUNKED) : "");
      await talk.pass(1000);
      assertEquals(talk.sent, answer("200 OK", CHUNKED, "1\r\na\r\n0\r\n\r\n"));
    });
  }
});

Deno.test("C-1: cogen's SynchronousInputMiddleware before an application that reads at once", async () => {
  const app: WsgiApp = (environ, start_response) => {
    assertEquals(environ.CONTENT_LENGTH, "11");
    const [all] = environ["wsgi.input"];
    start_response("200 OK", []);
    return textOf((all as [number, Uint8Array])[1]);
  };
  const talk = new Talk(syncInput(wsgi(app)));
  talk.send(postChunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"));
  await talk.rest();
  assertEquals(talk.sent, answer("200 OK", ["content-length: 11", DATE], "hello world"));
});

Deno.test("PEP 3333: simple_app, AppClass, and a file", async (t) => {
  await t.step("simple_app", async () => {
    const simple_app: WsgiApp = (_environ, start_response) => {
      const status = "200 OK";
      const response_headers = [["Content-type", "text/plain"]] as const;
      start_response(status, response_headers);
      return ["Hello world!\n"];
    };
    assertMatch((await talkTo(simple_app, get())).sent, /Hello world!\n$/);
  });
  await t.step("AppClass", async () => {
    class AppClass {
      readonly environ: WsgiEnviron;
      readonly start: Parameters<WsgiApp>[1];
      constructor(environ: WsgiEnviron, start_response: Parameters<WsgiApp>[1]) {
        this.environ = environ;
        this.start = start_response;
      }
      *[Symbol.iterator](): Generator<string> {
        this.start("200 OK", [["Content-type", "text/plain"]]);
        yield "Hello world!\n";
      }
    }
    assertMatch((await talkTo((...args) => new AppClass(...args), get())).sent, /Hello world!\n\r\n0\r\n\r\n$/);
  });
  await t.step("S-11: exc_info as Python's triple", async () => {
    const talk = await talkTo((_environ, start_response) => {
      start_response("200 Froody", [], null);
      const error = new RangeError("Oops");
      start_response("500 Oops", [], [RangeError, error, error.stack]);
      return ["error body goes here"];
    }, get());
    assertMatch(talk.sent, /^HTTP\/1.1 500 Oops\r\n/);
  });
  await t.step("S-23: wsgi.file_wrapper", async () => {
    let closed = 0;
    const filelike = { readSync: () => closed++ === 0 ? 0 : null, close: () => void closed++ };
    const talk = await talkTo((environ, start_response) => {
      start_response("200 OK", [["Content-Length", "0"]]);
      return environ["wsgi.file_wrapper"](filelike, 8192);
    }, get());
    assertEquals([talk.sent, closed], [answer("200 OK", ["content-length: 0", DATE]), 1]);
  });
});
