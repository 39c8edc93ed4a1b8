/**
 * The defects of the older systems that have to do with octets (D-1 to D-45), each with the answer that is right. Those
 * about the application protocol are in `pep3333_test.ts`, `transcripts_test.ts`, `environ_dict_test.ts`,
 * `hooks_test.ts` and `file_wrapper_test.ts`.
 */

import { assert, assertEquals } from "@std/assert";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, get, post, postChunked, request, Talk } from "../../support/talk.ts";

const OK = answer("200 OK", ["content-length: 2", DATE], "ok");

/** Answers without a look at the content. */
const ok: App = (_environ, startResponse) => {
  startResponse(200);
  return "ok";
};

const read: App = async ({ input }, startResponse) => {
  await input.read();
  startResponse(200);
  return "ok";
};

async function talkTo(app: App, text: string): Promise<Talk> {
  const talk = new Talk(app);
  talk.send(text);
  await talk.rest();
  return talk;
}

function refusal(status: string): string {
  return answer(status, ["content-length: 0", DATE, "connection: close"]);
}

const BAD = refusal("400 Bad Request");

/** What comes, and what is right; none of it reaches an application. */
const REFUSED: readonly [id: string, text: string, sent: string][] = [
  [
    "D-3",
    request("POST / HTTP/1.1", ["Transfer-Encoding: gzip, chunked"], "0\r\n\r\n"),
    refusal("501 Not Implemented"),
  ],
  ["D-4 xchunked", request("POST / HTTP/1.1", ["Transfer-Encoding: xchunked"], "0\r\n\r\n"), BAD],
  ["D-4 twice", postChunked("0\r\n\r\n", "Transfer-Encoding: chunked"), BAD],
  ["D-5", post("hello", "Content-Length: 3"), BAD],
  ["D-6 +3", request("POST / HTTP/1.1", ["Content-Length: +3"], "abc"), BAD],
  ["D-6 1_0", request("POST / HTTP/1.1", ["Content-Length: 1_0"], "0123456789"), BAD],
  ["D-12 HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", refusal("505 HTTP Version Not Supported")],
  ["D-12 FTP/1.1", "GET / FTP/1.1\r\nHost: a\r\n\r\n", BAD],
  ["D-14 no Host", "GET / HTTP/1.1\r\n\r\n", BAD],
  ["D-14 two Hosts", get("/", "Host: example.org"), BAD],
  ["D-15 a space before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", BAD],
  ["D-15 no colon", get("/", "anything"), BAD],
  ["D-16 obs-fold", get("/", "X-A: b", " c"), BAD],
  ["D-17 a bare CR", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", BAD],
  ["D-17 NUL", get("/", "X-A: b\0c"), BAD],
  ["D-40 a malformed request line", "GET  /\r\n\r\n", BAD],
  ["D-40 a bad Content-Length", request("POST / HTTP/1.1", ["Content-Length: x"]), BAD],
];

Deno.test("D: requests that the older systems took, and that are refused", async (t) => {
  for (const [id, text, sent] of REFUSED) {
    await t.step(id, async () => {
      const talk = await talkTo(() => {
        throw new Error("It reached the application");
      }, text);
      assertEquals(talk.sent, sent);
      assertEquals(talk.errors, []);
    });
  }
});

const BROKEN: readonly [id: string, chunks: string][] = [
  ["D-7 0x3", "0x3\r\nabc\r\n0\r\n\r\n"],
  ["D-7 +3", "+3\r\nabc\r\n0\r\n\r\n"],
  ["D-7 -1", "-1\r\nabc\r\n0\r\n\r\n"],
  ["D-8", "3\r\nabcJUNK\r\n0\r\n\r\n"],
  ["D-9", `3;${"x".repeat(200_000)}\r\nabc\r\n0\r\n\r\n`],
  ["D-10", "zz\r\nabc\r\n0\r\n\r\n"],
];

Deno.test("D: chunks that the older systems took, and that are refused", async (t) => {
  for (const [id, chunks] of BROKEN) {
    await t.step(id, async () => {
      const talk = await talkTo(read, postChunked(chunks));
      assertEquals(talk.sent, BAD);
      assertEquals(talk.errors, []);
    });
  }
});

const SERVED: readonly [id: string, app: App, text: string, sent: string][] = [
  ["D-1 HEAD", ok, request("HEAD / HTTP/1.1") + get(), answer("200 OK", ["content-length: 2", DATE]) + OK],
  [
    "D-2 content with 204",
    (environ, startResponse) => {
      startResponse(environ.pathInfo === "/" ? 200 : 204);
      return "ok";
    },
    get("/204") + get(),
    answer("204 No Content", [DATE]) + OK,
  ],
  ["D-11 an empty line first", ok, "\r\n" + get(), OK],
  ["D-13 HTTP/1.2", ok, "GET / HTTP/1.2\r\nHost: a\r\n\r\n" + get(), OK + OK],
  [
    "D-23 an empty write",
    (_environ, startResponse) => {
      const write = startResponse(200);
      write("a");
      write("");
      return "b";
    },
    get(),
    answer("200 OK", ["transfer-encoding: chunked", DATE], "1\r\na\r\n1\r\nb\r\n0\r\n\r\n"),
  ],
  [
    "D-24 a generator for 1.0",
    function* (_environ, startResponse) {
      startResponse(200);
      yield "ok";
    },
    "GET / HTTP/1.0\r\n\r\n",
    answer("200 OK", [DATE, "connection: close"], "ok"),
  ],
  [
    "D-25 connection: close of the application",
    (_environ, startResponse) => {
      startResponse(200, { Connection: "close" });
      return "ok";
    },
    get() + get(),
    answer("200 OK", ["content-length: 2", DATE, "connection: close"], "ok"),
  ],
  [
    "D-26 Connection: keep-alive, close",
    ok,
    get("/", "Connection: keep-alive, close") + get(),
    answer("200 OK", ["content-length: 2", DATE, "connection: close"], "ok"),
  ],
  ["D-35 unread content", ok, post("abc") + get(), OK + OK],
  [
    "D-45 an interim status as the final one",
    (_environ, startResponse) => {
      startResponse(103);
    },
    get(),
    refusal("500 Internal Server Error"),
  ],
];

Deno.test("D: answers that the older systems got wrong", async (t) => {
  for (const [id, app, text, sent] of SERVED) {
    await t.step(id, async () => assertEquals((await talkTo(app, text)).sent, sent));
  }
});

Deno.test("D-18: a head that ends with the connection reaches no application", async (t) => {
  for (const text of ["GET / HT", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\n"]) {
    await t.step(JSON.stringify(text), async () => {
      let calls = 0;
      const talk = new Talk(() => void calls++);
      talk.send(text);
      talk.end();
      await talk.rest();
      assertEquals([calls, talk.sent, talk.moves], [0, "", ["close"]]);
    });
  }
});

Deno.test("D-28: readLines and iteration end with content by length", async () => {
  const seen: number[] = [];
  const talk = new Talk(async ({ input }, startResponse) => {
    seen.push((await input.readLines()).length, input.position);
    startResponse(200);
    return "ok";
  });
  talk.send(post("a\nb\nc\n\nd\n") + get());
  await talk.rest();
  assertEquals(seen, [5, 9, 0, 0]);
  assertEquals(talk.sent, OK + OK);
});

Deno.test("D-31: unread content is drained within a bound, then the connection closes", async () => {
  const talk = new Talk(ok);
  talk.send(postChunked(""));
  await talk.rest();
  for (let sent = 0; sent < 100 && talk.moves.length === 0; sent++) {
    talk.send(`400\r\n${"x".repeat(1024)}\r\n`);
    await talk.rest();
  }
  assertEquals(talk.sent, OK);
  assert(talk.moves.includes("endWriting"));
});

Deno.test("D-43: trailers stay apart from the fields", async () => {
  const seen: unknown[] = [];
  const talk = await talkTo(async ({ input, fields }, startResponse) => {
    await input.read();
    seen.push(fields.get("x-user"), input.trailers.get("x-user"));
    startResponse(204);
  }, postChunked("1\r\na\r\n0\r\nX-User: admin\r\n\r\n"));
  assertEquals(talk.errors, []);
  assertEquals(seen, [undefined, "admin"]);
});

Deno.test("D-44: who waits for a signal is woken when the client leaves", async () => {
  const reasons: unknown[] = [];
  const talk = new Talk(async ({ signals }, startResponse) => {
    await signals.wait("never").catch((error) => reasons.push(error));
    startResponse(204);
  });
  talk.send(get());
  await talk.rest();
  assertEquals(reasons.length, 0);
  talk.end();
  await talk.rest();
  assertEquals(reasons.length, 1);
});
