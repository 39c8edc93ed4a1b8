/**
 * The subject of the tests of workers: `RUNTIME FILE PORT`. `/in/...` is `worker_app.ts` in two workers with 500 ms for
 * each exchange, `/none` an application that cannot be loaded, `/faults` what went wrong, `/send` sends a signal, and
 * all else is `hello`.
 *
 * @module
 */

import process from "node:process";
import type { ServeOptions } from "../../adapters/options.ts";
import type { Server } from "../../adapters/server.ts";
import { inWorkers } from "../../adapters/workers.ts";
import type { App } from "../../core/gateway/types.ts";
import { mount } from "../../core/middleware/mount.ts";

const faults: string[] = [];
const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const { serve } = await import(`../../adapters/${runtime}.ts`) as {
  serve(app: App, options: ServeOptions<never>): Server;
};

const app = mount({
  "/in": inWorkers(new URL("./worker_app.ts", import.meta.url), { workers: 2, timeout: 500 }),
  "/none": inWorkers(new URL("./there_is_none.ts", import.meta.url), { workers: 1 }),
  "/faults": (_environ, startResponse) => {
    startResponse(200);
    return JSON.stringify(faults.splice(0));
  },
  "/send": async ({ signals }, startResponse) => {
    const woken = await signals.send("news", "from the server");
    startResponse(200);
    return String(woken);
  },
  "/": (_environ, startResponse) => {
    startResponse(200);
    return "hello";
  },
});

const server = serve(app, {
  hostname: "127.0.0.1",
  port: Number(process.argv[2] ?? 0),
  onError: (error) => faults.push(String(error)),
  errors: { write: (text) => faults.push(text) },
});
await server.ready;
if (server.address.transport === "tcp") console.log(`listening ${server.address.port}`);
process.on("SIGTERM", () => process.exit(0));
