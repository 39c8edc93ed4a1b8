/**
 * What llhttp makes of streams of requests: it is asked under the Node.js of the tests, as Deno has no binding of it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { octets } from "../../support/octet_text.ts";
import { runtime } from "../../support/runtimes.ts";
import type { Transcript } from "./transcript.ts";

/** How long it may say nothing: far longer than a batch takes it on a busy machine. */
const ANSWER_MS = 30_000;

/** A child that runs. */
export class Llhttp {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /**
   * Starts a child.
   *
   * @returns It
   */
  static async start(): Promise<Llhttp> {
    const [command, ...leading] = await runtime("node");
    const file = fileURLToPath(new URL("llhttp_child.ts", import.meta.url));
    const args = [...leading, file];
    return new Llhttp(
      new Deno.Command(command!, { args, stdin: "piped", stdout: "piped", stderr: "inherit" }).spawn(),
    );
  }

  /**
   * Has requests read.
   *
   * @param inputs Streams of them, one character an octet
   * @returns What was read of each
   * @throws {Error} If the child has ended
   */
  async read(inputs: readonly string[]): Promise<Transcript[]> {
    const written = this.#writer.write(octets(inputs.map((input) => `${lengthOf(input)}${input}`).join("")));
    const lines = await this.#readLines(inputs.length);
    await written;
    return lines.map((line) => JSON.parse(line) as Transcript);
  }

  /** Ends the child. */
  async close(): Promise<void> {
    await this.#writer.close();
    await this.#reader.cancel();
    await this.#child.status;
  }

  async #readLines(count: number): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const parts = this.#text.split("\n");
      this.#text = parts.pop()!;
      lines.push(...parts);
      if (lines.length === count) return lines;
      const { value, done } = await this.#readSoon();
      if (done) throw new Error("Cannot ask llhttp: its process has ended");
      this.#text += value;
    }
  }

  /** A child that hangs must not hang the run. */
  async #readSoon(): Promise<ReadableStreamReadResult<string>> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Cannot ask llhttp: no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
    });
    try {
      return await Promise.race([this.#reader.read(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Four octets, the highest first. */
function lengthOf({ length }: string): string {
  return String.fromCharCode(length >>> 24, length >>> 16 & 0xff, length >>> 8 & 0xff, length & 0xff);
}
