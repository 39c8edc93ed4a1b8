import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import type { FieldsInit } from "../../../core/fields.ts";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, get, request, Talk } from "../../support/talk.ts";

const CHUNKED = ["transfer-encoding: chunked", DATE];

/** Answers in pieces, with these trailers. */
function ending(trailers: FieldsInit | (() => FieldsInit), fields: FieldsInit = {}): App {
  return function* (environ, startResponse) {
    environ.trailers(trailers);
    startResponse(200, fields);
    yield "hel";
    yield "lo";
  };
}

const BODY = "3\r\nhel\r\n2\r\nlo\r\n";

Deno.test("trailers stand behind the last chunk, in order", async () => {
  const given: (FieldsInit | (() => FieldsInit))[] = [
    { "X-Sum": "5", "x-b": ["1", "2"] },
    [["X-Sum", "5"], ["x-b", "1"], ["x-b", "2"]],
    () => ({ "X-Sum": "5", "x-b": ["1", "2"] }),
  ];
  for (const trailers of given) {
    const talk = new Talk(ending(trailers));
    talk.send(get());
    await talk.rest();
    assertEquals(talk.sent, answer("200 OK", CHUNKED, `${BODY}0\r\nX-Sum: 5\r\nx-b: 1\r\nx-b: 2\r\n\r\n`));
    talk.send(get());
    await talk.rest();
    assertEquals(talk.moves, [], "the connection lives on");
  }
});

Deno.test("a function gives the trailers when the content has ended, and the last call counts", async () => {
  const order: string[] = [];
  const talk = new Talk(function* (environ, startResponse) {
    environ.trailers({ "x-first": "1" });
    environ.trailers(() => {
      order.push("asked");
      return { "x-last": "1" };
    });
    startResponse(200);
    yield "a";
    order.push("ended");
  });
  talk.send(get());
  await talk.rest();
  assertEquals(order, ["ended", "asked"]);
  assertEquals(talk.sent, answer("200 OK", CHUNKED, "1\r\na\r\n0\r\nx-last: 1\r\n\r\n"));
});

Deno.test("trailers are dropped where the body is not chunked", async (t) => {
  const cases: [name: string, sent: string, fields: FieldsInit, answer: string][] = [
    ["by length", get(), { "content-length": "5" }, answer("200 OK", ["content-length: 5", DATE], "hello")],
    ["to 1.0", request("GET / HTTP/1.0"), {}, answer("200 OK", [DATE, "connection: close"], "hello")],
    ["to HEAD", request("HEAD / HTTP/1.1"), {}, answer("200 OK", CHUNKED)],
  ];
  for (const [name, sent, fields, expected] of cases) {
    await t.step(name, async () => {
      const talk = new Talk(ending({ "x-sum": "5" }, fields));
      talk.send(sent);
      await talk.rest();
      assertEquals(talk.sent, expected);
      assertEquals(talk.errors, []);
    });
  }
});

const NO_TRAILERS: FieldsInit[] = [
  { "x a": "b" },
  { "x-a": "b\r\nc: d" },
  { "x-a": "caf\u00e9" },
  { "Content-Length": "5" },
  { "Transfer-Encoding": "chunked" },
  { "connection": "close" },
  { "Host": "a" },
  { "set-cookie": "a=b" },
  { "trailer": "x" },
];

Deno.test("trailers that may not leave are a TypeError when given, an abort when a function gives them", async (t) => {
  for (const fields of NO_TRAILERS) {
    await t.step(JSON.stringify(fields), async () => {
      const talk = new Talk((environ, startResponse) => {
        assertThrows(() => environ.trailers(fields), TypeError);
        startResponse(200);
      });
      talk.send(get());
      assertEquals(talk.errors, []);
      const late = new Talk(ending(() => fields));
      late.send(get());
      await late.rest();
      assertEquals(late.sent, answer("200 OK", CHUNKED, BODY));
      assertEquals(late.moves, ["abort"]);
      assertInstanceOf(late.errors[0], TypeError);
    });
  }
});
