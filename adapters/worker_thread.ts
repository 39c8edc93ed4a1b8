/**
 * A thread, as every runtime has it: a Web Worker on Deno and Bun, a worker thread on Node.js.
 *
 * @module
 */

import type { FromWorker, ToWorker } from "./worker_messages.ts";

/** What becomes of a thread. */
export interface ThreadListener {
  /** It says something. */
  said(message: FromWorker): void;
  /** It has failed, or ended. */
  lost(error: unknown): void;
}

/** A thread. */
export interface Thread {
  /** Tells it something; the octets are its own then. */
  post(message: ToWorker): void;
  /** Ends it at once, whatever it does. */
  terminate(): void;
}

/** What is used of a Web Worker. */
interface WebWorker {
  onmessage: ((event: { data: FromWorker }) => void) | null;
  onerror: ((event: { message?: string; error?: unknown; preventDefault(): void }) => void) | null;
  onmessageerror: (() => void) | null;
  postMessage(message: ToWorker, transfer: ArrayBuffer[]): void;
  terminate(): void;
}

const MAIN = new URL("./worker_main.ts", import.meta.url);

/**
 * Starts a thread.
 *
 * @param module The application's module
 * @param listener Is told what becomes of it
 * @returns The thread, which loads the module
 */
export async function startThread(module: URL, listener: ThreadListener): Promise<Thread> {
  const { Worker } = globalThis as unknown as {
    Worker?: new (url: URL, options: { type: "module" }) => WebWorker;
  };
  const thread = Worker === undefined
    ? await startNodeThread(listener)
    : toThread(new Worker(MAIN, { type: "module" }), listener);
  // Not in the query of the worker's own address: Bun keeps none.
  thread.post({ kind: "load", module: module.href });
  return thread;
}

function toThread(worker: WebWorker, listener: ThreadListener): Thread {
  worker.onmessage = ({ data }) => listener.said(data);
  worker.onmessageerror = () => listener.lost(new Error("The worker said what cannot be understood"));
  worker.onerror = (event) => {
    // Otherwise Deno takes it for an error of this side, and ends the process.
    event.preventDefault();
    listener.lost(event.error ?? new Error(event.message ?? "The worker failed"));
  };
  return {
    post: (message) => worker.postMessage(message, transfers(message)),
    terminate: () => worker.terminate(),
  };
}

async function startNodeThread(listener: ThreadListener): Promise<Thread> {
  const { Worker } = await import("node:worker_threads");
  const worker = new Worker(MAIN);
  worker.on("message", (message: FromWorker) => listener.said(message));
  worker.on("error", (error) => listener.lost(error));
  worker.on("exit", (code) => listener.lost(new Error(`The worker ended with ${code}`)));
  return {
    post: (message) => worker.postMessage(message, transfers(message)),
    terminate: () => void worker.terminate(),
  };
}

/**
 * Tells what goes over without a copy.
 *
 * @param message The message
 * @returns The buffers of its octets
 */
export function transfers(message: ToWorker | FromWorker): ArrayBuffer[] {
  return message.kind === "octets" ? [message.bytes.buffer] : [];
}
