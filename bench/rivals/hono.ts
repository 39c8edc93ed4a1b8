/**
 * hono on any runtime: on what each gives it to serve with.
 *
 * @module
 */

import { type Context, Hono } from "hono";
import { HOSTNAME, portArgument } from "./arguments.ts";
import { bun } from "./bun_global.ts";
import { busyFields, HELLO, LOOKED_AT, PAGE, readCookie } from "./content.ts";

const app = new Hono();

app.get("/", (context) => context.text(HELLO));
app.get("/profile/string", (context) => context.text(PAGE));
app.get("/profile/busy", busy);

const place = { hostname: HOSTNAME, port: portArgument() };
if ("Deno" in globalThis) Deno.serve({ ...place, onListen() {} }, app.fetch);
else if (bun !== undefined) bun.serve({ ...place, fetch: app.fetch, idleTimeout: 0 });
else (await import("@hono/node-server")).serve({ ...place, fetch: app.fetch });

function busy(context: Context): Response {
  let seen = 0;
  for (const name of LOOKED_AT) if (context.req.header(name) !== undefined) seen++;
  if (readCookie(context.req.header("cookie"), "session") !== undefined) seen++;
  if (context.req.query("q") !== undefined) seen++;
  return context.body(PAGE, 200, busyFields(seen));
}
