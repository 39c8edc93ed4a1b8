/**
 * cogen's extension of WSGI: an application calls an operation, yields the empty string that it gives, and finds the
 * result in its environ. That passes middleware which hands every item on, whatever it makes of it.
 *
 * Times are in seconds, as in cogen.
 *
 * @module
 */

import { TimeoutError } from "../errors.ts";
import type { Environ } from "../gateway/environ.ts";
import type { WaitOptions } from "../gateway/signals.ts";

/** What to do when the application yields next. */
export type CogenOperation = () => unknown;

/** cogen's options of an operation that may take too long. */
export interface CogenTimeout {
  /** Seconds; none without it, if it is 0, or negative. */
  timeout?: number | null;
  /** Whether octets that pass begin the time anew. */
  weak_timeout?: boolean;
}

/** What failed, as Python's `sys.exc_info()` tells it. */
export type CogenException = readonly [type: unknown, value: Error, traceback: string | undefined];

/** `events`: signals and time. Each call gives the empty string, to be yielded. */
export interface CogenEvents {
  /**
   * Waits for a signal; its value is the result.
   *
   * @param name The name
   * @param timeout Seconds, or options
   */
  WaitForSignal(name: unknown, timeout?: number | CogenTimeout): "";
  /**
   * Sends a signal; how many got it is the result.
   *
   * @param name The name
   * @param value Its value
   * @param recipients How many must wait before it is sent, or options
   */
  Signal(name: unknown, value?: unknown, recipients?: number | (CogenTimeout & { recipients?: number })): "";
  /**
   * Waits for a time.
   *
   * @param seconds How long
   */
  Sleep(seconds: number): "";
  /** What the result is an instance of when the time was over. */
  readonly OperationTimeout: typeof TimeoutError;
}

/** `cogen.core`. */
export interface CogenCore {
  /** Signals and time. */
  readonly events: CogenEvents;
}

/** `cogen.input`: reads whose octets are the result; each call gives the empty string, to be yielded. */
export interface CogenInput {
  /**
   * Reads.
   *
   * @param size How many octets; all without it
   */
  read(size?: number): "";
  /**
   * Reads a line.
   *
   * @param size How many octets at most
   */
  readline(size?: number): "";
  /**
   * Reads lines.
   *
   * @param hint Stops after so many octets
   */
  readlines(hint?: number): "";
  /**
   * The older name of `read`.
   *
   * @param size How many octets; all without it
   */
  Read(size?: number): "";
  /**
   * The older name of `readline`.
   *
   * @param size How many octets at most
   */
  ReadLine(size?: number): "";
}

/** `cogen` and `cogen.wsgi`: the operation of one request, and its result. */
export class Cogen {
  readonly #environ: Environ;
  /** What is to be done when the application yields an empty string. */
  operation: CogenOperation | undefined = undefined;
  /** What the last operation gave; its error if it failed. */
  result: unknown = undefined;
  /** The error's class, the error and its stack, if the last operation failed. */
  exception: CogenException | undefined = undefined;
  /** Signals and time. */
  readonly core: CogenCore;
  /** The content. */
  readonly input: CogenInput;

  /**
   * Makes a `Cogen`.
   *
   * @param environ The request
   */
  constructor(environ: Environ) {
    this.#environ = environ;
    this.core = { events: this.#createEvents() };
    this.input = this.#createInput();
  }

  /** The content's length, undefined for chunked. */
  get content_length(): number | undefined {
    return this.#environ.input.length;
  }

  /** Octets of content read. */
  get read_count(): number {
    return this.#environ.input.position;
  }

  /**
   * `cogen.call`: makes an operation of any function.
   *
   * @param called The function; what it gives is awaited
   * @returns A function whose call gives the empty string, to be yielded
   */
  readonly call = <Args extends unknown[]>(called: (...args: Args) => unknown): (...args: Args) => "" => {
    return (...args) => this.#store(() => called(...args));
  };

  /**
   * `cogen.yield`: makes an operation of a promise, or of a function without arguments.
   *
   * @param operation The promise or function
   * @returns The empty string, to be yielded
   */
  readonly yield = (operation: PromiseLike<unknown> | CogenOperation): "" => {
    return this.#store(typeof operation === "function" ? operation : () => operation);
  };

  /**
   * Begins the operation that was called last.
   *
   * @returns Settles when its result is there, and never rejects; undefined if none was called
   */
  begin(): Promise<void> | undefined {
    const { operation } = this;
    if (!operation) return undefined;
    this.operation = undefined;
    // Begun at once, so that no signal is missed; what throws at once is a result too.
    return new Promise((resolve) => resolve(operation())).then((value) => this.#keep(value, undefined), (reason) => {
      const error = reason instanceof Error ? reason : new Error(String(reason), { cause: reason });
      this.#keep(error, [error.constructor, error, error.stack]);
    });
  }

  #store(operation: CogenOperation): "" {
    this.operation = operation;
    return "";
  }

  #keep(result: unknown, exception: CogenException | undefined): void {
    this.result = result;
    this.exception = exception;
  }

  #createEvents(): CogenEvents {
    const environ = this.#environ;
    return {
      WaitForSignal: (name, timeout) => this.#store(() => environ.signals.wait(name, toWaitOptions(timeout))),
      Signal: (name, value, options = {}) => {
        const { recipients = 0, ...rest } = typeof options === "number" ? { recipients: options } : options;
        return this.#store(() => environ.signals.send(name, value, { ...toWaitOptions(rest), recipients }));
      },
      Sleep: (seconds) => this.#store(() => environ.signals.sleep(seconds * 1000)),
      OperationTimeout: TimeoutError,
    };
  }

  #createInput(): CogenInput {
    const read = (size = -1): "" => this.#store(() => this.#environ.input.read(size < 0 ? undefined : size));
    const readline = (size = -1): "" => {
      return this.#store(() => this.#environ.input.readLine(size < 0 ? undefined : size));
    };
    const readlines = (hint = -1): "" => {
      return this.#store(() => this.#environ.input.readLines(hint <= 0 ? undefined : hint));
    };
    return { read, readline, readlines, Read: read, ReadLine: readline };
  }
}

function toWaitOptions(timeout: number | CogenTimeout = {}): WaitOptions {
  const { timeout: seconds, weak_timeout: weak = false } = typeof timeout === "number" ? { timeout } : timeout;
  return seconds && seconds > 0 ? { timeout: seconds * 1000, weak } : {};
}
