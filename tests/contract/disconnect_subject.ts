/**
 * The subject of the disconnect tests: `RUNTIME FILE PORT`. Each exchange has an `id` in its query, under which what
 * happens to it is kept, with times; `/report?id=ID` tells it.
 *
 * - `/wait`: waits for `environ.signal`
 * - `/sleep`: sleeps by `environ.signals`
 * - `/write`: writes a piece each 5 ms, and throws what a write rejects with
 * - `/flood`: writes without end, as fast as the client takes it, and throws what a write rejects with
 * - `/ok`: answers
 *
 * @module
 */

import process from "node:process";
import type { ServeOptions } from "../../adapters/options.ts";
import type { Server } from "../../adapters/server.ts";
import type { Environ } from "../../core/gateway/environ.ts";
import type { App, Write } from "../../core/gateway/types.ts";

/** What has happened to an exchange: when, in ms since the epoch, and the name of the error that came with it. */
export type Report = Partial<Record<"started" | "closing" | "signal" | "thrown" | "done", readonly [number, string]>>;

const reports: Record<string, Report> = {};
const faults: string[] = [];

function note(id: string, event: keyof Report, error?: unknown): void {
  (reports[id] ??= {})[event] ??= [Date.now(), (error as Error | undefined)?.name ?? ""];
}

function watch({ signal, closing, postHooks }: Environ, id: string): void {
  signal.addEventListener("abort", () => note(id, "signal", signal.reason));
  closing.addEventListener("abort", () => note(id, "closing", closing.reason));
  postHooks.push((_environ, { error }) => note(id, "done", error));
  note(id, "started");
}

async function writeUntilLost(environ: Environ, write: Write, ms: number): Promise<void> {
  const piece = "x".repeat(ms === 0 ? 100_000 : 10);
  for (;;) {
    await write(piece);
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    else if (environ.signal.aborted) await write(piece);
  }
}

const PATHS: Record<string, (environ: Environ, write: () => Write) => Promise<unknown>> = {
  "/wait": ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(""))),
  "/sleep": ({ signals }) => signals.sleep(600_000),
  "/write": (environ, write) => writeUntilLost(environ, write(), 5),
  "/flood": (environ, write) => writeUntilLost(environ, write(), 0),
  "/ok": () => Promise.resolve("ok"),
};

const app: App = async (environ, startResponse) => {
  const id = new URLSearchParams(environ.queryString).get("id") ?? "";
  if (environ.pathInfo === "/report") {
    startResponse(200);
    return JSON.stringify({ ...reports[id], faults });
  }
  watch(environ, id);
  try {
    const text = await PATHS[environ.pathInfo]!(environ, () => startResponse(200));
    startResponse(200);
    return String(text);
  } catch (error) {
    note(id, "thrown", error);
    throw error;
  }
};

const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const { serve } = await import(`../../adapters/${runtime}.ts`) as {
  serve(app: App, options: ServeOptions<never>): Server;
};
const onError = (error: unknown): void => void faults.push(String(error));
const server = serve(app, { hostname: "127.0.0.1", port: Number(process.argv[2] ?? 0), onError });
await server.ready;
if (server.address.transport === "tcp") console.log(`listening ${server.address.port}`);
process.on("SIGTERM", () => process.exit(0));
