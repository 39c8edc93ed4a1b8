/**
 * The subject of the adapters' own tests: `RUNTIME FILE PORT [JSON]`, with the options of `serve` as JSON and, for what
 * JSON cannot say, the members of `Wishes`. Its paths tell and do what only the server's process can.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createServer, type Server as NetServer } from "node:net";
import process from "node:process";
import { createServer as createTlsServer } from "node:tls";
import type { Environ } from "../../core/gateway/environ.ts";
import type { App } from "../../core/gateway/types.ts";
import type { ServeOptions } from "../../adapters/options.ts";
import type { Server } from "../../adapters/server.ts";

/** What is wanted beside the options. */
export interface Wishes extends Omit<ServeOptions<unknown>, "onListen" | "signal" | "listener"> {
  /** Whether TLS is spoken. */
  tls?: boolean;
  /** Whether a `net.Server`, with `tls` a `tls.Server`, is given as listener. */
  ownListener?: boolean;
  /** Whether the connections of a `net.Server` are given to `serveConnection` one by one. */
  oneByOne?: boolean;
  /** The adapter, where it is not the runtime's own. */
  adapter?: "deno" | "node" | "bun";
}

const [port, json = "{}"] = process.argv.slice(2);
const { tls, ownListener, oneByOne, adapter, ...options } = JSON.parse(json) as Wishes;
const own = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const { serve, serveConnection } = await import(`../../adapters/${adapter ?? own}.ts`);

const app: App = async (environ, startResponse) => {
  const answer = await PATHS[environ.pathInfo]?.(environ, new URLSearchParams(environ.queryString));
  startResponse(answer === undefined ? 404 : 200, { "content-type": "text/plain" });
  return answer ?? "not here\n";
};

/** What a path does. */
type Path = (environ: Environ, query: URLSearchParams) => string | Uint8Array | Promise<string | Uint8Array>;

const PATHS: Record<string, Path> = {
  "/": () => "hello\n",
  "/ends": ({ local, remote, tls = null }) => `${JSON.stringify({ local, remote, tls })}\n`,
  "/sleep": async (_environ, query) => {
    await new Promise((resolve) => setTimeout(resolve, Number(query.get("ms"))));
    return "slept\n";
  },
  "/big": (_environ, query) => new Uint8Array(Number(query.get("size"))).fill(0x78),
  "/count": async ({ input }) => `${(await input.read()).length}\n`,
  "/lost": async ({ signal }) => {
    console.log("waiting");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    console.log("lost");
    return "";
  },
  "/shutdown": (_environ, query) => {
    const numbers = Object.fromEntries([...query].map(([name, value]) => [name, Number(value)]));
    const started = performance.now();
    server.shutdown(numbers).then(() => console.log(`finished ${Math.round(performance.now() - started)}`));
    return "shutting down\n";
  },
  "/abort": () => {
    controller.abort();
    return "aborting\n";
  },
  "/unref": () => {
    server.unref();
    return "unreferenced\n";
  },
  "/ref": () => {
    server.ref();
    return "referenced\n";
  },
};

/** Its signal is an option of `serve`. */
const controller = new AbortController();

let server: Server;
if (oneByOne) {
  const listener = createServer({ pauseOnConnect: true }, (socket) => {
    serveConnection(app, socket, options).then(() => console.log("served"));
  });
  listener.listen(
    Number(port),
    "127.0.0.1",
    () => console.log(`listening ${(listener.address() as { port: number }).port}`),
  );
} else {
  const certificate = tls ? { cert: read("localhost.crt"), key: read("localhost.key") } : {};
  if (!ownListener) Object.assign(options, certificate);
  if (ownListener) {
    Object.assign(options, { listener: toListener(tls ? createTlsServer(certificate) : createServer()) });
  } else if (options.path === undefined) Object.assign(options, { port: Number(port), hostname: "127.0.0.1" });
  server = serve(app, { ...options, signal: controller.signal });
  await server.ready;
  // Of a Unix domain socket only that it listens is told.
  console.log(`listening ${server.address.transport === "tcp" ? server.address.port : 1}`);
  server.finished.then(() => console.log("ended"));
}

function toListener(listener: NetServer): NetServer {
  return listener.listen(Number(port), "127.0.0.1");
}

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}
