import { assert, assertEquals, assertThrows } from "@std/assert";
import { FLUSH, type Item } from "../../../core/gateway/piece.ts";
import type { App } from "../../../core/gateway/types.ts";
import { GatewaySettings } from "../../../core/gateway/settings.ts";
import { answer, DATE, get, post, request, Talk, type TalkOptions } from "../../support/talk.ts";

const CHUNKED = ["transfer-encoding: chunked", DATE];
const EVENTLET = 4096;

/** An application that yields these items. */
function yielding(items: readonly Item[], size?: number): App {
  return function* (environ, startResponse): Generator<Item, void> {
    startResponse(200);
    if (size !== undefined) environ.minimumChunkSize = size;
    yield* items;
  };
}

async function talkTo(app: App, options: TalkOptions = {}, text = get()): Promise<Talk> {
  const talk = new Talk(app, options);
  talk.send(text);
  await talk.rest();
  return talk;
}

function chunk(content: string): string {
  return `${content.length.toString(16)}\r\n${content}\r\n`;
}

const X3000 = "x".repeat(3000);

const GATHERED: readonly [name: string, items: readonly Item[], size: number, chunks: readonly string[]][] = [
  ["three small ones", ["this", "is", "chunked"], EVENTLET, ["thisischunked"]],
  ["3000 and 3000 are one chunk", [X3000, X3000, "rest"], EVENTLET, [X3000 + X3000, "rest"]],
  ["one that is enough alone", ["abcde", "f"], 5, ["abcde", "f"]],
  ["exactly enough", ["ab", "cde", "f"], 5, ["abcde", "f"]],
  ["octets and texts", [new Uint8Array([0x61]), "\u00e9", "b"], 3, ["a\xc3\xa9", "b"]],
  ["empty ones", ["", "a", "", "b"], 5, ["ab"]],
  ["promises", ["a", Promise.resolve(), "b"], 5, ["ab"]],
  ["FLUSH", ["a", "b", FLUSH, "c", FLUSH, FLUSH, "d"], 5, ["ab", "c", "d"]],
  ["1 gathers nothing", ["this", "is", "chunked"], 1, ["this", "is", "chunked"]],
  ["0 gathers nothing", ["this", "is", "chunked"], 0, ["this", "is", "chunked"]],
  ["Infinity gathers all", [X3000, X3000, X3000], Infinity, [X3000 + X3000 + X3000]],
];

Deno.test("E-7: minimumChunkSize gathers items until their sum is enough, per server and per exchange", async (t) => {
  for (const [name, items, size, chunks] of GATHERED) {
    const sent = answer("200 OK", CHUNKED, chunks.map(chunk).join("") + "0\r\n\r\n");
    await t.step(`${name}, per server`, async () => {
      const talk = await talkTo(yielding(items), { minimumChunkSize: size });
      assertEquals(talk.sent, sent);
      assertEquals(talk.errors, []);
    });
    await t.step(`${name}, per exchange`, async () => {
      assertEquals((await talkTo(yielding(items, size))).sent, sent);
    });
    await t.step(`${name}, asynchronous`, async () => {
      const app: App = async function* (environ, startResponse) {
        startResponse(200);
        environ.minimumChunkSize = size;
        for (const item of items) {
          if (typeof item === "object" && "then" in item) await item;
          else yield item as string;
        }
      };
      assertEquals((await talkTo(app)).sent, sent);
    });
  }
});

Deno.test("E-7: minimumChunkSize counts from the next item on when it is set late", async () => {
  const talk = await talkTo(function* (environ, startResponse) {
    assertEquals(environ.minimumChunkSize, 0);
    startResponse(200);
    yield "a";
    environ.minimumChunkSize = 3;
    yield "b";
    yield "c";
    yield "d";
    yield "e";
    environ.minimumChunkSize = 0;
    yield "f";
    environ.minimumChunkSize = 10;
    yield "g";
    environ.minimumChunkSize = 2;
    yield "h";
  });
  assertEquals(talk.sent, answer("200 OK", CHUNKED, ["a", "bcd", "e", "f", "gh"].map(chunk).join("") + "0\r\n\r\n"));
});

Deno.test("E-7: what is gathered has no head out, so that an error is a clean 500", async () => {
  const app: App = function* (_environ, startResponse) {
    startResponse(200);
    yield X3000;
    throw new Error("Fails");
  };
  const gathered = await talkTo(app, { minimumChunkSize: EVENTLET });
  assertEquals(gathered.sent, answer("500 Internal Server Error", ["content-length: 0", DATE, "connection: close"]));
  const direct = await talkTo(app);
  assertEquals(direct.moves, ["abort"]);
});

Deno.test("E-7: a second start is possible while all is gathered", async () => {
  const talk = await talkTo(function* (_environ, startResponse) {
    startResponse(200);
    yield "a";
    startResponse(404, {}, new Error("Changed"));
    yield "b";
  }, { minimumChunkSize: 5 });
  assertEquals(talk.sent, answer("404 Not Found", CHUNKED, chunk("ab") + "0\r\n\r\n"));
});

Deno.test("E-7: minimumChunkSize applies to content by length and to content until the close", async (t) => {
  const app: App = function* (_environ, startResponse) {
    startResponse(200, { "content-length": "4" });
    yield "ab";
    yield Promise.resolve();
    yield "cd";
  };
  await t.step("by length", async () => {
    const talk = new Talk(app, { minimumChunkSize: 4 });
    talk.send(get());
    assertEquals(talk.sent, "");
    await talk.rest();
    assertEquals(talk.sent, answer("200 OK", ["content-length: 4", DATE], "abcd"));
    assertEquals(talk.port.calls.filter((call) => call === "write").length, 1);
  });
  await t.step("until the close", async () => {
    const talk = await talkTo(yielding(["ab", "cd"], 10), {}, "GET / HTTP/1.0\r\n\r\n");
    assertEquals(talk.sent, answer("200 OK", [DATE, "connection: close"], "abcd"));
  });
  await t.step("D-22: more than announced is cut", async () => {
    for (const size of [3, 100]) {
      const talk = await talkTo(function* (_environ, startResponse) {
        startResponse(200, { "content-length": "2" });
        yield "a";
        yield "bcd";
      }, { minimumChunkSize: size });
      assertEquals(talk.sent, answer("200 OK", ["content-length: 2", DATE], "ab"));
      assertEquals(talk.errors.length, 1);
    }
  });
  await t.step("D-21: less than announced aborts", async () => {
    const talk = await talkTo(function* (_environ, startResponse) {
      startResponse(200, { "content-length": "20" });
      yield "a";
    }, { minimumChunkSize: 5 });
    assertEquals(talk.moves, ["abort"]);
  });
});

Deno.test("S-17: what is written goes behind what is gathered, and at once", async () => {
  const talk = await talkTo(function* (environ, startResponse) {
    const write = startResponse(200);
    environ.minimumChunkSize = 100;
    yield "a";
    write("b");
    yield "c";
  });
  assertEquals(talk.sent, answer("200 OK", CHUNKED, ["a", "b", "c"].map(chunk).join("") + "0\r\n\r\n"));
});

Deno.test("a piece is gathered as it is when it is yielded", async () => {
  const talk = await talkTo(function* (_environ, startResponse) {
    startResponse(200);
    const block = new Uint8Array(2);
    for (const text of ["ab", "cd"]) {
      new TextEncoder().encodeInto(text, block);
      yield block;
    }
    block.fill(0x78);
  }, { minimumChunkSize: 100 });
  assertEquals(talk.sent, answer("200 OK", CHUNKED, chunk("abcd") + "0\r\n\r\n"));
});

Deno.test("minimumChunkSize: HEAD has no content, trailers stay, the next request is served", async () => {
  const app: App = function* (environ, startResponse) {
    environ.trailers({ "x-sum": "1" });
    startResponse(200);
    yield "a";
    yield "b";
  };
  const talk = await talkTo(app, { minimumChunkSize: 100 }, request("HEAD / HTTP/1.1") + post("content") + get());
  const whole = answer("200 OK", CHUNKED, "2\r\nab\r\n0\r\nx-sum: 1\r\n\r\n");
  assert(talk.sent.endsWith(whole + whole), talk.sent);
  assert(talk.sent.startsWith(answer("200 OK", CHUNKED) + "HTTP/1.1"), talk.sent);
});

Deno.test("minimumChunkSize: content before startResponse is refused at once", async () => {
  let isAskedAgain = false;
  const talk = await talkTo(function* (_environ, startResponse) {
    yield "a";
    isAskedAgain = true;
    startResponse(200);
  }, { minimumChunkSize: 100 });
  assertEquals([talk.sent.slice(9, 12), isAskedAgain], ["500", false]);
});

Deno.test("minimumChunkSize refuses what is no number of at least 0", async () => {
  for (const size of [-1, NaN, "5"]) {
    assertThrows(() => new GatewaySettings({ minimumChunkSize: size as number }), RangeError);
    const talk = await talkTo((environ) => {
      assertThrows(() => environ.minimumChunkSize = size as number, RangeError);
    });
    assertEquals(talk.errors.length, 1, "startResponse was not called");
  }
});
