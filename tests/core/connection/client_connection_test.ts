/**
 * Tests of the client role: what it makes of answers, and what it lets the application send.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ClientConnection } from "../../../core/connection/client_connection.ts";
import type { ProtocolErrorCode } from "../../../core/errors.ts";
import type { RequestInit } from "../../../core/write/request_writer.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { refusalOf } from "../../support/refusal.ts";
import { splitsOf } from "../../support/splits.ts";
import { takeAll } from "../../support/take_all.ts";

const FIELDS = { host: "a" };

interface Read {
  statuses: number[];
  content: string;
  code: ProtocolErrorCode | undefined;
  /** What `turnOver` says at the end. */
  end: string | undefined;
}

/** Sends a request and reads pieces as an owner of the loop does. */
function read(pieces: readonly Uint8Array[], request: RequestInit, ends: boolean): Read {
  const client = new ClientConnection();
  client.request({ fields: FIELDS, ...request });
  const seen: Read = { statuses: [], content: "", code: undefined, end: undefined };
  seen.code = refusalOf(() => {
    for (const piece of pieces) {
      const lent = piece.slice();
      client.receive(lent);
      readOn(client, seen);
      client.release();
      lent.fill(0);
    }
    if (!ends) return;
    client.receiveEnd();
    readOn(client, seen);
  });
  seen.end = client.reading === "tunnel" ? "tunnel" : client.turnOver();
  return seen;
}

function readOn(client: ClientConnection, seen: Read): void {
  while (client.reading === "head") {
    if (!client.readHead()) return;
    seen.statuses.push(client.head!.status);
  }
  while (client.readContent() === "run") {
    const { bytes, start } = client.input;
    seen.content += textOf(bytes.subarray(start, client.runEnd));
    client.takeContent(client.runEnd - start);
  }
}

const OK = "HTTP/1.1 200 OK\r\n";

type Row = readonly [
  what: string,
  text: string,
  request: RequestInit,
  ends: boolean,
  statuses: number[],
  content: string,
  end: string,
];

const ANSWERS: readonly Row[] = [
  ["by length", `${OK}Content-Length: 2\r\n\r\nhi`, {}, false, [200], "hi", "start over"],
  ["by length, to the end", `${OK}Content-Length: 2\r\n\r\nhi`, {}, true, [200], "hi", "start over"],
  ["empty", `${OK}Content-Length: 0\r\n\r\n`, {}, false, [200], "", "start over"],
  [
    "chunked",
    `${OK}Transfer-Encoding: chunked\r\n\r\n2;a\r\nhi\r\n0\r\nX: y\r\n\r\n`,
    {},
    false,
    [200],
    "hi",
    "start over",
  ],
  ["until the close", `${OK}\r\nhi\r\n`, {}, true, [200], "hi\r\n", "close"],
  ["until the close, in 1.0", "HTTP/1.0 200 OK\r\n\r\nhi", {}, true, [200], "hi", "close"],
  ["1.0 by length", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", {}, false, [200], "hi", "close"],
  [
    "1.0 that lives on",
    "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi",
    {},
    false,
    [200],
    "hi",
    "start over",
  ],
  ["that closes", `${OK}Connection: close\r\nContent-Length: 2\r\n\r\nhi`, {}, false, [200], "hi", "close"],
  ["to HEAD", `${OK}Content-Length: 2\r\n\r\n`, { method: "HEAD" }, false, [200], "", "start over"],
  ["to HEAD, chunked", `${OK}Transfer-Encoding: chunked\r\n\r\n`, { method: "HEAD" }, false, [200], "", "start over"],
  ["204", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", {}, false, [204], "", "start over"],
  ["304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", {}, false, [304], "", "start over"],
  [
    "interim ones first",
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nContent-Length: 9\r\n\r\n${OK}Content-Length: 2\r\n\r\nhi`,
    {},
    false,
    [100, 103, 200],
    "hi",
    "start over",
  ],
  ["without a reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", {}, false, [200], "", "start over"],
  [
    "101 that was asked for",
    "HTTP/1.1 101 x\r\nUpgrade: echo\r\n\r\nrest",
    { fields: { ...FIELDS, upgrade: "echo" } },
    false,
    [101],
    "",
    "tunnel",
  ],
  [
    "2xx to CONNECT",
    `${OK}Content-Length: 2\r\n\r\n`,
    { method: "CONNECT", target: "b:1" },
    false,
    [200],
    "",
    "tunnel",
  ],
  [
    "another to CONNECT",
    "HTTP/1.1 502 x\r\nContent-Length: 2\r\n\r\nno",
    { method: "CONNECT", target: "b:1" },
    false,
    [502],
    "no",
    "start over",
  ],
];

Deno.test("ClientConnection reads answers, however they arrive", async (t) => {
  for (const [what, text, request, ends, statuses, content, end] of ANSWERS) {
    await t.step(what, () => {
      for (const { name, pieces } of splitsOf(octets(text))) {
        assertEquals(read(pieces, request, ends), { statuses, content, code: undefined, end }, name);
      }
    });
  }
});

const REFUSED: readonly [what: string, text: string, request: RequestInit, ends: boolean, code: ProtocolErrorCode][] = [
  ["the end before a head", "", {}, true, "unexpected-eof"],
  ["the end within a head", "HTTP/1.1 200 OK\r\nA: b\r\n", {}, true, "unexpected-eof"],
  ["the end behind an interim head", "HTTP/1.1 100 Continue\r\n\r\n", {}, true, "unexpected-eof"],
  ["the end within content by length", `${OK}Content-Length: 2\r\n\r\nh`, {}, true, "unexpected-eof"],
  ["the end within chunks", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n`, {}, true, "unexpected-eof"],
  ["two framings", `${OK}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n`, {}, false, "bad-framing"],
  ["an unknown coding", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`, {}, false, "unknown-coding"],
  ["an LF", "HTTP/1.1 200 OK\n", {}, false, "bad-line-end"],
  ["a fold", `${OK}A: b\r\n c\r\n\r\n`, {}, false, "bad-field-line"],
  ["another protocol", "SSH-2.0-x\r\n", {}, false, "bad-status-line"],
  ["a bad chunk", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi!\r\n`, {}, false, "bad-chunk"],
  ["a 101 that nobody asked for", "HTTP/1.1 101 x\r\nUpgrade: echo\r\n\r\n", {}, false, "bad-status-line"],
  [
    "a 101 before the content is sent",
    "HTTP/1.1 101 x\r\n\r\n",
    { fields: { ...FIELDS, upgrade: "echo" }, content: 5 },
    false,
    "bad-status-line",
  ],
  [
    "a tunnel before the content is sent",
    `${OK}\r\n`,
    { method: "CONNECT", target: "b:1", content: 5 },
    false,
    "bad-status-line",
  ],
];

Deno.test("ClientConnection refuses what is no answer, however it arrives", async (t) => {
  for (const [what, text, request, ends, code] of REFUSED) {
    await t.step(what, () => {
      for (const { name, pieces } of splitsOf(octets(text))) assertEquals(read(pieces, request, ends).code, code, name);
    });
  }
});

Deno.test("ClientConnection refuses an answer that nothing asked for", () => {
  const client = new ClientConnection();
  client.receive(octets(OK));
  assertEquals(refusalOf(() => client.readHead()), "bad-status-line");
  const second = new ClientConnection();
  second.request({ fields: FIELDS });
  second.receive(octets(`${OK}Content-Length: 0\r\n\r\n${OK}`));
  assert(second.readHead());
  assertEquals(second.turnOver(), "start over");
  assertEquals(refusalOf(() => second.readHead()), "bad-status-line");
});

Deno.test("ClientConnection needs no answer when the peer ends between exchanges", () => {
  const client = new ClientConnection();
  client.receiveEnd();
  assertEquals(client.readHead(), false);
});

Deno.test("ClientConnection tells why it will not be kept", () => {
  const reasons: [text: string, reason: string | undefined][] = [
    [`${OK}Content-Length: 0\r\n\r\n`, undefined],
    [`${OK}\r\n`, "close-delimited"],
    [`${OK}Connection: close\r\n\r\n`, "asked"],
    ["HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "version"],
  ];
  for (const [text, reason] of reasons) {
    const client = new ClientConnection();
    client.request({ fields: FIELDS });
    client.receive(octets(text));
    client.readHead();
    assertEquals([client.closeReason, client.persistent], [reason, reason === undefined] as unknown[]);
  }
});

Deno.test("ClientConnection sends as much content as it announced", () => {
  const client = new ClientConnection();
  client.request({ method: "PUT", fields: FIELDS, content: 4 });
  client.send("\xe9");
  assertThrows(() => client.send("abc"), RangeError, "it is more than was announced");
  assertThrows(() => client.finish(), RangeError, "2 announced octets are missing");
  client.send(new Uint8Array([0x61, 0x62]));
  client.finish();
  client.finish();
  assert(textOf(takeAll(client.output)).endsWith("content-length: 4\r\n\r\n\xc3\xa9ab"));
  assertThrows(() => client.send("c"), Error, "no request with content is in hand");
});

Deno.test("ClientConnection sends chunks and trailers", () => {
  const client = new ClientConnection();
  client.request({ fields: FIELDS, content: "chunked" });
  client.send("ab");
  client.send("");
  assertThrows(() => client.finish({ host: "b" }), TypeError);
  client.finish({ x: "y" });
  assert(textOf(takeAll(client.output)).endsWith("\r\n\r\n2\r\nab\r\n0\r\nx: y\r\n\r\n"));
});

Deno.test("ClientConnection sends no second request before the first is answered", () => {
  const client = new ClientConnection();
  client.request({ fields: FIELDS });
  const { pending } = client.output;
  assertThrows(() => client.request({ fields: FIELDS }), Error, "Cannot move connection");
  assertEquals(client.output.pending, pending);
  // One that may not go out does not block the next.
  const other = new ClientConnection();
  assertThrows(() => other.request({}), TypeError);
  other.request({ fields: FIELDS });
  assertEquals(other.writing, "done");
});
