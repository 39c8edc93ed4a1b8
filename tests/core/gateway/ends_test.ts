import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ConnectionClosingError, ConnectionLostError } from "../../../core/errors.ts";
import type { Environ } from "../../../core/gateway/environ.ts";
import { FLUSH, INPUT_PENDING, type Item } from "../../../core/gateway/piece.ts";
import type { App, Result } from "../../../core/gateway/types.ts";
import { answer, DATE, get, post, postChunked, request, Talk } from "../../support/talk.ts";

const LENGTH_0 = "content-length: 0";
const KEPT = answer("200 OK", ["content-length: 2", DATE], "ok");
const CLOSING = answer("200 OK", ["content-length: 2", DATE, "connection: close"], "ok");
const refused = (status: string) => answer(status, [LENGTH_0, DATE, "connection: close"]);

const ok: App = (_environ, startResponse) => {
  startResponse(200);
  return "ok";
};

Deno.test("an error in request n+1 waits behind the answers 1 to n", async (t) => {
  const broken = "GET / HTTP/1.1\r\nBad Field: x\r\n\r\n";
  await t.step("at once", async () => {
    const talk = new Talk(ok);
    talk.send(get() + get() + broken + get());
    await talk.rest();
    assertEquals(talk.port.writes, [KEPT + KEPT + refused("400 Bad Request")]);
    assertEquals(talk.port.calls, ["write", "endWriting"]);
  });
  await t.step("behind slow answers", async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let asked = 0;
    const talk = new Talk(async (_environ, startResponse) => {
      await gates[asked++]!.promise;
      startResponse(200);
      return "ok";
    });
    talk.send(get() + get() + broken);
    await talk.rest();
    assertEquals(talk.take(), "");
    gates[0]!.resolve();
    await talk.rest();
    assertEquals(talk.take(), KEPT);
    gates[1]!.resolve();
    await talk.rest();
    assertEquals(talk.take(), KEPT + refused("400 Bad Request"));
  });
  await t.step("behind answers that the client does not take", async () => {
    const talk = new Talk((_environ, startResponse) => {
      startResponse(200);
      return "x".repeat(50_000);
    });
    talk.port.isHolding = true;
    talk.send(get() + get() + get() + broken);
    await talk.drainAll();
    assertEquals(talk.sent.split("HTTP/1.1 ").map((part) => part.slice(0, 3)), ["", "200", "200", "200", "400"]);
    assertEquals(talk.port.calls.at(-1), "endWriting");
  });
});

Deno.test("a half-closed client gets all its answers, then the connection closes", async (t) => {
  await t.step("answered already", () => {
    const talk = new Talk(ok);
    talk.send(get());
    talk.end();
    assertEquals(talk.sent, KEPT);
    assertEquals(talk.port.calls, ["write", "close"]);
  });
  await t.step("slow", async () => {
    const gate = Promise.withResolvers<void>();
    const talk = new Talk(async (_environ, startResponse) => {
      await gate.promise;
      startResponse(200);
      return "ok";
    });
    talk.send(get() + post("unread") + postChunked("3\r\nabc\r\n0\r\n\r\n") + get());
    talk.end();
    await talk.rest();
    assertEquals(talk.port.calls, []);
    gate.resolve();
    await talk.rest();
    assertEquals(talk.sent, KEPT + KEPT + KEPT + CLOSING);
    assertEquals(talk.port.calls.at(-1), "close");
    assertEquals(talk.due, Infinity);
  });
  await t.step("endless until it is written", async () => {
    const talk = new Talk(function* (_environ, startResponse) {
      startResponse(200);
      for (let i = 0; i < 20; i++) yield "x".repeat(50_000);
    });
    talk.port.isHolding = true;
    talk.send(get());
    talk.end();
    await talk.drainAll();
    assert(talk.sent.endsWith("0\r\n\r\n"));
    assertEquals(talk.sent.split("x").length, 1_000_001);
    assertEquals(talk.port.calls.at(-1), "close");
  });
  await t.step("nothing was asked", () => {
    const talk = new Talk(ok);
    talk.end();
    assertEquals(talk.port.calls, ["close"]);
    talk.end();
    talk.send(get());
    talk.drain();
    assertEquals(talk.port.calls, ["close"]);
  });
});

Deno.test("a peer that ends inside a head is closed silently", () => {
  const whole = get("/", "x-a: b");
  for (let cut = 1; cut < whole.length; cut++) {
    const talk = new Talk(ok);
    talk.send(get() + whole.slice(0, cut));
    talk.end();
    assertEquals(talk.sent, KEPT, `cut at ${cut}`);
    assertEquals(talk.port.calls, ["write", "close"]);
  }
  const talk = new Talk(ok);
  talk.send("\r\n");
  talk.end();
  assertEquals(talk.port.calls, ["close"]);
});

/** Ways in which an application takes broken content. */
const TAKERS: Record<string, [app: (seen: unknown[]) => App, own: string | undefined]> = {
  "lets the error pass": [() => async (environ, startResponse) => {
    const content = await environ.input.text();
    startResponse(200);
    return content;
  }, undefined],
  "throws another": [() => async (environ) => {
    await environ.input.text().catch(() => {
      throw new Error("Another");
    });
  }, undefined],
  "answers 200": [(seen) => async (environ, startResponse) => {
    seen.push(await environ.input.text().catch((error) => error));
    startResponse(200);
    return "as if nothing were";
  }, undefined],
  "answers 200 in pieces": [() =>
    async function* (environ, startResponse) {
      await environ.input.text().catch(() => {});
      startResponse(200);
      yield "as if";
      yield "nothing were";
    }, undefined],
  "answers 302": [() => async (environ, startResponse) => {
    await environ.input.text().catch(() => {});
    startResponse(302, { location: "/" });
  }, undefined],
  "writes": [() => async (environ, startResponse) => {
    await environ.input.text().catch(() => {});
    startResponse(200)("as if nothing were");
  }, undefined],
  "never starts": [() => async (environ) => {
    await environ.input.text().catch(() => {});
  }, undefined],
  "answers 422": [() => async (environ, startResponse) => {
    await environ.input.text().catch(() => {});
    startResponse(422);
    return "its own";
  }, answer("422 Unprocessable Content", ["content-length: 7", DATE, "connection: close"], "its own")],
  "answers 503": [() => async (environ, startResponse) => {
    await environ.input.text().catch(() => {});
    startResponse(503);
    return "its own";
  }, answer("503 Service Unavailable", ["content-length: 7", DATE, "connection: close"], "its own")],
  "answers 400 in pieces": [
    () =>
      async function* (environ, startResponse) {
        await environ.input.text().catch(() => {});
        startResponse(400);
        yield "its own";
      },
    answer(
      "400 Bad Request",
      ["transfer-encoding: chunked", DATE, "connection: close"],
      "7\r\nits own\r\n0\r\n\r\n",
    ),
  ],
  "is a generator": [() =>
    function* (environ, startResponse): Generator<Item, void> {
      for (const piece of environ.input.available()) if (piece === INPUT_PENDING) yield piece;
      startResponse(200);
    }, undefined],
};

/** Ways in which content breaks behind `5\r\nhel`, or `Content-Length: 5`. */
const BREAKS: Record<string, [first: string, then: (talk: Talk) => void | Promise<void>, status: string]> = {
  "by the peer's end": [post("hello").slice(0, -2), (talk) => talk.end(), "400 Bad Request"],
  "by the peer's end in a chunk": [postChunked("5\r\nhel"), (talk) => talk.end(), "400 Bad Request"],
  "by the peer's end before the last chunk": [postChunked("3\r\nhel\r\n"), (talk) => talk.end(), "400 Bad Request"],
  "by a chunk's end": [postChunked("5\r\nhel"), (talk) => talk.send("loX"), "400 Bad Request"],
  "by a size": [postChunked("3\r\nhel\r\n"), (talk) => talk.send("G"), "400 Bad Request"],
  "by a trailer": [postChunked("0\r\n"), (talk) => talk.send("a b: c\r\n\r\n"), "400 Bad Request"],
  "by many trailers": [
    postChunked("0\r\n"),
    (talk) => talk.send("a: b\r\n".repeat(101)),
    "431 Request Header Fields Too Large",
  ],
  "by its slowness": [post("hello").slice(0, -2), (talk) => talk.pass(5000), "408 Request Timeout"],
};

Deno.test("content that breaks while the application reads ends in its own status, or the application's 4xx or 5xx", async (t) => {
  for (const [how, [first, then, status]] of Object.entries(BREAKS)) {
    for (const [name, [make, own]] of Object.entries(TAKERS)) {
      await t.step(`broken ${how}, it ${name}`, async () => {
        const seen: unknown[] = [];
        const talk = new Talk(make(seen), { observed: true });
        talk.send(first);
        await talk.rest();
        assertEquals(talk.sent, "");
        await then(talk);
        await talk.rest();
        assertEquals(talk.sent, own ?? refused(status));
        assertEquals(talk.errors, [], "the peer's fault is not the application's");
        const last = talk.port.calls.at(-1);
        assert(last === "endWriting" || last === "close", last);
        talk.lose();
        assertEquals(talk.records.length, 1);
      });
    }
  }
});

Deno.test("content that breaks behind the head aborts, without a last chunk", async (t) => {
  const apps: Record<string, App> = {
    "lets the error pass": async function* (environ, startResponse) {
      startResponse(200);
      yield FLUSH;
      for await (const piece of environ.input) yield piece;
    },
    "catches it": async function* (environ, startResponse) {
      startResponse(200);
      yield FLUSH;
      try {
        for await (const piece of environ.input) yield piece;
      } catch {
        yield "as if nothing were";
      }
    },
    "is a generator": function* (environ, startResponse): Generator<Item, void> {
      startResponse(200);
      yield FLUSH;
      for (const piece of environ.input.available()) yield piece;
    },
  };
  for (const [how, [first, then]] of Object.entries(BREAKS)) {
    for (const [name, app] of Object.entries(apps)) {
      await t.step(`broken ${how}, it ${name}`, async () => {
        const talk = new Talk(app);
        talk.send(first);
        await talk.rest();
        await then(talk);
        await talk.rest();
        assertEquals(talk.moves, ["abort"]);
        assert(talk.sent.startsWith("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n"));
        assert(!talk.sent.endsWith("0\r\n\r\n"));
        assertEquals(talk.errors, []);
      });
    }
  }
});

Deno.test("abort tells everybody", async () => {
  const reason = new Error("Reset by peer");
  const told: unknown[] = [];
  let returned = 0;
  let environ: Environ | undefined;
  const talk = new Talk((given, startResponse) => {
    environ = given;
    given.signal.addEventListener("abort", () => told.push(["signal", given.signal.reason]));
    given.closing.addEventListener("abort", () => told.push("closing"));
    given.postHooks.push((_environ, outcome) =>
      void told.push(["hook", outcome.error, outcome.completed, outcome.status])
    );
    given.input.read().catch((error) => told.push(["read", error]));
    startResponse(200);
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<string>>(() => {}),
        return: () => {
          returned++;
          return Promise.resolve({ done: true as const, value: undefined });
        },
      }),
    };
  }, { observed: true });
  talk.send(post("hello").slice(0, -1));
  await talk.rest();
  assertEquals(environ!.signal.aborted, false);
  talk.lose(reason);
  await talk.rest();
  assertEquals(told, [["signal", reason], ["hook", reason, false, 0], ["read", reason]]);
  assertEquals(returned, 1);
  assertEquals(talk.port.calls, [], "there is nobody to call");
  assertEquals(talk.records.map(({ error, completed }) => [error, completed]), [[reason, false]]);
  assertEquals(talk.errors, [], "a client that leaves is nobody's fault");
  talk.lose(new Error("Again"));
  talk.send(get());
  talk.end();
  talk.conversation.tick();
  talk.conversation.shutdown(0);
  assertEquals(talk.port.calls, []);
  assertEquals(talk.due, Infinity);
});

Deno.test("signal fires when it is asked for after the loss, and has a reason where none was given", async () => {
  let environ: Environ | undefined;
  const never = new Promise<Result>(() => {});
  const talk = new Talk((given) => {
    environ = given;
    return never;
  });
  talk.send(get());
  talk.lose(undefined);
  assertEquals(environ!.signal.aborted, true);
  assertInstanceOf(environ!.signal.reason, ConnectionLostError);
  await assertRejects(() => environ!.input.read(), ConnectionLostError);
});

Deno.test("signal does not fire when the answer is sent, nor when the connection ends behind it", async () => {
  const environs: Environ[] = [];
  const talk = new Talk((environ, startResponse) => {
    environs.push(environ);
    environ.signal;
    startResponse(200);
  });
  talk.send(get() + get("/", "Connection: close"));
  talk.end();
  await talk.rest();
  talk.lose(new Error("Late"));
  assertEquals(environs.map((environ) => environ.signal.aborted), [false, false]);
});

Deno.test("closing fires when the peer ends its side, and answers still go out", async () => {
  const gate = Promise.withResolvers<void>();
  const environs: Environ[] = [];
  const talk = new Talk(async (environ, startResponse) => {
    environs.push(environ);
    if (environ.target === "/watched") environ.closing;
    await gate.promise;
    startResponse(200);
    return "ok";
  });
  talk.send(get("/watched") + get("/next"));
  talk.end();
  assertEquals(environs[0]!.closing.aborted, true);
  assertInstanceOf(environs[0]!.closing.reason, ConnectionClosingError);
  assertEquals((environs[0]!.closing.reason as ConnectionClosingError).by, "peer");
  assertEquals(environs[0]!.signal.aborted, false);
  gate.resolve();
  await talk.rest();
  assertEquals(environs[1]!.closing.aborted, true, "it was so before the request's turn");
  assertEquals(talk.sent, KEPT + CLOSING);
});

Deno.test("an application that fails after the client left is told of, a rejection with the reason is not", async () => {
  const reason = new Error("Reset");
  const later = Promise.withResolvers<Result>();
  const other = new Talk(() => later.promise);
  other.send(get());
  other.lose(reason);
  later.reject(reason);
  await other.rest();
  assertEquals(other.errors, []);

  const failure = new Error("Its own");
  const last = Promise.withResolvers<Result>();
  const talk = new Talk(() => last.promise);
  talk.send(get());
  talk.lose(reason);
  last.reject(failure);
  await talk.rest();
  assertEquals(talk.errors, [failure]);
});

Deno.test("a request that came with the peer's end is answered with connection: close", async () => {
  const gate = Promise.withResolvers<void>();
  const talk = new Talk(async (_environ, startResponse) => {
    await gate.promise;
    startResponse(200);
    return "ok";
  });
  talk.send(get() + request("GET / HTTP/1.1"));
  talk.end();
  gate.resolve();
  await talk.rest();
  assertEquals(talk.sent, KEPT + CLOSING);
});
