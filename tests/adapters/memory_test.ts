import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { connect, exchange, ManualSurroundings, ResetError } from "../../adapters/memory.ts";
import type { App } from "../../core/gateway/types.ts";

const hello: App = (environ, startResponse) => {
  startResponse(200);
  return `hello ${environ.target}\n`;
};

const echo: App = async ({ input }, startResponse) => {
  const content = await input.read();
  startResponse(200);
  return content;
};

Deno.test("connect() answers a synchronous application before write() returns", async () => {
  await using connection = connect(hello);
  connection.write("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  assertMatch(text(await connection.read()), /hello \/a\n$/);
  connection.write(new TextEncoder().encode("GET /b HTTP/1.1\r\nHost: a\r\n\r\n"));
  assertMatch(text(await connection.read()), /hello \/b\n$/);
  assert(!connection.isAtEnd);
});

Deno.test("connect() gives the ends and the TLS of the options", async () => {
  const seen: unknown[] = [];
  const app: App = ({ local, remote, tls, urlScheme }, startResponse) => {
    seen.push(local, remote, tls, urlScheme);
    startResponse(204);
  };
  const local = { transport: "unix", path: "/a" } as const;
  const remote = { transport: "tcp", hostname: "192.0.2.1", port: 9 } as const;
  await exchange(app, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", { local, remote, tls: { version: "TLSv1.3" } });
  assertEquals(seen, [local, remote, { version: "TLSv1.3" }, "https"]);
});

Deno.test("exchange() gives all answers", async () => {
  const answers = text(await exchange(hello, "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.0\r\n\r\n"));
  assertMatch(answers, /^HTTP\/1.1 200 [^]*hello \/a\nHTTP\/1.1 200 [^]*hello \/b\n$/);
});

Deno.test("exchange() carries content that is larger than any buffer, both ways", async () => {
  const content = new Uint8Array(3_000_000).map((_, i) => i & 0xff);
  const head = new TextEncoder().encode(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${content.length}\r\n\r\n`);
  const request = new Uint8Array([...head, ...content]);
  const answer = await exchange(echo, request, { capacity: 1000, limits: { readAhead: 1000, sendBuffer: 1000 } });
  assertEquals(answer.subarray(answer.length - content.length), content);
});

Deno.test("exchange() takes octets that change afterwards", async () => {
  const request = new TextEncoder().encode("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nABCD");
  const answer = exchange(echo, request);
  request.fill(0);
  assertMatch(text(await answer), /ABCD$/);
});

Deno.test("MemoryConnection.readAll() tells of an abort, with what came before", async () => {
  const app: App = function* (_environ, startResponse) {
    startResponse(200);
    yield "the first piece";
    throw new Error("Out of pieces");
  };
  const error = await assertRejects(() => exchange(app, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), ResetError);
  assertMatch(text((error as ResetError).received), /the first piece/);
});

Deno.test("MemoryConnection.abort() fires the application's signal", async () => {
  const reasons: unknown[] = [];
  const app: App = ({ signal }) => {
    signal.addEventListener("abort", () => reasons.push(signal.reason));
    return new Promise(() => {});
  };
  await using connection = connect(app);
  connection.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  connection.abort();
  connection.abort();
  assertInstanceOf(reasons[0], Error);
  assertEquals(reasons.length, 1);
  await assertRejects(() => connection.read(), ResetError);
});

Deno.test("MemoryConnection.write() refuses what comes after the end", async () => {
  await using connection = connect(hello);
  connection.endWriting();
  assertThrows(() => connection.write("more"), TypeError, "the client's side is ended");
  assertEquals(await connection.read(), undefined);
  assert(connection.isAtEnd);
});

Deno.test("an application writes to its own connection", async () => {
  let isFirst = true;
  const app: App = (environ, startResponse) => {
    if (isFirst) connection.write("GET /second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    isFirst = false;
    return hello(environ, startResponse);
  };
  const connection = connect(app);
  connection.write("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
  connection.endWriting();
  assertMatch(text(await connection.readAll()), /hello \/first\n[^]*hello \/second\n$/);
});

Deno.test("a client that does not read stops the application", async () => {
  let pieces = 0;
  const app: App = function* (_environ, startResponse) {
    startResponse(200);
    for (; pieces < 1000; pieces++) yield "x".repeat(1000);
  };
  await using connection = connect(app, { capacity: 10_000, limits: { sendBuffer: 10_000 } });
  connection.write("GET / HTTP/1.0\r\n\r\n");
  await sleep(50);
  assert(pieces > 5 && pieces < 200, `${pieces} pieces`);
  const answer = await connection.readAll();
  assertEquals(pieces, 1000);
  assert(answer.length > 1_000_000);
});

Deno.test("ManualSurroundings reaches deadlines without waiting", async () => {
  const surroundings = new ManualSurroundings();
  await using connection = connect(hello, { surroundings });
  await surroundings.advance(64_000);
  assert(!connection.isAtEnd);
  await surroundings.advance(1_500);
  assertEquals(await connection.read(), undefined);
});

Deno.test("ManualSurroundings runs tasks at their time, in order, and cancels them", async () => {
  const surroundings = new ManualSurroundings(1000);
  const log: string[] = [];
  const note = (name: string) => () => log.push(`${name} ${surroundings.now()}`);
  surroundings.after(30, note("c"));
  surroundings.after(10, () => {
    note("a")();
    surroundings.after(10, note("b"));
  });
  surroundings.after(20, note("never"))();
  surroundings.defer(note("turn"));
  await surroundings.advance(25);
  assertEquals(log.splice(0), ["turn 0", "a 10", "b 20"]);
  assertEquals([surroundings.now(), surroundings.unixTime()], [25, 1025]);
  await surroundings.advance(25);
  assertEquals(log, ["c 30"]);
});

function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder("latin1").decode(bytes);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
