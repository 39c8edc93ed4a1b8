import { assertEquals, assertRejects } from "@std/assert";
import type { ChunkItem, Input } from "../../../core/gateway/input.ts";
import { INPUT_PENDING, type Item } from "../../../core/gateway/piece.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { splitsOf } from "../../support/splits.ts";
import { get, post, postChunked, Talk } from "../../support/talk.ts";

/** An item made comparable: octets as text, trailers as pairs. */
function plain(item: ChunkItem): unknown {
  if (item instanceof Uint8Array) return textOf(item);
  const [size, rest] = item;
  return [size, rest instanceof Uint8Array ? textOf(rest) : [...rest]];
}

/** Both views of the content, with promises and without. */
async function viewsOf(pieces: readonly (string | Uint8Array)[]): Promise<[waiting: unknown[], ready: unknown[]]> {
  const waiting: unknown[] = [];
  const first = new Talk(async (environ, startResponse) => {
    for await (const item of environ.input.chunks()) waiting.push(plain(item));
    startResponse(200);
  });
  const ready: unknown[] = [];
  const second = new Talk(function* (environ, startResponse): Generator<Item, void> {
    for (const item of environ.input.availableChunks()) {
      if (item === INPUT_PENDING) yield item;
      else ready.push(plain(item));
    }
    startResponse(200);
  });
  for (const talk of [first, second]) {
    for (const piece of pieces) {
      talk.send(piece);
      await talk.rest();
    }
    assertEquals(talk.sent.slice(0, 13), "HTTP/1.1 200 ");
    assertEquals(talk.errors, []);
  }
  return [waiting, ready];
}

const CHUNKED = "5\r\nhello\r\nA;x=y\r\n0123456789\r\n1\r\n!\r\n0\r\nX-Sum: 16\r\n\r\n";

const VIEWS: readonly [name: string, pieces: string[], items: unknown[]][] = [
  ["chunks", [postChunked(CHUNKED)], [[5, "hello"], [10, "0123456789"], [1, "!"], [0, [["X-Sum", "16"]]]]],
  [
    "chunks in pieces",
    [postChunked("5\r\nhe"), "l", "lo\r\nA;x=y\r\n01234", "56789\r\n1\r\n!", "\r\n0\r\nX-Sum: 16\r\n\r\n"],
    [[5, "he"], "l", "lo", [10, "01234"], "56789", [1, "!"], [0, [["X-Sum", "16"]]]],
  ],
  [
    "a size line that comes alone",
    [postChunked("5\r\n"), "hello\r\n", "0\r\n\r\n"],
    [[5, "hello"], [0, []]],
  ],
  ["no chunk", [postChunked("0\r\n\r\n")], [[0, []]]],
  ["content by length", [post("hello")], [[5, "hello"], [0, []]]],
  ["content by length in pieces", [post("hello").slice(0, -3), "ll", "o"], [[5, "he"], "ll", "o", [0, []]]],
  ["no content", [get()], [[0, []]]],
];

Deno.test("A-11, A-12, A-14: chunks and availableChunks give asynwsgi's view", async (t) => {
  for (const [name, pieces, items] of VIEWS) {
    await t.step(name, async () => {
      assertEquals(await viewsOf(pieces), [items, items]);
    });
  }
});

Deno.test("chunks declares each chunk once and gives just its octets, however they came", async () => {
  for (const split of splitsOf(octets(postChunked(CHUNKED)))) {
    for (const items of await viewsOf(split.pieces)) {
      const chunks: [size: number, data: string][] = [];
      const last = items.pop();
      for (const item of items) {
        if (typeof item === "string") chunks.at(-1)![1] += item;
        else chunks.push([...item as [number, string]]);
      }
      assertEquals(chunks, [[5, "hello"], [10, "0123456789"], [1, "!"]], split.name);
      assertEquals(last, [0, [["X-Sum", "16"]]], split.name);
    }
  }
});

Deno.test("A-13: chunks never gathers a chunk", async () => {
  const sizes: number[] = [];
  const talk = new Talk(async (environ, startResponse) => {
    for await (const item of environ.input.chunks()) {
      sizes.push(item instanceof Uint8Array ? item.length : item[1].length);
    }
    startResponse(200);
  });
  talk.send(postChunked("ffffff\r\n"));
  for (let i = 0; i < 20; i++) {
    talk.send("x".repeat(1000));
    await talk.rest();
  }
  assertEquals(sizes, new Array(20).fill(1000));
});

Deno.test("chunks may be left and read on in another way", async () => {
  const seen: unknown[] = [];
  const talk = new Talk(async (environ, startResponse) => {
    for await (const item of environ.input.chunks()) {
      seen.push(plain(item));
      break;
    }
    seen.push(await environ.input.text());
    startResponse(200);
  });
  talk.send(postChunked(CHUNKED));
  await talk.rest();
  assertEquals(seen, [[5, "hello"], "0123456789!"]);
});

Deno.test("chunks rejects when a chunk is broken, and gives what came before in another read", async () => {
  const seen: unknown[] = [];
  const read = async (input: Input) => {
    for await (const item of input.chunks()) seen.push(plain(item));
  };
  const talk = new Talk(async (environ, startResponse) => {
    await assertRejects(() => read(environ.input), Error);
    startResponse(200);
  });
  talk.send(postChunked("5\r\nhello\r\n"));
  await talk.rest();
  talk.send("x\r\n");
  await talk.rest();
  assertEquals(seen, [[5, "hello"]]);
  assertEquals(talk.sent.slice(0, 13), "HTTP/1.1 400 ");
});
