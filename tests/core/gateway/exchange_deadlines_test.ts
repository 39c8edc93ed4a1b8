import { assertEquals, assertThrows } from "@std/assert";
import type { Environ } from "../../../core/gateway/environ.ts";
import type { ExchangeDeadlineValues } from "../../../core/gateway/exchange_deadlines.ts";
import type { App, Result } from "../../../core/gateway/types.ts";
import { get, post, request, Talk, type TalkOptions } from "../../support/talk.ts";

type Values = Partial<ExchangeDeadlineValues>;

/** An hour, in ms. */
const HOUR = 3_600_000;
const NO_RATE = { bytesPerSecond: 0, afterMs: 0 };

const read: App = async ({ input }, startResponse) => {
  const text = await input.text();
  startResponse(200);
  return text;
};
const never: App = () => new Promise<Result>(() => {});
const large: App = (_environ, startResponse) => {
  startResponse(200);
  return "x".repeat(100_000);
};

/** Sets deadlines, then runs an application. */
function withDeadlines(app: App, values: Values, options?: TalkOptions): Talk {
  return new Talk((environ, startResponse) => {
    environ.deadlines.set(values);
    return app(environ, startResponse);
  }, options);
}

interface Row {
  readonly app: App;
  readonly options?: TalkOptions;
  readonly values: Values;
  readonly holds?: boolean;
  readonly sent: string;
  /** When it is due without and with the override. */
  readonly due: readonly [before: number, after: number];
}

const ROWS: Record<string, Row> = {
  "contentGap": {
    app: read,
    options: { deadlines: { contentRate: NO_RATE } },
    values: { contentGap: HOUR },
    sent: post("hello").slice(0, -1),
    due: [30_000, HOUR],
  },
  "contentRate": {
    app: read,
    values: { contentRate: { bytesPerSecond: 1, afterMs: 20_000 } },
    sent: post("hello").slice(0, -1),
    due: [5000, 20_000],
  },
  "contentRate of 0": {
    app: read,
    values: { contentRate: NO_RATE },
    sent: post("hello").slice(0, -1),
    due: [5000, 30_000],
  },
  "contentGap and contentRate": {
    app: read,
    values: { contentGap: Infinity, contentRate: NO_RATE },
    sent: post("hello").slice(0, -1),
    due: [5000, Infinity],
  },
  "writeStall": { app: large, values: { writeStall: HOUR }, holds: true, sent: get(), due: [30_000, HOUR] },
  "application": {
    app: never,
    options: { deadlines: { application: 1000 } },
    values: { application: HOUR },
    sent: get(),
    due: [1000, HOUR],
  },
  "application that the server does not time": {
    app: never,
    values: { application: 100 },
    sent: get(),
    due: [Infinity, 100],
  },
};

Deno.test("environ.deadlines.set changes", async (t) => {
  for (const [name, { app, options, values, holds, sent, due }] of Object.entries(ROWS)) {
    await t.step(name, async () => {
      const talks = [new Talk(app, options), withDeadlines(app, values, options)];
      for (const [index, talk] of talks.entries()) {
        talk.port.isHolding = holds ?? false;
        talk.send(sent);
        await talk.rest();
        assertEquals(talk.due, due[index]);
        if (due[index] === Infinity) continue;
        const before = talk.sent + talk.moves;
        await talk.pass(due[index]! - 1);
        assertEquals(talk.sent + talk.moves, before);
        await talk.pass(1);
        assertEquals(talk.sent + talk.moves !== before, true);
      }
    });
  }
});

Deno.test("a writeStall that an exchange set holds until its answer is taken, and not for the next exchange", async () => {
  const app: App = (environ, startResponse) => {
    if (environ.target === "/slow") environ.deadlines.set({ writeStall: HOUR });
    return large(environ, startResponse);
  };
  const talk = new Talk(app);
  talk.port.isHolding = true;
  talk.send(get("/slow"));
  assertEquals(talk.due, HOUR);
  await talk.drainAll();
  assertEquals(talk.due, 65_000);
  talk.send(get());
  assertEquals(talk.due, 30_000);
});

Deno.test("environ.deadlines tells the deadlines in force", () => {
  const seen: Values[] = [];
  const look = ({ deadlines: { contentGap, contentRate, writeStall, application } }: Environ) =>
    seen.push({ contentGap, contentRate, writeStall, application });
  const talk = new Talk((environ, startResponse) => {
    look(environ);
    environ.deadlines.set({ contentGap: 1 });
    environ.deadlines.set({ writeStall: 2 });
    look(environ);
    return read(environ, startResponse);
  }, { deadlines: { application: 3 } });
  talk.send(get());
  const before = { contentGap: 30_000, contentRate: { bytesPerSecond: 240, afterMs: 5000 }, writeStall: 30_000 };
  assertEquals(seen, [
    { ...before, application: 3 },
    { ...before, application: 3, contentGap: 1, writeStall: 2 },
  ]);
});

Deno.test("environ.deadlines.set does nothing once the exchange is over", async () => {
  let environ: Environ | undefined;
  const talk = new Talk((given, startResponse) => {
    environ ??= given;
    return large(given, startResponse);
  });
  talk.send(get());
  await talk.rest();
  environ!.deadlines.set({ writeStall: 1 });
  talk.port.isHolding = true;
  talk.send(request("GET / HTTP/1.1"));
  assertEquals(talk.due, 30_000);
  environ!.deadlines.set({ writeStall: 1 });
  assertEquals(talk.due, 30_000);
});

const WRONG: readonly [values: Record<string, unknown>, error: typeof TypeError | typeof RangeError][] = [
  [{ idle: 1 }, TypeError],
  [{ head: 1 }, TypeError],
  [{ contentgap: 1 }, TypeError],
  [{ contentGap: "1" }, TypeError],
  [{ contentGap: -1 }, RangeError],
  [{ application: NaN }, RangeError],
  [{ contentRate: { bytesPerSecond: 1 } }, TypeError],
];

Deno.test("environ.deadlines.set refuses", async (t) => {
  for (const [values, error] of WRONG) {
    await t.step(JSON.stringify(values), () => {
      const talk = new Talk((environ, startResponse) => {
        assertThrows(() => environ.deadlines.set(values as Values), error);
        startResponse(200);
      });
      talk.send(get());
      assertEquals(talk.errors, []);
    });
  }
});
