/**
 * Load: by wrk where it is there, else by a tool of our own in a process of its own.
 *
 * @module
 */

import { LOAD_CORE, onCore } from "./cores.ts";
import type { RequestText } from "./requests.ts";

/** What to send to a server. */
export interface Load {
  /** The server's port on the loopback interface. */
  readonly port: number;
  /** The request; each one is the same. */
  readonly request: RequestText;
  /** How many connections send at once. */
  readonly connections: number;
  /** How many requests are on their way on each. */
  readonly depth: number;
  /** For how long. */
  readonly seconds: number;
}

/** What came of it. */
export interface LoadResult {
  /** How many requests were answered. */
  readonly requests: number;
  /** In what time. */
  readonly seconds: number;
}

/** The works of `load_tool.ts`; a closed one ends after so many requests, if that is said, or so many seconds. */
export type LoadWork =
  | ({ readonly work: "closed"; readonly requests?: number } & Load)
  | ({ readonly work: "paced"; readonly perSecond: number } & Load)
  | ({ readonly work: "idle" } & Load)
  | ({ readonly work: "upload" | "download"; readonly octets: number } & Load);

/** What the tool says: counts and times for all works, latencies in ms for paced ones. */
export interface ToolResult extends LoadResult {
  /** The median. */
  readonly p50?: number;
  /** The 99th percentile. */
  readonly p99?: number;
  /** The 99.9th percentile. */
  readonly p999?: number;
}

const TOOL = new URL("load_tool.ts", import.meta.url);

/**
 * Runs our own tool to its end.
 *
 * @param work What it does
 * @returns What came of it
 * @throws {Error} If it fails
 */
export async function runTool(work: LoadWork): Promise<ToolResult> {
  await using tool = await LoadTool.start(work);
  return await tool.result();
}

/** Our own tool, at work. */
export class LoadTool implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#lines = readLines(child.stdout);
  }

  /**
   * Starts it.
   *
   * @param work What it does
   * @returns The tool
   */
  static async start(work: LoadWork): Promise<LoadTool> {
    const command = [Deno.execPath(), "run", "--quiet", "--no-lock", "--allow-net", "--allow-env", TOOL.href];
    const [first, ...args] = onCore(LOAD_CORE, command);
    const child = new Deno.Command(first!, { args, stdin: "piped", stdout: "piped", stderr: "inherit" }).spawn();
    const tool = new LoadTool(child);
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${JSON.stringify(work)}\n`));
    writer.releaseLock();
    return tool;
  }

  /**
   * Waits until it says what came of its work. The tool that keeps connections idle says so once they are.
   *
   * @returns What it says
   * @throws {Error} If it ends without
   */
  async result(): Promise<ToolResult> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("Cannot drive the load: the tool ended before it was done");
    return JSON.parse(value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.stdin.close().catch(() => {});
    await this.#lines.return?.();
    await this.#child.status;
  }
}

async function* readLines(output: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of output.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
