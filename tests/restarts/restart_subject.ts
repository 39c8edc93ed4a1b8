/**
 * The subject of the restarts: `RUNTIME FILE PORT JSON`, with the members of `RestartWishes`. It does what a server has
 * to that is to be replaced: on SIGTERM it ends in order and exits with 0. Before that it prints `report JSON`.
 *
 * @module
 */

import process from "node:process";
import type { ServeOptions } from "../../adapters/options.ts";
import type { Server } from "../../adapters/server.ts";
import type { App } from "../../core/gateway/types.ts";
import { type Report, restartApp } from "./restart_app.ts";

/** What is wanted of a server. */
export interface RestartWishes {
  /** The descriptor that it is to listen on, instead of the port. */
  readonly fd?: number;
  /** The grace of its end, in ms. */
  readonly grace: number;
}

const [port, json] = process.argv.slice(2);
const { fd, grace } = JSON.parse(json!) as RestartWishes;
const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const { serve } = await import(`../../adapters/${runtime}.ts`) as {
  serve(app: App, options: ServeOptions<never>): Server;
};

const report: Report = { taken: [], completed: [] };
const place = fd === undefined ? { hostname: "127.0.0.1", port: Number(port) } : { fd };
const server = serve(restartApp(report), { ...place, onError: (error) => console.error(error) });
await server.ready;

process.on("SIGTERM", async () => {
  await server.shutdown({ grace });
  process.stdout.write(`report ${JSON.stringify(report)}\n`, () => process.exit(0));
});
console.log(`listening ${server.address.transport === "tcp" ? server.address.port : 1}`);
