/**
 * A subject: a server in a process of its own, under any of the runtimes, that a test talks to over a real socket. The
 * contract of a subject file: it is started as `RUNTIME FILE PORT [ARGS]`, listens on that port of the loopback (0: any
 * free one) and prints the line `listening PORT` with the real one.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { runtime, type RuntimeName } from "./runtimes.ts";

/** Options of {@linkcode startSubject}. */
export interface SubjectOptions {
  /** Arguments after the port. @default [] */
  readonly args?: readonly string[];
  /** Variables added to the environment. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** The port to ask for. @default 0 */
  readonly port?: number;
  /** How long the subject may take to listen, in ms. @default 20000 */
  readonly timeoutMs?: number;
  /** How many descriptors it may have open. @default {as many as this process} */
  readonly descriptors?: number;
  /** What it may not write to its standard error: `status` rejects when it did. */
  readonly forbidden?: RegExp;
}

/** A subject that listens. */
export interface Subject extends AsyncDisposable {
  /** The port it listens on. */
  readonly port: number;
  /** The id of its process. */
  readonly pid: number;
  /** The lines it has printed so far. */
  readonly lines: readonly string[];
  /** Settles when the process has ended and all it printed is read; rejects if that holds what is forbidden. */
  readonly status: Promise<Deno.CommandStatus>;
  /** Gives what it has written to its standard error so far. */
  stderr(): string;
  /** Sends it a signal (by default the one that cannot be refused). */
  kill(signal?: Deno.Signal): void;
  /** Asks it to end, and ends it when it has not within `graceMs` (by default 5000). */
  stop(graceMs?: number): Promise<Deno.CommandStatus>;
}

// Subjects that still run are ended with the test process, so that a test that fails to stop one leaves nothing behind.
const running: Set<Process> = new Set();
globalThis.addEventListener("unload", () => running.forEach((process) => process.kill()));

/**
 * Starts a subject and waits until it listens.
 *
 * @param name The runtime to run it with.
 * @param file The TypeScript file to run.
 * @param options See {@linkcode SubjectOptions}.
 * @returns The subject; stop it with `stop()` or `await using`.
 * @throws {Error} If it ends, or the time is up, before it listens; the message holds what it wrote.
 */
export async function startSubject(
  name: RuntimeName,
  file: string | URL,
  options: SubjectOptions = {},
): Promise<Subject> {
  const path = typeof file === "string" ? file : fileURLToPath(file);
  const [command, ...args] = limited(options.descriptors, [
    ...await runtime(name),
    path,
    String(options.port ?? 0),
    ...options.args ?? [],
  ]);
  const process = new Process(command as string, args, { NO_COLOR: "1", ...options.env }, options.forbidden);
  try {
    await process.listening(options.timeoutMs ?? 20_000);
  } catch (error) {
    await process.stop(0);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot start ${path} with ${name}: ${reason}\n${process.lines.join("\n")}\n${process.stderr()}`);
  }
  return process;
}

/** The hard limit goes with the soft one: the runtimes raise that by themselves. */
function limited(descriptors: number | undefined, command: string[]): string[] {
  return descriptors === undefined ? command : ["sh", "-c", `ulimit -n ${descriptors}; exec "$@"`, "sh", ...command];
}

class Process implements Subject {
  port: number = 0;
  readonly lines: string[] = [];
  readonly status: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #listening: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #forbidden: RegExp | undefined;
  #stderr: string = "";

  constructor(command: string, args: string[], env: Record<string, string>, forbidden: RegExp | undefined) {
    this.#forbidden = forbidden;
    this.#child = new Deno.Command(command, { args, env, stdin: "null", stdout: "piped", stderr: "piped" }).spawn();
    running.add(this);
    this.status = this.#follow();
    this.status.catch(() => {}); // whoever stops it is told
    this.#listening.promise.catch(() => {}); // is awaited at once, or not at all
  }

  get pid(): number {
    return this.#child.pid;
  }

  stderr(): string {
    return this.#stderr;
  }

  kill(signal: Deno.Signal = "SIGKILL"): void {
    try {
      if (running.has(this)) this.#child.kill(signal);
    } catch {
      // It ended meanwhile, which is what was asked for.
    }
  }

  async stop(graceMs: number = 5000): Promise<Deno.CommandStatus> {
    this.kill(graceMs > 0 ? "SIGTERM" : "SIGKILL");
    const timer = setTimeout(() => this.kill(), graceMs);
    try {
      return await this.status;
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async listening(timeoutMs: number): Promise<void> {
    const timer = setTimeout(
      () => this.#listening.reject(new Error(`it did not print "listening PORT" within ${timeoutMs} ms`)),
      timeoutMs,
    );
    try {
      await this.#listening.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  async #follow(): Promise<Deno.CommandStatus> {
    const [status] = await Promise.all([this.#child.status, this.#readLines(), this.#readErrors()]);
    running.delete(this);
    this.#listening.reject(new Error(`it ended with ${status.signal ?? status.code} before it listened`));
    if (this.#forbidden?.test(this.#stderr)) throw new Error(`The subject wrote: ${this.#stderr}`);
    return status;
  }

  async #readLines(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? "";
      lines.forEach((line) => this.#take(line));
    }
    if (rest !== "") this.#take(rest);
  }

  #take(line: string): void {
    this.lines.push(line);
    const port = /^listening (\d+)$/.exec(line)?.[1];
    if (port === undefined || this.port !== 0) return;
    this.port = Number(port);
    this.#listening.resolve();
  }

  async #readErrors(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) this.#stderr += text;
  }
}
