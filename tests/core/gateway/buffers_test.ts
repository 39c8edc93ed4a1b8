/**
 * Tests with `Buffer` of Node.js, whose `slice` gives a part of the same memory: what has to be a copy is one, and what an
 * application reads is a plain `Uint8Array`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { App } from "../../../core/gateway/types.ts";
import { BLOCK_SIZE } from "../../../core/write/block_pool.ts";
import { SendBuffer } from "../../../core/write/send_buffer.ts";
import { PendingPings } from "../../../core/websocket/pending_pings.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { takeAll } from "../../support/take_all.ts";
import { get, post, postChunked, request, Talk } from "../../support/talk.ts";

Deno.test("SendBuffer copies a large Buffer", () => {
  const out = new SendBuffer();
  const piece = Buffer.alloc(BLOCK_SIZE + 1, "a");
  out.append(piece);
  piece.fill("b");
  assertEquals(textOf(takeAll(out)), "a".repeat(BLOCK_SIZE + 1));
});

Deno.test("a Buffer that waits to be sent with others may be used again", async () => {
  const app: App = function* (_environ, startResponse) {
    startResponse(200);
    const piece = Buffer.from("first ");
    yield piece;
    piece.write("second");
    yield piece;
  };
  const talk = new Talk(app, { minimumChunkSize: 1000 });
  talk.send(get());
  await talk.rest();
  assert(talk.sent.endsWith("\r\nc\r\nfirst second\r\n0\r\n\r\n"));
});

Deno.test("PendingPings keeps a copy of a Buffer", async () => {
  const pings = new PendingPings();
  const payload = Buffer.from("1");
  const answered = pings.add(payload);
  payload.write("2");
  pings.answer(Buffer.from("1"));
  await answered;
});

Deno.test("what an application reads is no Buffer, whatever the transport gives", async (t) => {
  const seen: unknown[] = [];
  const app: App = async (environ, startResponse) => {
    for await (const piece of environ.input) seen.push(piece.constructor, textOf(piece));
    startResponse(200);
  };
  for (const ownedBlocks of [false, true]) {
    for (const size of [3, 3000]) {
      await t.step(`${size} octets, ${ownedBlocks ? "owned" : "lent"}`, async () => {
        const content = "x".repeat(size);
        for (const request of [post(content), postChunked(`${size.toString(16)}\r\n${content}\r\n0\r\n\r\n`)]) {
          seen.length = 0;
          const talk = new Talk(app, { ownedBlocks });
          talk.conversation.receive(Buffer.from(request));
          await talk.rest();
          assertEquals(seen, [Uint8Array, content]);
        }
      });
    }
  }
});

Deno.test("receive tells whether anybody needs the block any more", async (t) => {
  const reading: App = async (environ, startResponse) => {
    await environ.input.bytes();
    startResponse(200);
  };
  const waiting: App = () => new Promise(() => {});
  const content = "x".repeat(3000);
  const rows: readonly [what: string, app: App, text: string, isFree: boolean][] = [
    ["a request without content", reading, get(), true],
    ["a head whose content is still to come", reading, post(content).slice(0, -3000), true],
    ["content that an application has", reading, post(content), false],
    [
      "content that is little of it",
      reading,
      request("POST / HTTP/1.1", [`X: ${content}`, "Content-Length: 1"]) + "x",
      true,
    ],
    ["requests behind one that waits", reading, get().repeat(3), false],
    ["content that nobody reads yet", waiting, post(content), false],
    ["half a head", reading, get().slice(0, -1), false],
    ["what is refused", reading, `\0${content}`, true],
  ];
  for (const [what, app, text, isFree] of rows) {
    await t.step(what, async () => {
      const talk = new Talk(app, { ownedBlocks: true });
      assertEquals(talk.conversation.receive(octets(text)), isFree);
      await talk.rest();
      assertEquals(talk.conversation.receive(octets("")), true, "nothing came");
    });
  }
});

Deno.test("what is read from a tunnel is no Buffer", async () => {
  const seen: unknown[] = [];
  const app: App = async (environ) => {
    const tunnel = environ.upgrade();
    const bytes = await tunnel.read();
    seen.push(bytes?.constructor, textOf(bytes!));
    tunnel.end();
  };
  const talk = new Talk(app, { ownedBlocks: true });
  talk.conversation.receive(Buffer.from(get("/", "Connection: upgrade", "Upgrade: echo") + "hello"));
  await talk.rest();
  assertEquals(seen, [Uint8Array, "hello"]);
});

Deno.test("what an application transfers takes nothing with it that is unread", async () => {
  const app: App = async (environ, startResponse) => {
    let octets = 0;
    for await (const piece of environ.input) {
      octets += piece.length;
      (piece.buffer as ArrayBuffer).transfer();
    }
    startResponse(200);
    return `${octets}`;
  };
  const content = "x".repeat(40_000);
  const chunks = `9c40\r\n${content}\r\n`.repeat(2);
  for (const request of [post(content), postChunked(`${chunks}0\r\n\r\n`)]) {
    for (const cut of [100, 30_000, 40_050, 40_083, request.length, request.length + 10]) {
      const talk = new Talk(app, { ownedBlocks: true });
      const all = Buffer.from(request + get() + get());
      for (const part of [all.subarray(0, cut), all.subarray(cut)]) {
        talk.conversation.receive(new Uint8Array(part));
        await talk.rest();
      }
      assertEquals(talk.sent.match(/HTTP\/1.1 200 OK/g)?.length, 3, `cut at ${cut}`);
    }
  }
});
