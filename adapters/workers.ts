/**
 * Applications that block: `inWorkers` runs them in threads of their own, so that the server goes on serving.
 *
 * ```ts ignore
 * import { inWorkers } from "@sluice/sluice/workers";
 * import { serve } from "@sluice/sluice";
 *
 * const app = inWorkers(new URL("./blocking_app.ts", import.meta.url), { workers: 4, timeout: 30_000 });
 * serve(app);
 * ```
 *
 * @module
 */

import { availableParallelism } from "node:os";
import type { Environ } from "../core/gateway/environ.ts";
import type { SignalParty } from "../core/gateway/signal_bus.ts";
import type { App, Result, StartResponse } from "../core/gateway/types.ts";
import { systemSurroundings } from "./surroundings.ts";
import { WorkerExchange } from "./worker_exchange.ts";
import type { FromWorker } from "./worker_messages.ts";
import { startThread, type Thread } from "./worker_thread.ts";

/** Options of `inWorkers`. */
export interface WorkersOptions {
  /** How many workers there are at most. Each has one exchange at a time. @default {the number of processors} */
  workers?: number;
  /** How long a worker may have an exchange, in ms. Beyond it the worker is ended and replaced. @default {Infinity} */
  timeout?: number;
}

/** An application that runs in workers. */
export interface WorkersApp extends AsyncDisposable {
  (environ: Environ, startResponse: StartResponse): Promise<Result>;
  /** Ends all workers at once; what they have in hand fails. The application cannot be used any more. */
  close(): void;
}

/**
 * Runs an application in workers: Web Workers on Deno and Bun, worker threads on Node.js. They are started when they
 * are needed.
 *
 * Content and answer pass with backpressure, interim responses and trailers too, and `signals` are those of the server;
 * post hooks run in the worker; upgrades are not possible. An application that fails is answered with 500, as is one whose worker ends;
 * one that takes longer than `timeout` with 503, or its connection is aborted if the head is out.
 *
 * @param module The module, whose default export is an application, or has `fetch`. On Deno it needs what the server
 * is permitted, and its workers are permitted the same
 * @param options How many, and how long
 * @returns The application
 * @throws {RangeError} If an option is out of its range
 * @throws {TypeError} If the module's address is no URL
 */
export function inWorkers(module: string | URL, options: WorkersOptions = {}): WorkersApp {
  const { workers = availableParallelism(), timeout = Infinity } = options;
  if (!Number.isInteger(workers) || workers < 1) {
    throw new RangeError(`Cannot use workers: ${workers} is no whole number of at least 1`);
  }
  if (!(timeout > 0)) throw new RangeError(`Cannot use workers: timeout ${timeout} is no number above 0`);
  const pool = new Pool(new URL(module), workers, timeout);
  const close = (): void => pool.close();
  const app: App = (environ, startResponse) => pool.run(environ, startResponse);
  return Object.assign(app as WorkersApp, {
    close,
    [Symbol.asyncDispose]: () => Promise.resolve(close()),
  });
}

/** The exchange took longer than a worker may have it. */
class OverdueError extends Error {
  override readonly name: string = "OverdueError";
}

/** The workers, and who waits for one. */
class Pool {
  readonly #module: URL;
  readonly #size: number;
  readonly #timeout: number;
  readonly #workers: Set<PooledWorker> = new Set();
  readonly #idle: PooledWorker[] = [];
  readonly #waiting: Set<SignalParty<PooledWorker>> = new Set();
  #isClosed = false;

  constructor(module: URL, size: number, timeout: number) {
    this.#module = module;
    this.#size = size;
    this.#timeout = timeout;
  }

  async run(environ: Environ, startResponse: StartResponse): Promise<Result> {
    const options = { throughHalfClose: true };
    const worker = await environ.signals.waitFor<PooledWorker>((party) => this.#hire(party), options);
    try {
      return await worker.run(environ, startResponse, this.#timeout);
    } catch (error) {
      if (!(error instanceof OverdueError)) throw error;
      environ.errors.write(`${error.message}: ${environ.method} ${environ.target}\n`);
      startResponse(503, undefined, error);
      return undefined;
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const worker of [...this.#workers]) worker.lost(new Error("The workers are closed"));
    for (const party of [...this.#waiting]) party.fail(new Error("The workers are closed"));
    this.#waiting.clear();
  }

  /** Gives a worker that is idle, or the next one that is. */
  #hire(party: SignalParty<PooledWorker>): () => void {
    if (this.#isClosed) {
      party.fail(new TypeError("Cannot run application: the workers are closed"));
      return () => {};
    }
    const worker = this.#idle.pop();
    if (worker !== undefined) {
      party.settle(worker);
      return () => {};
    }
    this.#waiting.add(party);
    if (this.#workers.size < this.#size) this.#start();
    return () => void this.#waiting.delete(party);
  }

  #start(): void {
    const worker = new PooledWorker(this.#module, {
      idle: () => this.#offer(worker),
      over: (error) => this.#remove(worker, error),
    });
    this.#workers.add(worker);
  }

  #offer(worker: PooledWorker): void {
    const [party] = this.#waiting;
    if (party === undefined) {
      this.#idle.push(worker);
      return;
    }
    this.#waiting.delete(party);
    party.settle(worker);
  }

  /** One that never was of use tells why to who waits: another would fail alike. */
  #remove(worker: PooledWorker, error: unknown): void {
    this.#workers.delete(worker);
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
    const [party] = this.#waiting;
    if (party === undefined || this.#isClosed) return;
    if (worker.wasIdle) return this.#start();
    this.#waiting.delete(party);
    party.fail(error);
    if (this.#waiting.size > 0) this.#start();
  }
}

/** What a pool is told of a worker. */
interface PoolSide {
  idle(): void;
  over(error: unknown): void;
}

/** A worker of the pool. */
class PooledWorker {
  readonly #pool: PoolSide;
  #thread: Thread | undefined;
  #exchange: WorkerExchange | undefined;
  #cancelTimer: () => void = () => {};
  #isLost = false;
  /** Whether it was ready at least once. */
  wasIdle = false;

  constructor(module: URL, pool: PoolSide) {
    this.#pool = pool;
    const listener = {
      said: (message: FromWorker) => this.#said(message),
      lost: (error: unknown) => this.lost(error),
    };
    startThread(module, listener).then((thread) => {
      this.#thread = thread;
      if (this.#isLost) thread.terminate();
    }, (error) => this.lost(error));
  }

  async run(environ: Environ, startResponse: StartResponse, timeout: number): Promise<Result> {
    const exchange = new WorkerExchange(environ, this.#thread!);
    this.#exchange = exchange;
    this.#cancelTimer = systemSurroundings.after(timeout, () => {
      this.lost(new OverdueError(`The worker took longer than ${timeout} ms`));
    });
    return await exchange.answer(startResponse);
  }

  /** It is of no use any more. */
  lost(error: unknown): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#cancelTimer();
    this.#thread?.terminate();
    this.#exchange?.fail(error);
    this.#pool.over(error);
  }

  #said(message: FromWorker): void {
    if (this.#isLost) return;
    if (message.kind === "unloadable") return this.lost(message.error);
    if (message.kind !== "idle") return this.#exchange?.said(message);
    // Only now: it may be at work though its answer is out.
    this.#cancelTimer();
    this.#exchange = undefined;
    this.wasIdle = true;
    this.#pool.idle();
  }
}
