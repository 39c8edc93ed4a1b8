/**
 * The subject of the soak: `RUNTIME FILE PORT`. It serves the demo in clear text on the port, and with TLS on another,
 * which it prints as `tls PORT`. `/soak/state` collects garbage and tells what is held; `/soak/leak` leaks what the soak
 * has to notice: a timer, a descriptor, an exchange that does not end in the books.
 *
 * @module
 */

import { liveTimers } from "./count_timers.ts";
import { openSync, readFileSync } from "node:fs";
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ServeOptions } from "../../adapters/options.ts";
import type { Server } from "../../adapters/server.ts";
import type { App } from "../../core/gateway/types.ts";

/** What a server tells of itself. */
export interface State {
  /** Timers that are set. */
  readonly timers: number;
  /** Requests that the application was given. */
  readonly begun: number;
  /** Those of them whose post hooks have run. */
  readonly ended: number;
  /** The JavaScript heap in use after the garbage is collected, in octets. */
  readonly heap: number;
}

// All that sets timers comes after the counter.
const { default: demo } = await import("../../cli/demo/app.ts");
const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const { serve } = await import(`../../adapters/${runtime}.ts`) as {
  serve(app: App, options: ServeOptions<never>): Server;
};

const collectGarbage = chooseCollector();
let begun = 0;
let ended = 0;

const app: App = (environ, startResponse) => {
  begun++;
  environ.postHooks.push(() => void ended++);
  if (environ.pathInfo === "/soak/state") return tell(startResponse);
  if (environ.pathInfo === "/soak/leak") leak();
  return demo(environ, startResponse);
};

const host = { hostname: "127.0.0.1" };
const plain = serve(app, { ...host, port: Number(process.argv[2]) });
const certificate = { cert: read("localhost.crt"), key: read("localhost.key") };
// A handshake that was given up is held until its deadline: short, so that it is over when the load has been for a while.
const secure = serve(app, { ...host, port: 0, ...certificate, deadlines: { tlsHandshake: 1000 } });
await Promise.all([plain.ready, secure.ready]);
process.on("SIGTERM", async () => {
  await Promise.all([plain.shutdown({ deadline: 3000 }), secure.shutdown({ deadline: 3000 })]);
  process.exit(0);
});
console.log(`tls ${portOf(secure)}`);
console.log(`listening ${portOf(plain)}`);

function tell(startResponse: Parameters<App>[1]): string {
  collectGarbage();
  startResponse(200, { "content-type": "application/json" });
  const { heapUsed } = process.memoryUsage();
  // This one has begun and is not over.
  return JSON.stringify({ timers: liveTimers(), begun: begun - 1, ended, heap: heapUsed } satisfies State);
}

function leak(): void {
  setTimeout(() => {}, 1_000_000);
  openSync("/dev/null", "r");
  begun++;
}

function chooseCollector(): () => void {
  const { Bun } = globalThis as { Bun?: { gc(isSynchronous: boolean): void } };
  if (Bun) return () => Bun.gc(true);
  setFlagsFromString("--expose-gc");
  const collect = (globalThis as { gc?: () => void }).gc ?? runInNewContext("gc") as () => void;
  // Twice: what has a finalizer goes with the second.
  return () => (collect(), collect());
}

function portOf({ address }: Server): number {
  return address.transport === "tcp" ? address.port : 0;
}

function read(name: string): string {
  return readFileSync(new URL(`../support/${name}`, import.meta.url), "utf8");
}
