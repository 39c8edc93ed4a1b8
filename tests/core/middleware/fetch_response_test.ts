import { assertEquals } from "@std/assert";
import type { FetchHandler } from "../../../core/middleware/fetch_app.ts";
import { ask, talk, toAnswer, toBytes, valueOf } from "./fetch_talk.ts";

Deno.test("fetchApp drops what is about the connection, and what Connection names", async () => {
  const headers = new Headers({
    "connection": "X-Private, keep-alive",
    "keep-alive": "timeout=5",
    "proxy-connection": "keep-alive",
    "te": "trailers",
    "trailer": "x",
    "transfer-encoding": "gzip",
    "upgrade": "h2c",
    "x-private": "1",
    "x-public": "2",
  });
  const answer = await ask(() => new Response("ok", { headers }), "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  const names = answer.fields.map(([name]) => name).sort();
  assertEquals(answer.status, 200);
  assertEquals(names, ["content-length", "content-type", "date", "x-public"]);
});

Deno.test("fetchApp keeps Upgrade in 426, which must have it", async () => {
  const response = (): Response => new Response(null, { status: 426, headers: { upgrade: "websocket" } });
  const answer = await ask(response, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals([answer.status, valueOf(answer, "upgrade")], [426, "websocket"]);
});

Deno.test("fetchApp honours connection: close", async () => {
  const get = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
  const response = (): Response => new Response("ok", { headers: { connection: "Close" } });
  const text = await talk(response, get + get);
  assertEquals(text.split("HTTP/1.1 200 OK").length, 2);
  assertEquals(valueOf(toAnswer(text), "connection"), "close");
});

Deno.test("fetchApp sends each Set-Cookie in a line of its own", async () => {
  const headers: [string, string][] = [["set-cookie", "a=1, b"], ["set-cookie", "c=2"], ["x-a", "1"], ["x-a", "2"]];
  const answer = await ask(() => new Response(null, { headers }), "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  const of = (name: string): string[] => answer.fields.filter((field) => field[0] === name).map((field) => field[1]);
  assertEquals(of("set-cookie"), ["a=1, b", "c=2"]);
  assertEquals(of("x-a"), ["1, 2"]);
});

/** A body of chunks, one for each pull, and what became of it. */
function bodyOf(chunks: readonly unknown[], log: string[] = []): ReadableStream<Uint8Array<ArrayBuffer>> {
  const rest = [...chunks];
  return new ReadableStream({
    pull(controller): void {
      const chunk = rest.shift();
      log.push("pull");
      if (chunk === undefined) controller.close();
      else if (chunk instanceof Error) controller.error(chunk);
      else controller.enqueue(typeof chunk === "string" ? toBytes(chunk) : chunk as Uint8Array<ArrayBuffer>);
    },
    cancel(): void {
      log.push("cancel");
    },
  }, { highWaterMark: 0 });
}

const FRAMINGS: readonly [what: string, response: () => Response, length: string | undefined, body: string][] = [
  ["a text", () => new Response("hello"), "5", "hello"],
  ["an empty text", () => new Response(""), "0", ""],
  ["no body", () => new Response(null), "0", ""],
  ["JSON", () => Response.json({ a: 1 }), "7", `{"a":1}`],
  ["octets", () => new Response(toBytes("\xff\x00")), "2", "\xff\x00"],
  ["a stream of one chunk", () => new Response(bodyOf(["hello"])), "5", "hello"],
  ["a stream of none", () => new Response(bodyOf([])), "0", ""],
  ["a stream of two", () => new Response(bodyOf(["he", "llo"])), undefined, "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"],
  [
    "a stream with a length",
    () => new Response(bodyOf(["he", "llo"]), { headers: { "content-length": "5" } }),
    "5",
    "hello",
  ],
];

Deno.test("fetchApp frames", async (t) => {
  for (const [what, response, length, body] of FRAMINGS) {
    await t.step(what, async () => {
      const answer = await ask(response, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
      assertEquals([answer.status, valueOf(answer, "content-length"), answer.body], [200, length, body]);
    });
  }
});

Deno.test("fetchApp answers HEAD with the fields of GET, and cancels the rest of the body", async () => {
  const log: string[] = [];
  const text = await ask(() => new Response("hello"), "HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
  const stream = await ask(() => new Response(bodyOf(["a", "b", "c"], log)), "HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals([text.body, valueOf(text, "content-length")], ["", "5"]);
  assertEquals([stream.body, log.at(-1)], ["", "cancel"]);
});

for (const status of [204, 205, 304]) {
  Deno.test(`fetchApp answers ${status} without content`, async () => {
    const answer = await ask(() => new Response(null, { status }), "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    assertEquals([answer.status, answer.body], [status, ""]);
  });
}

Deno.test("fetchApp sends the reason phrase", async () => {
  const answer = await ask(() => new Response(null, { statusText: "Fine" }), "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals(answer.reason, "Fine");
});

Deno.test("fetchApp leaves a reason phrase out that is not ASCII", async () => {
  const answer = await ask(() => new Response(null, { statusText: "\xe9" }), "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals([answer.status, answer.reason], [200, "OK"]);
});

async function usedResponse(): Promise<Response> {
  const response = new Response("used");
  await response.text();
  return response;
}

const FAULTS: readonly [what: string, handler: FetchHandler][] = [
  ["an error thrown", () => {
    throw new Error("no");
  }],
  ["a rejection", () => Promise.reject(new Error("no"))],
  ["no Response", () => undefined as unknown as Response],
  ["a text instead of a Response", () => "text" as unknown as Response],
  ["Response.error()", () => Response.error()],
  ["a body that was read", usedResponse],
  ["a field with obs-text", () => new Response("x", { headers: { "x-a": "\xe9" } })],
  ["a length that is none", () => new Response("x", { headers: { "content-length": "x" } })],
  ["a body that fails at once", () => new Response(bodyOf([new Error("no")]))],
  ["a body of strings", () => new Response(bodyOf([{}]))],
];

Deno.test("fetchApp answers 500 to", async (t) => {
  for (const [what, handler] of FAULTS) {
    await t.step(what, async () => {
      const answer = await ask(handler, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
      assertEquals(answer.status, 500);
    });
  }
});

Deno.test("fetchApp cancels a body that cannot be sent", async () => {
  const log: string[] = [];
  const response = (): Response => new Response(bodyOf(["a", "b", "c"], log), { headers: { "x-a": "\xe9" } });
  assertEquals((await ask(response, "GET / HTTP/1.1\r\nhost: a\r\n\r\n")).status, 500);
  assertEquals(log.at(-1), "cancel");
});

Deno.test("fetchApp leaves an answer without its end when the body fails", async () => {
  const response = (): Response => new Response(bodyOf(["he", "llo", new Error("no")]));
  const answer = await ask(response, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals(answer.body.includes("0\r\n\r\n"), false);
});
