import { assert, assertEquals, assertThrows } from "@std/assert";
import { INPUT_PENDING, type Item } from "../../../core/gateway/piece.ts";
import { GatewaySettings } from "../../../core/gateway/settings.ts";
import type { App, GatewayOptions } from "../../../core/gateway/types.ts";
import { answer, DATE, get, post, postChunked, request, Talk } from "../../support/talk.ts";

const KEPT = answer("200 OK", ["content-length: 2", DATE], "ok");
const refused = (status: string) => answer(status, ["content-length: 0", DATE, "connection: close"]);

const ok: App = (_environ, startResponse) => {
  startResponse(200);
  return "ok";
};
const read: App = async (environ, startResponse) => {
  await environ.input.read();
  startResponse(200);
  return "ok";
};

const TOO_LONG = "414 URI Too Long";
const FIELDS = "431 Request Header Fields Too Large";
const BAD = "400 Bad Request";
const TOO_LARGE = "413 Content Too Large";

/** What is refused, what is just not, and with what. */
const REFUSALS: readonly [name: string, refused: string, status: string, options?: GatewayOptions, fine?: string][] = [
  ["requestLine", get(`/${"x".repeat(8192)}`), TOO_LONG, {}, get(`/${"x".repeat(8000)}`)],
  ["requestLine of one's own", get("/1234567"), TOO_LONG, { limits: { requestLine: 20 } }, get("/12345")],
  ["requestLine, endless", `GET /${"x".repeat(9000)}`, TOO_LONG],
  [
    "method",
    request(`${"M".repeat(33)} / HTTP/1.1`),
    "501 Not Implemented",
    {},
    request(`${"M".repeat(32)} / HTTP/1.1`),
  ],
  ["fieldSection", get("/", `x: ${"y".repeat(32_768)}`), FIELDS, {}, get("/", `x: ${"y".repeat(32_000)}`)],
  ["fieldSection, endless", `GET / HTTP/1.1\r\nx: ${"y".repeat(33_000)}`, FIELDS],
  ["fieldLines", get("/", ...Array(100).fill("x: y")), FIELDS, {}, get("/", ...Array(99).fill("x: y"))],
  ["content by announcement", post("hello"), TOO_LARGE, { limits: { content: 4 } }, post("hell")],
  ["content of nothing", post("x"), TOO_LARGE, { limits: { content: 0 } }, post("")],
  [
    "content by count",
    postChunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
    TOO_LARGE,
    { limits: { content: 4 } },
    postChunked("3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"),
  ],
  [
    "chunkLine",
    postChunked(`1;${"x".repeat(256)}\r\nx\r\n0\r\n\r\n`),
    BAD,
    {},
    postChunked(`1;${"x".repeat(250)}\r\nx\r\n0\r\n\r\n`),
  ],
  [
    "chunkDebt",
    postChunked(`1;${"x".repeat(200)}\r\nx\r\n`.repeat(100)),
    BAD,
    {},
    postChunked(`${"1\r\nx\r\n".repeat(10_000)}0\r\n\r\n`),
  ],
  [
    "trailerSection",
    postChunked(`0\r\nx: ${"y".repeat(8192)}\r\n\r\n`),
    FIELDS,
    {},
    postChunked(`0\r\nx: ${"y".repeat(8000)}\r\n\r\n`),
  ],
  [
    "trailerLines",
    postChunked(`0\r\n${"x: y\r\n".repeat(101)}\r\n`),
    FIELDS,
    {},
    postChunked(`0\r\n${"x: y\r\n".repeat(100)}\r\n`),
  ],
  ["the version", request("GET / HTTP/2.0"), "505 HTTP Version Not Supported"],
  ["another version", request("GET / HTTP/0.9"), "505 HTTP Version Not Supported"],
  ["no version", request("GET / HTTP/1"), BAD],
  ["no method", request(" / HTTP/1.1"), BAD],
  ["a bad method", request("G@T / HTTP/1.1"), BAD],
  ["a bad target", request("GET nowhere HTTP/1.1"), BAD],
  ["a bare LF", "GET / HTTP/1.1\nHost: a\n\n", BAD],
  ["a folded line", get("/", "x: y", " z"), BAD],
  ["no Host", "GET / HTTP/1.1\r\n\r\n", BAD],
  ["Host twice", get("/", "Host: b"), BAD],
  ["Content-Length twice", post("hello", "Content-Length: 5"), BAD],
  ["Content-Length and Transfer-Encoding", postChunked("0\r\n\r\n", "Content-Length: 5"), BAD],
  ["Transfer-Encoding in 1.0", request("POST / HTTP/1.0", ["Transfer-Encoding: chunked"], "0\r\n\r\n"), BAD],
  ["an unknown coding", request("POST / HTTP/1.1", ["Transfer-Encoding: gzip, chunked"]), "501 Not Implemented"],
  ["TLS on the port", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", BAD],
  ["endless empty lines", "\r\n\r\n", BAD],
];

Deno.test("what is over a limit or breaks a rule is refused in canned octets, and the connection closed", async (t) => {
  for (const [name, whole, status, options] of REFUSALS) {
    await t.step(name, async () => {
      const talk = new Talk(read, options);
      talk.send(get() + whole);
      await talk.rest();
      assertEquals(talk.sent, KEPT + refused(status));
      assertEquals(talk.moves, ["endWriting"]);
      assertEquals(talk.errors, []);
      talk.send(get());
      talk.end();
      await talk.rest();
      assertEquals(talk.sent, KEPT + refused(status), "nothing behind it is served");
      assertEquals(talk.moves, ["endWriting", "close"]);
    });
    await t.step(`${name}, octet by octet`, async () => {
      if (whole.length > 20_000) return;
      const talk = new Talk(read, options);
      for (const octet of whole) talk.send(octet);
      await talk.rest();
      assertEquals(talk.sent, refused(status));
    });
  }
});

Deno.test("what is just within a limit is served", async (t) => {
  for (const [name, , , options, fine] of REFUSALS) {
    if (!fine) continue;
    await t.step(name, async () => {
      const talk = new Talk(read, options);
      talk.send(fine + get());
      await talk.rest();
      assertEquals(talk.sent, KEPT.repeat(2));
      assertEquals(talk.moves, []);
    });
  }
});

Deno.test("content over the limit that nobody reads is refused by its announcement and read away by count", async () => {
  let isCalled = false;
  const app: App = (environ, startResponse) => {
    isCalled = true;
    return ok(environ, startResponse);
  };
  const announced = new Talk(app, { limits: { content: 4 } });
  announced.send(post("hello"));
  await announced.rest();
  assertEquals(announced.sent, refused(TOO_LARGE));
  assertEquals(isCalled, false);

  const counted = new Talk(app, { limits: { content: 4 } });
  counted.send(postChunked("5\r\nhello\r\n0\r\n\r\n") + get());
  await counted.rest();
  assertEquals(counted.sent, KEPT, "the answer is out: the connection is not kept");
  assertEquals(counted.moves, ["endWriting"]);
});

Deno.test("readAhead pauses reading while the application does not read, and resumes when it does", async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const talk = new Talk(async (environ, startResponse) => {
    for (const gate of gates) {
      await gate.promise;
      await environ.input.read(60_000);
    }
    await environ.input.read();
    startResponse(200);
    return "ok";
  });
  talk.send(request("POST / HTTP/1.1", ["Content-Length: 200000"]));
  const send = (octets: number) => {
    for (let i = 0; i < octets; i += 1000) talk.send("x".repeat(1000));
  };
  send(65_000);
  assertEquals(talk.moves, []);
  talk.send("x".repeat(535));
  assertEquals(talk.moves, []);
  talk.send("x");
  assertEquals(talk.moves, ["pauseReading"], "64 KiB lie unread");
  gates[0]!.resolve();
  await talk.rest();
  assertEquals(talk.moves, ["pauseReading", "resumeReading"]);
  send(60_000);
  assertEquals(talk.moves, ["pauseReading", "resumeReading", "pauseReading"]);
  gates[1]!.resolve();
  await talk.rest();
  assertEquals(talk.moves, ["pauseReading", "resumeReading", "pauseReading", "resumeReading"]);
  send(74_000);
  await talk.rest();
  talk.send("x".repeat(464));
  await talk.rest();
  assertEquals(talk.sent, KEPT);
});

Deno.test("readAhead holds the requests behind an exchange", async () => {
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  const talk = new Talk(async (_environ, startResponse) => {
    if (asked++ === 0) await gate.promise;
    startResponse(200);
    return "ok";
  }, { limits: { readAhead: 100 } });
  talk.send(get());
  while (!talk.port.isPaused) talk.send(get());
  assertEquals(asked, 1);
  gate.resolve();
  await talk.rest();
  assertEquals(talk.port.isPaused, false);
  assertEquals(talk.sent, KEPT.repeat(asked));
  assert(asked >= 3);
});

Deno.test("readAhead does not stop who waits for octets, nor a head that is larger", async () => {
  const talk = new Talk(read, { limits: { readAhead: 10 } });
  talk.send(get("/", `x: ${"y".repeat(5000)}`).slice(0, 4000));
  assertEquals(talk.moves, []);
  talk.send(get("/", `x: ${"y".repeat(5000)}`).slice(4000));
  await talk.rest();
  assertEquals(talk.take(), KEPT);
  talk.send(postChunked(`5;${"x".repeat(100)}`));
  await talk.rest();
  assertEquals(talk.moves, []);
  talk.send("\r\nhello\r\n0\r\n\r\n");
  await talk.rest();
  assertEquals(talk.take(), KEPT);
  assertEquals(talk.moves, []);
});

Deno.test("readAhead does not stop a generator that waits for input", async () => {
  const talk = new Talk(function* (environ, startResponse): Generator<Item, void> {
    // Away long enough that reading pauses.
    yield new Promise<void>((resolve) => release = resolve);
    for (const piece of environ.input.available()) if (piece === INPUT_PENDING) yield piece;
    startResponse(200, { "content-length": "2" });
    yield "ok";
  }, { limits: { readAhead: 10 } });
  let release: () => void = () => {};
  talk.send(postChunked(`5;${"x".repeat(100)}`));
  await talk.rest();
  assertEquals(talk.moves, ["pauseReading"]);
  release();
  await talk.rest();
  assertEquals(talk.moves, ["pauseReading", "resumeReading"]);
  talk.send("\r\nhello\r\n0\r\n\r\n");
  await talk.rest();
  assertEquals(talk.sent, KEPT);
});

Deno.test("a flood of requests from a client that takes no answers is held", async () => {
  let asked = 0;
  const talk = new Talk((_environ, startResponse) => {
    asked++;
    startResponse(200);
    return "x".repeat(1000);
  });
  talk.port.isHolding = true;
  let sent = 0;
  while (!talk.port.isPaused) {
    talk.send(get());
    sent++;
    assert(sent < 10_000);
  }
  await talk.rest();
  assert(asked < 70, `${asked} were served`);
  assert(talk.surroundings.deferred === 0, "nothing piles up");
  await talk.drainAll();
  assertEquals(asked, sent);
  assertEquals(talk.port.isPaused, false);
});

Deno.test("options that are none are refused", () => {
  const cases: [options: unknown, error: typeof TypeError | typeof RangeError][] = [
    [{ limits: { requestline: 5 } }, TypeError],
    [{ limits: { requestLine: "5" } }, TypeError],
    [{ limits: { requestLine: -1 } }, RangeError],
    [{ limits: { requestLine: NaN } }, RangeError],
    [{ deadlines: { drain: 5 } }, TypeError],
    [{ deadlines: { drain: { bytes: 5 } } }, TypeError],
    [{ deadlines: { contentRate: null } }, TypeError],
    [{ protocol: { trustedGateway: 1 } }, TypeError],
    [{ protocol: { lenient: true } }, TypeError],
  ];
  for (const [options, error] of cases) {
    assertThrows(() => new GatewaySettings(options as GatewayOptions), error);
    assertThrows(() => new Talk(ok, options as GatewayOptions), error);
  }
});
