/**
 * A server in a process of its own, on a core of its own, and what the system tells of it: the time it has computed, the
 * memory it holds. Linux tells both; elsewhere they are not known.
 *
 * @module
 */

import { openDescriptors, processorTime, residentMemory } from "../../tests/support/process_facts.ts";
import { onCore } from "./cores.ts";
import { exchangeOnce } from "./probe.ts";

/** How to start a server. */
export interface ServerCommand {
  /** The command with its arguments; the port follows. */
  readonly command: readonly string[];
  /** Arguments behind the port. @default {[]} */
  readonly args?: readonly string[];
  /** What is added to the environment. @default {{}} */
  readonly env?: Readonly<Record<string, string>>;
}

/** How long a server may take to answer the first request, in ms. */
const PATIENCE = 20_000;

/** How long it may take to end. */
const GRACE = 3000;

// Those that still run are ended with this process, whatever happens to it.
const running: Set<Deno.ChildProcess> = new Set();
globalThis.addEventListener("unload", () => running.forEach((child) => child.kill("SIGKILL")));

/** A server that answers. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  /** Where it listens. */
  readonly port: number;
  /** How long it took from its start to the first answer, in ms. */
  readonly startMs: number;

  private constructor(child: Deno.ChildProcess, port: number, startMs: number) {
    this.#child = child;
    this.port = port;
    this.startMs = startMs;
  }

  /**
   * Starts a server and waits for its first answer.
   *
   * @param server What to start
   * @param core The core that it runs on
   * @returns The server
   * @throws {Error} If it does not answer
   */
  static async start(server: ServerCommand, core: number): Promise<ServerProcess> {
    const port = freePort();
    const [command, ...args] = onCore(core, [...server.command, String(port), ...server.args ?? []]);
    const startedAt = performance.now();
    const child = new Deno.Command(command!, {
      args,
      env: { NO_COLOR: "1", NODE_ENV: "production", ...server.env },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    running.add(child);
    const complaints = readEnd(child.stderr);
    const hasEnded = child.status.then(() => true);
    hasEnded.then(() => running.delete(child));
    try {
      await firstAnswer(port, hasEnded);
    } catch (error) {
      end(child);
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Cannot start ${server.command.join(" ")}: ${reason}\n${await complaints}`);
    }
    return new ServerProcess(child, port, performance.now() - startedAt);
  }

  /** The id of its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The time that it has computed, its own and the system's for it, in ms; NaN where it is not known. */
  cpuMs(): number {
    return processorTime(this.pid);
  }

  /** The memory that it holds, in octets; NaN where it is not known. */
  memory(): number {
    return residentMemory(this.pid);
  }

  /** How many descriptors it has open; NaN where it is not known. */
  descriptors(): number {
    return openDescriptors(this.pid);
  }

  /**
   * Sends it a signal.
   *
   * @param signal Which
   */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!running.has(this.#child)) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => end(this.#child), GRACE);
    await this.#child.status;
    clearTimeout(timer);
  }
}

function end(child: Deno.ChildProcess): void {
  if (running.has(child)) child.kill("SIGKILL");
}

/** Gives the end of what a server complains of: clients that a load generator cuts off in the middle are no news. */
async function readEnd(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let last = "";
  for await (const text of output.pipeThrough(new TextDecoderStream())) last = (last + text).slice(-2000);
  return last;
}

/** A port that was free a moment ago. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function firstAnswer(port: number, hasEnded: Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE;
  while (performance.now() < giveUpAt) {
    const answer = exchangeOnce(port, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    const outcome = await Promise.race([answer.catch(() => undefined), hasEnded]);
    if (outcome === true) throw new Error("it ended");
    if (outcome !== undefined) return;
    // As short as a start-up time is to be told exactly.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`it did not answer within ${PATIENCE} ms`);
}
