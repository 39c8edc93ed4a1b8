import { assertEquals } from "@std/assert";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, get, request, Talk } from "../../support/talk.ts";

const hello: App = (_environ, startResponse) => {
  startResponse(200);
  return "hello";
};

const stream: App = function* (_environ, startResponse) {
  startResponse(200);
  yield "hel";
  yield "lo";
};

const LENGTH = "content-length: 5";
const LIVES: readonly [name: string, line: string, fields: string[], answer: string[]][] = [
  ["1.1 by default", "GET / HTTP/1.1", [], [LENGTH, DATE]],
  ["1.1 with keep-alive", "GET / HTTP/1.1", ["Connection: keep-alive"], [LENGTH, DATE]],
  ["1.1 with another token", "GET / HTTP/1.1", ["Connection: x-a"], [LENGTH, DATE]],
  ["1.1 with an empty list", "GET / HTTP/1.1", ["Connection: ,, ,"], [LENGTH, DATE]],
  ["1.1 with a token like close", "GET / HTTP/1.1", ["Connection: closed, x-close"], [LENGTH, DATE]],
  ["1.7 as 1.1", "GET / HTTP/1.7", [], [LENGTH, DATE]],
  ["1.0 with keep-alive", "GET / HTTP/1.0", ["Connection: keep-alive"], [LENGTH, DATE, "connection: keep-alive"]],
  ["1.0 with Keep-Alive", "GET / HTTP/1.0", ["Connection: Keep-Alive"], [LENGTH, DATE, "connection: keep-alive"]],
  ["1.0 with a list", "GET / HTTP/1.0", ["Connection: x-a, keep-alive"], [LENGTH, DATE, "connection: keep-alive"]],
  [
    "1.0 with two lines",
    "GET / HTTP/1.0",
    ["Connection: x-a", "connection: keep-alive"],
    [LENGTH, DATE, "connection: keep-alive"],
  ],
];

Deno.test("A-3: Conversation keeps the connection", async (t) => {
  for (const [name, line, fields, lines] of LIVES) {
    await t.step(name, () => {
      const talk = new Talk(hello);
      for (let i = 0; i < 3; i++) {
        talk.send(request(line, fields));
        assertEquals(talk.take(), answer("200 OK", lines, "hello"));
      }
      assertEquals(talk.moves, []);
    });
  }
});

const CLOSES: readonly [name: string, line: string, fields: string[]][] = [
  ["1.0 by default", "GET / HTTP/1.0", []],
  ["1.0 with close", "GET / HTTP/1.0", ["Connection: close"]],
  ["1.0 with keep-alive and close", "GET / HTTP/1.0", ["Connection: keep-alive, close"]],
  ["1.1 with close", "GET / HTTP/1.1", ["Connection: close"]],
  ["1.1 with Close", "GET / HTTP/1.1", ["Connection: CLOSE"]],
  ["1.1 with a list", "GET / HTTP/1.1", ["Connection: x-a , close"]],
  ["1.1 with two lines", "GET / HTTP/1.1", ["Connection: keep-alive", "Connection: close"]],
  ["1.1 with keep-alive and close", "GET / HTTP/1.1", ["Connection: close, keep-alive"]],
];

Deno.test("Conversation closes after the answer, and reads nothing behind it", async (t) => {
  for (const [name, line, fields] of CLOSES) {
    await t.step(name, async () => {
      const talk = new Talk(hello);
      talk.send(request(line, fields) + get());
      await talk.rest();
      assertEquals(talk.sent, answer("200 OK", [LENGTH, DATE, "connection: close"], "hello"));
      assertEquals(talk.port.calls, ["write", "endWriting"]);
      talk.send(get());
      talk.end();
      assertEquals(talk.port.calls, ["write", "endWriting", "close"]);
    });
  }
});

Deno.test("Conversation sends content of unknown length in chunks to 1.1 and to the close to 1.0", async (t) => {
  await t.step("1.1", async () => {
    const talk = new Talk(stream);
    talk.send(get());
    await talk.rest();
    assertEquals(
      talk.sent,
      answer("200 OK", ["transfer-encoding: chunked", DATE], "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
    );
    assertEquals(talk.moves, []);
  });
  await t.step("1.1 with close", async () => {
    const talk = new Talk(stream);
    talk.send(get("/", "Connection: close"));
    await talk.rest();
    assertEquals(
      talk.sent,
      answer("200 OK", ["transfer-encoding: chunked", DATE, "connection: close"], "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
    );
  });
  for (const fields of [[], ["Connection: keep-alive"]]) {
    await t.step(`1.0 ${fields}`, async () => {
      const talk = new Talk(stream);
      talk.send(request("GET / HTTP/1.0", fields));
      await talk.rest();
      assertEquals(talk.sent, answer("200 OK", [DATE, "connection: close"], "hello"));
      assertEquals(talk.moves, ["endWriting"]);
    });
  }
  await t.step("1.0 without Host", async () => {
    const talk = new Talk(stream);
    talk.send("GET / HTTP/1.0\r\n\r\n");
    await talk.rest();
    assertEquals(talk.sent, answer("200 OK", [DATE, "connection: close"], "hello"));
  });
});

Deno.test("Conversation skips one empty line before each request and refuses two", () => {
  const talk = new Talk(hello);
  talk.send(`\r\n${get()}\r\n${get()}`);
  assertEquals(talk.take(), answer("200 OK", [LENGTH, DATE], "hello").repeat(2));
  talk.send(`\r\n\r\n${get()}`);
  assertEquals(talk.take(), answer("400 Bad Request", ["content-length: 0", DATE, "connection: close"]));
});
