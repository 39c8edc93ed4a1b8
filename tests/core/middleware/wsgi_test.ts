import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { ConnectionClosingError } from "../../../core/errors.ts";
import { Environ } from "../../../core/gateway/environ.ts";
import type { Item } from "../../../core/gateway/piece.ts";
import { wsgi, type WsgiApp, type WsgiEnviron, type WsgiOptions } from "../../../core/middleware/wsgi.ts";
import { textOf } from "../../support/octet_text.ts";
import { answer, DATE, get, post, postChunked, request, Talk } from "../../support/talk.ts";

async function dictOf(text: string, options: WsgiOptions = {}): Promise<WsgiEnviron> {
  const { promise, resolve } = Promise.withResolvers<WsgiEnviron>();
  const talk = new Talk(wsgi((environ, start_response) => {
    resolve(environ);
    start_response("204 No Content");
  }, options));
  talk.send(text);
  assertEquals(talk.sent, answer("204 No Content", [DATE]));
  return await promise;
}

Deno.test("S-21: wsgi gives the dictionary with the extensions of all three", async () => {
  const dict = await dictOf(
    get("/a%20b?c", "x-ANY_k: one", "x-ANY_k: two"),
    { environ: { "my.key": 5, SERVER_ADMIN: "me" } },
  );
  assertEquals([dict.PATH_INFO, dict.RAW_PATH_INFO, dict.QUERY_STRING], ["/a b", "/a%20b", "c"]);
  assertEquals(dict.headers_raw, [["Host", "example.org"], ["x-ANY_k", "one"], ["x-ANY_k", "two"]]);
  assertEquals([dict["wsgi.input_terminated"], dict["my.key"], dict.SERVER_ADMIN], [true, 5, "me"]);
  assertStrictEquals(dict["eventlet.input"], dict["wsgi.input"]);
  assertStrictEquals(dict.cogen, dict["cogen.wsgi"]);
  assertStrictEquals(dict.cogen.core, dict["cogen.core"]);
  assertStrictEquals(dict.cogen.input, dict["cogen.input"]);
  assertInstanceOf(dict["sluice.environ"], Environ);
  assertEquals(dict["sluice.outcome"]?.status, 204);
});

Deno.test("S-1, S-9: an application may null any key, and the input stays usable", async () => {
  const talk = new Talk(wsgi(async (environ, start_response) => {
    const { "eventlet.input": input } = environ;
    for (const key of Object.keys(environ)) {
      if (key !== "eventlet.minimum_write_chunk_size") environ[key] = null;
    }
    start_response("200 OK", []);
    return await input.read();
  }));
  talk.send(post("hello") + get());
  await talk.rest();
  assertEquals(talk.errors, []);
  assertEquals(
    talk.sent,
    answer("200 OK", ["content-length: 5", DATE], "hello") + answer("200 OK", ["content-length: 0", DATE]),
  );
});

type Input = WsgiEnviron["wsgi.input"];

const READS: Record<string, [read: (input: Input) => Promise<unknown>, seen: unknown]> = {
  "read()": [async (input) => textOf(await input.read()), "a\nbc\nd"],
  "D-28 read(-1)": [async (input) => textOf(await input.read(-1)), "a\nbc\nd"],
  "read(0)": [async (input) => textOf(await input.read(0)), ""],
  "read(3)": [async (input) => textOf(await input.read(3)), "a\nb"],
  "readline()": [async (input) => textOf(await input.readline()), "a\n"],
  "readline(1)": [async (input) => textOf(await input.readline(1)), "a"],
  "readline(0)": [async (input) => textOf(await input.readline(0)), ""],
  "D-28 readlines()": [async (input) => (await input.readlines()).map(textOf), ["a\n", "bc\n", "d"]],
  "readlines(3)": [async (input) => (await input.readlines(3)).map(textOf), ["a\n", "bc\n"]],
  "discard()": [async (input) => (await input.discard(), textOf(await input.read())), ""],
  "for await": [async (input) => {
    const lines: string[] = [];
    for await (const line of input) lines.push(textOf(line));
    return lines;
  }, ["a\n", "bc\n", "d"]],
};

Deno.test("S-9: wsgi.input reads by length and chunked", async (t) => {
  const requests = { "by length": post("a\nbc\nd"), "chunked": postChunked("3\r\na\nb\r\n3\r\nc\nd\r\n0\r\n\r\n") };
  for (const [how, text] of Object.entries(requests)) {
    for (const [name, [read, expected]] of Object.entries(READS)) {
      await t.step(`${name}, ${how}`, async () => {
        let seen: unknown;
        const talk = new Talk(wsgi(async (environ, start_response) => {
          seen = await read(environ["wsgi.input"]);
          start_response("204 No Content", []);
        }));
        talk.send(text);
        await talk.rest();
        assertEquals(talk.errors, []);
        assertEquals(seen, expected);
      });
    }
  }
});

const RESULTS: Record<string, [app: WsgiApp, sent: RegExp]> = {
  "a list of one": [(_environ, start_response) => {
    start_response(200, []);
    return ["a"];
  }, /content-length: 1\r\n.*a$/s],
  "a set": [(_environ, start_response) => {
    start_response(200, []);
    return new Set(["a", "b"]);
  }, /1\r\na\r\n1\r\nb\r\n0\r\n\r\n$/],
  "a promise of a generator": [async (_environ, start_response) => {
    await Promise.resolve();
    start_response(200, []);
    return (function* (): Generator<Item, void, unknown> {
      const given = yield Promise.resolve("given");
      yield String(given);
      try {
        yield Promise.reject(new Error("thrown"));
      } catch (error) {
        yield (error as Error).message;
      }
    })();
  }, /5\r\ngiven\r\n6\r\nthrown\r\n0\r\n\r\n$/],
  "an asynchronous generator with operations": [async function* (environ, start_response) {
    start_response("200 OK", []);
    yield environ["cogen.call"](() => Promise.resolve(5))();
    yield "";
    yield String(environ.cogen.result);
  }, /1\r\n5\r\n0\r\n\r\n$/],
  "nothing that is content": [(_environ, start_response) => {
    start_response("200 OK", []);
    return 5 as never;
  }, /^HTTP\/1.1 500 /],
};

Deno.test("wsgi passes results of every kind", async (t) => {
  for (const [name, [app, sent]] of Object.entries(RESULTS)) {
    await t.step(name, async () => {
      const talk = new Talk(wsgi(app));
      talk.send(get());
      await talk.rest();
      assertEquals(sent.test(talk.sent), true, talk.sent);
    });
  }
});

Deno.test("S-5: wsgi closes the application's iterator in every ending", async (t) => {
  const closings = async (act: (talk: Talk) => void, method = "GET"): Promise<number> => {
    let closed = 0;
    const talk = new Talk(wsgi((_environ, start_response) => {
      start_response("200 OK", []);
      let count = 0;
      return {
        [Symbol.iterator]: (): Iterator<Item> => ({
          next: () => count++ < 2 ? { done: false, value: "a" } : { done: false, value: new Promise(() => {}) },
          return: () => ({ done: true, value: closed++ && undefined }),
        }),
      };
    }));
    talk.send(request(`${method} / HTTP/1.1`));
    act(talk);
    await talk.rest();
    return closed;
  };
  await t.step("HEAD", async () => assertEquals(await closings(() => {}, "HEAD"), 1));
  await t.step("the client has left", async () => assertEquals(await closings((talk) => talk.lose()), 1));
  await t.step("the client has left before there was a result", async () => {
    let closed = 0;
    const { promise, resolve } = Promise.withResolvers<Iterable<Item>>();
    const talk = new Talk(wsgi(() => promise));
    talk.send(get());
    talk.lose();
    resolve({
      [Symbol.iterator]: () => ({
        next: () => ({ done: true, value: undefined }),
        return: () => ({ done: true, value: closed++ && undefined }),
      }),
    });
    await talk.rest();
    assertEquals(closed, 1);
  });
});

Deno.test("eventlet.set_idle: a server that stops does not wait for an idle application", async (t) => {
  const app = (isIdle: boolean): WsgiApp =>
    function* (environ, start_response): Generator<Item, void> {
      if (isIdle) environ["eventlet.set_idle"]();
      start_response("200 OK", []);
      yield new Promise(() => {});
    };
  await t.step("idle", async () => {
    const talk = new Talk(wsgi(app(true)));
    talk.send(get());
    await talk.rest();
    talk.conversation.shutdown(60_000);
    await talk.rest();
    assertEquals(talk.sent.slice(9, 12), "503");
    assertEquals(talk.errors.filter((error) => !(error instanceof ConnectionClosingError)), []);
  });
  await t.step("not idle", async () => {
    const talk = new Talk(wsgi(app(false)));
    talk.send(get());
    await talk.rest();
    talk.conversation.shutdown(60_000);
    await talk.rest();
    assertEquals(talk.sent, "");
    talk.lose();
  });
});

Deno.test("wsgi gives an asynchronous application its early head, too", async () => {
  const later = Promise.withResolvers<void>();
  const talk = new Talk(
    wsgi(async function* (_environ, start_response) {
      start_response("200 OK", []);
      yield "";
      await later.promise;
      yield "a";
    }, { earlyHead: true }),
  );
  talk.send(get());
  await talk.rest();
  assertEquals(talk.take(), answer("200 OK", ["transfer-encoding: chunked", DATE]));
  later.resolve();
  await talk.rest();
  assertEquals(talk.take(), "1\r\na\r\n0\r\n\r\n");
});

Deno.test("wsgi leaves what is no iterable to the gateway, which answers 500", async (t) => {
  for (const result of [{}, null, 5]) {
    await t.step(JSON.stringify(result), async () => {
      const talk = new Talk(wsgi((_environ, start_response) => {
        start_response("200 OK", []);
        return result as never;
      }));
      talk.send(get());
      await talk.rest();
      assertEquals(talk.sent.slice(9, 12), "500");
      assertInstanceOf(talk.errors[0], TypeError);
    });
  }
});
