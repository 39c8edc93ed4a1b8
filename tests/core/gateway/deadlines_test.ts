import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { ConnectionClosingError, ConnectionLostError } from "../../../core/errors.ts";
import type { Environ } from "../../../core/gateway/environ.ts";
import { FLUSH } from "../../../core/gateway/piece.ts";
import type { App, Result } from "../../../core/gateway/types.ts";
import { answer, DATE, get, post, postChunked, request, Talk, type TalkOptions } from "../../support/talk.ts";

const ok: App = (_environ, startResponse) => {
  startResponse(200);
  return "ok";
};
const echo: App = async (environ, startResponse) => {
  const content = await environ.input.text();
  startResponse(200);
  return content;
};
const never: App = () => new Promise<Result>(() => {});

const KEPT = answer("200 OK", ["content-length: 2", DATE], "ok");
const refused = (status: string) => answer(status, ["content-length: 0", DATE, "connection: close"]);
const TIMEOUT = refused("408 Request Timeout");

/** One deadline: what leads to it, when it comes, what it does. */
interface Row {
  readonly app: App;
  readonly options?: TalkOptions;
  readonly before?: (talk: Talk) => void | Promise<void>;
  readonly ms: number;
  /** What is sent when it comes. */
  readonly sent: string;
  /** What is done when it comes. */
  readonly moves: string[];
}

const hold = (talk: Talk): void => {
  talk.port.isHolding = true;
};

const ROWS: Record<string, Row> = {
  "head": {
    app: ok,
    before: (talk) => talk.send("GET / HTTP/1.1\r\nHost: exam"),
    ms: 10_000,
    sent: TIMEOUT,
    moves: ["endWriting"],
  },
  "head, from its first octet": {
    app: ok,
    before: async (talk) => {
      for (const octet of "GET / HTT") {
        talk.send(octet);
        await talk.pass(1000);
      }
      talk.send("P/1.1\r\nHost:");
    },
    ms: 1000,
    sent: TIMEOUT,
    moves: ["endWriting"],
  },
  "head, after an empty line": {
    app: ok,
    before: (talk) => talk.send("\r\nGET / HTTP/1.1\r\n"),
    ms: 10_000,
    sent: TIMEOUT,
    moves: ["endWriting"],
  },
  "head without a request line": {
    app: ok,
    before: (talk) => talk.send("GET / HTTP/1.1"),
    ms: 10_000,
    sent: "",
    moves: ["close"],
  },
  "head of nothing but an empty line": {
    app: ok,
    before: (talk) => talk.send("\r\n"),
    ms: 10_000,
    sent: "",
    moves: ["close"],
  },
  "head of the next request": {
    app: ok,
    before: (talk) => {
      talk.send(get() + "GET / HTTP/1.1\r\n");
      assertEquals(talk.take(), KEPT);
    },
    ms: 10_000,
    sent: TIMEOUT,
    moves: ["endWriting"],
  },
  "idle, new": { app: ok, ms: 65_000, sent: "", moves: ["close"] },
  "idle, between exchanges": {
    app: ok,
    before: async (talk) => {
      await talk.pass(60_000);
      talk.send(get());
      assertEquals(talk.take(), KEPT);
    },
    ms: 65_000,
    sent: "",
    moves: ["close"],
  },
  "idle, behind content read away": {
    app: ok,
    before: async (talk) => {
      talk.send(post("hello").slice(0, -5));
      await talk.pass(500);
      talk.send("hello");
      assertEquals(talk.take(), KEPT);
    },
    ms: 65_000,
    sent: "",
    moves: ["close"],
  },
  "contentGap": {
    app: echo,
    options: { deadlines: { contentRate: { bytesPerSecond: 0, afterMs: Infinity } } },
    before: async (talk) => {
      talk.send(post("hello").slice(0, -3));
      await talk.rest();
      await talk.pass(29_000);
      talk.send("l");
      await talk.rest();
    },
    ms: 30_000,
    sent: TIMEOUT,
    moves: ["endWriting"],
  },
  "contentGap, chunked, framing counts": {
    app: echo,
    options: { deadlines: { contentGap: 2000 } },
    before: async (talk) => {
      talk.send(postChunked("5"));
      await talk.rest();
      await talk.pass(1500);
      talk.send(";x=y");
    },
    ms: 2000,
    sent: TIMEOUT,
    moves: ["endWriting"],
  },
  "contentGap behind the head": {
    app: async function* (environ, startResponse) {
      startResponse(200);
      yield FLUSH;
      yield* environ.input;
    },
    options: { deadlines: { contentGap: 2000 } },
    before: async (talk) => {
      talk.send(post("hello").slice(0, -3));
      await talk.rest();
      talk.take();
    },
    ms: 2000,
    sent: "",
    moves: ["abort"],
  },
  "contentRate": {
    app: echo,
    before: (talk) => talk.send(post("x".repeat(1000)).slice(0, -1000)),
    ms: 5000,
    sent: TIMEOUT,
    moves: ["endWriting"],
  },
  "contentRate, on average": {
    app: echo,
    before: async (talk) => {
      talk.send(post("x".repeat(10_000)).slice(0, -10_000));
      await talk.rest();
      // 2400 octets are worth ten seconds.
      for (let i = 0; i < 4; i++) {
        await talk.pass(1000);
        talk.send("x".repeat(600));
        await talk.rest();
      }
    },
    ms: 6000,
    sent: TIMEOUT,
    moves: ["endWriting"],
  },
  "contentRate of one octet a second": {
    app: echo,
    before: async (talk) => {
      talk.send(post("x".repeat(1000)).slice(0, -1000));
      await talk.rest();
      for (let i = 0; i < 4; i++) {
        await talk.pass(1000);
        talk.send("x");
        await talk.rest();
      }
    },
    ms: 1000,
    sent: TIMEOUT,
    moves: ["endWriting"],
  },
  "contentRate from the 100": {
    app: echo,
    before: async (talk) => {
      talk.send(post("hello", "Expect: 100-continue").slice(0, -5));
      await talk.rest();
      assertEquals(talk.take(), "HTTP/1.1 100 Continue\r\n\r\n");
    },
    ms: 5000,
    sent: TIMEOUT,
    moves: ["endWriting"],
  },
  "writeStall": {
    app: ok,
    before: (talk) => {
      hold(talk);
      talk.send(get());
      talk.take();
    },
    ms: 30_000,
    sent: "",
    moves: ["abort"],
  },
  "writeStall, from each write": {
    app: (_environ, startResponse) => {
      startResponse(200);
      return new Uint8Array(100_000);
    },
    before: async (talk) => {
      hold(talk);
      talk.send(get());
      await talk.pass(29_000);
      talk.drain();
      talk.take();
      assert(talk.port.isOpen);
    },
    ms: 30_000,
    sent: "",
    moves: ["abort"],
  },
  "drain": {
    app: ok,
    before: (talk) => {
      talk.send(post("hello").slice(0, -5));
      talk.take();
    },
    ms: 1000,
    sent: "",
    moves: ["endWriting"],
  },
  "linger": {
    app: ok,
    before: (talk) => {
      talk.send(get("/", "Connection: close"));
      talk.take();
    },
    ms: 2000,
    sent: "",
    moves: ["endWriting", "close"],
  },
  "application": {
    app: never,
    options: { deadlines: { application: 7000 } },
    before: (talk) => talk.send(get()),
    ms: 7000,
    sent: refused("503 Service Unavailable"),
    moves: ["endWriting"],
  },
  "application, while it reads": {
    app: echo,
    options: { deadlines: { application: 4000 } },
    before: (talk) => talk.send(post("hello").slice(0, -1)),
    ms: 4000,
    sent: refused("503 Service Unavailable"),
    moves: ["endWriting"],
  },
  "shutdown's grace, idle": {
    app: ok,
    before: (talk) => talk.conversation.shutdown(1000),
    ms: 1000,
    sent: "",
    moves: ["close"],
  },
};

Deno.test("each deadline is told by deadline and acted on by tick, not before", async (t) => {
  for (const [name, row] of Object.entries(ROWS)) {
    await t.step(name, async () => {
      const talk = new Talk(row.app, row.options);
      await row.before?.(talk);
      await talk.rest();
      talk.take();
      assertEquals(talk.due, row.ms);
      const calls = talk.port.calls.length;
      for (const early of [1, row.ms - 2]) {
        await talk.pass(early);
        assertEquals(talk.port.calls.length, calls, "before the time");
        assertEquals(talk.take(), "");
      }
      assertEquals(talk.due, 1);
      await talk.pass(1);
      assertEquals(talk.take(), row.sent);
      assertEquals(talk.moves, row.moves);
      assert(talk.due > 0, "what was due was done");
      assertEquals(talk.errors, []);
    });
    await t.step(`${name}, ticked late`, async () => {
      const talk = new Talk(row.app, row.options);
      await row.before?.(talk);
      await talk.rest();
      talk.take();
      await talk.pass(row.ms + 900);
      assertEquals(talk.take(), row.sent);
      assertEquals(talk.moves, row.moves);
    });
  }
});

Deno.test("the end of every closing is that the connection is closed and never due again", async (t) => {
  for (const [name, row] of Object.entries(ROWS)) {
    await t.step(name, async () => {
      const talk = new Talk(row.app, row.options);
      await row.before?.(talk);
      for (let i = 0; i < 20 && talk.due !== Infinity; i++) await talk.pass(Math.max(0, talk.due));
      const last = talk.port.calls.at(-1);
      assert(last === "close" || last === "abort", last);
      assertEquals(talk.due, Infinity);
    });
  }
});

Deno.test("an application that thinks is never timed", async (t) => {
  const cases: Record<string, [app: App, first: string]> = {
    "before the head": [never, get()],
    "while content lies unread": [never, post("hello").slice(0, -1)],
    "while a 100 is owed": [never, post("hello", "Expect: 100-continue").slice(0, -5)],
    "while the next head is incomplete": [never, get() + "GET / HT"],
    "between pieces": [async function* (_environ, startResponse) {
      startResponse(200);
      yield "a";
      await new Promise(() => {});
    }, get()],
    "between reads": [async (environ) => {
      await environ.input.read(1);
      await new Promise(() => {});
    }, post("hello").slice(0, -1)],
    "while reading is paused": [never, post("x".repeat(70_000))],
  };
  for (const [name, [app, first]] of Object.entries(cases)) {
    await t.step(name, async () => {
      const talk = new Talk(app);
      talk.send(first);
      await talk.rest();
      const { length } = talk.port.calls;
      assertEquals(talk.due, Infinity);
      await talk.pass(10_000_000);
      assertEquals(talk.port.calls.length, length);
    });
  }
});

Deno.test("reads are timed only while they wait, and a long time between them counts for nothing", async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const talk = new Talk(async (environ, startResponse) => {
    for (const gate of gates) {
      await environ.input.read(1);
      await gate.promise;
    }
    await environ.input.read();
    startResponse(200);
    return "ok";
  });
  talk.send(post("hello").slice(0, -5));
  await talk.rest();
  assertEquals(talk.due, 5000);
  await talk.pass(3000);
  talk.send("h");
  await talk.rest();
  assertEquals(talk.due, Infinity);
  await talk.pass(1_000_000);
  gates[0]!.resolve();
  await talk.rest();
  assertEquals(talk.due, 2000, "three seconds were waited before");
  talk.send("e");
  await talk.pass(1_000_000);
  gates[1]!.resolve();
  await talk.rest();
  assertEquals(talk.due, 2000);
  talk.send("llo");
  await talk.rest();
  assertEquals(talk.take(), KEPT);
});

Deno.test("a timeout of content may become the application's own 4xx or 5xx", async () => {
  const talk = new Talk(async (environ, startResponse) => {
    const error = await environ.input.text().catch((error) => error);
    startResponse(503);
    return error.code;
  });
  talk.send(post("hello").slice(0, -1));
  await talk.rest();
  await talk.pass(5000);
  assertEquals(
    talk.sent,
    answer("503 Service Unavailable", ["content-length: 7", DATE, "connection: close"], "timeout"),
  );
});

Deno.test("the application's deadline fires signal, and what comes later is dropped", async () => {
  const later = Promise.withResolvers<Result>();
  let environ: Environ | undefined;
  let write: ((piece: string) => unknown) | undefined;
  const talk = new Talk((given, startResponse) => {
    environ = given;
    write = startResponse(200);
    return later.promise;
  }, { deadlines: { application: 1000 }, observed: true });
  talk.send(get());
  const { signal } = environ!;
  await talk.pass(1000);
  assert(signal.aborted);
  assertInstanceOf(signal.reason, Error);
  write!("late");
  later.resolve("late");
  await talk.rest();
  assertEquals(talk.sent, refused("503 Service Unavailable"));
  assertEquals(talk.errors, []);
  talk.end();
  assertEquals(talk.records.map(({ status, completed }) => [status, completed]), [[503, true]]);
});

Deno.test("the application's deadline ends with its head", async () => {
  const talk = new Talk(async function* (_environ, startResponse) {
    startResponse(200);
    yield "a";
    await new Promise(() => {});
  }, { deadlines: { application: 1000 } });
  talk.send(get());
  await talk.rest();
  assertEquals(talk.due, Infinity);
});

Deno.test("a stall of the client fires signal and tells the hooks", async () => {
  let environ: Environ | undefined;
  const outcomes: unknown[] = [];
  const talk = new Talk(function* (given, startResponse) {
    environ = given;
    given.signal;
    given.postHooks.push((_environ, outcome) => void outcomes.push(outcome.completed, outcome.error));
    startResponse(200);
    for (;;) yield "x".repeat(10_000);
  });
  hold(talk);
  talk.send(get());
  await talk.rest();
  await talk.pass(30_000);
  assertEquals(talk.moves, ["abort"]);
  assertInstanceOf(environ!.signal.reason, ConnectionLostError);
  assertEquals(outcomes, [false, environ!.signal.reason]);
});

Deno.test("requests that wait for a slow client are not timed as heads, nor is it idle", async () => {
  const talk = new Talk((_environ, startResponse) => {
    startResponse(200);
    return "x".repeat(60_000);
  });
  hold(talk);
  talk.send(get().repeat(5));
  await talk.rest();
  for (let i = 0; i < 40 && talk.port.isOpen; i++) {
    assertEquals(talk.due, 30_000, "only its reading is timed");
    await talk.pass(29_999);
    talk.drain();
    await talk.rest();
  }
  assertEquals(talk.sent.split("HTTP/1.1 200 OK").length, 6);
  assertEquals(talk.moves, []);
  assertEquals(talk.due, 65_000, "it has its time to ask again");
});

Deno.test("shutdown", async (t) => {
  const CLOSING = answer("200 OK", ["content-length: 2", DATE, "connection: close"], "ok");
  await t.step("without grace closes an idle connection at once", () => {
    const talk = new Talk(ok);
    talk.conversation.shutdown(0);
    assertEquals(talk.port.calls, ["close"]);
    talk.conversation.shutdown(0);
    assertEquals(talk.port.calls, ["close"]);
  });
  await t.step("answers what is sent during the grace, with connection: close", async () => {
    const talk = new Talk(ok);
    talk.conversation.shutdown(1000);
    await talk.pass(999);
    assertEquals(talk.port.calls, []);
    talk.send(get() + get());
    assertEquals(talk.sent, CLOSING);
    assertEquals(talk.moves, ["endWriting"]);
    assertEquals(talk.due, 2000);
  });
  await t.step("lets an exchange in hand go on as long as it takes", async () => {
    for (const grace of [0, 1000]) {
      const gate = Promise.withResolvers<void>();
      let environ: Environ | undefined;
      const talk = new Talk(async (given, startResponse) => {
        environ = given;
        await gate.promise;
        startResponse(200);
        return "ok";
      });
      talk.send(get() + get());
      const { closing } = environ!;
      talk.conversation.shutdown(grace);
      assertInstanceOf(closing.reason, ConnectionClosingError);
      assertEquals((closing.reason as ConnectionClosingError).by, "shutdown");
      await talk.pass(100_000);
      assertEquals(talk.port.calls, []);
      gate.resolve();
      await talk.rest();
      assertEquals(talk.sent, CLOSING);
      assertEquals(environ!.signal.aborted, false);
    }
  });
  await t.step("waits for a head that has begun", async () => {
    const talk = new Talk(ok);
    talk.send("GET / HTTP/1.1\r\n");
    talk.conversation.shutdown(1000);
    assertEquals(talk.due, 1000);
    await talk.pass(1000);
    assertEquals(talk.port.calls, []);
    assertEquals(talk.due, 9000);
    talk.send("Host: a\r\n\r\n");
    assertEquals(talk.sent, CLOSING);
  });
  await t.step("lets a slow client take its answer", () => {
    const talk = new Talk(ok);
    hold(talk);
    talk.send(get());
    talk.conversation.shutdown(0);
    assertEquals(talk.moves, []);
    talk.drain();
    assertEquals(talk.moves, ["close"]);
  });
  await t.step("answers what came while the last answer was still being taken", async () => {
    const gate = Promise.withResolvers<void>();
    let asked = 0;
    const talk = new Talk(async (_environ, startResponse) => {
      if (asked++ > 0) await gate.promise;
      startResponse(200);
      return "ok";
    });
    hold(talk);
    talk.send(get());
    await talk.rest();
    talk.conversation.shutdown(0);
    talk.send(get());
    await talk.rest();
    talk.drain();
    assertEquals(talk.moves, [], "an exchange is in hand");
    gate.resolve();
    await talk.drainAll();
    assertEquals(talk.sent, KEPT + CLOSING);
    assertEquals(talk.moves, ["endWriting"]);
  });
  await t.step("finishes the reading away of content, then closes", async () => {
    const talk = new Talk(ok);
    talk.send(post("hello").slice(0, -5));
    talk.conversation.shutdown(0);
    assertEquals(talk.moves, []);
    talk.send("hello");
    await talk.rest();
    assertEquals(talk.moves, ["endWriting"]);
  });
  await t.step("twice counts from the first", async () => {
    const talk = new Talk(ok);
    talk.conversation.shutdown(1000);
    await talk.pass(500);
    talk.conversation.shutdown(1000);
    assertEquals(talk.due, 500);
  });
});

Deno.test("HTTP/1.0 content is timed like any other", async () => {
  const talk = new Talk(echo);
  talk.send(request("POST / HTTP/1.0", ["Content-Length: 5"], "hel"));
  await talk.rest();
  assertEquals(talk.due, 5000);
  await talk.pass(5000);
  assertEquals(talk.sent, TIMEOUT);
});
