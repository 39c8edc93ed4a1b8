import { assertEquals } from "@std/assert";
import { FLUSH, type Item } from "../../../core/gateway/piece.ts";
import type { App, StartResponse } from "../../../core/gateway/types.ts";
import { lazyStartResponse } from "../../../core/middleware/lazy_start_response.ts";
import { answer, DATE, get, Talk } from "../../support/talk.ts";

/** Counts how often the real `startResponse` is called, and when. */
function counting(app: App, steps: string[]): App {
  return (environ, startResponse) => {
    const counted: StartResponse = (status, fields, error) => {
      steps.push(`start ${status}`);
      return startResponse(status, fields, error);
    };
    return lazyStartResponse(app)(environ, counted);
  };
}

const APPS: Record<string, [app: (steps: string[]) => App, steps: string[], sent: RegExp]> = {
  "a piece": [
    (steps) => (_environ, startResponse) => {
      startResponse(200);
      startResponse(201);
      steps.push("returns");
      return "hello";
    },
    ["returns", "start 201"],
    /^HTTP\/1.1 201 .*content-length: 5\r\n.*hello$/s,
  ],
  "nothing": [
    (steps) => (_environ, startResponse) => {
      startResponse(204);
      steps.push("returns");
    },
    ["returns", "start 204"],
    /^HTTP\/1.1 204 /,
  ],
  "a generator": [
    (steps) =>
      function* (_environ, startResponse) {
        startResponse(200);
        yield "";
        startResponse(404, {}, new Error("Changed"));
        steps.push("yields");
        yield "hello";
        steps.push("goes on");
        yield "!";
      },
    ["yields", "start 404", "goes on"],
    /^HTTP\/1.1 404 .*5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n$/s,
  ],
  "a generator without a piece": [
    () =>
      function* (_environ, startResponse) {
        startResponse(200);
        yield "";
        yield Promise.resolve();
      },
    ["start 200"],
    /^HTTP\/1.1 200 /,
  ],
  "FLUSH": [
    (steps) =>
      function* (_environ, startResponse): Generator<Item, void> {
        startResponse(200);
        yield FLUSH;
        steps.push("goes on");
      },
    ["start 200", "goes on"],
    /^HTTP\/1.1 200 /,
  ],
  "an asynchronous generator": [
    (steps) =>
      async function* (_environ, startResponse) {
        startResponse(200);
        await Promise.resolve();
        startResponse(201);
        steps.push("yields");
        yield "hello";
      },
    ["yields", "start 201"],
    /^HTTP\/1.1 201 /,
  ],
  "a promise": [
    (steps) => async (_environ, startResponse) => {
      startResponse(200);
      await Promise.resolve();
      startResponse(201);
      steps.push("returns");
      return ["hello"];
    },
    ["returns", "start 201"],
    /^HTTP\/1.1 201 .*content-length: 5/s,
  ],
  "write": [
    (steps) => (_environ, startResponse) => {
      startResponse(200);
      const write = startResponse(201);
      write("");
      steps.push("writes");
      write("a");
      steps.push("wrote");
      write("b");
      return "c";
    },
    ["writes", "start 201", "wrote"],
    /^HTTP\/1.1 201 .*1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n$/s,
  ],
};

Deno.test("lazyStartResponse calls startResponse once, when there is something to send", async (t) => {
  for (const [name, [app, expected, sent]] of Object.entries(APPS)) {
    await t.step(name, async () => {
      const steps: string[] = [];
      const talk = new Talk(counting(app(steps), steps));
      talk.send(get());
      await talk.rest();
      assertEquals(talk.errors, []);
      assertEquals(steps, expected);
      assertEquals(sent.test(talk.sent), true, talk.sent);
    });
  }
});

Deno.test("lazyStartResponse: an application that fails before its first piece has started nothing", async () => {
  const steps: string[] = [];
  const talk = new Talk(counting(function* (_environ, startResponse) {
    startResponse(200);
    yield "";
    throw new Error("Fails");
  }, steps));
  talk.send(get());
  await talk.rest();
  assertEquals(steps, []);
  assertEquals(talk.sent, answer("500 Internal Server Error", ["content-length: 0", DATE, "connection: close"]));
});

Deno.test("lazyStartResponse: behind the head the gateway's rules hold", async () => {
  const late = new Error("Late");
  const talk = new Talk(lazyStartResponse(function* (_environ, startResponse) {
    startResponse(200);
    yield "hello";
    startResponse(500, {}, late);
  }));
  talk.send(get());
  await talk.rest();
  assertEquals(talk.errors, [late]);
  assertEquals(talk.moves, ["abort"]);
});

Deno.test("lazyStartResponse keeps requests apart", async () => {
  const app = lazyStartResponse(async function* (environ, startResponse) {
    startResponse(environ.pathInfo === "/1" ? 201 : 202);
    await new Promise<void>((resolve) => resolve());
    yield environ.pathInfo;
  });
  const talks = ["/1", "/2"].map((path) => {
    const talk = new Talk(app);
    talk.send(get(path));
    return talk;
  });
  for (const talk of talks) await talk.rest();
  assertEquals(talks.map(({ sent }) => sent.slice(9, 12)), ["201", "202"]);
});
