/**
 * Ours with what the demo application does not have: `/download`, a stream whose length is known, and with the argument
 * `log` an access log on standard output. `RUNTIME FILE PORT [log]`
 *
 * @module
 */

import process from "node:process";
import { ACCESS_LOG_LINES } from "../../cli/access_log.ts";
import demo from "../../cli/demo/app.ts";
import { processTerminal } from "../../cli/terminal.ts";
import type { App, ExchangeRecord, Item } from "../../core/gateway/types.ts";
import { HOSTNAME, portArgument } from "./arguments.ts";
import { streamPlan } from "./content.ts";

/** An adapter's `serve`. */
type Serve = (
  app: App,
  options: { hostname: string; port: number; onExchange?: (record: ExchangeRecord) => void },
) => unknown;

const app: App = (environ, startResponse) => {
  if (environ.pathInfo !== "/download") return demo(environ, startResponse);
  const { pieces, piece } = streamPlan(environ.queryString);
  startResponse(200, { "content-type": "text/plain", "content-length": String(pieces * piece.length) });
  return repeat(pieces, piece);
};

const serve = await loadServe();
const terminal = processTerminal();
serve(app, {
  hostname: HOSTNAME,
  port: portArgument(),
  ...(process.argv[3] === "log" && {
    onExchange: (record) => terminal.out(ACCESS_LOG_LINES.common(record, Date.now())),
  }),
});

function* repeat(pieces: number, piece: Uint8Array): Generator<Item, void> {
  for (let i = 0; i < pieces; i++) yield piece;
}

async function loadServe(): Promise<Serve> {
  if ("Deno" in globalThis) return (await import("../../adapters/deno.ts")).serve;
  if ("Bun" in globalThis) return (await import("../../adapters/bun.ts")).serve;
  return (await import("../../adapters/node.ts")).serve;
}
