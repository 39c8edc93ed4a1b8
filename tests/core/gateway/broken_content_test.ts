import { assert, assertEquals } from "@std/assert";
import { FLUSH, INPUT_PENDING, type Item } from "../../../core/gateway/piece.ts";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, post, postChunked, Talk } from "../../support/talk.ts";

const LENGTH_0 = "content-length: 0";
const refused = (status: string) => answer(status, [LENGTH_0, DATE, "connection: close"]);

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
