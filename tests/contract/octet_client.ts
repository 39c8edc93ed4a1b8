/**
 * A client for the contract tests that knows nothing of what it sends: octets, whole or in pieces, half-close, reset;
 * and that reads answers with the parser of `raw_answer.ts`. What it does not ask for stays in the socket, so that it
 * can be a client that does not read.
 *
 * @module
 */

import { octets, textOf } from "../support/octet_text.ts";
import { AnswerError, type Asked, parseAnswer, type RawAnswer } from "./raw_answer.ts";

/** How long a client waits for what has to come, in ms. */
export const PATIENCE = 8000;

/** Where to connect: a port of the loopback, the path of a Unix domain socket, or a port with TLS. */
export type Place = number | { readonly path: string } | { readonly tls: number; readonly caCerts: string[] };

/** The server did not do in time what it has to. */
export class PatienceError extends Error {
  override readonly name: string = "PatienceError";
}

/** One connection of a client. */
export class OctetClient implements Disposable {
  readonly #conn: Deno.Conn;
  #parts: string[] = [];
  #text = "";
  #at = 0;
  #hasEnded = false;
  #readError: unknown = undefined;
  #reading: Promise<void> | undefined;
  #isClosed = false;
  /** Why sending failed, if it has: a server that refuses may close before all is sent. */
  sendError: unknown = undefined;

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /**
   * Connects.
   *
   * @param place Where
   * @returns The client
   */
  static async connect(place: Place): Promise<OctetClient> {
    if (typeof place === "number") {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port: place });
      conn.setNoDelay();
      return new OctetClient(conn);
    }
    if ("path" in place) return new OctetClient(await Deno.connect({ transport: "unix", path: place.path }));
    const { tls: port, caCerts } = place;
    return new OctetClient(
      await Deno.connectTls({ hostname: "127.0.0.1", port, caCerts, alpnProtocols: ["http/1.1"] }),
    );
  }

  /** All that has come. */
  get received(): string {
    return this.#joined();
  }

  /** What has come and was not taken as an answer yet. */
  get rest(): string {
    return this.#joined().slice(this.#at);
  }

  /** Whether the server has ended its side, or the connection is lost. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Why the connection was lost; undefined if it was not. */
  get readError(): unknown {
    return this.#readError;
  }

  /**
   * Sends, behind what was sent before. A failure is kept in `sendError`: what the server says is what counts.
   *
   * @param data The octets, or pieces of them, each sent by itself
   * @param pauseMs How long to wait between pieces; 0 sends them as fast as the system takes them
   */
  async send(data: string | Uint8Array | readonly Uint8Array[], pauseMs: number = 0): Promise<void> {
    const pieces = typeof data === "string" ? [octets(data)] : data instanceof Uint8Array ? [data] : data;
    try {
      for (const [index, piece] of pieces.entries()) {
        if (index > 0 && pauseMs > 0) await pause(pauseMs);
        for (let at = 0; at < piece.length;) at += await this.#conn.write(piece.subarray(at));
      }
    } catch (error) {
      this.sendError = error;
    }
  }

  /** Ends our side. */
  async endWriting(): Promise<void> {
    try {
      await this.#conn.closeWrite();
    } catch (error) {
      this.sendError = error;
    }
  }

  /**
   * Reads the next answer.
   *
   * @param asked What was asked
   * @param timeoutMs How long it may take
   * @returns The answer
   * @throws {AnswerError} If what comes is none, or the connection ends before it
   * @throws {PatienceError} If it does not come
   */
  async answer(asked: Asked = {}, timeoutMs: number = PATIENCE): Promise<RawAnswer> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const text = this.#joined();
      if (this.#hasEnded && text.length === this.#at) throw new AnswerError(`Cannot take answer: ${this.#end()}`);
      const answer = parseAnswer(text, this.#at, asked, this.#hasEnded);
      if (answer) {
        this.#at = answer.end;
        return answer;
      }
      await this.#more(until, "an answer");
    }
  }

  /**
   * Reads answers.
   *
   * @param asked What was asked, in order
   * @param timeoutMs How long all of them may take
   * @returns The answers
   */
  async answers(asked: readonly Asked[], timeoutMs: number = PATIENCE): Promise<RawAnswer[]> {
    const until = Date.now() + timeoutMs;
    const answers: RawAnswer[] = [];
    for (const one of asked) answers.push(await this.answer(one, until - Date.now()));
    return answers;
  }

  /**
   * Reads until the server has ended its side or the connection is lost.
   *
   * @param timeoutMs How long it may take
   * @returns What has come behind the last answer
   * @throws {PatienceError} If it does not end
   */
  async readToEnd(timeoutMs: number = PATIENCE): Promise<string> {
    const until = Date.now() + timeoutMs;
    while (!this.#hasEnded) await this.#more(until, "the end");
    return this.rest;
  }

  /**
   * Reads until so many octets lie behind the last answer.
   *
   * @param count How many
   * @param timeoutMs How long it may take
   * @returns What lies there; less if the server has ended
   */
  async readCount(count: number, timeoutMs: number = PATIENCE): Promise<string> {
    const until = Date.now() + timeoutMs;
    while (this.#joined().length - this.#at < count && !this.#hasEnded) await this.#more(until, `${count} octets`);
    return this.rest;
  }

  /**
   * Waits, and says whether anything has happened.
   *
   * @param ms How long
   * @returns true if no octet has come and the connection is open
   */
  async isQuiet(ms: number): Promise<boolean> {
    const before = this.#joined().length;
    try {
      await this.#more(Date.now() + ms, "anything");
    } catch (error) {
      if (!(error instanceof PatienceError)) throw error;
    }
    return !this.#hasEnded && this.#joined().length === before;
  }

  /** Closes both sides. Where octets have come that were not read, the system sends a reset. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#conn.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #joined(): string {
    if (this.#parts.length > 0) {
      this.#text += this.#parts.join("");
      this.#parts = [];
    }
    return this.#text;
  }

  #end(): string {
    return this.#readError === undefined ? "the server has ended" : `the connection is lost: ${this.#readError}`;
  }

  /** One read is under way at a time; one that is not waited for any longer serves the next who waits. */
  async #more(until: number, what: string): Promise<void> {
    this.#reading ??= this.#read();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, Math.max(0, until - Date.now()), "late");
    });
    const first = await Promise.race([this.#reading, late]);
    clearTimeout(timer);
    if (first !== "late") return;
    throw new PatienceError(`Cannot wait any longer for ${what} behind ${JSON.stringify(this.rest.slice(0, 300))}`);
  }

  async #read(): Promise<void> {
    const block = new Uint8Array(65_536);
    try {
      const count = await this.#conn.read(block);
      if (count === null) this.#hasEnded = true;
      else this.#parts.push(toText(block.subarray(0, count)));
    } catch (error) {
      this.#hasEnded = true;
      this.#readError = error;
    }
    this.#reading = undefined;
  }
}

/**
 * Waits.
 *
 * @param ms How long
 */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Does something for each of many, a few at a time.
 *
 * @param items The items
 * @param width How many at a time
 * @param task What to do
 */
export async function atOnce<T>(items: readonly T[], width: number, task: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lanes = Array.from({ length: Math.min(width, items.length) }, async () => {
    while (next < items.length) await task(items[next++]!);
  });
  await Promise.all(lanes);
}

/** In runs: one character at a time is slow for large answers. */
function toText(bytes: Uint8Array): string {
  if (bytes.length <= 64) return textOf(bytes);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
