/**
 * The subject of the contract tests where the shared one is not enough: `RUNTIME FILE PORT [JSON]`, the options of
 * `serve` as JSON. It serves, within `lint` unless told otherwise, the demo and beside it:
 *
 * - `/watched`: an endless stream, which takes note of how the exchange ends
 * - `/lost`: how many of those ended by a loss, as told by `environ.signal` and by post hooks
 * - `/take?octets=N`: reads N octets of the content, then waits for the end of the exchange without reading on
 * - `/chunks`: reads the content chunk by chunk, and tells how many there were
 *
 * @module
 */

import { readFileSync } from "node:fs";
import process from "node:process";
import type { ServeOptions } from "../../adapters/options.ts";
import type { Server } from "../../adapters/server.ts";
import { tellFault } from "../../bench/subjects/subject.ts";
import demo from "../../cli/demo/app.ts";
import type { Environ } from "../../core/gateway/environ.ts";
import type { App, Item, Result, StartResponse } from "../../core/gateway/types.ts";
import { lint } from "../../core/middleware/lint.ts";

/** What may be asked for. */
export interface SubjectWishes extends Omit<ServeOptions<unknown>, "onListen" | "signal" | "listener"> {
  /** Whether TLS is spoken, with the certificate of the tests. */
  readonly tls?: boolean;
  /** Whether `lint` stands around it. @default {true} */
  readonly lint?: boolean;
  /** What the shutdown on SIGTERM is given. */
  readonly shutdown?: { readonly grace?: number; readonly deadline?: number };
}

const PIECE = new Uint8Array(16_384).fill(0x78);

let signals = 0;
let hooks = 0;

const paths: ReadonlyMap<string, App> = new Map(Object.entries<App>({
  "/watched": watched,
  "/lost": lost,
  "/take": take,
  "/chunks": chunks,
}));

const app: App = (environ, startResponse) => (paths.get(environ.pathInfo) ?? demo)(environ, startResponse);

function* watched(environ: Environ, startResponse: StartResponse): Generator<Item, void> {
  watch(environ);
  startResponse(200, { "content-type": "text/plain" });
  for (;;) yield PIECE;
}

function lost(_environ: Environ, startResponse: StartResponse): Result {
  startResponse(200, { "content-type": "text/plain" });
  return `signals=${signals} hooks=${hooks}\n`;
}

async function take(environ: Environ, startResponse: StartResponse): Promise<Result> {
  watch(environ);
  const octets = Number(new URLSearchParams(environ.queryString).get("octets"));
  await environ.input.read(octets);
  await new Promise<void>((resolve) => environ.signal.addEventListener("abort", () => resolve()));
  startResponse(200);
}

async function chunks(environ: Environ, startResponse: StartResponse): Promise<Result> {
  let count = 0;
  for await (const item of environ.input.chunks()) if (!(item instanceof Uint8Array) && item[0] > 0) count++;
  startResponse(200);
  return `chunks=${count}\n`;
}

function watch(environ: Environ): void {
  environ.signal.addEventListener("abort", () => signals++);
  environ.postHooks.push((_environ, outcome) => {
    if (!outcome.completed) hooks++;
  });
}

const [port = "0", json = "{}"] = process.argv.slice(2);
const { tls, lint: isLinted = true, shutdown = {}, ...options } = JSON.parse(json) as SubjectWishes;
const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const { serve } = await import(`../../adapters/${runtime}.ts`) as {
  serve(app: App, options: ServeOptions<never>): Server;
};

const server = serve(isLinted ? lint(app) : app, {
  ...options,
  onError: tellFault,
  ...(options.path === undefined && { hostname: "127.0.0.1", port: Number(port) }),
  ...(tls && { cert: read("localhost.crt"), key: read("localhost.key") }),
});
await server.ready;
// Of a Unix domain socket there is only to tell that it listens.
console.log(`listening ${server.address.transport === "tcp" ? server.address.port : 1}`);

process.on("SIGTERM", async () => {
  await server.shutdown(shutdown);
  process.exit(0);
});

function read(name: string): string {
  return readFileSync(new URL(`../support/${name}`, import.meta.url), "utf8");
}
