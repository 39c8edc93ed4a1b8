/**
 * The demo application's table, path by path, over a real socket on each runtime: the octets where they are fixed, the
 * framing everywhere.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { OctetClient, pause } from "./octet_client.ts";
import { fieldOf, type RawAnswer } from "./raw_answer.ts";
import { runChecks, RUNTIMES, type Subject } from "./runtimes.ts";

const HOST = "Host: example:8000\r\n";
const MIB = 1_048_576;
/** What the five profiles answer. */
const PROFILE = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-\n".repeat(32);

/** Each path with what a GET of it gives. */
const PATHS: readonly [
  target: string,
  status: number,
  content: string,
  framing: RawAnswer["framing"],
  type?: string,
][] = [
  ["/", 200, "Hello, World!\r\n", "length", "text/plain"],
  ["/?a=b", 200, "Hello, World!\r\n", "length", "text/plain"],
  ["/echo", 200, "", "length"],
  ["/uploader/", 200, "chunks=0 declared=0 received=0\n", "length", "text/plain"],
  ["/stream?pieces=3&size=4", 200, "xxxxxxxxxxxx", "chunked", "text/plain"],
  ["/stream?pieces=0", 200, "", "length|chunked"],
  ["/sleep?ms=20", 200, "slept 20\n", "length", "text/plain"],
  ["/sleep", 200, "slept 0\n", "length", "text/plain"],
  ["/unread", 200, "unread\n", "length", "text/plain"],
  ["/discard", 200, "bytes=0\n", "length", "text/plain"],
  ["/trailers", 200, "trailers\n", "chunked", "text/plain"],
  ["/hints", 200, "hints\n", "length", "text/plain"],
  ["/error", 500, "", "length"],
  ["/status/200", 200, "", "length"],
  ["/status/204", 204, "", "none"],
  ["/status/205", 205, "", "length"],
  ["/status/304", 304, "", "none"],
  ["/status/404", 404, "", "length"],
  ["/status/418", 418, "", "length"],
  ["/status/503", 503, "", "length"],
  ["/status/999", 999, "", "length"],
  ["/profile/list", 200, PROFILE, "length", "text/plain"],
  ["/profile/generator", 200, PROFILE, "length", "text/plain"],
  ["/profile/async", 200, PROFILE, "length", "text/plain"],
  ["/profile/write", 200, PROFILE, "length", "text/plain"],
  ["/profile/string", 200, PROFILE, "length", "text/plain"],
  ["/profile/busy", 200, PROFILE, "length", "text/plain;charset=utf-8"],
  ["/nothing", 404, "There is nothing here\n", "length", "text/plain"],
] as readonly [string, number, string, RawAnswer["framing"], string?][];

type Check = (subject: Subject) => Promise<void>;

const CHECKS: Record<string, Check> = {
  "answers GET of each path, on one connection": async ({ port }) => {
    using client = await OctetClient.connect(port);
    for (const [target, status, content, framing, type] of PATHS) {
      // Where the application fails, the connection ends.
      if (target === "/error") continue;
      await client.send(get(target));
      const answer = await client.answer();
      assertEquals([answer.status, answer.content], [status, content], target);
      assert(framing.split("|").includes(answer.framing), `${target} is framed by ${answer.framing}`);
      if (type !== undefined) assertEquals(fieldOf(answer, "content-type"), type, target);
      assertEquals(fieldOf(answer, "connection"), undefined, target);
    }
    assert(await client.isQuiet(30));
  },

  "answers GET of each path when asked to close": async ({ port }) => {
    for (const [target, status, content] of PATHS) {
      using client = await OctetClient.connect(port);
      await client.send(get(target, "Connection: close\r\n"));
      const answer = await client.answer();
      assertEquals([answer.status, answer.content], [status, content], target);
      assertEquals(fieldOf(answer, "connection"), "close", target);
      assertEquals(await client.readToEnd(), "", target);
    }
  },

  "answers HEAD of each path with the fields of GET and no content": async ({ port }) => {
    for (const [target, status] of PATHS) {
      using client = await OctetClient.connect(port);
      await client.send(get(target, "Connection: close\r\n"));
      const ofGet = await client.answer();
      using other = await OctetClient.connect(port);
      await other.send(get(target, "Connection: close\r\n", "HEAD"));
      const ofHead = await other.answer({ method: "HEAD" });
      assertEquals([ofGet.status, ofHead.status], [status, status], target);
      assertEquals(withoutDate(ofHead), withoutDate(ofGet), target);
      assertEquals(await other.readToEnd(), "", target);
    }
  },

  "answers each path to HTTP/1.0, without chunks or interim responses": async ({ port }) => {
    for (const [target, status, content] of PATHS) {
      using client = await OctetClient.connect(port);
      await client.send(`GET ${target} HTTP/1.0\r\n\r\n`);
      const answer = await client.answer({ version: "1.0" });
      assertEquals([answer.status, answer.content, answer.interim.length], [status, content, 0], target);
      assertEquals(fieldOf(answer, "connection"), "close", target);
      assertEquals(await client.readToEnd(), "", target);
    }
  },

  "keeps HTTP/1.0 alive where the content has a length": async ({ port }) => {
    using client = await OctetClient.connect(port);
    for (const [target, status, content, framing] of PATHS) {
      if (framing === "chunked" || target === "/error" || target.startsWith("/stream")) continue;
      await client.send(`GET ${target} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`);
      const answer = await client.answer({ version: "1.0" });
      assertEquals([answer.status, answer.content, fieldOf(answer, "connection")], [status, content, "keep-alive"]);
    }
  },

  "gives / to the octet": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(get("/"));
    const { head, content } = await client.answer();
    assertMatch(
      head,
      /^HTTP\/1\.1 200 OK\r\ncontent-type: text\/plain\r\ncontent-length: 15\r\ndate: [A-Z][a-z]{2}, [^\r]{20} GMT$/,
    );
    assertEquals(content, "Hello, World!\r\n");
  },

  "/echo gives back what has a length with it, and chunks in chunks": async ({ port }) => {
    using client = await OctetClient.connect(port);
    for (const content of ["x", "hello", allOctets(), "x".repeat(100_000)]) {
      await client.send(post("/echo", byLength(content), "Content-Type: x/y; z=1\r\n"));
      const answer = await client.answer();
      assertEquals([answer.framing, fieldOf(answer, "content-type")], ["length", "x/y; z=1"]);
      assert(answer.content === content);
      await client.send(post("/echo", inChunks(content, 1000)));
      const chunked = await client.answer();
      assertEquals([chunked.framing, fieldOf(chunked, "content-type")], ["chunked", undefined]);
      assert(chunked.content === content);
    }
  },

  "/echo streams: what was sent comes back before the rest is sent": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`POST /echo HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    while (!(await client.readCount(1)).includes("5\r\nhello\r\n")) await client.readCount(client.rest.length + 1);
    await client.send("6\r\n world\r\n0\r\n\r\n");
    assertEquals((await client.answer()).content, "hello world");
  },

  "/echo, /discard and /uploader/ take 1 MiB, by length and in chunks": async ({ port }) => {
    const content = "0123456789abcdef".repeat(MIB / 16);
    const ways: [string, string, number][] = [["by length", byLength(content), 0], [
      "in chunks",
      inChunks(content, 4096),
      256,
    ]];
    for (const [name, body, chunks] of ways) {
      using client = await OctetClient.connect(port);
      const sending = client.send(post("/echo", body) + post("/discard", body) + post("/uploader/", body));
      const [echo, discard, upload] = await client.answers([{}, {}, {}], 20_000) as [RawAnswer, RawAnswer, RawAnswer];
      await sending;
      assert(echo.content === content, `${name}: /echo gives ${echo.content.length} octets`);
      assertEquals(discard.content, `bytes=${MIB}\n`, name);
      assertEquals(upload.content, `chunks=${chunks} declared=${MIB} received=${MIB}\n`, name);
    }
  },

  "/uploader/ counts declared and received": async ({ port }) => {
    using client = await OctetClient.connect(port);
    const bodies: [string, string][] = [
      [byLength("hello"), "chunks=0 declared=5 received=5\n"],
      [byLength(""), "chunks=0 declared=0 received=0\n"],
      [
        "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n003\r\nllo\r\nA;x=y\r\n0123456789\r\n0\r\nx-a: b\r\n\r\n",
        "chunks=3 declared=15 received=15\n",
      ],
      ["Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "chunks=0 declared=0 received=0\n"],
    ];
    for (const [body, content] of bodies) {
      await client.send(post("/uploader/", body));
      assertEquals((await client.answer()).content, content);
    }
    // A chunk that comes octet by octet is still one chunk.
    await client.send(post("/uploader/", "Transfer-Encoding: chunked\r\n\r\n"));
    for (const octet of "5\r\nhello\r\n0\r\n\r\n") {
      await client.send(octet);
      await pause(1);
    }
    assertEquals((await client.answer()).content, "chunks=1 declared=5 received=5\n");
  },

  "/environ tells the request, keys and fields in order": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(
      `GET http://b.example:81/environ?a=%62&c HTTP/1.1\r\n${HOST}X-B: 2\r\nX-A: 1\r\nx-b: \xe9\r\n__proto__: p\r\n\r\n`,
    );
    const answer = await client.answer();
    assertEquals(fieldOf(answer, "content-type"), "application/json");
    const environ = JSON.parse(utf8(answer.content));
    assertEquals(
      Object.keys(environ).join(" "),
      "method target scriptName pathInfo rawPathInfo queryString version urlScheme serverName serverPort remote fields",
    );
    const { remote, serverName, serverPort, ...rest } = environ;
    assertEquals([remote.transport, remote.hostname, typeof remote.port], ["tcp", "127.0.0.1", "number"]);
    assertEquals([serverName, serverPort], ["127.0.0.1", port]);
    assertEquals(rest, {
      method: "GET",
      target: "http://b.example:81/environ?a=%62&c",
      scriptName: "",
      pathInfo: "/environ",
      rawPathInfo: "/environ",
      queryString: "a=%62&c",
      version: "1.1",
      urlScheme: "http",
      fields: [["Host", "example:8000"], ["X-B", "2"], ["X-A", "1"], ["x-b", "\xe9"], ["__proto__", "p"]],
    });
  },

  "/stream sends pieces as they are made": async ({ port }) => {
    using client = await OctetClient.connect(port);
    const started = performance.now();
    await client.send(get("/stream?pieces=3&size=2&delay=150"));
    await client.readCount(1);
    assert(performance.now() - started < 140, "the head waits for later pieces");
    const answer = await client.answer();
    assertEquals(answer.chunks, [2, 2, 2]);
    assert(performance.now() - started >= 295);
  },

  "/stream of 8 MiB comes whole": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(get("/stream?pieces=128&size=65536"));
    const answer = await client.answer({}, 20_000);
    assertEquals(answer.content.length, 8 * MIB);
    assert(/^x*$/.test(answer.content));
  },

  "/unread keeps the connection over little content": async ({ port }) => {
    using client = await OctetClient.connect(port);
    for (const body of [byLength("hello"), byLength("x".repeat(60_000)), inChunks("x".repeat(20_000), 500)]) {
      await client.send(post("/unread", body) + get("/"));
      const [unread, hello] = await client.answers([{}, {}]) as [RawAnswer, RawAnswer];
      assertEquals([unread.content, fieldOf(unread, "connection")], ["unread\n", undefined]);
      assertEquals(hello.content, "Hello, World!\r\n");
    }
  },

  "/unread closes over much content, and the answer is not lost": async ({ port }) => {
    using client = await OctetClient.connect(port);
    const sending = client.send(post("/unread", byLength("x".repeat(8 * MIB))));
    const answer = await client.answer();
    assertEquals([answer.content, fieldOf(answer, "connection")], ["unread\n", "close"]);
    client.close();
    await sending;
  },

  "/unread does not answer Expect with 100, and closes": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`POST /unread HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`);
    const answer = await client.answer();
    assertEquals([answer.content, answer.interim.length, fieldOf(answer, "connection")], ["unread\n", 0, "close"]);
    assertEquals(await client.readToEnd(), "");
  },

  "/discard answers Expect with 100 before the content comes": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`POST /discard HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`);
    assertEquals(await client.readCount(25), "HTTP/1.1 100 Continue\r\n\r\n");
    assert(await client.isQuiet(50));
    await client.send("hello" + get("/"));
    const [discard, hello] = await client.answers([{}, {}]) as [RawAnswer, RawAnswer];
    assertEquals([discard.content, discard.interim.length, hello.content], ["bytes=5\n", 1, "Hello, World!\r\n"]);
  },

  "/error is a clean 500, and nobody else notices": async (subject) => {
    using client = await OctetClient.connect(subject.port);
    await client.send(get("/error"));
    const answer = await client.answer();
    assertEquals(answer.status, 500);
    assert(!/error|stack|at /i.test(answer.content), "the answer tells of the inside");
    using other = await OctetClient.connect(subject.port);
    await other.send(get("/"));
    assertEquals((await other.answer()).status, 200);
  },

  "/error-late has no last chunk": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(get("/error-late"));
    const text = await client.readToEnd();
    assertMatch(
      text,
      /^HTTP\/1\.1 200 OK\r\n[^]*transfer-encoding: chunked\r\n[^]*\r\n\r\n10\r\nthe first piece\n\r\n$/,
    );
  },

  "/trailers sends a trailer, and gives request trailers back": async ({ port }) => {
    using client = await OctetClient.connect(port);
    const chunks = "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: a b\r\nOther: c\r\n\r\n";
    await client.send(get("/trailers") + post("/trailers", chunks) + post("/trailers", byLength("hi")));
    const [plain, echoed, other] = await client.answers([{}, {}, {}]) as [RawAnswer, RawAnswer, RawAnswer];
    for (const answer of [plain, echoed, other]) {
      assertEquals([answer.framing, answer.content], ["chunked", "trailers\n"]);
      assertEquals(answer.trailers, [["x-length", "9"]]);
    }
    assertEquals(plain.fields.filter(([name]) => name.startsWith("x-echo-")), []);
    assertEquals([fieldOf(echoed, "x-echo-x-sum"), fieldOf(echoed, "x-echo-other")], ["a b", "c"]);
  },

  "/hints gives 103, then 200": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(get("/hints"));
    const answer = await client.answer();
    assertEquals([answer.status, answer.content], [200, "hints\n"]);
    assertEquals(answer.interim.map(({ status }) => status), [103]);
    assertEquals(answer.interim[0]!.head, "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload");
  },

  "/upgrade echoes until the client ends, and then ends": async ({ port }) => {
    using client = await OctetClient.connect(port);
    // What comes right behind the request belongs to the new protocol.
    await client.send(get("/upgrade", "Connection: upgrade\r\nUpgrade: echo\r\n") + "early\0\r\n\r\n");
    const answer = await client.answer();
    assertEquals([answer.status, fieldOf(answer, "upgrade"), fieldOf(answer, "connection")], [101, "echo", "upgrade"]);
    assertEquals(await client.readCount(10), "early\0\r\n\r\n");
    await client.send("GET / HTTP/1.1\r\n\r\n");
    assertEquals(await client.readCount(28), "early\0\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    await client.send("last");
    await client.endWriting();
    assertEquals(await client.readToEnd(), "early\0\r\n\r\nGET / HTTP/1.1\r\n\r\nlast");
    assertEquals(client.readError, undefined);
  },

  "/upgrade carries 4 MiB both ways at once": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(get("/upgrade", "Connection: keep-alive, Upgrade\r\nUpgrade: echo\r\n"));
    assertEquals((await client.answer()).status, 101);
    const octets = "0123456789abcdef".repeat(MIB / 4);
    const sending = client.send(octets).then(() => client.endWriting());
    const echoed = await client.readToEnd(20_000);
    await sending;
    assert(echoed === octets, `${echoed.length} octets came back`);
  },

  "/upgrade without an upgrade is 426": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(get("/upgrade"));
    const answer = await client.answer();
    assertEquals([answer.status, fieldOf(answer, "upgrade"), fieldOf(answer, "connection")], [426, "echo", "upgrade"]);
  },

  "/profile/busy sends its five fields": async ({ port }) => {
    using client = await OctetClient.connect(port);
    const fields =
      "User-Agent: a\r\nAccept: b\r\nAccept-Language: c\r\nAccept-Encoding: d\r\nReferer: e\r\nCookie: x=y; session=z\r\n";
    await client.send(get("/profile/busy?q=1", fields));
    const answer = await client.answer();
    assertEquals(answer.content, PROFILE);
    const names = answer.fields.map(([name]) => name);
    assertEquals(names.slice(0, 5), ["content-type", "cache-control", "vary", "etag", "x-seen"]);
    assertEquals(fieldOf(answer, "x-seen"), "8");
  },

  "each path with content it does not read keeps the connection in step": async ({ port }) => {
    for (const [target, status] of PATHS) {
      if (target === "/error") continue;
      using client = await OctetClient.connect(port);
      await client.send(post(target, byLength("GET /smuggled HTTP/1.1\r\n\r\n")) + get("/environ?in-step"));
      const [first, second] = await client.answers([{}, {}]) as [RawAnswer, RawAnswer];
      assertEquals(first.status, status, target);
      assert(second.content.includes("in-step"), target);
    }
  },
};

for (const runtime of RUNTIMES) {
  Deno.test(`${runtime}: the demo`, async (t) => {
    await runChecks(t, runtime, CHECKS);
  });
}

function get(target: string, fields = "", method = "GET"): string {
  return `${method} ${target} HTTP/1.1\r\n${HOST}${fields}\r\n`;
}

function post(target: string, body: string, fields = ""): string {
  return `POST ${target} HTTP/1.1\r\n${HOST}${fields}${body}`;
}

function byLength(content: string): string {
  return `Content-Length: ${content.length}\r\n\r\n${content}`;
}

function inChunks(content: string, size: number): string {
  const chunks: string[] = [];
  for (let at = 0; at < content.length; at += size) {
    const chunk = content.slice(at, at + size);
    chunks.push(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  }
  return `Transfer-Encoding: chunked\r\n\r\n${chunks.join("")}0\r\n\r\n`;
}

function withoutDate(answer: RawAnswer): string {
  return answer.head.replace(/\r\ndate: [^\r]*/, "");
}

function allOctets(): string {
  return String.fromCharCode(...Array.from({ length: 256 }, (_, octet) => octet));
}

function utf8(octets: string): string {
  return new TextDecoder().decode(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)));
}
