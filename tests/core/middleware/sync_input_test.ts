import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { INPUT_PENDING } from "../../../core/gateway/piece.ts";
import type { Environ } from "../../../core/gateway/environ.ts";
import { syncInput } from "../../../core/middleware/sync_input.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { answer, DATE, get, post, postChunked, Talk } from "../../support/talk.ts";

const CHUNKS = "2\r\nhe\r\n4\r\nl\nlo\r\n0\r\nX-Sum: 6\r\n\r\n";
const REQUESTS: readonly [name: string, request: string][] = [
  ["by length", post("hel\nlo")],
  ["chunked", postChunked(CHUNKS)],
];

/** Runs a test with gathered content. */
async function gathered(request: string, test: (environ: Environ) => unknown): Promise<void> {
  let runs = 0;
  const talk = new Talk(syncInput(async (environ, startResponse) => {
    await test(environ);
    runs++;
    startResponse(200);
  }));
  for (const piece of [request.slice(0, -7), request.slice(-7)]) {
    talk.send(piece);
    await talk.rest();
  }
  assertEquals(talk.errors, []);
  assertEquals(runs, 1);
}

Deno.test("A-18, C-1: syncInput gives all content at once, its length known", async (t) => {
  for (const [name, request] of REQUESTS) {
    await t.step(name, async (t) => {
      await t.step("available", () =>
        gathered(request, ({ input }) => {
          assertEquals([input.length, input.position], [6, 0]);
          const items = [...input.available()];
          assertEquals(items.includes(INPUT_PENDING), false);
          assertEquals(items, [octets("hel\nlo")]);
          assertEquals(input.position, 6);
        }));
      await t.step("availableChunks", () =>
        gathered(request, ({ input }) => {
          const [first, last, ...more] = [...input.availableChunks()];
          assertEquals(first, [6, octets("hel\nlo")]);
          assertEquals((last as readonly unknown[])[0], 0);
          assertEquals(more, []);
        }));
      await t.step("read, readLine, read", () =>
        gathered(request, async ({ input }) => {
          assertEquals(textOf(await input.read(1)), "h");
          assertEquals(textOf(await input.readLine()), "el\n");
          assertEquals(textOf(await input.read(0)), "");
          assertEquals(textOf(await input.read(100)), "lo");
          assertEquals(textOf(await input.read()), "");
          assertEquals(textOf(await input.readSome()), "");
        }));
      await t.step("readLines", () =>
        gathered(request, async ({ input }) => {
          assertEquals((await input.readLines()).map(textOf), ["hel\n", "lo"]);
        }));
      await t.step("iteration", () =>
        gathered(request, async ({ input }) => {
          const pieces: Uint8Array[] = [];
          for await (const piece of input) pieces.push(piece);
          assertEquals(pieces.map(textOf), ["hel\nlo"]);
        }));
      await t.step("text within a limit of its own", () =>
        gathered(request, async ({ input }) => {
          const error = await input.text({ limit: 5 }).catch((error) => error);
          assertEquals(error.code, "content-too-large");
        }));
    });
  }
});

Deno.test("syncInput gives the trailers", () =>
  gathered(postChunked(CHUNKS), ({ input }) => assertEquals(input.trailers.get("x-sum"), "6")));

Deno.test("syncInput passes a request without content on at once", () => {
  const talk = new Talk(syncInput((_environ, startResponse) => {
    startResponse(200);
    return "ok";
  }));
  talk.send(get());
  assertEquals(talk.sent, answer("200 OK", ["content-length: 2", DATE], "ok"));
});

Deno.test("syncInput answers 413 over the limit and never calls the application", async (t) => {
  const requests = { "by length": post("123456"), "chunked": postChunked("3\r\n123\r\n3\r\n456\r\n0\r\n\r\n") };
  for (const [name, request] of Object.entries(requests)) {
    await t.step(name, async () => {
      const talk = new Talk(syncInput(() => "never", { limit: 5 }));
      talk.send(request);
      await talk.rest();
      assertEquals(talk.sent, answer("413 Content Too Large", ["content-length: 0", DATE, "connection: close"]));
      assertEquals(talk.errors, []);
    });
    await t.step(`${name}, at the limit`, async () => {
      const talk = new Talk(syncInput((environ, startResponse) => {
        startResponse(200);
        return String(environ.input.length);
      }, { limit: 6 }));
      talk.send(request);
      await talk.rest();
      assertEquals(talk.sent, answer("200 OK", ["content-length: 1", DATE], "6"));
    });
  }
});

Deno.test("syncInput: broken content is refused as everywhere", async () => {
  const talk = new Talk(syncInput(() => "never"));
  talk.send(postChunked("zz\r\n"));
  await talk.rest();
  assertEquals(talk.sent, answer("400 Bad Request", ["content-length: 0", DATE, "connection: close"]));
});

Deno.test("syncInput sends 100 (Continue) first, and the next request is served", async () => {
  const talk = new Talk(syncInput(async ({ input }, startResponse) => {
    assertEquals(input.sendContinue(), false);
    startResponse(200);
    return await input.text();
  }));
  talk.send(post("hello", "Expect: 100-continue").slice(0, -5));
  await talk.rest();
  assertEquals(talk.take(), answer("100 Continue", []));
  talk.send("hello" + post("again"));
  await talk.rest();
  assertEquals(
    talk.take(),
    answer("200 OK", ["content-length: 5", DATE], "hello") + answer("200 OK", ["content-length: 5", DATE], "again"),
  );
});

Deno.test("syncInput refuses a limit that is none", () => {
  for (const limit of [-1, 1.5, NaN, "5"]) {
    assertInstanceOf(assertThrows(() => syncInput(() => {}, { limit: limit as number })), RangeError);
  }
});
