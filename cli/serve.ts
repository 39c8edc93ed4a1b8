/**
 * The command `serve`: serves an application, or the demo, over HTTP/1.1.
 *
 * ```sh
 * deno run -A cli/serve.ts [MODULE] [--host H] [--port P | --path F | --fd N] [--cert F --key F]
 *                          [--log none|common|json] [--quiet]
 * ```
 *
 * Exit codes: 0 when it was ended in order, 1 if it cannot serve, 2 if it was asked wrongly, 130 or 143 when a second
 * signal ended it. Whatever goes wrong is one line on the standard error.
 *
 * @module
 */

import process from "node:process";
import type { Address } from "../core/gateway/port.ts";
import { LocalSignalBus, type SignalBus } from "../core/gateway/signal_bus.ts";
import type { App, ExchangeRecord } from "../core/gateway/types.ts";
import { ACCESS_LOG_LINES, toErrorEntry } from "./access_log.ts";
import { CommandError, toLine } from "./command_error.ts";
import demo from "./demo/app.ts";
import { type AppModule, Lifespan, type StopReason } from "./lifespan.ts";
import { connectionLimit } from "./descriptor_limit.ts";
import { loadApp } from "./load_app.ts";
import { type PlaceOptions, toListenFault, toPlaceOptions, toPlaceUrl } from "./place.ts";
import { parseServeFlags, SERVE_HELP, type ServeFlags } from "./serve_flags.ts";
import { type EndSignal, processTerminal, type Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

export type { EndSignal, Terminal };

/** How long connections are still answered once the server is to end, in ms: what is on its way arrives. */
const GRACE = 1000;

const DEMO: AppModule = { name: "the demo application", app: demo, start: undefined, stop: undefined };

const EXIT_CODES: Readonly<Record<EndSignal, number>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Runs the command.
 *
 * @param args Its arguments
 * @param terminal Where it writes, and what tells it to end
 * @returns The exit code, once the server has ended
 */
export async function main(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  try {
    const flags = parseServeFlags(args);
    if (flags.help || flags.version) {
      terminal.out(flags.help ? SERVE_HELP : `sluice ${VERSION}\n`);
      return await terminal.flush() ? 0 : 1;
    }
    await serveUntilEnded(flags, terminal);
    return 0;
  } catch (error) {
    terminal.error(`${toLine(error)}\n`);
    return error instanceof CommandError ? error.exitCode : 1;
  } finally {
    await terminal.flush();
  }
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));

/** What the command uses of an adapter's server. */
interface RunningServer {
  readonly ready: Promise<void>;
  readonly finished: Promise<void>;
  readonly address: Address;
  shutdown(options: { grace: number; deadline?: number }): Promise<void>;
}

/** An adapter's `serve`, which is the same on each runtime. */
type Serve = (app: App, options: RunningOptions) => RunningServer;

interface RunningOptions extends PlaceOptions {
  connections?: number;
  signals: SignalBus;
  onError: (error: unknown) => void;
  onExchange?: (record: ExchangeRecord) => void;
}

async function serveUntilEnded(flags: ServeFlags, terminal: Terminal): Promise<void> {
  const signals = new LocalSignalBus();
  const lifespan = new Lifespan(flags.module === undefined ? DEMO : await loadApp(flags.module));
  const server = await listen(await loadServe(), lifespan.app, { flags, terminal, signals });
  let reason: StopReason | undefined;
  const stopListening = terminal.onSignal((signal) => {
    if (reason !== undefined) return terminal.exit(EXIT_CODES[signal]);
    reason = signal;
    server.shutdown({ grace: GRACE }).catch((error: unknown) => terminal.error(`${toLine(error)}\n`));
  });
  try {
    await start(lifespan, server, signals);
    if (!flags.quiet && reason === undefined) terminal.out(`${greeting(flags, server.address)}\n`);
    await server.finished;
    await lifespan.stop(reason ?? "shutdown");
  } finally {
    stopListening();
  }
}

async function start(lifespan: Lifespan, server: RunningServer, signals: SignalBus): Promise<void> {
  try {
    await lifespan.start(server, signals, GRACE);
  } catch (error) {
    // Whoever waits for the application waits for nothing.
    await server.shutdown({ grace: 0, deadline: 0 });
    throw error;
  }
}

async function loadServe(): Promise<Serve> {
  if ("Deno" in globalThis) return (await import("../adapters/deno.ts")).serve;
  if ("Bun" in globalThis) return (await import("../adapters/bun.ts")).serve;
  return (await import("../adapters/node.ts")).serve;
}

/** What `listen` makes options of. */
interface ListenContext {
  readonly flags: ServeFlags;
  readonly terminal: Terminal;
  readonly signals: SignalBus;
}

async function listen(serve: Serve, app: App, context: ListenContext): Promise<RunningServer> {
  const { flags, terminal, signals } = context;
  const options: RunningOptions = {
    ...toPlaceOptions(flags.place),
    signals,
    onError: (error) => terminal.error(toErrorEntry(error, Date.now())),
  };
  if (flags.log !== "none") {
    const toLogLine = ACCESS_LOG_LINES[flags.log];
    options.onExchange = (record) => terminal.out(toLogLine(record, Date.now()));
  }
  const connections = connectionLimit();
  if (connections !== undefined) options.connections = connections;
  try {
    const server = serve(app, options);
    await server.ready;
    return server;
  } catch (error) {
    throw new CommandError(toListenFault(flags.place, error));
  }
}

function greeting({ module, place }: ServeFlags, address: Address): string {
  return `Sluice serves ${module ?? "the demo application"} on ${toPlaceUrl(place, address)}`;
}
