import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Environ } from "../../../core/gateway/environ.ts";
import {
  type EventSource,
  eventStream,
  type EventStreamOptions,
  formatEvent,
  type ServerSentEvent,
} from "../../../core/middleware/event_stream.ts";
import { get, request, Talk } from "../../support/talk.ts";

/** A conversation with a stream of events. */
function streaming(source: (environ: Environ) => EventSource, options: EventStreamOptions = {}): Talk {
  return new Talk((environ, startResponse) => eventStream(environ, startResponse, source(environ), options));
}

/** The content of what was sent, chunked coding taken off. */
function contentOf(talk: Talk): string {
  const body = talk.sent.slice(talk.sent.indexOf("\r\n\r\n") + 4);
  return body.replace(/[1-9a-f][0-9a-f]*\r\n([^\r]*)\r\n/g, "$1");
}

const EVENTS: readonly [event: ServerSentEvent, text: string][] = [
  [{ data: "a" }, "data: a\n\n"],
  [{ data: "" }, "data: \n\n"],
  [{ data: "a\nb\r\nc\rd" }, "data: a\ndata: b\ndata: c\ndata: d\n\n"],
  [{ data: "a\n" }, "data: a\ndata: \n\n"],
  [{ event: "e", id: "1", retry: 50, data: "d" }, "event: e\nid: 1\nretry: 50\ndata: d\n\n"],
  [{ id: "" }, "id: \n\n"],
  [{ comment: "a\ndata: b" }, ": a\n: data: b\n\n"],
  [{ data: "é\u2028" }, "data: é\u2028\n\n"],
];

Deno.test("formatEvent writes", async (t) => {
  for (const [event, text] of EVENTS) {
    await t.step(JSON.stringify(event), () => assertEquals(formatEvent(event), text));
  }
});

const WRONG: readonly [event: ServerSentEvent, error: typeof TypeError | typeof RangeError][] = [
  [{}, TypeError],
  [{ event: "a\ndata: b" }, TypeError],
  [{ event: "a\r" }, TypeError],
  [{ id: "a\nb" }, TypeError],
  [{ id: "a\0" }, TypeError],
  [{ retry: 0.5 }, RangeError],
  [{ retry: -1 }, RangeError],
];

Deno.test("formatEvent refuses", async (t) => {
  for (const [event, error] of WRONG) {
    await t.step(JSON.stringify(event), () => void assertThrows(() => formatEvent(event), error));
  }
});

Deno.test("eventStream sends its head at once, then each event", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const talk = streaming(async function* () {
    yield await promise;
    yield { event: "end", data: "2" };
  }, { fields: [["x-a", "b"]] });
  talk.send(get());
  await talk.rest();
  assert(talk.sent.includes("content-type: text/event-stream\r\ncache-control: no-store\r\nx-a: b\r\n"), talk.sent);
  assertEquals(contentOf(talk), "");
  resolve("1");
  await talk.rest();
  assertEquals(contentOf(talk), "data: 1\n\nevent: end\ndata: 2\n\n0\r\n\r\n");
});

Deno.test("eventStream takes what gives its events at once", async () => {
  const talk = streaming(() => ["a", { data: "b" }]);
  talk.send(get());
  await talk.rest();
  assertEquals(contentOf(talk), "data: a\n\ndata: b\n\n0\r\n\r\n");
});

for (const how of ["the peer's end", "a drain"] as const) {
  Deno.test(`eventStream ends in order on ${how}, and its source with it`, async () => {
    let isReturned = false;
    const talk = streaming(async function* (environ) {
      try {
        for (;;) {
          yield "tick";
          await environ.signals.sleep(100);
        }
      } finally {
        isReturned = true;
      }
    });
    talk.send(get());
    await talk.rest();
    await talk.pass(100);
    if (how === "a drain") talk.conversation.shutdown(0);
    else talk.end();
    await talk.rest();
    assertEquals(contentOf(talk), "data: tick\n\ndata: tick\n\n0\r\n\r\n");
    assertEquals([isReturned, talk.errors], [true, []]);
  });
}

Deno.test("eventStream goes on through half-close when asked to", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const talk = streaming(async function* () {
    yield await promise;
  }, { throughHalfClose: true });
  talk.send(get());
  talk.end();
  await talk.rest();
  resolve("late");
  await talk.rest();
  assertEquals(contentOf(talk), "data: late\n\n0\r\n\r\n");
});

Deno.test("eventStream ends when the client is lost, without a fault", async () => {
  let isReturned = false;
  const source: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: () => {
        isReturned = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  const talk = streaming(() => source);
  talk.send(get());
  await talk.rest();
  talk.lose();
  await talk.rest();
  assertEquals([isReturned, talk.errors], [true, []]);
});

Deno.test("eventStream tells the operator of a source that cannot be closed, unless it is the client's leave", async (t) => {
  /** A source whose second event never comes, and whose end fails. */
  const source = (fault: (environ: Environ) => unknown) => (environ: Environ): AsyncIterable<string> => {
    let given = 0;
    const next = (): Promise<IteratorResult<string>> => {
      return given++ === 0 ? Promise.resolve({ done: false, value: "a" }) : new Promise(() => {});
    };
    return { [Symbol.asyncIterator]: () => ({ next, return: () => Promise.reject(fault(environ)) }) };
  };
  const cases: readonly [name: string, fault: (environ: Environ) => unknown, noted: string[]][] = [
    ["a fault", () => new RangeError("Stuck"), ["RangeError: Stuck\n"]],
    ["the client's leave", (environ) => environ.signal.reason, []],
  ];
  for (const [name, fault, expected] of cases) {
    await t.step(name, async () => {
      const noted: string[] = [];
      const talk = new Talk(
        (environ, startResponse) => eventStream(environ, startResponse, source(fault)(environ)),
        { errors: { write: (text) => void noted.push(text) } },
      );
      talk.send(get());
      await talk.rest();
      talk.lose(new Error("Gone"));
      await talk.rest();
      assertEquals([noted, talk.errors], [expected, []]);
    });
  }
});

Deno.test("eventStream breaks the silence with comments, and asks its source once", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const talk = streaming(async function* () {
    yield await promise;
  }, { keepAlive: 1000 });
  talk.send(get());
  await talk.rest();
  for (let i = 0; i < 3; i++) await talk.pass(1000);
  resolve("a");
  await talk.rest();
  assertEquals(contentOf(talk), ":\n\n:\n\n:\n\ndata: a\n\n0\r\n\r\n");
  assertEquals(talk.surroundings.timers, 0);
});

Deno.test("eventStream does not run for HEAD", async () => {
  const talk = streaming(async function* ({ signals }) {
    await signals.sleep(1000);
    yield "a";
  });
  talk.send(request("HEAD / HTTP/1.1"));
  await talk.rest();
  assert(talk.sent.startsWith("HTTP/1.1 200 OK\r\n") && talk.sent.endsWith("\r\n\r\n"), talk.sent);
  assertEquals([talk.errors, talk.surroundings.timers], [[], 0]);
});

Deno.test("eventStream ends the connection when its source fails", async () => {
  const talk = streaming(async function* (): AsyncGenerator<string> {
    yield "a";
    throw new Error("broken");
  });
  talk.send(get());
  await talk.rest();
  assertEquals([contentOf(talk), talk.moves, String(talk.errors)], ["data: a\n\n", ["abort"], "Error: broken"]);
});
