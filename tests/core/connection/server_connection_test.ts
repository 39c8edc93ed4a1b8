/**
 * Tests of the server role: what goes out in each circumstance, and what the state forbids. What comes in is told by the
 * vectors, whole exchanges by the pair.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { notTaken, ServerConnection } from "../../../core/connection/server_connection.ts";
import type { ProtocolErrorCode } from "../../../core/errors.ts";
import type { FieldsInit } from "../../../core/fields.ts";
import { prepareFields } from "../../../core/write/fields_text.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { refusalOf } from "../../support/refusal.ts";
import { serveOctets, settingsOf } from "../../support/serve_octets.ts";
import { takeAll } from "../../support/take_all.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const GET_1_0 = "GET / HTTP/1.0\r\n\r\n";
const KEPT_1_0 = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
const HEAD = GET.replace("GET", "HEAD");
const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
const CONTINUE = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";

/** A connection that has read a head. */
function connect(text: string): ServerConnection {
  const connection = new ServerConnection();
  connection.receive(octets(text));
  connection.readHead();
  return connection;
}

interface Answer {
  readonly status?: number;
  readonly reason?: string;
  readonly fields?: FieldsInit;
  readonly length?: number;
  readonly pieces?: readonly (string | Uint8Array)[];
  readonly trailers?: string;
}

/** Answers and gives what went out. */
function answer(
  connection: ServerConnection,
  { status = 200, reason, fields, length, pieces = [], trailers }: Answer,
): string {
  const prepared = prepareFields(fields, { allowUpgrade: status === 426 });
  connection.respond({ status, reason, fields: prepared, knownLength: length, date: "D" });
  for (const piece of pieces) connection.send(piece);
  connection.finish(trailers);
  return textOf(takeAll(connection.output));
}

const ANSWERS: readonly [what: string, request: string, answer: Answer, text: string, persistent: boolean][] = [
  ["by a known length", GET, { length: 2, pieces: ["hi"] }, "200 OK|content-length: 2|date: D||hi", true],
  [
    "by a stated length",
    GET,
    { fields: { "content-length": "2" }, pieces: ["h", "i"] },
    "200 OK|content-length: 2|date: D||hi",
    true,
  ],
  [
    "chunked",
    GET,
    { pieces: ["hi", "", new Uint8Array([0x21])] },
    "200 OK|transfer-encoding: chunked|date: D||2|hi|1|!|0||",
    true,
  ],
  [
    "chunked with trailers",
    GET,
    { pieces: ["hi"], trailers: "x: y\r\n" },
    "200 OK|transfer-encoding: chunked|date: D||2|hi|0|x: y||",
    true,
  ],
  [
    "chunked, as UTF-8",
    GET,
    { pieces: ["\xe9\u{1f600}"] },
    "200 OK|transfer-encoding: chunked|date: D||6|\xc3\xa9\xf0\x9f\x98\x80|0||",
    true,
  ],
  [
    "a long text",
    GET,
    { pieces: ["a".repeat(600)] },
    `200 OK|transfer-encoding: chunked|date: D||258|${"a".repeat(600)}|0||`,
    true,
  ],
  [
    "trailers without chunks are dropped",
    GET,
    { length: 2, pieces: ["hi"], trailers: "x: y\r\n" },
    "200 OK|content-length: 2|date: D||hi",
    true,
  ],
  ["nothing", GET, { length: 0 }, "200 OK|content-length: 0|date: D||", true],
  [
    "more than announced is not sent",
    GET,
    { length: 2, pieces: ["h", "ello", "x"] },
    "200 OK|content-length: 2|date: D||he",
    true,
  ],
  [
    "no more than announced, within a character",
    GET,
    { length: 1, pieces: ["\xe9"] },
    "200 OK|content-length: 1|date: D||\xc3",
    true,
  ],
  [
    "HEAD gets the fields and no content",
    HEAD,
    { pieces: ["hi"] },
    "200 OK|transfer-encoding: chunked|date: D||",
    true,
  ],
  ["HEAD gets the length", HEAD, { length: 2, pieces: ["hi"] }, "200 OK|content-length: 2|date: D||", true],
  ["204 has no content", GET, { status: 204, pieces: ["hi"], length: 2 }, "204 No Content|date: D||", true],
  [
    "304 has no content",
    GET,
    { status: 304, pieces: ["hi"], fields: { etag: '"a"' } },
    '304 Not Modified|etag: "a"|date: D||',
    true,
  ],
  ["205 has no content", GET, { status: 205, pieces: ["hi"] }, "205 Reset Content|content-length: 0|date: D||", true],
  ["a reason", GET, { reason: "Well", length: 0 }, "200 Well|content-length: 0|date: D||", true],
  [
    "connection: close",
    GET,
    { fields: { connection: "close" }, length: 0 },
    "200 OK|content-length: 0|date: D|connection: close||",
    false,
  ],
  [
    "to who asks to close",
    GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"),
    { length: 0 },
    "200 OK|content-length: 0|date: D|connection: close||",
    false,
  ],
  ["to 1.0", GET_1_0, { length: 2, pieces: ["hi"] }, "200 OK|content-length: 2|date: D|connection: close||hi", false],
  [
    "to 1.0 without a length",
    GET_1_0,
    { pieces: ["hi"], trailers: "x: y\r\n" },
    "200 OK|date: D|connection: close||hi",
    false,
  ],
  [
    "to 1.0 that asks to live on",
    KEPT_1_0,
    { length: 2, pieces: ["hi"] },
    "200 OK|content-length: 2|date: D|connection: keep-alive||hi",
    true,
  ],
  [
    "to 1.0 that asks to live on, without a length",
    KEPT_1_0,
    { pieces: ["hi"] },
    "200 OK|date: D|connection: close||hi",
    false,
  ],
  [
    "to HEAD in 1.0 that asks to live on",
    KEPT_1_0.replace("GET", "HEAD"),
    { pieces: ["hi"] },
    "200 OK|date: D|connection: keep-alive||",
    true,
  ],
  [
    "426 names its Upgrade",
    GET,
    { status: 426, fields: { upgrade: "h2c" }, length: 0 },
    "426 Upgrade Required|upgrade: h2c|content-length: 0|date: D|connection: upgrade||",
    true,
  ],
  [
    "426 to 1.0 that asks to live on",
    KEPT_1_0,
    { status: 426, fields: { upgrade: "h2c" }, length: 0 },
    "426 Upgrade Required|upgrade: h2c|content-length: 0|date: D|connection: keep-alive, upgrade||",
    true,
  ],
  [
    "426 that closes",
    GET,
    { status: 426, fields: { upgrade: "h2c", connection: "close" }, length: 0 },
    "426 Upgrade Required|upgrade: h2c|content-length: 0|date: D|connection: close, upgrade||",
    false,
  ],
];

Deno.test("ServerConnection answers each client as it can read", async (t) => {
  for (const [what, request, given, text, persistent] of ANSWERS) {
    await t.step(what, () => {
      const connection = connect(request);
      assertEquals(answer(connection, given), `HTTP/1.1 ${text.replaceAll("|", "\r\n")}`);
      assertEquals(connection.persistent, persistent);
      assertEquals(connection.turnOver(), persistent ? "start over" : "close");
      assertEquals(connection.isClosed, !persistent);
    });
  }
});

Deno.test("ServerConnection answers again as it did before, or not at all", async (t) => {
  const fields = prepareFields({ "x-again": "1" });
  const start = { status: 200, fields, date: "D" };
  // Put together first, then known in part, then as a whole.
  const KNOWN: Answer = { fields: { "x-again": "1" }, length: 2, pieces: ["hi"] };
  for (let i = 0; i < 3; i++) answer(connect(GET), KNOWN);
  const REFUSED: readonly [what: string, request: string, status: number, prepare?: (c: ServerConnection) => void][] = [
    ["HEAD", HEAD, 200],
    ["HTTP/1.0", GET_1_0, 200],
    ["HTTP/1.0 that is kept", KEPT_1_0, 200],
    ["204", GET, 204],
    ["205", GET, 205],
    ["304", GET, 304],
    ["a connection that closes", GET, 200, (connection) => connection.closeAfter("shutdown")],
    ["behind an interim response", GET, 200, (connection) => connection.inform(103)],
    ["behind a head", GET, 200, (connection) => connection.respond({ status: 200, date: "D" })],
  ];
  for (const content of ["hi", octets("hi"), octets("\xe9\0")]) {
    await t.step(`${typeof content} of ${content.length}`, () => {
      const connection = connect(GET + GET);
      for (let i = 0; i < 2; i++) {
        assert(connection.answerAgain(start, content, false));
        assertEquals([connection.bodyBytes, connection.writing, connection.persistent], [2, "done", true]);
        const sent = typeof content === "string" ? content : textOf(content);
        assertEquals(
          textOf(takeAll(connection.output)),
          `HTTP/1.1 200 OK\r\nx-again: 1\r\ncontent-length: 2\r\ndate: D\r\n\r\n${sent}`,
        );
        assertEquals([connection.turnOver(), connection.readHead()], ["start over", i === 0]);
      }
    });
  }
  for (const [what, request, status, prepare] of REFUSED) {
    await t.step(what, () => {
      // Known as it is for others, with this status.
      for (let i = 0; i < 3; i++) answer(connect(GET), { ...KNOWN, status });
      const connection = connect(request);
      prepare?.(connection);
      takeAll(connection.output);
      const { writing } = connection;
      assertEquals(connection.answerAgain({ ...start, status }, "hi", false), false);
      assertEquals([connection.output.pending, connection.writing, connection.bodyBytes], [0, writing, 0]);
    });
  }
});

Deno.test("ServerConnection tells what of a piece was sent, and what is missing at the end", () => {
  const connection = connect(GET);
  connection.respond({ status: 200, knownLength: 5, date: "D" });
  assertEquals([connection.send("hel"), connection.finish(), connection.bodyBytes], [true, 2, 3]);
  assertEquals(connection.writing, "content");
  assertEquals([connection.send("lo!"), connection.send("!"), connection.send("")], [false, false, true]);
  assertEquals([connection.finish(), connection.bodyBytes], [0, 5]);
});

Deno.test("ServerConnection counts content and not its framing", () => {
  const connection = connect(GET);
  answer(connection, { pieces: ["\xe9", new Uint8Array(3)] });
  assertEquals(connection.bodyBytes, 5);
  connection.turnOver();
  assertEquals(connection.bodyBytes, 0);
});

Deno.test("ServerConnection gathers the answers to all that came", () => {
  const connection = new ServerConnection();
  connection.receive(octets(GET.repeat(3)));
  for (let i = 0; i < 3; i++) {
    assert(connection.readHead());
    connection.respond({ status: 200, knownLength: 1, date: "D" });
    connection.send(String(i));
    connection.finish();
    assertEquals(connection.turnOver(), "start over");
  }
  assert(!connection.readHead());
  const one = "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ndate: D\r\n\r\n";
  assertEquals(textOf(connection.output.take()!), `${one}0${one}1${one}2`);
});

const INFORMED: readonly [what: string, request: string, sent: boolean][] = [
  ["to 1.1", GET, true],
  ["to who expects it", CONTINUE, true],
  ["never to 1.0", GET_1_0, false],
  ["never to 1.0 that lives on", KEPT_1_0, false],
];

Deno.test("ServerConnection sends interim responses to 1.1 before the final head", async (t) => {
  for (const [what, request, sent] of INFORMED) {
    await t.step(what, () => {
      const connection = connect(request);
      assertEquals(connection.inform(103, prepareFields({ link: "a" })), sent);
      assertEquals(connection.inform(100), sent);
      const text = "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";
      assertEquals(textOf(takeAll(connection.output)), sent ? text : "");
      connection.respond({ status: 200, knownLength: 0, date: "D" });
      takeAll(connection.output);
      assertEquals(connection.inform(103), false);
      assertEquals(connection.output.pending, 0);
    });
  }
  await t.step("never before a request", () => assertEquals(new ServerConnection().inform(103), false));
});

Deno.test("ServerConnection owes a 100 until it is sent or the content is read", () => {
  const connection = connect(CONTINUE);
  assert(connection.owesContinue);
  connection.inform(103);
  assert(connection.owesContinue);
  connection.inform(100);
  assert(!connection.owesContinue);
  assert(!connect(POST).owesContinue);
  const second = connect(`${CONTINUE}hello`);
  assertEquals(second.readContent(), "run");
  second.takeContent(5);
  assertEquals([second.readContent(), second.owesContinue], ["end", false]);
});

Deno.test("ServerConnection forgets the 100 with the exchange", () => {
  const connection = connect(`${CONTINUE}hello${CONTINUE}`);
  connection.inform(100);
  connection.readContent();
  connection.takeContent(5);
  connection.readContent();
  answer(connection, { length: 0 });
  connection.turnOver();
  assert(connection.readHead());
  assert(connection.owesContinue);
});

Deno.test("ServerConnection tells how much content is to come", () => {
  const connection = connect(`${POST}hel`);
  assertEquals(connection.contentRest, 5);
  assertEquals([connection.readContent(), connection.chunkSize, connection.atChunkStart], ["run", 5, true]);
  connection.takeContent(3);
  assertEquals([connection.contentRest, connection.readContent()], [2, "more"]);
  assertEquals(connect(GET).contentRest, 0);
  assertEquals(connect(POST.replace("Content-Length: 5", "Transfer-Encoding: chunked")).contentRest, Infinity);
});

Deno.test("ServerConnection refuses with a whole answer, and closes", () => {
  const connection = new ServerConnection();
  connection.receive(octets("GET /\r\n"));
  assertEquals(refusalOf(() => connection.readHead()), "bad-version");
  connection.refuse(400, "D", "protocol-error");
  const text = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ndate: D\r\nconnection: close\r\n\r\n";
  assertEquals(textOf(takeAll(connection.output)), text);
  assertEquals([connection.closeReason, connection.writing], ["protocol-error", "done"]);
  connection.close();
  assert(connection.isClosed);
});

Deno.test("ServerConnection keeps the first reason to close", () => {
  const connection = connect(GET_1_0);
  connection.closeAfter("shutdown");
  assertEquals([connection.closeReason, connection.persistent], ["version", false]);
});

Deno.test("ServerConnection switches protocols", () => {
  const upgrade = connect(GET.replace("\r\n\r\n", "\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n"));
  upgrade.switchProtocols(prepareFields({ upgrade: "echo" }, { allowUpgrade: true }), "D");
  assertEquals(
    textOf(takeAll(upgrade.output)),
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n",
  );
  const tunnel = connect("CONNECT b:443 HTTP/1.1\r\nHost: a\r\n\r\nrest");
  tunnel.switchProtocols(prepareFields({ x: "y" }), "D");
  assertEquals(textOf(takeAll(tunnel.output)), "HTTP/1.1 200 OK\r\nx: y\r\ndate: D\r\n\r\n");
  assertEquals(tunnel.input.unread, 4);
  for (const { reading, writing } of [upgrade, tunnel]) assertEquals([reading, writing], ["tunnel", "tunnel"]);
});

const ILLEGAL: readonly [what: string, request: string, act: (connection: ServerConnection) => unknown][] = [
  ["a second head", GET, (c) => (answer(c, { length: 0 }), c.respond({ status: 200, date: "D" }))],
  ["an end before a head", GET, (c) => c.finish()],
  ["a second end", GET, (c) => (answer(c, { length: 0 }), c.finish())],
  ["a switch with content unread", POST, (c) => c.switchProtocols(prepareFields({}), "D")],
  [
    "a switch behind a head",
    GET,
    (c) => (c.respond({ status: 200, date: "D" }), takeAll(c.output), c.switchProtocols(prepareFields({}), "D")),
  ],
  [
    "a refusal behind a head",
    GET,
    (c) => (c.respond({ status: 200, date: "D" }), takeAll(c.output), c.refuse(400, "D", "deadline")),
  ],
];

Deno.test("ServerConnection refuses what the state forbids, and writes nothing of it", async (t) => {
  for (const [what, request, act] of ILLEGAL) {
    await t.step(what, () => {
      const connection = connect(request);
      assertThrows(() => act(connection), Error, "Cannot move connection");
      assertEquals(textOf(takeAll(connection.output)), "");
    });
  }
});

Deno.test("ServerConnection sends nothing of a piece that comes behind the end or before a head", () => {
  const connection = connect(`${GET}${GET}`);
  assertEquals(connection.send("early"), false);
  answer(connection, {});
  connection.turnOver();
  assertEquals([connection.send("late"), connection.hasBody], [false, false]);
  connection.readHead();
  assertEquals(connection.send("late"), false);
  assertEquals(connection.output.pending, 0);
});

/** The octets up to and with the one that can never become valid. */
const NEVER_VALID: readonly [where: string, prefix: string, code: ProtocolErrorCode][] = [
  ["the method", "GE\x00", "bad-method"],
  ["the method, a tab", "GET\t", "bad-method"],
  ["the target", "GET /a\x01", "bad-target"],
  ["the target, LF", "GET /a\n", "bad-line-end"],
  ["the version, LF", "GET / HTTP/1.1\n", "bad-line-end"],
  ["the version, bare CR", "GET / HTTP/1.1\rH", "bad-line-end"],
  ["a name", "GET / HTTP/1.1\r\nHo\x7f", "bad-field-line"],
  ["a name, a tab", "GET / HTTP/1.1\r\nHost\t", "bad-field-line"],
  ["a fold", "GET / HTTP/1.1\r\nHost: a\r\n\t", "bad-field-line"],
  ["a value", "GET / HTTP/1.1\r\nHost: a\x1f", "bad-field-line"],
  ["a value, LF", "GET / HTTP/1.1\r\nHost: a\n", "bad-line-end"],
  ["a value, bare CR", "GET / HTTP/1.1\r\nHost: a\rb", "bad-line-end"],
  ["the end of the head, LF", "GET / HTTP/1.1\r\nHost: a\r\n\n", "bad-line-end"],
  ["a size", "[5\x00", "bad-chunk"],
  ["a size, LF", "[5\n", "bad-line-end"],
  ["a size, bare CR", "[5\r5", "bad-line-end"],
  ["an extension", "[5;a\x7f", "bad-chunk"],
  ["an extension, LF", "[5;a=b\n", "bad-line-end"],
  ["an extension, quoted", '[5;a="\x01', "bad-chunk"],
  ["behind data", "[1\r\nab", "bad-chunk"],
  ["behind data, LF", "[1\r\na\n", "bad-line-end"],
  ["behind data, bare CR", "[1\r\na\r1", "bad-line-end"],
  ["a trailer's name", "[0\r\nX\x00", "bad-field-line"],
  ["a trailer's value", "[0\r\nX: y\x0b", "bad-field-line"],
  ["a trailer, LF", "[0\r\nX: y\n", "bad-line-end"],
  ["a trailer, bare CR", "[0\r\nX: y\rz", "bad-line-end"],
  ["the end of the trailers, LF", "[0\r\nX: y\r\n\n", "bad-line-end"],
];

Deno.test("ServerConnection refuses an octet that can never become valid in the read that brought it", async (t) => {
  for (const [where, spelled, code] of NEVER_VALID) {
    await t.step(where, () => {
      const text = spelled.replace("[", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      const pieces = [...text].map(octets);
      assertEquals(serveOctets(pieces.slice(0, -1), { ends: false }).error, undefined);
      // In its own read, and at the end of a longer one; what would follow it is never sent.
      for (const all of [pieces, [octets(text)], [octets(text.slice(0, -3)), octets(text.slice(-3))]]) {
        const seen = serveOctets(all, { ends: false });
        assertEquals([seen.error?.code, seen.errorPiece], [code, all.length]);
      }
    });
  }
});

Deno.test("ServerConnection refuses a length over the limit before any content, with the head in hand", () => {
  const connection = new ServerConnection(settingsOf({ content: 4 }));
  connection.receive(octets(CONTINUE));
  assertEquals(refusalOf(() => connection.readHead()), "content-too-large");
  assertEquals(connection.head?.method, "POST");
  connection.refuse(413, "D", "protocol-error");
  assert(textOf(takeAll(connection.output)).startsWith("HTTP/1.1 413 Content Too Large\r\n"));
});

Deno.test("ServerConnection holds no trailers of an exchange that is over", () => {
  const connection = connect("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n");
  assertEquals(connection.readContent(), "end");
  assertEquals([...connection.trailers], [["X", "y"]]);
  answer(connection, { length: 0 });
  assertEquals(connection.turnOver(), "start over");
  assertEquals(connection.trailers.length, 0);
});

Deno.test("notTaken is a 501", () => {
  assertEquals(notTaken("CONNECT").status, 501);
});
