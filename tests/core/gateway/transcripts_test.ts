/**
 * A differential test against the transcripts T-1 to T-28 of eventlet.wsgi: what it put on the wire, row by row, and
 * where Sluice does otherwise, what and why. Fields are compared without regard to case and order, Date left out.
 *
 * T-26 (`max_size`) is about accepting connections and so the adapters': see the tests of `connections` there.
 */

import { assert, assertEquals } from "@std/assert";
import { connect, ManualSurroundings, type MemoryOptions, ResetError } from "../../../adapters/memory.ts";
import { toEnvironDict } from "../../../core/gateway/environ_dict.ts";
import type { App, ExchangeRecord } from "../../../core/gateway/types.ts";

/** How the connection is at the end. */
type Ending = "open" | "EOF" | "reset";

interface Transcript {
  readonly id: string;
  readonly app: App;
  readonly options?: MemoryOptions;
  /** What the client sends, or how many ms go by, and what eventlet answers to it. */
  readonly steps: readonly (readonly [send: string | number, eventlet: string])[];
  readonly ending: Ending;
  /** What is different here: answers by step, and the ending. */
  readonly ours?: { readonly [step: number]: string; readonly ending?: Ending };
  /** Why. */
  readonly because?: string;
}

const TEXT = { "Content-Type": "text/plain" };
const HOST = "Host: a\r\n";

const hello: App = (_environ, startResponse) => {
  startResponse("200 OK", TEXT);
  return ["hello world"];
};

/** eventlet gathers to 4096 octets unless told otherwise. */
const chunked: App = function* (environ, startResponse) {
  environ.minimumChunkSize = 4096;
  startResponse("200 OK", TEXT);
  yield "this";
  yield "is";
  yield "chunked";
};

const closing: App = (_environ, startResponse) => {
  startResponse("200 OK", { ...TEXT, Connection: "close" });
  return ["hello world"];
};

const path: App = (environ, startResponse) => {
  startResponse("200 OK", TEXT);
  return [environ.pathInfo];
};

const echo: App = async (environ, startResponse) => {
  const content = await environ.input.read();
  startResponse("200 OK", TEXT);
  return [content];
};

const one: App = (_environ, startResponse) => {
  startResponse("200 OK", {});
  return ["x"];
};

const oneByOne: App = function* (_environ, startResponse) {
  startResponse("200 OK", {});
  yield "x";
};

const spaceFirst: App = async function* (environ, startResponse) {
  startResponse("202 Accepted", TEXT);
  yield " ";
  yield await environ.input.read();
};

const tooLong: App = (environ, startResponse) => {
  startResponse(environ.input.length! > 1024 ? "417 Expectation Failed" : "200 OK", TEXT);
  return ["failure"];
};

const failing: App = () => {
  throw new Error("Fails");
};

const failingLate: App = function* (_environ, startResponse) {
  startResponse("200 OK", TEXT);
  yield "a".repeat(39);
  yield "b".repeat(37);
  throw new Error("Fails");
};

const short: App = function* (_environ, startResponse) {
  startResponse("200 OK", { ...TEXT, "Content-Length": "13" });
  yield "8 octets";
  throw new Error("Timeout");
};

const restarted: App = (_environ, startResponse) => {
  startResponse("200 OK", { A: "1" });
  startResponse("500 Oops", { B: "2" }, new Error("Oops"));
  return ["err"];
};

const deleted: App = (_environ, startResponse) => {
  startResponse("204 OK", {});
  return [];
};

/** An answer in eventlet's spelling, without its Date. */
function ok(fields: string, content = "", status = "200 OK"): string {
  return `HTTP/1.1 ${status}\r\n${fields}\r\n${content}`;
}

const TYPE = "Content-Type: text/plain\r\n";
const CLOSE = "Connection: close\r\n";
const KEPT = "Connection: keep-alive\r\n";
const CHUNKED = "Transfer-Encoding: chunked\r\n";
const HELLO = `${TYPE}Content-Length: 11\r\n`;
const EXPECT = "Expect: 100-continue\r\n";

const TRANSCRIPTS: readonly Transcript[] = [
  {
    id: "T-1",
    app: hello,
    steps: [["GET / HTTP/1.0\r\n\r\n", ok(HELLO + CLOSE, "hello world")]],
    ending: "EOF",
  },
  {
    id: "T-2",
    app: hello,
    steps: [["GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", ok(HELLO + KEPT, "hello world")]],
    ending: "open",
  },
  {
    id: "T-3",
    app: chunked,
    steps: [["GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", ok(TYPE + CLOSE, "thisischunked")]],
    ending: "EOF",
  },
  {
    id: "T-4",
    app: path,
    steps: [[
      `GET /1 HTTP/1.1\r\n${HOST}\r\nGET /2 HTTP/1.1\r\n${HOST}\r\n`,
      ok(`${TYPE}Content-Length: 2\r\n`, "/1") + ok(`${TYPE}Content-Length: 2\r\n`, "/2"),
    ]],
    ending: "open",
  },
  {
    id: "T-5",
    app: hello,
    options: { deadlines: { idle: 5000 } },
    steps: [[
      `GET / HTTP/1.1\r\n${HOST}${KEPT}\r\n`,
      ok(`${HELLO}${KEPT}Keep-Alive: timeout=5\r\n`, "hello world"),
    ]],
    ending: "open",
    ours: { 0: ok(HELLO, "hello world") },
    because: "HTTP/1.1 connections persist without a word (RFC 9112, section 9.3), and Keep-Alive is not standard",
  },
  {
    id: "T-6",
    app: hello,
    options: { deadlines: { idle: 200 } },
    steps: [[`GET / HTTP/1.1\r\n${HOST}\r\n`, ok(HELLO, "hello world")], [1200, ""]],
    ending: "EOF",
  },
  {
    id: "T-7 (the application says so, where eventlet has keepalive=False)",
    app: closing,
    steps: [[`GET / HTTP/1.1\r\n${HOST}\r\n`, ok(HELLO + CLOSE, "hello world")]],
    ending: "EOF",
  },
  {
    id: "T-8",
    app: hello,
    options: { deadlines: { head: 200 } },
    steps: [["GET / HTTP/1.1\r\nHos", ""], [1200, ""]],
    ending: "EOF",
    ours: { 1: ok(`Content-Length: 0\r\n${CLOSE}`, "", "408 Request Timeout") },
    because: "a request that was begun is told why it is given up (RFC 9110, section 15.5.9)",
  },
  {
    id: "T-9, D-42",
    app: echo,
    steps: [[
      `POST / HTTP/1.1\r\n${HOST}${CHUNKED}\r\n3;x=y\r\nabc\r\n0\r\nX-T: 1\r\nX-U: 2\r\n\r\n` +
      `GET /2 HTTP/1.1\r\n${HOST}\r\n`,
      ok(`${TYPE}Content-Length: 3\r\n`, "abc") + ok(`${TYPE}Content-Length: 0\r\n`),
    ]],
    ending: "open",
  },
  {
    id: "T-10, D-35",
    app: hello,
    steps: [[
      `POST / HTTP/1.1\r\n${HOST}${CHUNKED}\r\n5\r\nhello\r\n0\r\n\r\nGET /2 HTTP/1.1\r\n${HOST}\r\n`,
      ok(HELLO, "hello world") + ok(HELLO, "hello world"),
    ]],
    ending: "open",
  },
  {
    id: "T-11",
    app: hello,
    steps: [[`POST / HTTP/1.1\r\n${HOST}${CHUNKED}\r\nzz\r\nabc\r\n0\r\n\r\n`, ok(HELLO, "hello world")]],
    ending: "EOF",
  },
  {
    id: "T-12, D-10",
    app: echo,
    steps: [
      [`POST / HTTP/1.1\r\n${HOST}${CHUNKED}\r\n5\r\nab`, ""],
      ["", ok(`${TYPE}Content-Length: 0\r\n${CLOSE}`, "", "500 Internal Server Error")],
    ],
    ending: "EOF",
    ours: { 1: ok(`Content-Length: 0\r\n${CLOSE}`, "", "400 Bad Request") },
    because: "content that breaks is the client's fault",
  },
  {
    id: "T-13",
    app: one,
    steps: [[
      `PUT / HTTP/1.1\r\n${HOST}Content-Length: 3\r\n${EXPECT}\r\n`,
      ok(`Content-Length: 1\r\n${CLOSE}`, "x"),
    ]],
    ending: "EOF",
  },
  {
    id: "T-14",
    app: oneByOne,
    steps: [[`PUT / HTTP/1.1\r\n${HOST}${CHUNKED}${EXPECT}\r\n`, ok(CHUNKED, "1\r\nx\r\n0\r\n\r\n")]],
    ending: "EOF",
    ours: { 0: ok(CHUNKED + CLOSE, "1\r\nx\r\n0\r\n\r\n") },
    because: "the connection closes, so the head says so (RFC 9112, section 9.6)",
  },
  {
    id: "T-15",
    app: spaceFirst,
    steps: [
      [
        `PUT / HTTP/1.1\r\n${HOST}Content-Length: 3\r\n${EXPECT}\r\n`,
        ok(TYPE + CHUNKED, "1\r\n \r\n", "202 Accepted"),
      ],
      ["abc", "3\r\nabc\r\n0\r\n\r\n"],
    ],
    ending: "open",
    ours: { 0: ok(TYPE + CHUNKED + CLOSE, "1\r\n \r\n", "202 Accepted"), ending: "EOF" },
    because: "a client that got no 100 may or may not send its content: nobody knows where the next request begins",
  },
  {
    id: "T-16, D-36",
    app: echo,
    steps: [[
      `PUT /1 HTTP/1.1\r\n${HOST}Content-Length: 1\r\nExpect: 100-Continue\r\n\r\na` +
      `PUT /2 HTTP/1.1\r\n${HOST}Content-Length: 1\r\nExpect: 100-Continue\r\n\r\nb`,
      "HTTP/1.1 100 Continue\r\n\r\n" + ok(`${TYPE}Content-Length: 1\r\n`, "a") +
      "HTTP/1.1 100 Continue\r\n\r\n" + ok(`${TYPE}Content-Length: 1\r\n`, "b"),
    ]],
    ending: "open",
  },
  {
    id: "T-17",
    app: tooLong,
    steps: [[
      `PUT / HTTP/1.1\r\n${HOST}Content-length: 1025\r\n${EXPECT}\r\n`,
      ok(`${TYPE}Content-Length: 7\r\n${CLOSE}`, "failure", "417 Expectation Failed"),
    ]],
    ending: "EOF",
  },
  {
    id: "T-18, D-2",
    app: deleted,
    steps: [[`DELETE /foo HTTP/1.1\r\n${HOST}${KEPT}\r\n`, ok(KEPT, "", "204 OK")]],
    ending: "open",
    ours: { 0: ok("", "", "204 OK") },
    because: "HTTP/1.1 connections persist without a word",
  },
  {
    id: "T-19",
    app: failing,
    steps: [[
      `GET / HTTP/1.1\r\n${HOST}\r\n`,
      ok(`${TYPE}Content-Length: 0\r\n${CLOSE}`, "", "500 Internal Server Error"),
    ]],
    ending: "EOF",
    ours: { 0: ok(`Content-Length: 0\r\n${CLOSE}`, "", "500 Internal Server Error") },
    because: "what has no content has no type",
  },
  {
    id: "T-20",
    app: failingLate,
    options: { minimumChunkSize: 1 },
    steps: [[
      `GET / HTTP/1.1\r\n${HOST}\r\n`,
      ok(TYPE + CHUNKED, `27\r\n${"a".repeat(39)}\r\n25\r\n${"b".repeat(37)}\r\n`),
    ]],
    ending: "EOF",
    ours: { ending: "reset" },
    because: "what is not whole is aborted, by a reset where the runtime has one",
  },
  {
    id: "T-21, D-21",
    app: short,
    steps: [[`GET / HTTP/1.1\r\n${HOST}\r\n`, ok(`${TYPE}Content-Length: 13\r\n`, "8 octets")]],
    ending: "EOF",
    ours: { ending: "reset" },
    because: "what is not whole is aborted, by a reset where the runtime has one",
  },
  {
    id: "T-22, S-11",
    app: restarted,
    steps: [[`GET / HTTP/1.1\r\n${HOST}\r\n`, ok("B: 2\r\nContent-Length: 3\r\n", "err", "500 Oops")]],
    ending: "open",
  },
];

Deno.test("transcripts of eventlet.wsgi", async (t) => {
  for (const { id, app, options, steps, ending, ours, because } of TRANSCRIPTS) {
    await t.step(because === undefined ? id : `${id} otherwise: ${because}`, async () => {
      const surroundings = new ManualSurroundings();
      await using connection = connect(app, { ...options, surroundings });
      const reader = new Reader(connection.read.bind(connection));
      for (const [i, [send, eventlet]] of steps.entries()) {
        if (typeof send === "number") await surroundings.advance(send);
        else if (send === "") connection.endWriting();
        else connection.write(send);
        assertEquals(normalise(await reader.take(surroundings)), normalise(ours?.[i] ?? eventlet));
      }
      assertEquals(reader.ending, ours?.ending ?? ending);
    });
  }
});

/** Reads what comes as it comes. */
class Reader {
  #text = "";
  ending: Ending = "open";

  constructor(read: () => Promise<Uint8Array | undefined>) {
    this.#readAll(read);
  }

  async take(surroundings: ManualSurroundings): Promise<string> {
    for (let turn = 0; turn < 20; turn++) await surroundings.advance(0);
    const text = this.#text;
    this.#text = "";
    return text;
  }

  async #readAll(read: () => Promise<Uint8Array | undefined>): Promise<void> {
    try {
      for (let bytes = await read(); bytes; bytes = await read()) this.#text += new TextDecoder().decode(bytes);
      this.ending = "EOF";
    } catch (error) {
      assert(error instanceof ResetError);
      this.ending = "reset";
    }
  }
}

/** Field names in small letters, in order, without Date. */
function normalise(text: string): string {
  return text.replace(/(HTTP\/1\.1 [^\r]*\r\n)((?:[^\r]+\r\n)*)\r\n/g, (_, line: string, fields: string) => {
    const lines = fields.split("\r\n").filter((field) => field !== "" && !/^date:/i.test(field));
    const lowered = lines.map((field) => field.replace(/^[^:]+/, (name) => name.toLowerCase()));
    return `${line}${lowered.sort().map((field) => `${field}\r\n`).join("")}\r\n`;
  });
}

Deno.test("T-23, D-34: the dictionary of a request; Cookie is joined by a semicolon", async () => {
  let dict: Record<string, unknown> = {};
  await using connection = connect((environ, startResponse) => {
    dict = toEnvironDict(environ);
    dict.RAW_PATH_INFO = environ.rawPathInfo;
    startResponse(204);
  });
  connection.write(
    "GET /a%20b%2Fc;p=1?q=%20 HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-A: 2\r\nx_b: 3\r\nCookie: a\r\nCookie: b\r\n\r\n",
  );
  const { PATH_INFO, RAW_PATH_INFO, QUERY_STRING, HTTP_X_A, HTTP_COOKIE, HTTP_X_B } = dict;
  assertEquals({ PATH_INFO, RAW_PATH_INFO, QUERY_STRING, HTTP_X_A, HTTP_COOKIE, HTTP_X_B }, {
    PATH_INFO: "/a b/c;p=1",
    RAW_PATH_INFO: "/a%20b%2Fc;p=1",
    QUERY_STRING: "q=%20",
    HTTP_X_A: "1,2",
    HTTP_COOKIE: "a; b",
    HTTP_X_B: undefined,
  });
});

Deno.test("T-24: the field lines in order, their case kept", async () => {
  let lines: unknown;
  await using connection = connect((environ, startResponse) => {
    lines = [...environ.fields];
    startResponse(204);
  });
  connection.write("GET / HTTP/1.1\r\nHost: localhost\r\nx-ANY_k: one\r\nx-ANY_k: two\r\n\r\n");
  assertEquals(lines, [["Host", "localhost"], ["x-ANY_k", "one"], ["x-ANY_k", "two"]]);
});

/** What the observer is told of one request. */
async function recordOf(options: MemoryOptions, request: string): Promise<ExchangeRecord> {
  const { promise, resolve } = Promise.withResolvers<ExchangeRecord>();
  await using connection = connect(hello, { ...options, onExchange: resolve });
  connection.write(request);
  return await promise;
}

Deno.test("T-25 otherwise: the client is who is connected; anybody can write X-Forwarded-For", async () => {
  const { remote, environ } = await recordOf(
    {},
    `GET / HTTP/1.1\r\n${HOST}X-Forwarded-For: 1.2.3.4, 5.6.7.8\r\n\r\n`,
  );
  assertEquals(remote, { transport: "tcp", hostname: "127.0.0.1", port: 50_000 });
  assertEquals(environ?.fields.get("x-forwarded-for"), "1.2.3.4, 5.6.7.8");
});

Deno.test("T-27: a Unix domain socket", async () => {
  const { remote, environ, status } = await recordOf({
    local: { transport: "unix", path: "/s" },
    remote: { transport: "unix", path: "" },
  }, "GET / HTTP/1.0\r\n\r\n");
  assertEquals([remote.transport, environ?.serverName, status], ["unix", "unix", 200]);
});

Deno.test("T-28, E-4: a client that resets: finally runs, the hook runs, the log has the status", async () => {
  const steps: string[] = [];
  const errors: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<ExchangeRecord>();
  const connection = connect(async function* (environ, startResponse) {
    environ.postHooks.push(() => void steps.push("hook"));
    startResponse(200, TEXT);
    try {
      for (;;) {
        yield "x".repeat(1000);
        await Promise.resolve();
      }
    } finally {
      steps.push("finally");
    }
  }, { onExchange: resolve, onError: (error) => errors.push(error), capacity: 100 });
  connection.write(`GET / HTTP/1.1\r\n${HOST}\r\n`);
  await connection.read();
  connection.abort();
  const { status, completed } = await promise;
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(steps.sort(), ["finally", "hook"]);
  assertEquals([status, completed, errors], [200, false, []]);
});
