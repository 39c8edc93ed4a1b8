import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { FLUSH } from "../../../core/gateway/piece.ts";
import type { FieldsInit } from "../../../core/fields.ts";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, get, Talk } from "../../support/talk.ts";

const LENGTH_0 = "content-length: 0";
const ERROR_500 = answer("500 Internal Server Error", [LENGTH_0, DATE, "connection: close"]);

/** Runs an application that is refused, and gives its error. */
function refusal(app: App): unknown {
  const talk = new Talk(app);
  talk.send(get());
  assertEquals(talk.sent, ERROR_500);
  assertEquals(talk.moves, ["endWriting"]);
  assertEquals(talk.errors.length, 1);
  return talk.errors[0];
}

const STATUSES: readonly [status: number | string, line: string][] = [
  [200, "200 OK"],
  [299, "299 "],
  [404, "404 Not Found"],
  [599, "599 "],
  [999, "999 "],
  ["200", "200 OK"],
  ["200 OK", "200 OK"],
  ["200 Fine", "200 Fine"],
  ["404 ", "404 "],
  ["418 I'm a teapot", "418 I'm a teapot"],
  ["200 a\tb", "200 a\tb"],
];

Deno.test("startResponse takes a status as a number or with a reason phrase", async (t) => {
  for (const [status, line] of STATUSES) {
    await t.step(JSON.stringify(status), () => {
      const talk = new Talk((_environ, startResponse) => {
        startResponse(status);
      });
      talk.send(get());
      assertEquals(talk.sent, answer(line, [LENGTH_0, DATE]));
    });
  }
});

const NO_STATUSES: readonly unknown[] = [
  ...[0, 99, 100, 101, 103, 199, 1000, -200, 200.5, NaN, Infinity],
  ...["", "OK", "20", "2000", "200OK", " 200", "200\tOK", "100 Continue", "101 Switching Protocols", "0200 OK"],
  ...["200 OK\r\nx: y", "200 O\rK", "200 O\nK", "200 OK\0", "200 \u00e9", "200 O\x7fK"],
  ...[undefined, null, {}, true],
];

Deno.test("startResponse refuses what is no final status", async (t) => {
  for (const status of NO_STATUSES) {
    await t.step(typeof status === "string" ? JSON.stringify(status) : String(status), () => {
      assertInstanceOf(
        refusal((_environ, startResponse) => {
          startResponse(status as number);
          return "hello";
        }),
        TypeError,
      );
    });
  }
});

const NO_FIELDS: readonly [name: string, fields: unknown][] = [
  ["CR in a value", { "x-a": "b\rc" }],
  ["LF in a value", { "x-a": "b\nc" }],
  ["CR LF in a value", { "x-a": "b\r\nset-cookie: c" }],
  ["NUL in a value", { "x-a": "b\0c" }],
  ["DEL in a value", { "x-a": "b\x7fc" }],
  ["a control in a value", { "x-a": "b\x01c" }],
  ["obs-text in a value", { "x-a": "caf\u00e9" }],
  ["a character above 0xff in a value", { "x-a": "\u010a" }],
  ["space before a value", { "x-a": " b" }],
  ["a tab behind a value", { "x-a": "b\t" }],
  ["a number as value", { "x-a": 5 }],
  ["undefined as value", { "x-a": undefined }],
  ["null as value", [["x-a", null]]],
  ["an empty name", [["", "b"]]],
  ["a space in a name", { "x a": "b" }],
  ["a colon in a name", { "x-a:": "b" }],
  ["CR LF in a name", { "x-a: b\r\nx-c": "d" }],
  ["obs-text in a name", { "caf\u00e9": "b" }],
  ["Transfer-Encoding", { "Transfer-Encoding": "chunked" }],
  ["TE", { te: "trailers" }],
  ["Keep-Alive", { "keep-alive": "timeout=5" }],
  ["Proxy-Connection", { "proxy-connection": "close" }],
  ["Upgrade", { upgrade: "websocket" }],
  ["Connection: keep-alive", { connection: "keep-alive" }],
  ["Connection: upgrade", { connection: "upgrade" }],
  ["Connection: close, x-a", { connection: "close, x-a" }],
  ["an empty Connection", { connection: "" }],
  ["Content-Length twice", [["content-length", "5"], ["Content-Length", "5"]]],
  ["a negative Content-Length", { "content-length": "-1" }],
  ["a Content-Length with a sign", { "content-length": "+5" }],
  ["a hexadecimal Content-Length", { "content-length": "0x5" }],
  ["an empty Content-Length", { "content-length": "" }],
  ["a list as Content-Length", { "content-length": "5, 5" }],
  ["a Content-Length of 2^53", { "content-length": "9007199254740992" }],
  ["a string as fields", "x-a: b"],
  ["a flat array as fields", ["x-a", "b"]],
];

Deno.test("startResponse refuses fields that may not leave", async (t) => {
  for (const [name, fields] of NO_FIELDS) {
    await t.step(name, () => {
      const error = refusal((_environ, startResponse) => {
        startResponse(200, fields as FieldsInit);
        return "hello";
      });
      assertInstanceOf(error, TypeError);
    });
  }
});

Deno.test("startResponse takes connection: close in any case and closes", () => {
  for (const value of ["close", "Close", "CLOSE"]) {
    const talk = new Talk((_environ, startResponse) => {
      startResponse(200, { Connection: value });
      return "hello";
    });
    talk.send(get() + get());
    assertEquals(talk.sent, answer("200 OK", ["content-length: 5", DATE, "connection: close"], "hello"));
    assertEquals(talk.moves, ["endWriting"]);
    talk.end();
    assertEquals(talk.moves, ["endWriting", "close"]);
  }
});

Deno.test("startResponse names Upgrade in Connection with 426", () => {
  const talk = new Talk((_environ, startResponse) => {
    startResponse(426, { upgrade: "HTTP/2.0" });
  });
  talk.send(get());
  assertEquals(
    talk.sent,
    answer("426 Upgrade Required", ["upgrade: HTTP/2.0", LENGTH_0, DATE, "connection: upgrade"]),
  );
});

Deno.test("startResponse is called once, unless with an error before the head", async (t) => {
  await t.step("a second call without error is a TypeError", () => {
    const error = refusal((_environ, startResponse) => {
      startResponse(200);
      startResponse(404);
    });
    assertInstanceOf(error, TypeError);
  });
  await t.step("a second call that the application survives leaves the first", () => {
    const talk = new Talk((_environ, startResponse) => {
      startResponse(200, { "x-a": "b" });
      assertThrows(() => startResponse(404), TypeError);
      return "hello";
    });
    talk.send(get());
    assertEquals(talk.sent, answer("200 OK", ["x-a: b", "content-length: 5", DATE], "hello"));
  });
  await t.step("with an error it replaces status and fields", () => {
    const talk = new Talk((_environ, startResponse) => {
      startResponse(200, { "x-a": "b", "content-length": "100", connection: "close" });
      startResponse("503 Busy", { "x-c": "d" }, new Error("Too much to do"));
      return "sorry";
    });
    talk.send(get());
    assertEquals(talk.sent, answer("503 Busy", ["x-c: d", "content-length: 5", DATE], "sorry"));
    assertEquals(talk.errors, []);
  });
  await t.step("a refused first call does not count", () => {
    const talk = new Talk((_environ, startResponse) => {
      assertThrows(() => startResponse(200, { "x a": "b" }), TypeError);
      startResponse(200);
      return "hello";
    });
    talk.send(get());
    assertEquals(talk.sent, answer("200 OK", ["content-length: 5", DATE], "hello"));
  });
  await t.step("behind the head the error is thrown back and the connection aborted", async () => {
    const late = new Error("Too late");
    let thrown: unknown;
    const talk = new Talk(function* (_environ, startResponse) {
      startResponse(200);
      yield "a piece";
      try {
        startResponse(500, {}, late);
      } catch (error) {
        thrown = error;
        throw error;
      }
    });
    talk.send(get());
    await talk.rest();
    assert(thrown === late);
    assertEquals(talk.errors, [late]);
    assertEquals(talk.moves, ["abort"]);
    assert(!talk.sent.includes("0\r\n\r\n"));
  });
  await t.step("behind the head without an error it is a TypeError", async () => {
    const talk = new Talk(function* (_environ, startResponse) {
      startResponse(200);
      yield FLUSH;
      assertThrows(() => startResponse(500), TypeError);
      yield "goes on";
    });
    talk.send(get());
    await talk.rest();
    assertEquals(
      talk.sent,
      answer("200 OK", ["transfer-encoding: chunked", DATE], "9\r\ngoes on\r\n0\r\n\r\n").replace("9\r\n", "7\r\n"),
    );
  });
});

const NEVER_STARTED: readonly [name: string, app: App][] = [
  ["nothing", () => {}],
  ["a string", () => "hello"],
  ["an array", () => ["a", "b"]],
  ["a generator without a piece", function* () {}],
  ["a generator", function* () {
    yield "hello";
  }],
  ["a generator that flushes", function* () {
    yield FLUSH;
  }],
];

Deno.test("Conversation answers 500 when startResponse was not called", async (t) => {
  for (const [name, app] of NEVER_STARTED) {
    await t.step(name, () => {
      assertInstanceOf(refusal(app), TypeError);
    });
  }
});

const FAILURES: readonly [name: string, app: App][] = [
  ["throws", () => {
    throw new Error("Fails");
  }],
  ["throws behind startResponse", (_environ, startResponse) => {
    startResponse(200);
    throw new Error("Fails");
  }],
  // deno-lint-ignore require-await
  ["rejects", async () => {
    throw new Error("Fails");
  }],
  // deno-lint-ignore require-yield
  ["throws in the generator", function* () {
    throw new Error("Fails");
  }],
  ["throws behind an empty piece", function* (_environ, startResponse) {
    startResponse(200);
    yield "";
    throw new Error("Fails");
  }],
  // deno-lint-ignore require-yield
  ["throws in the asynchronous generator", async function* (_environ, startResponse) {
    startResponse(200);
    await Promise.resolve();
    throw new Error("Fails");
  }],
  ["throws undefined", () => {
    throw undefined;
  }],
  ["gives null", (_environ, startResponse) => {
    startResponse(200);
    return null as never;
  }],
  ["gives a number", (_environ, startResponse) => {
    startResponse(200);
    return 5 as never;
  }],
  ["gives an object", (_environ, startResponse) => {
    startResponse(200);
    return {} as never;
  }],
  ["gives an iterable whose iterator cannot be had", (_environ, startResponse) => {
    startResponse(200);
    return {
      [Symbol.iterator]() {
        throw new Error("Fails");
      },
    };
  }],
  ["gives an iterator whose next gives nothing", (_environ, startResponse) => {
    startResponse(200);
    return { [Symbol.iterator]: () => ({ next: () => undefined as never }) };
  }],
  ["gives an asynchronous iterator whose next gives nothing", (_environ, startResponse) => {
    startResponse(200);
    return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(undefined) as never }) };
  }],
  ["gives an asynchronous iterator whose next gives no promise", (_environ, startResponse) => {
    startResponse(200);
    return { [Symbol.asyncIterator]: () => ({ next: () => undefined as never }) };
  }],
  ["gives a promise whose then throws", (_environ, startResponse) => {
    startResponse(200);
    return {
      then() {
        throw new Error("Fails");
      },
    } as never;
  }],
];

Deno.test("Conversation answers 500 when the application fails before the head", async (t) => {
  for (const [name, app] of FAILURES) {
    await t.step(name, async () => {
      const talk = new Talk(app);
      talk.send(get());
      await talk.rest();
      assertEquals(talk.sent, ERROR_500);
      assertEquals(talk.errors.length, 1);
      assertEquals(talk.moves, ["endWriting"]);
    });
  }
});
