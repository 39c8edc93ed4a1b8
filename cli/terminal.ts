/**
 * What a command needs of its process: the two outputs, the signals, the exit. `node:process` has them on every
 * runtime, and asks for no permission on Deno.
 *
 * @module
 */

import process from "node:process";
import { setImmediate, setTimeout } from "node:timers";
import { toLine } from "./command_error.ts";

/** A signal that asks a command to end. */
export type EndSignal = "SIGINT" | "SIGTERM";

/** Where a command writes, and how it is told to end. */
export interface Terminal {
  /**
   * Writes to the standard output within 10 ms, together with all else until then.
   *
   * @param text The text, with its line end
   */
  out(text: string): void;
  /**
   * Writes to the standard error, together with all else of this turn of the event loop.
   *
   * @param text The text, with its line end
   */
  error(text: string): void;
  /**
   * Sends what is gathered.
   *
   * @returns Settles when all is written, or cannot be: then false, if it is the standard output that fails
   */
  flush(): Promise<boolean>;
  /**
   * Listens for signals that ask to end.
   *
   * @param listener Is told of each
   * @returns Ends the listening
   */
  onSignal(listener: (signal: EndSignal) => void): () => void;
  /**
   * Ends the process at once.
   *
   * @param code The exit code
   */
  exit(code: number): void;
}

/** How much text may wait for whoever reads the output, in characters. What comes beyond is lost: memory is not. */
const MOST_WAITING = 16_777_216;

/** How long text is gathered, in ms. A system call in each turn would take a fifth of the time of a server that logs. */
const GATHERED_FOR = 10;

/** How much is gathered at most before it is written, in characters. */
const MOST_GATHERED = 65_536;

const END_SIGNALS: readonly EndSignal[] = ["SIGINT", "SIGTERM"];

/**
 * Gives the terminal of this process.
 *
 * @returns The terminal
 */
export function processTerminal(): Terminal {
  const error = new Output(process.stderr, setImmediate, () => {});
  const out = new Output(process.stdout, (task) => setTimeout(task, GATHERED_FOR), (reason) => {
    error.write(`Cannot write to the standard output: ${toLine(reason)}; nothing more is written there\n`);
  });
  return {
    out: (text) => out.write(text),
    error: (text) => error.write(text),
    flush: async () => {
      await out.flush();
      // That may have failed with something to say.
      await error.flush();
      return !out.isBroken;
    },
    onSignal: listen,
    exit: (code) => {
      void out.flush();
      void error.flush();
      process.exit(code);
    },
  };
}

function listen(listener: (signal: EndSignal) => void): () => void {
  const listeners = END_SIGNALS.map((signal) => [signal, () => listener(signal)] as const);
  for (const [signal, tell] of listeners) process.on(signal, tell);
  return () => {
    for (const [signal, tell] of listeners) process.off(signal, tell);
  };
}

/** What is used of a stream of `node:stream`. */
interface Sink {
  write(text: string, done: (error?: unknown) => void): boolean;
  on(event: "error", listener: (error: unknown) => void): unknown;
}

/** Gathers text and writes it now and then: a system call for each line would cost more than the answer it is about. */
class Output {
  readonly #sink: Sink;
  readonly #later: (task: () => void) => unknown;
  readonly #onBroken: (reason: unknown) => void;
  #gathered = "";
  /** What is handed over and not yet taken, in characters. */
  #waiting = 0;
  #isScheduled = false;
  #isBroken = false;
  readonly #onIdle: (() => void)[] = [];

  constructor(sink: Sink, later: (task: () => void) => unknown, onBroken: (reason: unknown) => void) {
    this.#sink = sink;
    this.#later = later;
    this.#onBroken = onBroken;
    // Whoever read it has gone (EPIPE), or the disk is full (ENOSPC). A server goes on without.
    sink.on("error", (error) => this.#break(error));
  }

  write(text: string): void {
    if (this.#isBroken || this.#gathered.length + this.#waiting > MOST_WAITING) return;
    this.#gathered += text;
    if (this.#gathered.length >= MOST_GATHERED) return this.#send();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#later(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  /** Whether it cannot be written to any more. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  flush(): Promise<void> {
    this.#send();
    if (this.#waiting === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  #send(): void {
    const text = this.#gathered;
    if (text === "" || this.#isBroken) return;
    this.#gathered = "";
    this.#waiting += text.length;
    try {
      this.#sink.write(text, (error) => {
        if (error) return this.#break(error);
        if (this.#isBroken) return;
        this.#waiting -= text.length;
        this.#tellIdle();
      });
    } catch (error) {
      // Deno throws, and takes nothing more from then on.
      this.#break(error);
    }
  }

  #break(reason: unknown): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#gathered = "";
    this.#waiting = 0;
    this.#onBroken(reason);
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#waiting > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}
