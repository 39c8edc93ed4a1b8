import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects, assertThrows } from "@std/assert";
import demo from "../../../cli/demo/app.ts";
import { deriveEnviron } from "../../../core/gateway/derive_environ.ts";
import { Environ } from "../../../core/gateway/environ.ts";
import { FLUSH, INPUT_PENDING } from "../../../core/gateway/piece.ts";
import type { App, StartResponse } from "../../../core/gateway/types.ts";
import { capitalizeFields } from "../../../core/middleware/capitalize_fields.ts";
import { lazyStartResponse } from "../../../core/middleware/lazy_start_response.ts";
import { lint } from "../../../core/middleware/lint.ts";
import { mount } from "../../../core/middleware/mount.ts";
import { syncInput } from "../../../core/middleware/sync_input.ts";
import { trace } from "../../../core/middleware/trace.ts";
import { get, post, postChunked, request, Talk } from "../../support/talk.ts";

const TEXT = { "content-type": "text/plain" };

async function errorsOf(app: App, text = get()): Promise<{ errors: unknown[]; sent: string }> {
  const talk = new Talk(lint(app));
  talk.send(text);
  await talk.rest();
  return { errors: talk.errors, sent: talk.sent };
}

/** An application that starts its response in some way and has no content. */
function starting(...args: unknown[]): App {
  return (_environ, startResponse) => {
    (startResponse as (...args: unknown[]) => void)(...args);
  };
}

/** An application that does something with its environ, and answers. */
function doing(act: (environ: Environ) => unknown): App {
  return async (environ, startResponse) => {
    await act(environ);
    startResponse(200, TEXT);
    return "ok";
  };
}

const FAULTS: Record<string, readonly [app: unknown, message: string][]> = {
  "startResponse": [
    [starting(), "startResponse was called with 0 arguments, not 1 to 3"],
    [starting(200, {}, undefined, 4), "startResponse was called with 4 arguments, not 1 to 3"],
    [starting(200, {}, "because"), "the third argument of startResponse is a string, not an Error"],
    [(environ: Environ, startResponse: StartResponse) => {
      starting(200)(environ, startResponse);
      starting(404)(environ, startResponse);
    }, "startResponse was called a second time without an error as third argument"],
    [() => {}, "startResponse was never called"],
    [() => "hello", "content was given before startResponse was called"],
    [function* () {
      yield FLUSH;
    }, "startResponse was never called"],
  ],
  "the status": [
    [starting(null), "the status is null, not a number or a string"],
    [starting("200"), `the status "200" is not 200 to 999, or three digits, a space and a reason phrase`],
    [starting("20 OK"), `the status "20 OK" is not 200 to 999, or three digits, a space and a reason phrase`],
    [starting("200\tOK"), `the status "200\\tOK" is not 200 to 999, or three digits, a space and a reason phrase`],
    [starting(1000), "the status 1000 is not 200 to 999, or three digits, a space and a reason phrase"],
    [starting("103 Early Hints"), "the status 103 Early Hints is interim: use environ.inform, or upgrade"],
    [starting(101), "the status 101 is interim: use environ.inform, or upgrade"],
  ],
  "fields": [
    [starting(200, "a: b"), "the fields are a string, not a record or lines"],
    [starting(200, null), "the fields are null, not a record or lines"],
    [starting(200, [["a", "b"]].values()), "the fields are an iterator, which can be read only once"],
    [starting(200, ["a", "b"]), "a field line is a string, not a name and a value"],
    [starting(200, [["a", "b", "c"]]), "a field line is an Array, not a name and a value"],
    [starting(200, [[5, "b"]]), "a field name is a number, not a string"],
    [starting(200, { a: 5 }), "the value of a is a number, not a string"],
    [starting(200, { a: ["b", null] }), "the value of a is null, not a string"],
    [starting(200, { Status: "200" }), "a field is named Status: the status is the first argument"],
    [starting(200, { "a:": "b" }), `"a:" is no good field name`],
    [starting(200, { "1a": "b" }), `"1a" is no good field name`],
    [starting(200, { "a-": "b" }), `"a-" is no good field name`],
    [starting(200, { a: "b\r\nc: d" }), "the value of a has a control character"],
    [starting(200, { a: "b\tc" }), "the value of a has a control character"],
    [starting(204, TEXT), "content-type stands in a 204, without content"],
    [starting(304, TEXT), "content-type stands in a 304, without content"],
    [starting(200, [["content-type", "a/b"], ["Content-Type", "a/b"]]), "content-type stands twice"],
  ],
  "content": [
    [(_environ: Environ, startResponse: StartResponse) => {
      startResponse(200);
      return ["hello"];
    }, "content was given without a content-type field"],
    [(_environ: Environ, startResponse: StartResponse) => {
      startResponse(204);
      return "hello";
    }, "content was given with status 204"],
    [(_environ: Environ, startResponse: StartResponse) => {
      startResponse(200)("hello");
    }, "content was given without a content-type field"],
  ],
  "results": [
    [() => null, "the application gave null, not a piece, an iterable or nothing"],
    [() => false, "the application gave a boolean, not a piece, an iterable or nothing"],
    [() => Promise.resolve(5), "the application gave a number, not a piece, an iterable or nothing"],
    [() => new Map().keys, "the application gave a function, not a piece, an iterable or nothing"],
    [() => new Response("hello"), "the application gave a Response, not a piece, an iterable or nothing"],
    [() => Promise.resolve(null), "the application gave null, not a piece, an iterable or nothing"],
    [async function* () {
      yield undefined;
    }, "the asynchronous iterable gave undefined, not a piece or FLUSH"],
    [() => [5], "the iterable gave a number, not a piece, FLUSH, INPUT_PENDING or a promise"],
    [() => [["a"], ["b"]], "the iterable gave an Array, not a piece, FLUSH, INPUT_PENDING or a promise"],
    [async function* () {
      yield INPUT_PENDING;
    }, "the asynchronous iterable gave INPUT_PENDING, not a piece or FLUSH"],
  ],
  "write": [
    [(_environ: Environ, startResponse: StartResponse) => {
      (startResponse(200, TEXT) as () => void)();
    }, "write was called with 0 arguments, not 1"],
    [(_environ: Environ, startResponse: StartResponse) => {
      startResponse(200, TEXT)(5 as never);
    }, "write was called with a number, not a string or Uint8Array"],
  ],
  "environ": [
    [
      doing(({ input }) => (input.read as (...args: unknown[]) => unknown)(1, 2)),
      "input.read was called with 2 " +
      "arguments, not 0 to 1",
    ],
    [
      doing(({ input }) => (input.lines as (...args: unknown[]) => unknown)(1)),
      "input.lines was called with 1 " +
      "arguments, not 0",
    ],
    [doing(({ input }) => Object.assign(input, { length: 5 })), "input.length was set"],
    [doing(({ errors }) => errors.write(5 as never)), "errors.write was called with a number, not a string"],
    [doing(({ errors }) => (errors.write as () => void)()), "errors.write was called with 0 arguments, not 1"],
    [doing((environ) => (environ.inform as () => void)()), "environ.inform was called with 0 arguments, not 1 to 2"],
    [
      doing((environ) => Object.assign(environ, { method: "PUT" })),
      "environ.method was set: derive an environ, or put what is yours into environ.state",
    ],
    [
      doing((environ) => Object.assign(environ, { user: "me" })),
      "environ.user was set: derive an environ, or put what is yours into environ.state",
    ],
    [
      doing((environ) => Object.assign(environ, { pathInfo: 5 })),
      "environ.pathInfo was set to a number, which it " +
      "cannot be",
    ],
    [
      doing((environ) => environ.minimumChunkSize = -1),
      "environ.minimumChunkSize was set to a number, which it cannot be",
    ],
    [doing((environ) => environ.scriptName = "/"), "environ.scriptName was set to a string, which it cannot be"],
    [doing((environ) => environ.postHooks = [5 as never]), "environ.postHooks was set to an Array, which it cannot be"],
    [doing((environ) => Reflect.deleteProperty(environ, "scriptName")), "environ.scriptName was deleted"],
    [
      doing((environ) => Object.defineProperty(environ, "input", { value: 5 })),
      "environ.input was defined anew: derive an environ instead",
    ],
    [doing((environ) => environ.postHooks.push(5 as never)), "a post hook is a number, not a function"],
  ],
};

Deno.test("lint refuses", async (t) => {
  for (const [part, table] of Object.entries(FAULTS)) {
    for (const [app, message] of table) {
      await t.step(`${part}: ${message}`, async () => {
        const { errors, sent } = await errorsOf(app as App);
        assertInstanceOf(errors[0], TypeError);
        assertEquals((errors[0] as TypeError).message, `Lint: ${message}`);
        assertMatch(sent, /^HTTP\/1.1 500 /);
      });
    }
  }
});

Deno.test("lint refuses content behind an upgrade", async () => {
  const { errors, sent } = await errorsOf((environ) => {
    environ.upgrade();
    return "hello";
  }, get("/", "Connection: upgrade", "Upgrade: echo"));
  assertEquals((errors[0] as Error).message, "Lint: content was given after upgrade: write to the tunnel");
  assertMatch(sent, /^HTTP\/1.1 101 .*\r\n\r\n$/s);
});

Deno.test("lint refuses what comes after the end", async (t) => {
  const acts: Record<string, (environ: Environ, startResponse: StartResponse, write: (text: string) => void) => void> =
    {
      "write": (_environ, _startResponse, write) => write("late"),
      "startResponse": (_environ, startResponse) => startResponse(200, {}, new Error("Late")),
      "environ.inform": (environ) => environ.inform(103),
      "environ.trailers": (environ) => environ.trailers({ "x-a": "b" }),
      "environ.upgrade": (environ) => environ.upgrade(),
    };
  for (const [name, act] of Object.entries(acts)) {
    await t.step(name, async () => {
      let late: (() => void) | undefined;
      const { errors } = await errorsOf((environ, startResponse) => {
        const write = startResponse(200, TEXT);
        late = () => act(environ, startResponse, write);
        return "ok";
      });
      assertEquals(errors, []);
      assertThrows(late!, TypeError, `Lint: ${name} was called after the application had given all its content`);
    });
  }
});

Deno.test("lint refuses a gateway that breaks the rules", async (t) => {
  const app = lint(starting(200)) as (...args: unknown[]) => unknown;
  const environ = await new Promise<Environ>((resolve) => {
    new Talk((environ) => resolve(environ)).send(get());
  });
  const calls: readonly [args: unknown[], message: string][] = [
    [[environ], "the application was called with 1 arguments, not 2"],
    [[environ, () => {}, {}], "the application was called with 3 arguments, not 2"],
    [[{}, () => {}], "environ is an Object, not an Environ"],
    [[environ, 5], "startResponse is a number, not a function"],
  ];
  for (const [args, message] of calls) {
    await t.step(message, () => {
      assertThrows(() => app(...args), TypeError, `Lint: ${message}`);
    });
  }
  await t.step("a path that is none", () => {
    environ.pathInfo = "a";
    assertThrows(() => app(environ, () => {}), TypeError, `Lint: environ.pathInfo is "a", not a path`);
    environ.pathInfo = "/a";
    environ.scriptName = "/";
    assertThrows(() => app(environ, () => {}), TypeError, `Lint: environ.scriptName is "/"`);
    environ.scriptName = "";
  });
  const derived: readonly [overrides: Record<string, unknown>, message: string][] = [
    [{ method: "A B" }, 'environ.method is "A B"'],
    [{ urlScheme: "ftp" }, 'environ.urlScheme is "ftp"'],
    [{ errors: {} }, "environ.errors has no write"],
  ];
  for (const [overrides, message] of derived) {
    await t.step(message, () => {
      assertThrows(() => app(deriveEnviron(environ, overrides), () => {}), TypeError, `Lint: ${message}`);
    });
  }
  await t.step("a read that gives no octets", async () => {
    const input = { read: () => Promise.resolve("text"), length: 4 };
    const reading = lint(doing((environ) => environ.input.read())) as (...args: unknown[]) => Promise<unknown>;
    const error = await assertRejects(() => reading(deriveEnviron(environ, { input: input as never }), () => () => {}));
    assertEquals((error as Error).message, "Lint: input.read gave a string, not a Uint8Array");
  });
  await t.step("no function", () => {
    assertThrows(() => lint(5 as never), TypeError, "Lint: the application is a number, not a function");
  });
});

Deno.test("lint refuses middleware that does not close, closes twice, or goes on behind it", async (t) => {
  const inner = lint(function* (_environ, startResponse) {
    startResponse(200, TEXT);
    yield "a";
    yield "b";
  });
  const outer = (use: (iterator: Iterator<string>) => unknown): App => (environ, startResponse) => {
    use((inner(environ, startResponse) as Iterable<string>)[Symbol.iterator]());
    return "ok";
  };
  const cases: readonly [message: string, app: App][] = [
    ["the iterator was never closed", outer((iterator) => iterator.next())],
    ["the iterator was closed a second time", outer((iterator) => (iterator.return!(), iterator.return!()))],
    [
      "the iterator was asked for an item after it had been closed",
      (environ, startResponse) => {
        startResponse(200, TEXT);
        const yielding = lint(() => ({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: "a" }) }) }));
        const iterator = (yielding(environ, () => () => {}) as Iterable<string>)[Symbol.iterator]();
        iterator.return!();
        iterator.next();
      },
    ],
  ];
  for (const [message, app] of cases) {
    await t.step(message, async () => {
      const talk = new Talk(app);
      talk.send(get());
      await talk.rest();
      assertEquals((talk.errors[0] as Error | undefined)?.message, `Lint: ${message}`);
    });
  }
});

const GOOD: Record<string, [app: App, requests?: string]> = {
  "nothing": [starting(204)],
  "no content and no type": [starting("200 OK", [["x-a", "1"], ["x-a", "2"]])],
  "octets": [(_environ, startResponse) => {
    startResponse(200, TEXT);
    return new Uint8Array(5);
  }],
  "a second start with an error": [(_environ, startResponse) => {
    startResponse(200, TEXT);
    startResponse(503, TEXT, new RangeError("Changed"));
    return ["a", "b"];
  }],
  "a generator": [function* (environ, startResponse) {
    const write = startResponse(200, { ...TEXT, "set-cookie": ["a", "b"] });
    write("a");
    yield "";
    const given: unknown = yield Promise.resolve(5);
    assertEquals(given, 5);
    for (const item of environ.input.availableChunks()) {
      if (item === INPUT_PENDING) yield item;
      else yield "x";
    }
    yield FLUSH;
  }, post("hello") + postChunked("5\r\nhello\r\n0\r\n\r\n")],
  "an asynchronous generator that reads": [async function* (environ, startResponse) {
    environ.inform(103, { link: "</a>" });
    environ.trailers({ "x-a": "b" });
    assert((await environ.input.read(2)).length === 2);
    startResponse(200, TEXT);
    for await (const piece of environ.input) yield piece;
  }, post("hello")],
  "content with HEAD": [(_environ, startResponse) => {
    startResponse(200, TEXT);
    return ["a", "b"];
  }, request("HEAD / HTTP/1.1")],
  "replaced hooks": [doing((environ) => {
    environ.postHooks = [() => {}];
    environ.pathInfo = "/x";
    environ.minimumChunkSize = 16;
    environ.state.mine = 1;
    environ.errors.write("noted");
  })],
};

Deno.test("lint finds nothing where nothing is wrong", async (t) => {
  for (const [name, [app, requests]] of Object.entries(GOOD)) {
    await t.step(name, async () => {
      const { errors, sent } = await errorsOf(app, requests ?? get());
      assertEquals(errors, []);
      assert(!sent.includes("Internal Server Error"), sent);
    });
  }
});

Deno.test("lint finds nothing in the other middleware, inside and outside", async () => {
  const inner = lint((environ, startResponse) => {
    assertInstanceOf(environ, Environ);
    startResponse(200, TEXT);
    return environ.pathInfo;
  });
  const wrapped = capitalizeFields(lazyStartResponse(trace(mount({ "/a": syncInput(inner) }), () => {})));
  const { errors, sent } = await errorsOf(wrapped, post("hello").replace("POST /", "POST /a/b"));
  assertEquals(errors, []);
  assertMatch(sent, /\/b$/);
});

const DEMO: readonly string[] = [
  ...["/", "/environ", "/stream?pieces=3&size=5", "/status/200", "/status/204", "/status/304", "/status/404", "/hints"]
    .map((path) => get(path)),
  ...["/nothing", "/uploader/", "/unread", "/discard", "/echo", "/trailers", "/upgrade", "/status/99", "/stream?size=x"]
    .map((path) => get(path)),
  ...["string", "list", "generator", "async", "write", "busy"].map((style) => get(`/profile/${style}`)),
  ...["/echo", "/uploader/a", "/unread", "/discard", "/trailers"].flatMap((path) => [
    request(`POST ${path} HTTP/1.1`, ["Content-Length: 5"], "hello"),
    request(`POST ${path} HTTP/1.1`, ["Transfer-Encoding: chunked"], "5\r\nhello\r\n0\r\nx-a: b\r\n\r\n"),
    request(`POST ${path} HTTP/1.1`, ["Content-Type: text/plain", "Content-Length: 5"], "hello"),
  ]),
  request("HEAD / HTTP/1.1"),
  request("HEAD /stream HTTP/1.1"),
  request("GET /upgrade HTTP/1.1", ["Connection: upgrade", "Upgrade: echo"], "octets"),
];

Deno.test("lint finds nothing in the demo application", async (t) => {
  for (const text of DEMO) {
    await t.step(text.slice(0, text.indexOf("\r\n")), async () => {
      const { errors, sent } = await errorsOf(demo, text);
      assertEquals(errors, []);
      assertMatch(sent, /^HTTP\/1\.1 [1-4]/);
    });
  }
});
