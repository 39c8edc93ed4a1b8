import { assert, assertEquals } from "@std/assert";
import type { Outcome, PostHook } from "../../../core/gateway/environ.ts";
import type { App, Result } from "../../../core/gateway/types.ts";
import { answer, DATE, get, post, postChunked, request, Talk, type TalkOptions } from "../../support/talk.ts";

const ok: App = (_environ, startResponse) => {
  startResponse(200);
  return "ok";
};
const OK_OCTETS = answer("200 OK", ["content-length: 2", DATE], "ok").length;

/** An application whose hook keeps the outcome. */
function hooked(app: App, outcomes: Outcome[]): App {
  return (environ, startResponse) => {
    environ.postHooks.push((_environ, outcome) => void outcomes.push(outcome));
    return app(environ, startResponse);
  };
}

const failure = new Error("Fails");
const reset = new Error("Reset");

/** One way for an exchange to end, and what is told of it. */
interface Ending {
  readonly app: App;
  readonly request?: string;
  readonly options?: TalkOptions;
  readonly then?: (talk: Talk) => void | Promise<void>;
  readonly outcome: Omit<Outcome, "wireBytes" | "error">;
  /** The error, or the code of a `ProtocolError`, or the name of another. */
  readonly error?: unknown;
}

const later = async (talk: Talk): Promise<void> => await talk.pass(250);

const ENDINGS: Record<string, Ending> = {
  "a string": { app: ok, outcome: { status: 200, bodyBytes: 2, completed: true, durationMs: 0 } },
  "no content": {
    app: (_environ, startResponse) => void startResponse(204),
    outcome: { status: 204, bodyBytes: 0, completed: true, durationMs: 0 },
  },
  "HEAD": {
    app: ok,
    request: request("HEAD / HTTP/1.1"),
    outcome: { status: 200, bodyBytes: 0, completed: true, durationMs: 0 },
  },
  "pieces": {
    app: (_environ, startResponse) => {
      startResponse(201);
      return ["h\u00e9", "l", "lo"];
    },
    outcome: { status: 201, bodyBytes: 6, completed: true, durationMs: 0 },
  },
  "an interim response": {
    app: (environ, startResponse) => {
      environ.inform(103);
      return ok(environ, startResponse);
    },
    outcome: { status: 200, bodyBytes: 2, completed: true, durationMs: 0 },
  },
  "an answer that took its time": {
    app: (environ, startResponse) => {
      const gate = Promise.withResolvers<void>();
      environ.state["gate"] = gate;
      gates.push(gate);
      return gate.promise.then(() => ok(environ, startResponse));
    },
    then: async (talk) => {
      talk.surroundings.advance(250);
      gates.pop()!.resolve();
      await talk.rest();
    },
    outcome: { status: 200, bodyBytes: 2, completed: true, durationMs: 250 },
  },
  "the application's error": {
    app: () => {
      throw failure;
    },
    outcome: { status: 500, bodyBytes: 0, completed: true, durationMs: 0 },
    error: failure,
  },
  "the application's error behind the head": {
    app: function* (_environ, startResponse) {
      startResponse(200);
      yield "abc";
      throw failure;
    },
    outcome: { status: 200, bodyBytes: 3, completed: false, durationMs: 0 },
    error: failure,
  },
  "a shortfall": {
    app: (_environ, startResponse) => {
      startResponse(200, { "content-length": "5" });
      return "abc";
    },
    outcome: { status: 200, bodyBytes: 3, completed: false, durationMs: 0 },
    error: "Error",
  },
  "excess": {
    app: (_environ, startResponse) => {
      startResponse(200, { "content-length": "2" });
      return "abc";
    },
    outcome: { status: 200, bodyBytes: 2, completed: true, durationMs: 0 },
  },
  "broken content": {
    app: async (environ, startResponse) => {
      await environ.input.read();
      return ok(environ, startResponse);
    },
    request: postChunked("x"),
    outcome: { status: 400, bodyBytes: 0, completed: true, durationMs: 0 },
    error: "bad-chunk",
  },
  "a slow application": {
    app: () => new Promise<Result>(() => {}),
    options: { deadlines: { application: 250 } },
    then: later,
    outcome: { status: 503, bodyBytes: 0, completed: true, durationMs: 250 },
    error: "Error",
  },
  "a target for TLS": {
    app: ok,
    request: request("GET https://example.org/ HTTP/1.1"),
    outcome: { status: 421, bodyBytes: 0, completed: true, durationMs: 0 },
    error: "misdirected-request",
  },
  "a loss before the head": {
    app: () => new Promise<Result>(() => {}),
    then: (talk) => {
      talk.surroundings.advance(250);
      talk.lose(reset);
    },
    outcome: { status: 0, bodyBytes: 0, completed: false, durationMs: 250 },
    error: reset,
  },
  "a loss behind the head": {
    app: async function* (_environ, startResponse) {
      startResponse(200);
      yield "abc";
      await new Promise(() => {});
    },
    then: (talk) => talk.lose(reset),
    outcome: { status: 200, bodyBytes: 3, completed: false, durationMs: 0 },
    error: reset,
  },
  "a stall": {
    app: ok,
    options: { port: { takes: () => false } },
    then: (talk) => talk.pass(30_000),
    outcome: { status: 200, bodyBytes: 2, completed: false, durationMs: 30_000 },
    error: "ConnectionLostError",
  },
};
const gates: PromiseWithResolvers<void>[] = [];

Deno.test("hooks and the observer are told how an exchange ended, once", async (t) => {
  for (const [name, ending] of Object.entries(ENDINGS)) {
    await t.step(name, async () => {
      const outcomes: Outcome[] = [];
      // A 421 comes before any application.
      const talk = new Talk(hooked(ending.app, outcomes), { ...ending.options, observed: true });
      talk.send(ending.request ?? get());
      await talk.rest();
      await ending.then?.(talk);
      await talk.rest();
      talk.lose(new Error("Over"));
      assertEquals(talk.records.length, 1);
      const { environ, remote, method, target, version, ...outcome } = talk.records[0]!;
      const isServed = outcome.status !== 421;
      assertEquals(outcomes.length, isServed ? 1 : 0);
      if (isServed) assertEquals(outcomes[0], outcome);
      const { wireBytes, error, ...rest } = outcome;
      assertEquals(rest, ending.outcome);
      assertEquals(wireBytes, talk.port.sentOctets);
      if (typeof ending.error === "string") {
        assertEquals((error as { code?: string }).code ?? (error as Error).name, ending.error);
      } else assertEquals(error, ending.error);
      assertEquals(remote, talk.port.remote);
      assertEquals(
        [method, target, version],
        (ending.request ?? get()).split("\r\n")[0]!.replace("HTTP/", "").split(" "),
      );
      assert(environ);
    });
  }
});

Deno.test("a refusal that the client did not take is observed as broken off", async () => {
  const talk = new Talk(ok, { observed: true, port: { takes: () => false } });
  talk.send("BAD\r\n\r\n");
  await talk.rest();
  assertEquals(talk.records, [], "it is not taken yet");
  talk.lose(new Error("Gone"));
  assertEquals(talk.records.map(({ status, completed }) => [status, completed]), [[400, false]]);
});

Deno.test("refusals before an exchange are observed like any", async () => {
  const cases: [sent: string, status: number, code: string, about: string[]][] = [
    ["GET nowhere HTTP/1.1\r\n\r\n", 400, "bad-target", ["", "", ""]],
    [get("/", "a b: c"), 400, "bad-field-line", ["", "", ""]],
    [get("/", "Expect: more"), 417, "unknown-expectation", ["", "", ""]],
    [post("hello"), 413, "content-too-large", ["POST", "/", "1.1"]],
  ];
  for (const [sent, status, code, about] of cases) {
    const talk = new Talk(ok, { observed: true, limits: { content: 4 } });
    talk.send(get() + sent);
    await talk.rest();
    assertEquals(talk.records.length, 2);
    assertEquals(talk.records[0]!.status, 200);
    const { error, environ, method, target, version, ...record } = talk.records[1]!;
    assertEquals(record, {
      status,
      bodyBytes: 0,
      wireBytes: talk.port.sentOctets - OK_OCTETS,
      completed: true,
      durationMs: 0,
      remote: talk.port.remote,
    });
    assertEquals((error as { code: string }).code, code);
    assertEquals(environ, undefined);
    assertEquals([method, target, version], about);
    talk.end();
    assertEquals(talk.records.length, 2, "once");
  }
});

Deno.test("a slow head is observed, an idle connection and a silent end are not", async () => {
  const slow = new Talk(ok, { observed: true });
  slow.send("GET / HTTP/1.1\r\n");
  await slow.pass(10_000);
  assertEquals(slow.records.map(({ status, method }) => [status, method]), [[408, ""]]);
  for (const sent of ["", "GET / HT"]) {
    for (const end of [(talk: Talk) => talk.end(), (talk: Talk) => talk.pass(65_000), (talk: Talk) => talk.lose()]) {
      const talk = new Talk(ok, { observed: true });
      if (sent) talk.send(sent);
      await end(talk);
      assertEquals(talk.records, []);
    }
  }
});

Deno.test("hooks run when the port has taken the last octet of their answer, not before", async (t) => {
  const order: string[] = [];
  const app: App = (environ, startResponse) => {
    environ.postHooks.push((environ) => void order.push(environ.target));
    startResponse(200);
    return "ok";
  };
  await t.step("taken at once", () => {
    const talk = new Talk(app);
    talk.send(get("/a") + get("/b"));
    assertEquals(order.splice(0), ["/a", "/b"]);
  });
  await t.step("held", () => {
    const talk = new Talk(app);
    talk.port.isHolding = true;
    talk.send(get("/a") + get("/b"));
    assertEquals(order, []);
    talk.drain();
    assertEquals(order.splice(0), ["/a", "/b"]);
  });
  await t.step("each as its own answer is taken, while the next is written", () => {
    const talk = new Talk(app);
    talk.port.isHolding = true;
    talk.send(get("/a"));
    talk.send(get("/b"));
    talk.send(get("/c"));
    assertEquals(order, []);
    talk.drain();
    assertEquals(order, ["/a"]);
    assert(talk.port.isOpen);
    talk.send(get("/d"));
    talk.drain();
    assertEquals(order, ["/a", "/b", "/c"], "a client that never stops asking does not hold them back");
    talk.drain();
    assertEquals(order.splice(0), ["/a", "/b", "/c", "/d"]);
  });
  await t.step("a loss tells apart who was taken and who was not", () => {
    const talk = new Talk(app, { observed: true });
    talk.port.isHolding = true;
    talk.send(get("/a"));
    talk.send(get("/b"));
    talk.drain();
    talk.lose(reset);
    assertEquals(order.splice(0), ["/a", "/b"]);
    assertEquals(talk.records.map(({ target, completed, error }) => [target, completed, error]), [
      ["/a", true, undefined],
      ["/b", false, reset],
    ]);
  });
});

Deno.test("hooks run in order, and one that fails hides nothing", async () => {
  const order: string[] = [];
  const talk = new Talk((environ, startResponse) => {
    environ.postHooks.push(
      () => {
        order.push("first");
        throw failure;
      },
      // deno-lint-ignore require-await
      async () => {
        order.push("second");
        throw reset;
      },
      (_environ, outcome) => {
        order.push(`third ${outcome.error}`);
      },
    );
    startResponse(200);
    return "ok";
  }, { observed: true });
  talk.send(get() + get());
  await talk.rest();
  assertEquals(order, ["first", "second", "third undefined", "first", "second", "third undefined"]);
  assertEquals(talk.records.length, 2);
  assertEquals(new Set(talk.errors), new Set([failure, reset]));
  assertEquals(talk.errors.length, 4);
});

Deno.test("an observer that fails is told of and hides nothing, nor does one that tells of errors", async () => {
  const told: unknown[] = [];
  const talk = new Talk(ok, {
    onExchange: () => {
      throw failure;
    },
    onError: (error) => {
      told.push(error);
      throw reset;
    },
  });
  talk.send(get() + get());
  await talk.rest();
  assertEquals(talk.sent.length, 2 * OK_OCTETS);
  assertEquals(told, [failure, failure]);
  assertEquals(talk.moves, []);
});

Deno.test("the hooks of an application that answered are those it had when its answer was done", () => {
  const order: string[] = [];
  const talk = new Talk((environ, startResponse) => {
    const hook: PostHook = () => void order.push("replaced");
    environ.postHooks.push(hook);
    environ.postHooks = [() => void order.push("kept")];
    startResponse(200);
  });
  talk.send(get());
  assertEquals(order, ["kept"]);
});

Deno.test("the conversation may be ended from a hook or an observer", async () => {
  for (const how of ["abort", "shutdown"] as const) {
    const talk: Talk = new Talk((environ, startResponse) => {
      environ.postHooks.push(() => {
        if (how === "abort") talk.lose(reset);
        else talk.conversation.shutdown(0);
      });
      startResponse(200);
      return "ok";
    });
    talk.send(get());
    await talk.rest();
    assertEquals(talk.moves, how === "abort" ? [] : ["endWriting"]);
    if (how === "shutdown") talk.end();
    assertEquals(talk.moves, how === "abort" ? [] : ["endWriting", "close"]);
    assertEquals(talk.due, Infinity);
  }
});
