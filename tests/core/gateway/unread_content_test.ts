import { assert, assertEquals } from "@std/assert";
import { GatewaySettings } from "../../../core/gateway/settings.ts";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, get, post, postChunked, request, Talk, type TalkOptions } from "../../support/talk.ts";

const KEPT = answer("200 OK", ["content-length: 2", DATE], "ok");
const CLOSING = answer("200 OK", ["content-length: 2", DATE, "connection: close"], "ok");

/** Reads nothing. */
const ok: App = (_environ, startResponse) => {
  startResponse(200);
  return "ok";
};

/** Reads this much and no more. */
function readingSome(octets: number): App {
  return async (environ, startResponse) => {
    await environ.input.read(octets);
    startResponse(200);
    return "ok";
  };
}

const DRAIN = 65_536;
const SMALL_CHUNKS = "5\r\nhello\r\n5;x=y\r\nworld\r\n0\r\nx-a: b\r\n\r\n";

Deno.test("unread content that is small is read away and the connection kept", async (t) => {
  const requests: Record<string, string> = {
    "by length": post("hello"),
    "by length, the whole bound": post("x".repeat(DRAIN)),
    "chunked": postChunked(SMALL_CHUNKS),
    "chunked, the whole bound": postChunked(`10000\r\n${"x".repeat(DRAIN)}\r\n0\r\n\r\n`),
    "of a GET": request("GET / HTTP/1.1", ["Content-Length: 5"], "hello"),
    "that is a request": post(get("/smuggled")),
  };
  for (const [name, whole] of Object.entries(requests)) {
    await t.step(`${name}, at once`, async () => {
      const talk = new Talk(ok);
      talk.send(whole + get() + whole + get());
      await talk.rest();
      assertEquals(talk.sent, KEPT.repeat(4));
      assertEquals(talk.moves, []);
    });
    await t.step(`${name}, behind the answer`, async () => {
      const talk = new Talk(ok);
      const cut = whole.indexOf("\r\n\r\n") + 4;
      talk.send(whole.slice(0, cut));
      assertEquals(talk.take(), KEPT, "the answer does not wait for the content");
      for (let at = cut; at < whole.length; at += 8192) talk.send(whole.slice(at, at + 8192));
      assertEquals(talk.take(), "");
      talk.send(get());
      await talk.rest();
      assertEquals(talk.take(), KEPT);
      assertEquals(talk.moves, []);
    });
  }
  await t.step("partly read", async () => {
    for (const whole of [post("hello"), postChunked(SMALL_CHUNKS)]) {
      const talk = new Talk(readingSome(3));
      talk.send(whole + get());
      await talk.rest();
      assertEquals(talk.sent, KEPT.repeat(2));
    }
  });
  await t.step("in every octet of its own", async () => {
    const talk = new Talk(ok);
    for (const octet of post("hello") + postChunked(SMALL_CHUNKS) + get()) talk.send(octet);
    await talk.rest();
    assertEquals(talk.sent, KEPT.repeat(3));
  });
});

Deno.test("unread content that is known to be large closes, and the head says so", async (t) => {
  const large = post("x".repeat(DRAIN + 1));
  await t.step("unread", () => {
    const talk = new Talk(ok);
    talk.send(large.slice(0, 100));
    assertEquals(talk.sent, CLOSING);
    assertEquals(talk.moves, ["endWriting"]);
  });
  await t.step("what is there already counts too", async () => {
    const talk = new Talk(ok);
    talk.send(large + get());
    await talk.rest();
    assertEquals(talk.sent, CLOSING);
  });
  await t.step("partly read, the rest is small", async () => {
    const talk = new Talk(readingSome(1));
    talk.send(large + get());
    await talk.rest();
    assertEquals(talk.sent, KEPT.repeat(2));
  });
  await t.step("a bound of one's own", () => {
    const deadlines = { drain: { bytes: 4, ms: 1000 } };
    const talk = new Talk(ok, { deadlines });
    talk.send(post("four") + post("fiver") + get());
    assertEquals(talk.sent, KEPT + CLOSING);
  });
  await t.step("a bound of nothing", () => {
    const talk = new Talk(ok, { deadlines: { drain: { bytes: 0, ms: 0 } } });
    talk.send(get() + post("x") + get());
    assertEquals(talk.sent, KEPT + CLOSING);
  });
  await t.step("behind a head that is out it closes all the same", async () => {
    const talk = new Talk(function* (_environ, startResponse) {
      startResponse(200, { "content-length": "2" });
      yield "o";
      yield "k";
    });
    talk.send(large.slice(0, 100));
    await talk.rest();
    assertEquals(talk.sent, KEPT);
    assertEquals(talk.moves, ["endWriting"]);
  });
});

Deno.test("unread chunked content is read away hopefully, up to the bound", async (t) => {
  await t.step("too much of it lingers", async () => {
    const talk = new Talk(ok);
    talk.send(postChunked(`fffff\r\n`));
    assertEquals(talk.sent, KEPT);
    for (let i = 0; i < 8; i++) talk.send("x".repeat(8192));
    await talk.rest();
    assertEquals(talk.moves, []);
    talk.send("x");
    assertEquals(talk.moves, ["endWriting"]);
    talk.send(get());
    await talk.rest();
    assertEquals(talk.sent, KEPT);
  });
  await t.step("broken, it lingers", () => {
    const talk = new Talk(ok);
    talk.send(postChunked("5\r\nhello\r\n") + "x\r\n" + get());
    assertEquals(talk.sent, KEPT);
    assertEquals(talk.moves, ["endWriting"]);
  });
  await t.step("too many trailers, it lingers", () => {
    const talk = new Talk(ok);
    talk.send(postChunked("0\r\n" + "a: b\r\n".repeat(101) + "\r\n") + get());
    assertEquals(talk.sent, KEPT);
    assertEquals(talk.moves, ["endWriting"]);
  });
  await t.step("cut off by the peer, it closes", () => {
    for (const whole of [postChunked("5\r\nhel"), post("hello").slice(0, -1)]) {
      const talk = new Talk(ok);
      talk.send(whole);
      talk.end();
      assertEquals(talk.sent, KEPT);
      assertEquals(talk.port.calls.at(-1), "close");
    }
  });
});

Deno.test("reading away takes as long as it may, then lingers", async () => {
  for (const whole of [post("hello").slice(0, -1), postChunked("5\r\nhell")]) {
    const talk = new Talk(ok);
    talk.send(whole);
    await talk.rest();
    assertEquals(talk.due, 1000);
    await talk.pass(999);
    assertEquals(talk.moves, []);
    assertEquals(talk.due, 1);
    await talk.pass(1);
    assertEquals(talk.moves, ["endWriting"]);
    assertEquals(talk.due, 2000);
  }
});

/** A conversation that lingers: its answer is out, and its side ended. */
function lingering(options: TalkOptions = {}): Talk {
  const talk = new Talk(ok, options);
  talk.send(request("POST / HTTP/1.1", ["Content-Length: 1000000"]));
  assertEquals(talk.port.calls, ["write", "endWriting"]);
  return talk;
}

Deno.test("lingering ends when the peer ends", () => {
  const talk = lingering();
  talk.send("x".repeat(100));
  talk.end();
  assertEquals(talk.moves, ["endWriting", "close"]);
  assertEquals(talk.due, Infinity);
});

Deno.test("lingering ends after its time", async () => {
  const talk = lingering();
  assertEquals(talk.due, 2000);
  await talk.pass(1500);
  talk.send("x");
  assertEquals(talk.due, 500, "what comes does not put it off");
  await talk.pass(499);
  assertEquals(talk.moves, ["endWriting"]);
  await talk.pass(1);
  assertEquals(talk.moves, ["endWriting", "close"]);
});

Deno.test("lingering reads away its bound, then stops reading and holds", async () => {
  const talk = lingering();
  for (let i = 0; i < 7; i++) talk.send("x".repeat(8192));
  assertEquals(talk.moves, ["endWriting"]);
  talk.send("x".repeat(8191));
  assertEquals(talk.moves, ["endWriting"]);
  talk.send("x");
  assertEquals(talk.moves, ["endWriting", "pauseReading"]);
  await talk.pass(1999);
  assertEquals(talk.moves, ["endWriting", "pauseReading"]);
  await talk.pass(1);
  assertEquals(talk.moves, ["endWriting", "pauseReading", "close"]);
});

Deno.test("lingering has bounds of one's own", async () => {
  const talk = lingering({ deadlines: { linger: { bytes: 10, ms: 50 } } });
  talk.send("x".repeat(10));
  assertEquals(talk.moves, ["endWriting", "pauseReading"]);
  await talk.pass(50);
  assertEquals(talk.moves, ["endWriting", "pauseReading", "close"]);
});

Deno.test("of those that linger and have read enough, so many hold: the first one makes room", () => {
  const settings = new GatewaySettings();
  const hold = (): Talk => {
    const talk = lingering({ settings });
    talk.send("x".repeat(65_536));
    assertEquals(talk.moves, ["endWriting", "pauseReading"]);
    return talk;
  };
  const [first, second, third, ...others] = Array.from({ length: 64 }, hold);
  second!.conversation.abort("It has left");
  hold();
  assertEquals(first!.moves, ["endWriting", "pauseReading"], "there is room for it again");
  hold();
  assertEquals(first!.moves, ["endWriting", "pauseReading", "close"]);
  assertEquals(third!.moves, ["endWriting", "pauseReading"]);
  hold();
  assertEquals(third!.moves, ["endWriting", "pauseReading", "close"]);
  for (const other of others) assertEquals(other.moves, ["endWriting", "pauseReading"]);
});

Deno.test("nobody makes room for others whose answer the port has not taken whole, or whose client has ended", () => {
  const settings = new GatewaySettings({ limits: { holding: 1 } });
  const slow = new Talk(ok, { settings });
  slow.port.isHolding = true;
  slow.send(request("POST / HTTP/1.1", ["Content-Length: 1000000"]));
  slow.send("x".repeat(65_536));
  assertEquals(slow.moves, ["pauseReading"]);
  const hold = (): Talk => {
    const talk = lingering({ settings });
    talk.send("x".repeat(65_536));
    return talk;
  };
  const first = hold();
  const second = hold();
  assertEquals(first.moves, ["endWriting", "pauseReading", "close"]);
  assertEquals(slow.moves, ["pauseReading"], "its answer is still to come");
  slow.drain();
  assertEquals(slow.moves, ["pauseReading", "endWriting"]);
  assertEquals(second.moves, ["endWriting", "pauseReading", "close"], "now it holds, and is the last");
});

Deno.test("lingering begins when the port has taken the answer", async () => {
  const talk = new Talk(ok);
  talk.port.isHolding = true;
  talk.send(get("/", "Connection: close"));
  await talk.rest();
  assertEquals(talk.moves, []);
  assertEquals(talk.due, 30_000, "until then the client's reading is timed");
  talk.surroundings.advance(20_000);
  talk.drain();
  assertEquals(talk.moves, ["endWriting"]);
  assertEquals(talk.due, 2000);
});

Deno.test("a peer that has ended is closed as soon as the port has taken the answer", async () => {
  const talk = new Talk(ok);
  talk.port.isHolding = true;
  talk.send(get("/", "Connection: close"));
  talk.end();
  await talk.rest();
  assertEquals(talk.moves, []);
  talk.drain();
  assertEquals(talk.moves, ["close"]);
});

Deno.test("content that waited unread while the application thought is read away too", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const talk = new Talk(async (_environ, startResponse) => {
    await promise;
    startResponse(200);
    return "ok";
  });
  talk.send(request("POST / HTTP/1.1", ["Content-Length: 1000000"]));
  for (let i = 0; i < 8; i++) talk.send("x".repeat(8192));
  assertEquals(talk.moves, ["pauseReading"]);
  resolve();
  await talk.rest();
  // What was waiting is the bound already.
  assertEquals(talk.sent, CLOSING);
  assertEquals(talk.moves, ["pauseReading", "endWriting"]);
  assert(talk.due === 2000);
});
