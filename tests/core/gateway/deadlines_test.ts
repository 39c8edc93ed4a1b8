import { assert, assertEquals } from "@std/assert";
import { FLUSH } from "../../../core/gateway/piece.ts";
import type { App } from "../../../core/gateway/types.ts";
import { get, post, postChunked, Talk, type TalkOptions } from "../../support/talk.ts";
import { echo, KEPT, never, refused, TIMEOUT } from "./timed_exchanges.ts";

const ok: App = (_environ, startResponse) => {
  startResponse(200);
  return "ok";
};

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

Deno.test("what begins behind an answer counts from the first look at the deadline, never from earlier", () => {
  for (const [name, takes] of [["idle", true], ["writeStall", false]] as const) {
    const talk = new Talk(ok, { deadlines: { idle: 1000, writeStall: 1000 }, port: { takes: () => takes } });
    talk.send(get());
    talk.surroundings.advance(5000);
    talk.conversation.tick();
    assertEquals([talk.moves, talk.due], [[], 1000], `${name}: looked at by tick first`);
    talk.surroundings.advance(999);
    talk.conversation.tick();
    assertEquals([talk.moves, talk.due], [[], 1], `${name}: looked at again`);
    talk.surroundings.advance(1);
    talk.conversation.tick();
    assertEquals(talk.moves, [takes ? "close" : "abort"], name);
  }
});

Deno.test("what earlier applications of a batch took counts for the next one's client, not for its deadline", () => {
  let runs = 0;
  const talk = new Talk((_environ, startResponse) => {
    if (++runs === 3) return new Promise(() => {});
    talk.surroundings.advance(5000);
    startResponse(200);
    return "ok";
  }, { deadlines: { application: 2000 }, observed: true });
  talk.send(get() + get() + get());
  assertEquals(talk.due, 2000);
  // Both heads came together, and both answers went out together, when the turn was over.
  assertEquals(talk.records.map(({ durationMs }) => durationMs), [10_000, 10_000]);
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
