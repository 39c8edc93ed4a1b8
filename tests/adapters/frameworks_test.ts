/**
 * Applications of other authors' frameworks, through the fetch bridge, over real sockets.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { H3 } from "h3";
import { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { stream, streamSSE, streamText } from "hono/streaming";
import { serve } from "../../adapters/deno.ts";
import { fetchApp, type FetchHandler } from "../../adapters/fetch.ts";

/** Serves a handler for as long as `use` takes. */
async function withServer(handler: FetchHandler, use: (origin: string) => Promise<void>): Promise<void> {
  await using server = serve(fetchApp(handler), { hostname: "127.0.0.1", port: 0 });
  const { port } = server.address as { port: number };
  await use(`http://127.0.0.1:${port}`);
}

function honoApp(): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header("x-powered-by", "hono");
  });
  app.get("/", (context) => context.text("Hono!"));
  app.get("/posts/:id", (context) => context.json({ id: context.req.param("id"), page: context.req.query("page") }));
  app.post("/posts", async (context) => context.json({ created: await context.req.json() }, 201));
  app.post("/form", async (context) => context.json(await context.req.parseBody()));
  app.get("/cookie", (context) => {
    setCookie(context, "a", "1");
    setCookie(context, "b", "2");
    return context.text(getCookie(context, "sent") ?? "");
  });
  app.get("/redirect", (context) => context.redirect("/"));
  app.get("/teapot", () => {
    throw new HTTPException(418, { message: "short and stout" });
  });
  app.get("/text", (context) =>
    streamText(context, async (out) => {
      for (const word of ["one ", "two ", "three"]) await out.write(word);
    }));
  app.get("/events", (context) =>
    streamSSE(context, async (out) => {
      for (let id = 0; id < 3; id++) await out.writeSSE({ data: `tick ${id}`, id: String(id) });
    }));
  app.post("/upper", (context) =>
    stream(context, async (out) => {
      const texts = context.req.raw.body!.pipeThrough(new TextDecoderStream());
      for await (const text of texts) await out.write(text.toUpperCase());
    }));
  return app;
}

Deno.test("hono runs through fetchApp", async (t) => {
  const app = honoApp();
  await withServer((request) => app.fetch(request), async (origin) => {
    await t.step("text, middleware", async () => {
      const response = await fetch(`${origin}/`);
      assertEquals([await response.text(), response.headers.get("x-powered-by")], ["Hono!", "hono"]);
    });
    await t.step("path parameters, query, JSON", async () => {
      assertEquals(await (await fetch(`${origin}/posts/7?page=2`)).json(), { id: "7", page: "2" });
    });
    await t.step("JSON content", async () => {
      const response = await fetch(`${origin}/posts`, { method: "POST", body: '{"title":"x"}' });
      assertEquals([response.status, await response.json()], [201, { created: { title: "x" } }]);
    });
    await t.step("a form", async () => {
      const body = new FormData();
      body.set("name", "value");
      assertEquals(await (await fetch(`${origin}/form`, { method: "POST", body })).json(), { name: "value" });
    });
    await t.step("cookies both ways", async () => {
      const response = await fetch(`${origin}/cookie`, { headers: { cookie: "sent=yes" } });
      assertEquals(await response.text(), "yes");
      assertEquals(response.headers.getSetCookie(), ["a=1; Path=/", "b=2; Path=/"]);
    });
    await t.step("a redirect", async () => {
      const response = await fetch(`${origin}/redirect`, { redirect: "manual" });
      assertEquals([response.status, response.headers.get("location")], [302, "/"]);
      await response.body?.cancel();
    });
    await t.step("an exception with a status, and no route", async () => {
      const response = await fetch(`${origin}/teapot`);
      assertEquals([response.status, await response.text()], [418, "short and stout"]);
      const missing = await fetch(`${origin}/nothing`);
      assertEquals([missing.status, await missing.text()], [404, "404 Not Found"]);
    });
    await t.step("HEAD", async () => {
      const response = await fetch(`${origin}/`, { method: "HEAD" });
      assertEquals([response.status, await response.text()], [200, ""]);
    });
    await t.step("streamed text and events", async () => {
      assertEquals(await (await fetch(`${origin}/text`)).text(), "one two three");
      const events = await (await fetch(`${origin}/events`)).text();
      assertEquals(events.match(/data: tick \d/g), ["data: tick 0", "data: tick 1", "data: tick 2"]);
    });
    await t.step("content that streams in while it streams out", async () => {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const writer = writable.getWriter();
      const answer = fetch(`${origin}/upper`, { method: "POST", body: readable });
      await writer.write(new TextEncoder().encode("first"));
      const reader = (await answer).body!.pipeThrough(new TextDecoderStream()).getReader();
      assertEquals((await reader.read()).value, "FIRST");
      await writer.write(new TextEncoder().encode("second"));
      assertEquals((await reader.read()).value, "SECOND");
      await writer.close();
      assert((await reader.read()).done);
    });
  });
});

Deno.test("h3 runs through fetchApp", async (t) => {
  const app = new H3();
  app.get("/", () => "h3!");
  app.get("/posts/:id", (event) => ({ id: event.context.params?.id }));
  app.post("/echo", async (event) => ({ seen: await event.req.json() }));
  await withServer((request) => app.fetch(request), async (origin) => {
    await t.step("text", async () => assertEquals(await (await fetch(`${origin}/`)).text(), "h3!"));
    await t.step("path parameters", async () => {
      assertEquals(await (await fetch(`${origin}/posts/7`)).json(), { id: "7" });
    });
    await t.step("JSON content", async () => {
      const response = await fetch(`${origin}/echo`, { method: "POST", body: "[1]" });
      assertEquals(await response.json(), { seen: [1] });
    });
    await t.step("no route", async () => {
      const response = await fetch(`${origin}/nothing`);
      assertEquals(response.status, 404);
      await response.body?.cancel();
    });
  });
});

Deno.test("a handler as srvx takes it runs through fetchApp", async () => {
  const module = { fetch: (request: Request): Response => Response.json({ url: new URL(request.url).pathname }) };
  await withServer(module.fetch, async (origin) => {
    assertEquals(await (await fetch(`${origin}/x`)).json(), { url: "/x" });
  });
});
