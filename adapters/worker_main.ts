/**
 * What runs in a worker: the application, over a `Conversation` whose far side is a thread. It takes one exchange at a
 * time.
 *
 * @module
 */

import process from "node:process";
import { ConnectionLostError } from "../core/errors.ts";
import { Conversation } from "../core/gateway/conversation.ts";
import type { Address, Port, TlsInfo } from "../core/gateway/port.ts";
import { GatewaySettings } from "../core/gateway/settings.ts";
import type { App } from "../core/gateway/types.ts";
import { type Deadlines, DEFAULT_DEADLINES, DEFAULT_LIMITS, type Limits } from "../core/limits.ts";
import { fetchApp, type FetchHandler } from "../core/middleware/fetch_app.ts";
import { systemSurroundings } from "./surroundings.ts";
import { WorkerBus } from "./worker_bus.ts";
import { type Circumstances, type FromWorker, type ToWorker, WINDOW } from "./worker_messages.ts";
import { transfers } from "./worker_thread.ts";

/** The other side's end of the line. */
interface Line {
  postMessage(message: FromWorker, transfer: ArrayBuffer[]): void;
}

/** The server has looked after all of this already. */
const NO_LIMITS: Limits = { ...numbers(DEFAULT_LIMITS, Infinity), readAhead: WINDOW, sendBuffer: WINDOW };
const NO_DEADLINES: Deadlines = {
  ...numbers(DEFAULT_DEADLINES, Infinity),
  contentRate: { bytesPerSecond: 0, afterMs: Infinity },
  drain: { bytes: 0, ms: 0 },
  linger: { bytes: 0, ms: 0 },
};

const listening = listen();
const { line } = listening;
const bus = new WorkerBus(say);
const settings = new GatewaySettings({
  limits: NO_LIMITS,
  deadlines: NO_DEADLINES,
  protocol: { allowNonAsciiTarget: true, allowEmptyHost: true, trustedGateway: true, asteriskToApplication: true },
  ownedBlocks: true,
  signals: bus,
  errors: { write: (text) => say({ kind: "log", text }) },
  onError: (error) => say({ kind: "fault", error: toCloneable(error) }),
});
let app: App;
let current: ThreadPort | undefined;

listening.start(hear);

async function load(module: string): Promise<void> {
  try {
    app = toApp((await import(module)).default);
    say({ kind: "idle" });
  } catch (error) {
    say({ kind: "unloadable", error: toCloneable(error) });
  }
}

/** The far side of the exchange in hand. */
class ThreadPort implements Port {
  readonly #conversation: Conversation;
  readonly local: Address;
  readonly remote: Address;
  readonly tls: TlsInfo | undefined;
  /** Octets that the other side has not taken. */
  #untaken = 0;
  /** Octets that were taken while reading was paused; undefined while it is not. */
  #withheld: number | undefined = undefined;
  #isFull = false;
  #isOver = false;

  constructor({ local, remote, tls, scriptName, pathInfo }: Circumstances) {
    this.local = local;
    this.remote = remote;
    this.tls = tls;
    const placed: App = (environ, startResponse) => {
      environ.scriptName = scriptName;
      environ.pathInfo = pathInfo;
      return app(environ, startResponse);
    };
    this.#conversation = new Conversation(placed, this, systemSurroundings, settings);
  }

  write(bytes: Uint8Array): boolean {
    this.#untaken += bytes.length;
    this.#isFull = this.#untaken > WINDOW;
    say({ kind: "octets", bytes: bytes.slice() });
    return !this.#isFull;
  }

  pauseReading(): void {
    this.#withheld ??= 0;
  }

  resumeReading(): void {
    const octets = this.#withheld ?? 0;
    this.#withheld = undefined;
    if (octets > 0) say({ kind: "taken", octets });
  }

  endWriting(): void {
    say({ kind: "end" });
  }

  close(): void {
    this.#isOver = true;
    say({ kind: "end" });
  }

  abort(): void {
    this.close();
  }

  /** What the other side says about the exchange. */
  hear(message: ToWorker): void {
    if (this.#isOver) return;
    if (message.kind === "octets") this.#receive(message.bytes);
    else if (message.kind === "taken") this.#taken(message.octets);
    else if (message.kind === "closing") this.#announce(message.by);
    else if (message.kind === "abort") this.#conversation.abort(new ConnectionLostError("The connection is lost"));
  }

  /** The answer is read: what is still under way is not wanted. */
  finish(): void {
    if (!this.#isOver) this.#conversation.receiveEnd();
    if (!this.#isOver) this.#conversation.abort(new ConnectionLostError("The exchange is over"));
    this.#isOver = true;
  }

  #receive(bytes: Uint8Array): void {
    this.#conversation.receive(bytes);
    if (this.#withheld === undefined) say({ kind: "taken", octets: bytes.length });
    else this.#withheld += bytes.length;
  }

  #taken(octets: number): void {
    this.#untaken -= octets;
    if (!this.#isFull || this.#untaken > WINDOW) return;
    this.#isFull = false;
    this.#conversation.drained();
  }

  #announce(by: "peer" | "shutdown"): void {
    if (by === "peer") this.#conversation.receiveEnd();
    else this.#conversation.shutdown(Infinity);
  }
}

function hear(message: ToWorker): void {
  if (message.kind === "settle" || message.kind === "refuse") {
    bus.heard(message);
  } else if (message.kind === "load") {
    void load(message.module);
  } else if (message.kind === "begin") {
    current = new ThreadPort(message.circumstances);
  } else if (message.kind === "finish") {
    current?.finish();
    current = undefined;
    say({ kind: "idle" });
  } else current?.hear(message);
}

function say(message: FromWorker): void {
  line.postMessage(message, transfers(message));
}

/** A Web Worker's line is the global object; a worker thread has to ask for it. */
function listen(): { line: Line; start(hear: (message: ToWorker) => void): void } {
  const scope = globalThis as unknown as Line & { onmessage: ((event: { data: ToWorker }) => void) | null };
  if ("Deno" in globalThis || "Bun" in globalThis) {
    return { line: scope, start: (hear) => scope.onmessage = ({ data }) => hear(data) };
  }
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  return { line: parentPort as unknown as Line, start: (hear) => void parentPort!.on("message", hear) };
}

function toApp(given: unknown): App {
  const handler = given as { fetch?: FetchHandler } | null | undefined;
  if (typeof handler?.fetch === "function") return fetchApp((request, environ) => handler.fetch!(request, environ));
  if (typeof given === "function") return given as App;
  throw new TypeError('Cannot serve module: its default export is neither an application nor has it "fetch"');
}

/** Of an error that cannot cross, its text does. */
function toCloneable(error: unknown): unknown {
  try {
    return structuredClone(error);
  } catch {
    return new Error(String(error));
  }
}

/** All the numbers among some members, made the same. */
function numbers<T extends object>(model: Readonly<T>, value: number): T {
  return Object.fromEntries(
    Object.entries(model).map(([name, was]) => [name, typeof was === "number" ? value : was]),
  ) as T;
}
