import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Input } from "../../../core/gateway/input.ts";
import { INPUT_PENDING, type Item } from "../../../core/gateway/piece.ts";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, get, post, postChunked, request, Talk } from "../../support/talk.ts";

const EXPECT = "Expect: 100-continue";
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const OK = answer("200 OK", ["content-length: 2", DATE], "ok");
const CLOSING = answer("200 OK", ["content-length: 2", DATE, "connection: close"], "ok");

/** A request whose content waits for a 100. */
const HEAD = post("hello", EXPECT).slice(0, -5);

const echo: App = async (environ, startResponse) => {
  const content = await environ.input.text();
  startResponse(200);
  return content;
};

const FIRST_READS: Record<string, (input: Input) => unknown> = {
  "read()": (input) => input.read(),
  "read(1)": (input) => input.read(1),
  "readSome": (input) => input.readSome(),
  "readLine": (input) => input.readLine(),
  "readLines": (input) => input.readLines(),
  "lines": (input) => input.lines().next(),
  "iteration": (input) => input[Symbol.asyncIterator]().next(),
  "chunks": (input) => input.chunks().next(),
  "bytes": (input) => input.bytes(),
  "text": (input) => input.text(),
  "available": (input) => input.available().next(),
  "availableChunks": (input) => input.availableChunks().next(),
};

Deno.test("the first read sends a 100 (Continue) at once, and only the first", async (t) => {
  for (const [name, read] of Object.entries(FIRST_READS)) {
    await t.step(name, async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const talk = new Talk(async (environ, startResponse) => {
        await promise;
        await read(environ.input);
        await read(environ.input);
        startResponse(200);
        return "ok";
      });
      talk.send(HEAD);
      await talk.rest();
      assertEquals(talk.take(), "", "nothing before a read");
      resolve();
      await talk.rest();
      assert(talk.take().startsWith(CONTINUE));
      talk.send("h");
      await talk.rest();
      talk.send("ello");
      await talk.rest();
      assert(!talk.take().includes("100 Continue"));
    });
  }
});

Deno.test("a request with Expect is served like any other once it has its 100", async () => {
  const talk = new Talk(echo);
  for (const whole of [post("hello", EXPECT), postChunked("5\r\nhello\r\n0\r\n\r\n", EXPECT)]) {
    const cut = whole.indexOf("\r\n\r\n") + 4;
    talk.send(whole.slice(0, cut));
    await talk.rest();
    assertEquals(talk.take(), CONTINUE);
    talk.send(whole.slice(cut));
    await talk.rest();
    assertEquals(talk.take(), answer("200 OK", ["content-length: 5", DATE], "hello"));
  }
  talk.send(post("hello", "expect: 100-CONTINUE"));
  await talk.rest();
  assertEquals(talk.take(), CONTINUE + answer("200 OK", ["content-length: 5", DATE], "hello"));
  assertEquals(talk.moves, []);
});

Deno.test("each request on a connection is owed its own 100", async () => {
  const talk = new Talk(echo);
  talk.send(post("a", EXPECT) + get() + post("b", EXPECT) + post("c"));
  await talk.rest();
  assertEquals(talk.sent.split(CONTINUE).length, 3);
});

Deno.test("unread content of a client that waits for a 100 closes the connection, however little it is", async (t) => {
  const apps: Record<string, App> = {
    "at once": (_environ, startResponse) => {
      startResponse(200);
      return "ok";
    },
    "later": async (_environ, startResponse) => {
      await Promise.resolve();
      startResponse(200);
      return "ok";
    },
  };
  for (const [name, app] of Object.entries(apps)) {
    await t.step(name, async () => {
      const talk = new Talk(app);
      talk.send(HEAD);
      await talk.rest();
      assertEquals(talk.sent, CLOSING);
      assertEquals(talk.moves, ["endWriting"]);
      talk.send(`hello${get()}`);
      await talk.rest();
      assertEquals(talk.sent, CLOSING, "content that comes all the same is no request");
    });
  }
  await t.step("in pieces", async () => {
    const talk = new Talk(function* (_environ, startResponse) {
      startResponse(200);
      yield "o";
      yield "k";
    });
    talk.send(HEAD);
    await talk.rest();
    assertEquals(
      talk.sent,
      answer(
        "200 OK",
        ["transfer-encoding: chunked", DATE, "connection: close"],
        "1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
      ),
    );
    assertEquals(talk.moves, ["endWriting"]);
  });
  await t.step("as the application's own refusal", async () => {
    const talk = new Talk((_environ, startResponse) => {
      startResponse(403);
    });
    talk.send(HEAD);
    await talk.rest();
    assertEquals(talk.sent, answer("403 Forbidden", ["content-length: 0", DATE, "connection: close"]));
  });
});

Deno.test("a 100 is never sent behind the final head", async () => {
  const seen: unknown[] = [];
  const talk = new Talk(function* (environ, startResponse): Generator<Item, void> {
    startResponse(200);
    yield "early";
    seen.push(environ.input.sendContinue());
    seen.push(yield environ.input.read());
    seen.push(environ.input.sendContinue());
  });
  talk.send(HEAD);
  await talk.rest();
  talk.send("hello");
  await talk.rest();
  assertEquals(seen, [false, new TextEncoder().encode("hello"), false]);
  assert(!talk.sent.includes("100 Continue"));
});

Deno.test("HTTP/1.0 never gets a 100, whatever it expects", async () => {
  const seen: unknown[] = [];
  const talk = new Talk(async (environ, startResponse) => {
    seen.push(environ.input.sendContinue(), await environ.input.text());
    environ.inform(103, { link: "</a>; rel=preload" });
    startResponse(200);
    return "ok";
  });
  talk.send(request("POST / HTTP/1.0", [EXPECT, "Content-Length: 5"], "hello"));
  await talk.rest();
  assertEquals(seen, [false, "hello"]);
  assertEquals(talk.sent, CLOSING);
});

Deno.test("no 100 is owed where there is no content", async () => {
  for (const whole of [get("/", EXPECT), post("", EXPECT), request("POST / HTTP/1.1", [EXPECT])]) {
    const talk = new Talk(echo);
    talk.send(whole + get());
    await talk.rest();
    assertEquals(talk.sent, answer("200 OK", ["content-length: 0", DATE]).repeat(2));
  }
});

Deno.test("another expectation is refused with 417", async (t) => {
  for (const value of ["200-ok", "100-continue, x", "y 100-continue", "100", "", "100-continue;q=1"]) {
    await t.step(JSON.stringify(value), async () => {
      let isCalled = false;
      const talk = new Talk((_environ, startResponse) => {
        isCalled = true;
        startResponse(200);
      });
      talk.send(post("hello", `Expect: ${value}`) + get());
      await talk.rest();
      assertEquals(talk.sent, answer("417 Expectation Failed", ["content-length: 0", DATE, "connection: close"]));
      assertEquals(isCalled, false);
      assertEquals(talk.moves, ["endWriting"]);
    });
  }
});

Deno.test("continueFields stand in the 100 that the first read sends, sendContinue's own in its", async () => {
  const talk = new Talk(async (environ, startResponse) => {
    environ.input.continueFields({ "x-quota": "5" });
    assertThrows(() => environ.input.continueFields({ "x-quota": "5\r\n" }), TypeError);
    assertThrows(() => environ.input.sendContinue({ "x y": "5" }), TypeError);
    if (environ.target === "/explicit") assertEquals(environ.input.sendContinue({ "x-own": "1" }), true);
    await environ.input.read();
    if (environ.target === "/again") assertEquals(environ.input.sendContinue(), true);
    startResponse(200);
    return "ok";
  });
  const fields = "HTTP/1.1 100 Continue\r\nx-quota: 5\r\n\r\n";
  talk.send(post("hello", EXPECT));
  await talk.rest();
  assertEquals(talk.take(), fields + OK);
  talk.send(post("hello", EXPECT).replace("POST /", "POST /explicit"));
  await talk.rest();
  assertEquals(talk.take(), `HTTP/1.1 100 Continue\r\nx-own: 1\r\n\r\n${OK}`);
  talk.send(post("hello", EXPECT).replace("POST /", "POST /again"));
  await talk.rest();
  assertEquals(talk.take(), fields + fields + OK);
});

Deno.test("sendContinue sends at once on 1.1 even where nobody waits for it", async () => {
  const talk = new Talk(async (environ, startResponse) => {
    assertEquals(environ.input.sendContinue(), true);
    assertEquals(talk.take(), CONTINUE);
    await environ.input.read();
    startResponse(200);
    return "ok";
  });
  talk.send(post("hello"));
  await talk.rest();
  assertEquals(talk.take(), OK);
  talk.send(get());
  await talk.rest();
  assertEquals(talk.take(), OK);
});

Deno.test("a generator's INPUT_PENDING does not go without its 100", async () => {
  const talk = new Talk(function* (environ, startResponse): Generator<Item, void> {
    let octets = 0;
    yield INPUT_PENDING;
    for (const piece of environ.input.available()) {
      if (piece === INPUT_PENDING) yield piece;
      else octets += piece.length;
    }
    startResponse(200);
    yield `${octets}`;
  });
  talk.send(HEAD);
  await talk.rest();
  assertEquals(talk.take(), CONTINUE);
  talk.send("hello");
  await talk.rest();
  assertEquals(talk.take(), answer("200 OK", ["transfer-encoding: chunked", DATE], "1\r\n5\r\n0\r\n\r\n"));
});

Deno.test("inform sends interim responses at once, before the head only", async (t) => {
  await t.step("103 and 102", () => {
    const talk: Talk = new Talk((environ, startResponse) => {
      environ.inform(103, { link: "</style.css>; rel=preload" });
      assertEquals(talk.take(), "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n");
      environ.inform(102);
      assertEquals(talk.take(), "HTTP/1.1 102 Processing\r\n\r\n");
      startResponse(200);
      environ.inform(103);
      assertEquals(talk.take(), "HTTP/1.1 103 Early Hints\r\n\r\n", "startResponse does not send the head");
      return "ok";
    });
    talk.send(get());
    assertEquals(talk.take(), OK);
  });
  await t.step("no other status, no field that may not leave, not behind the head", async () => {
    const talk = new Talk(function* (environ, startResponse) {
      for (const status of [101, 99, 200, 1000, 103.5, NaN]) {
        assertThrows(() => environ.inform(status), RangeError);
      }
      assertThrows(() => environ.inform(103, { "x-a": "b\n" }), TypeError);
      startResponse(200);
      yield "ok";
      assertThrows(() => environ.inform(103), TypeError);
    });
    talk.send(get());
    await talk.rest();
    assertEquals(talk.errors, []);
    assertEquals(talk.sent, answer("200 OK", ["transfer-encoding: chunked", DATE], "2\r\nok\r\n0\r\n\r\n"));
  });
  await t.step("an inform(100) is the 100 that was owed", async () => {
    const talk = new Talk(async (environ, startResponse) => {
      environ.inform(100);
      await environ.input.read();
      startResponse(200);
      return "ok";
    });
    talk.send(HEAD);
    await talk.rest();
    assertEquals(talk.take(), CONTINUE);
    talk.send("hello");
    await talk.rest();
    assertEquals(talk.take(), OK);
  });
});

Deno.test("content over the limit is refused without a 100", async (t) => {
  const options = { limits: { content: 4 } };
  await t.step("by announcement, before the application", async () => {
    const talk = new Talk(echo, options);
    talk.send(HEAD);
    await talk.rest();
    assertEquals(talk.sent, answer("413 Content Too Large", ["content-length: 0", DATE, "connection: close"]));
    assertEquals(talk.moves, ["endWriting"]);
  });
  await t.step("chunked, by count", async () => {
    const talk = new Talk(echo, options);
    talk.send(postChunked("", EXPECT));
    await talk.rest();
    assertEquals(talk.take(), CONTINUE);
    talk.send("4\r\nfull\r\n");
    await talk.rest();
    assertEquals(talk.take(), "");
    talk.send("1\r\n");
    await talk.rest();
    assertEquals(talk.take(), answer("413 Content Too Large", ["content-length: 0", DATE, "connection: close"]));
  });
});
