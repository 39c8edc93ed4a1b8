/**
 * The attacker, from outside: starts its process, gives it work, and takes what came of it.
 *
 * @module
 */

import { TextLineStream } from "@std/streams";
import type { AttackReport, AttackWork } from "./attacker.ts";

const ATTACKER = new URL("attacker.ts", import.meta.url);

/** How long an attack may take, in ms; a server that never ends a connection must fail a test, not hold it for ever. */
const MOST_MS = 60_000;

/** The process. */
export class AttackerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #work: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reports: AsyncIterator<string>;

  /** Starts it. */
  constructor() {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-lock", "--allow-net", "--allow-read", "--allow-env", "--allow-sys", ATTACKER.href],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#work = this.#child.stdin.getWriter();
    const lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    this.#reports = lines[Symbol.asyncIterator]();
  }

  /**
   * Attacks.
   *
   * @param work What to do
   * @returns What came of it
   * @throws {Error} If the process ends instead, or is not done within a minute
   */
  async attack(work: AttackWork): Promise<AttackReport> {
    const bound = setTimeout(() => this.#child.kill("SIGKILL"), MOST_MS);
    try {
      await this.#work.write(new TextEncoder().encode(`${JSON.stringify(work)}\n`));
      const { value, done } = await this.#reports.next();
      if (done) throw new Error("Cannot attack: the attacker ended, or the server did not end its connections");
      return JSON.parse(value);
    } finally {
      clearTimeout(bound);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Its input is its work: without any it ends. If it has ended before, that fails.
    await this.#work.close().catch(() => {});
    await this.#reports.return?.();
    await this.#child.status;
  }
}
