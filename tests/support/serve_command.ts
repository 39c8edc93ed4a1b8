/**
 * The command `serve`, as its tests start it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);
const SERVE = fileURLToPath(new URL("cli/serve.ts", ROOT));

/** A command that ended. */
export interface Ended {
  /** Its exit code. */
  readonly code: number;
  /** What it wrote. */
  readonly stdout: string;
  /** What went wrong. */
  readonly stderr: string;
}

/** A command that runs. */
export class Running implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #ended: Promise<Ended>;
  #stdout: string = "";
  #stderr: string = "";
  #onText: () => void = () => {};

  /**
   * Starts it.
   *
   * @param args Its arguments.
   * @param permissions What it may do.
   * @param cwd Where it runs.
   * @param shell A line of the shell that runs it as `"$@"`, to give it other limits or outputs.
   */
  constructor(
    args: readonly string[],
    permissions: readonly string[] = ["--allow-all"],
    cwd?: string,
    shell: string = 'exec "$@"',
  ) {
    const leading = [
      "run",
      "--quiet",
      "--no-lock",
      "--no-prompt",
      "--config",
      fileURLToPath(new URL("deno.json", ROOT)),
    ];
    this.#child = new Deno.Command("sh", {
      args: ["-c", shell, "sh", Deno.execPath(), ...leading, ...permissions, SERVE, ...args],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(cwd === undefined ? {} : { cwd }),
    }).spawn();
    this.#ended = this.#follow();
  }

  /** The output so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** What went wrong so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Waits until it has said where it listens. */
  async url(): Promise<string> {
    return (await this.until(() => /http:\/\/\S+/.exec(this.#stdout)?.[0])).replace(/\/$/, "");
  }

  /** Waits for something in the outputs. */
  async until<T>(find: () => T | undefined): Promise<T> {
    let over = false;
    this.#ended.then(() => {
      over = true;
      this.#onText();
    });
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (over) throw new Error(`it ended: ${this.#stdout}${this.#stderr}`);
      await new Promise<void>((resolve) => this.#onText = resolve);
    }
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  end(): Promise<Ended> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#ended;
  }

  async #follow(): Promise<Ended> {
    const [status] = await Promise.all([
      this.#child.status,
      this.#read(this.#child.stdout, (text) => this.#stdout += text),
      this.#read(this.#child.stderr, (text) => this.#stderr += text),
    ]);
    return { code: status.code, stdout: this.#stdout, stderr: this.#stderr };
  }

  async #read(from: ReadableStream<Uint8Array<ArrayBuffer>>, take: (text: string) => void): Promise<void> {
    for await (const text of from.pipeThrough(new TextDecoderStream())) {
      take(text);
      this.#onText();
    }
  }
}

/**
 * Runs it to its end.
 *
 * @param args Its arguments.
 * @param permissions What it may do.
 * @param cwd Where it runs.
 * @returns How it ended.
 */
export async function run(args: readonly string[], permissions?: readonly string[], cwd?: string): Promise<Ended> {
  await using running = new Running(args, permissions, cwd);
  return await running.end();
}
