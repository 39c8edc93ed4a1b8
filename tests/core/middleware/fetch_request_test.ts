import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Environ } from "../../../core/gateway/environ.ts";
import { ask, talk, toText, valueOf } from "./fetch_talk.ts";

const METHODS: readonly [method: string, status: number][] = [
  ["GET", 200],
  ["HEAD", 200],
  ["POST", 200],
  ["PUT", 200],
  ["DELETE", 200],
  ["OPTIONS", 200],
  ["PATCH", 200],
  ["QUERY", 200],
  ["BREW", 200],
  ["brew", 200],
  // Fetch does not normalise it.
  ["patch", 200],
  ["Patch", 200],
  ["!#$%&'*+-.^_`|~09aZ", 200],
  ["get", 501],
  ["Get", 501],
  ["head", 501],
  ["post", 501],
  ["Put", 501],
  ["delete", 501],
  ["options", 501],
  ["TRACE", 501],
  ["trace", 501],
  ["TRACK", 501],
  ["Track", 501],
  ["connect", 501],
];

Deno.test("fetchApp answers methods", async (t) => {
  for (const [method, status] of METHODS) {
    await t.step(method, async () => {
      const answer = await ask(
        (request) => new Response(null, { headers: { "x-method": request.method } }),
        `${method} / HTTP/1.1\r\nhost: a\r\n\r\n`,
      );
      assertEquals(answer.status, status);
      if (status === 200) assertEquals(valueOf(answer, "x-method"), method);
    });
  }
});

const URLS: readonly [target: string, host: string, url: string | undefined][] = [
  ["/", "a", "http://a/"],
  ["/a?b=c", "example.com:8080", "http://example.com:8080/a?b=c"],
  ["//host/x", "a", "http://a//host/x"],
  ["/http://b/", "a", "http://a/http://b/"],
  ["/@b/", "a", "http://a/@b/"],
  ["/%zz?%zz", "a", "http://a/%zz?%zz"],
  ["/a/../b", "a", "http://a/b"],
  ["/", "[::1]:80", "http://[::1]/"],
  ["http://b/x", "a", "http://b/x"],
  ["/", "1.2.3.256", undefined],
  ["/", "a%2fb", undefined],
  ["/", "a%b", undefined],
  ["/", "4294967296", undefined],
  ["/", "%00", undefined],
];

Deno.test("fetchApp builds the URL, or answers 400", async (t) => {
  for (const [target, host, url] of URLS) {
    await t.step(`${target} at ${host}`, async () => {
      const answer = await ask(
        (request) => new Response(request.url),
        `GET ${target} HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
      );
      if (url === undefined) assertEquals(answer.status, 400);
      else assertEquals([answer.status, answer.body], [200, url]);
    });
  }
});

Deno.test("fetchApp hands over the fields, obs-text too, and joins cookie lines by semicolons", async () => {
  const given: Record<string, string | null> = {};
  await ask(
    (request) => {
      for (const name of ["host", "x-a", "cookie", "connection"]) given[name] = request.headers.get(name);
      return new Response();
    },
    "GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nCookie: a=1\r\nx-a: \xe9\r\ncookie: b=2\r\nConnection: close\r\n\r\n",
  );
  assertEquals(given, { "host": "a", "x-a": "1, \xe9", "cookie": "a=1; b=2", "connection": "close" });
});

const CONTENTS: readonly [request: string, body: string | null][] = [
  ["POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello", "hello"],
  ["POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello"],
  ["POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", ""],
  ["DELETE / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx", "x"],
  ["POST / HTTP/1.1\r\nhost: a\r\n\r\n", null],
  ["POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n", null],
  ["GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello", null],
];

Deno.test("fetchApp gives the content", async (t) => {
  for (const [request, body] of CONTENTS) {
    await t.step(JSON.stringify(request), async () => {
      let given: string | null | undefined;
      const answer = await ask(async (request) => {
        given = request.body === null ? null : await request.text();
        return new Response("ok");
      }, request);
      assertEquals([answer.status, given], [200, body]);
    });
  }
});

Deno.test("fetchApp drains the content of GET: the next request is found behind it", async () => {
  const get = "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello";
  const text = await talk(() => new Response("ok"), get + get);
  assertEquals(text.split("HTTP/1.1 200 OK").length, 3);
});

Deno.test("fetchApp gives the content to a reader that brings its own buffer", async () => {
  const pieces: string[] = [];
  await ask(async (request) => {
    const reader = request.body!.getReader({ mode: "byob" });
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(4));
      if (done) break;
      pieces.push(toText(value));
    }
    return new Response();
  }, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabcdef");
  assertEquals(pieces.join(""), "abcdef");
  assert(pieces.every((piece) => piece.length <= 4));
});

Deno.test("fetchApp lets a request be cloned", async () => {
  const answer = await ask(async (request) => {
    const clone = request.clone();
    return new Response([clone.method, await clone.text(), await request.text(), clone.signal.aborted].join(" "));
  }, "BREW / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi");
  assertEquals(answer.body, "BREW hi hi false");
});

Deno.test("fetchApp hands over the environ", async () => {
  let environ: Environ | undefined;
  await ask((_request, given) => {
    environ = given;
    return new Response();
  }, "GET /a/../b HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals(environ?.target, "/a/../b");
});

Deno.test("fetchApp lets broken content be the client's fault", async () => {
  const answer = await ask(
    async (request) => new Response(await request.text()),
    "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
  );
  assertEquals(answer.status, 400);
});

Deno.test("fetchApp sends 100 (Continue) when the handler reads, and only then", async () => {
  const request = "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nhi";
  const reading = await talk(async (request) => new Response(await request.text()), request);
  const ignoring = await talk(() => new Response("no"), request);
  assertStringIncludes(reading, "hi");
  assertEquals(ignoring.includes("100 Continue"), false);
});
