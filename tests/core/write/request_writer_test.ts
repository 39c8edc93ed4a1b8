/**
 * Tests of the request writer.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import type { Framing } from "../../../core/message.ts";
import { type RequestInit, writeRequestHead } from "../../../core/write/request_writer.ts";
import { SendBuffer } from "../../../core/write/send_buffer.ts";
import { textOf } from "../../support/octet_text.ts";
import { takeAll } from "../../support/take_all.ts";

const HOST = { host: "a" };
const NONE: Framing = { kind: "none" };

const REQUESTS: readonly [what: string, request: RequestInit, text: string, framing: Framing][] = [
  ["the least", { fields: HOST }, "GET / HTTP/1.1\r\nhost: a\r\n\r\n", NONE],
  ["method and target", { method: "M-x", target: "/a?b", fields: HOST }, "M-x /a?b HTTP/1.1\r\nhost: a\r\n\r\n", NONE],
  ["an empty Host", { fields: { Host: "" } }, "GET / HTTP/1.1\r\nHost: \r\n\r\n", NONE],
  ["a length", { method: "PUT", fields: HOST, content: 5 }, "PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n", {
    kind: "length",
    length: 5,
  }],
  [
    "a stated length",
    { fields: { ...HOST, "Content-Length": "5" } },
    "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n",
    {
      kind: "length",
      length: 5,
    },
  ],
  [
    "both, equal",
    { fields: { ...HOST, "content-length": "5" }, content: 5 },
    "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n",
    {
      kind: "length",
      length: 5,
    },
  ],
  ["chunked", { fields: HOST, content: "chunked" }, "GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n", {
    kind: "chunked",
  }],
  [
    "POST without content",
    { method: "POST", fields: HOST },
    "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n",
    NONE,
  ],
  ["DELETE without content", { method: "DELETE", fields: HOST }, "DELETE / HTTP/1.1\r\nhost: a\r\n\r\n", NONE],
  [
    "close",
    { fields: { ...HOST, connection: "close" } },
    "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    NONE,
  ],
  [
    "upgrade",
    { fields: { ...HOST, upgrade: "echo" } },
    "GET / HTTP/1.1\r\nhost: a\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n",
    NONE,
  ],
  [
    "close and upgrade",
    { fields: { ...HOST, upgrade: "echo", connection: "close" } },
    "GET / HTTP/1.1\r\nhost: a\r\nupgrade: echo\r\nconnection: close, upgrade\r\n\r\n",
    NONE,
  ],
];

Deno.test("writeRequestHead writes a head and tells how it is framed", async (t) => {
  for (const [what, request, text, framing] of REQUESTS) {
    await t.step(what, () => {
      const out = new SendBuffer();
      const sent = writeRequestHead(out, request);
      assertEquals(textOf(takeAll(out)), text);
      assertEquals(sent, {
        method: request.method ?? "GET",
        framing,
        close: text.includes("close"),
        upgrade: text.includes("upgrade"),
      });
    });
  }
});

const REFUSED: readonly [what: string, request: RequestInit][] = [
  ["an empty method", { method: "", fields: HOST }],
  ["a method with a space", { method: "GET /x", fields: HOST }],
  ["a method with CR LF", { method: "GET\r\n", fields: HOST }],
  ["an empty target", { target: "", fields: HOST }],
  ["a target with a space", { target: "/ HTTP/1.1", fields: HOST }],
  ["a target with CR LF", { target: "/\r\nx: y", fields: HOST }],
  ["a target with a fragment", { target: "/#a", fields: HOST }],
  ["a target beyond ASCII", { target: "/\xe9", fields: HOST }],
  ["no Host", { fields: { "x-host": "a", "x": "host: a" } }],
  ["no fields", {}],
  ["Host twice", { fields: [["host", "a"], ["HOST", "a"]] }],
  ["a bad field", { fields: { ...HOST, x: "\n" } }],
  ["Transfer-Encoding", { fields: { ...HOST, "transfer-encoding": "chunked" } }],
  ["Content-Length beside chunked", { fields: { ...HOST, "content-length": "5" }, content: "chunked" }],
  ["a Content-Length that is not the length", { fields: { ...HOST, "content-length": "5" }, content: 6 }],
  ["a negative length", { fields: HOST, content: -1 }],
  ["a broken length", { fields: HOST, content: 1.5 }],
];

Deno.test("writeRequestHead refuses what must not go out, and writes nothing then", async (t) => {
  for (const [what, request] of REFUSED) {
    await t.step(what, () => {
      const out = new SendBuffer();
      assertThrows(() => writeRequestHead(out, request), TypeError, "Cannot send");
      assertEquals([out.pending, out.total], [0, 0]);
    });
  }
});
