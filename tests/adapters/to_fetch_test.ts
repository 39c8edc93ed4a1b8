/**
 * `toFetch`: applications as fetch handlers, without a socket.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import demo from "../../cli/demo/app.ts";
import { fetchApp, toFetch } from "../../adapters/fetch.ts";
import type { App } from "../../core/mod.ts";

const handler = toFetch(demo);

function request(path: string, init?: RequestInit & { duplex?: "half" }): Request {
  return new Request(`http://example.org${path}`, init);
}

Deno.test("toFetch gives status, fields and content", async () => {
  const response = await handler(request("/"));
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "text/plain");
  assertEquals(response.headers.get("connection"), null);
  assertEquals(await response.text(), "Hello, World!\r\n");
});

Deno.test("toFetch gives the application the request as it is", async () => {
  const response = await handler(request("/environ?a=\\b", { method: "DELETE", headers: { "x-a": "1" } }));
  const seen = await response.json();
  assertEquals([seen.method, seen.target], ["DELETE", "/environ?a=%5Cb"]);
  assertEquals(Object.fromEntries(seen.fields), { "host": "example.org", "connection": "close", "x-a": "1" });
});

Deno.test("toFetch says https to an application that is asked by https", async () => {
  const response = await handler(new Request("https://example.org/environ"));
  assertEquals((await response.json()).urlScheme, "https");
});

Deno.test("toFetch streams content both ways at once", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const answer = handler(request("/echo", { method: "POST", body: readable, duplex: "half" }));
  await writer.write(new TextEncoder().encode("one"));
  const reader = (await answer).body!.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "one");
  await writer.write(new TextEncoder().encode("two"));
  assertEquals(new TextDecoder().decode((await reader.read()).value), "two");
  await writer.close();
  assert((await reader.read()).done);
});

Deno.test("toFetch carries a mebibyte there and back", async () => {
  const sent = crypto.getRandomValues(new Uint8Array(65_536));
  const body = new Blob(Array(16).fill(sent));
  const response = await handler(request("/echo", { method: "POST", body }));
  assertEquals(new Uint8Array(await response.arrayBuffer()), new Uint8Array(await body.arrayBuffer()));
});

Deno.test("toFetch passes interim responses over", async () => {
  assertEquals(await (await handler(request("/hints"))).text(), "hints\n");
});

const withoutBody: [method: string, path: string, status: number][] = [
  ["HEAD", "/", 200],
  ["GET", "/status/204", 204],
  ["GET", "/status/205", 205],
  ["GET", "/status/304", 304],
];
for (const [method, path, status] of withoutBody) {
  Deno.test(`toFetch gives ${method} ${path} no content`, async () => {
    const response = await handler(request(path, { method }));
    assertEquals([response.status, await response.text()], [status, ""]);
  });
}

Deno.test("toFetch answers 500 for an application that fails", async () => {
  const response = await handler(request("/error"));
  assertEquals(response.status, 500);
  await response.body?.cancel();
});

Deno.test("toFetch breaks an answer off that the application breaks off", async () => {
  const response = await handler(request("/error-late"));
  await assertRejects(() => response.text());
});

Deno.test("toFetch lets an early answer end the sending", async () => {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    cancel: () => {
      isCancelled = true;
    },
  });
  const response = await handler(request("/unread", { method: "POST", body, duplex: "half" }));
  assertEquals(await response.text(), "unread\n");
  while (!isCancelled) await new Promise((resolve) => setTimeout(resolve, 1));
});

Deno.test("toFetch tells the application of a request that is aborted", async () => {
  const controller = new AbortController();
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  const app: App = (environ) => {
    environ.signal.addEventListener("abort", () => resolve());
    return new Promise(() => {});
  };
  const answer = toFetch(app)(request("/", { signal: controller.signal }));
  controller.abort(new Error("enough"));
  await assertRejects(() => answer, Error, "enough");
  await lost;
});

Deno.test("toFetch tells the application of a response whose body is cancelled", async () => {
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  const app: App = async function* (environ, startResponse) {
    environ.signal.addEventListener("abort", () => resolve());
    startResponse(200);
    for (;;) {
      await new Promise((later) => setTimeout(later, 1));
      yield "more";
    }
  };
  const response = await toFetch(app)(request("/"));
  await response.body!.cancel();
  await lost;
});

Deno.test("toFetch and fetchApp undo each other", async () => {
  const there = toFetch(fetchApp(async (asked) => new Response(`${asked.method} ${asked.url} ${await asked.text()}`)));
  const response = await there(request("/a?b", { method: "PUT", body: "c" }));
  assertStringIncludes(await response.text(), "PUT http://example.org/a?b c");
});
