/**
 * A Response of the Fetch standard as an answer of the gateway: the other half of the bridge of `fetch_app.ts`.
 *
 * The content goes out as it is read from the Response's body, no faster than the client takes it; a client that leaves
 * cancels the body. Content that is there at once in one chunk, as that of a text or JSON answer is, goes out with a
 * Content-Length; any other is chunked, unless the Response has a Content-Length of its own.
 *
 * @module
 */

import type { FieldLine } from "../fields.ts";
import type { Environ } from "../gateway/environ.ts";
import { FLUSH, type Result, type StartResponse } from "../gateway/types.ts";
import { HOP_BY_HOP } from "./hop_by_hop.ts";

/** A chunk of a body, or its end. */
type Read = ReadableStreamReadResult<Uint8Array>;

/**
 * How many microtasks a chunk may take that is "there at once". Measured: at most 6 on any runtime, for a string, a
 * buffer, `ReadableStream.from` and a transform.
 */
const AT_ONCE = 16;

/** Bun names a text body's type only when its own server sends it; elsewhere the Response has the field. */
const namesTextType: boolean = new Response("").headers.has("content-type");

/**
 * Answers with a Response.
 *
 * @param response What the handler gave
 * @param environ The exchange
 * @param startResponse Takes the head
 * @returns The content
 * @throws {TypeError} For what is no Response, one without a status that can be sent (`Response.error()`), one whose
 * body was read already, and a field whose value has other characters than HTAB, SP and visible ASCII
 */
export async function sendResponse(
  response: Response,
  environ: Environ,
  startResponse: StartResponse,
): Promise<Result> {
  checkResponse(response);
  const body: ReadableStream<Uint8Array> | null = response.body;
  const fields = toFields(response);
  if (body === null) {
    startResponse(toStatus(response), fields);
    return;
  }
  const reader = body.getReader();
  try {
    const opening = await open(reader, environ);
    if (!namesTextType && isText(opening) && !response.headers.has("content-type")) {
      fields.push(["content-type", "text/plain;charset=UTF-8"]);
    }
    startResponse(toStatus(response), fields);
    return opening;
  } catch (error) {
    // Whoever fills the body must learn that nobody reads it. How the cancelling ends changes nothing for the answer.
    reader.cancel(error).catch(() => {});
    throw error;
  }
}

/** Frameworks bring Response classes of their own, so what counts is what it can do and not its constructor. */
function checkResponse(response: Response): void {
  if (typeof response?.status !== "number" || typeof response.headers?.[Symbol.iterator] !== "function") {
    throw new TypeError("Cannot answer: the handler gave no Response");
  }
  if (response.status < 200) {
    throw new TypeError(`Cannot answer: a Response with the status ${response.status} cannot be sent`);
  }
  if (response.bodyUsed) throw new TypeError("Cannot answer: the body of the Response was read already");
}

/** A reason phrase that we would not send is left to the gateway; it carries no meaning (RFC 9112, section 4). */
function toStatus(response: Response): number | string {
  const reason = response.statusText;
  return reason === undefined || !/^[\t\x20-\x7e]+$/.test(reason) ? response.status : `${response.status} ${reason}`;
}

/** `Headers` gives each Set-Cookie as a line of its own, all others joined, names in lower case. */
function toFields(response: Response): FieldLine[] {
  const { headers, status } = response;
  const connection = headers.get("connection");
  const options = connection === null ? undefined : connection.toLowerCase().split(",").map((option) => option.trim());
  const fields: FieldLine[] = [];
  for (const line of headers) {
    const isDropped = HOP_BY_HOP.has(line[0]) || options?.includes(line[0]) === true;
    // 426 (Upgrade Required) is nothing without it (RFC 9110, section 15.5.22).
    if (!isDropped || (status === 426 && line[0] === "upgrade")) fields.push(line);
  }
  if (options?.includes("close") === true) fields.push(["connection", "close"]);
  return fields;
}

/** Reads what is there at once: nothing, all in one chunk, or the beginning of more. */
async function open(reader: ReadableStreamDefaultReader<Uint8Array>, environ: Environ): Promise<Result> {
  const first = new Attempt(reader.read());
  if (!await first.isThereAtOnce()) return new BodyContent(reader, environ, [FLUSH, first.read]);
  const { done, value } = await first.read;
  if (done) return;
  checkChunk(value);
  const second = new Attempt(reader.read());
  if (await second.isThereAtOnce() && (await second.read).done) return value;
  return new BodyContent(reader, environ, [value, second.read]);
}

/** A read under way. */
class Attempt {
  readonly read: Promise<Read>;
  #settled = false;

  constructor(read: Promise<Read>) {
    this.read = read;
    const settle = (): void => {
      this.#settled = true;
    };
    // It also keeps a read that fails while nobody waits for it from ending the process.
    read.then(settle, settle);
  }

  /** Waits for microtasks only: no timer, no turn of the event loop. */
  async isThereAtOnce(): Promise<boolean> {
    for (let i = 0; i < AT_ONCE && !this.#settled; i++) await undefined;
    return this.#settled;
  }
}

function checkChunk(chunk: unknown): asserts chunk is Uint8Array {
  if (!(chunk instanceof Uint8Array)) {
    throw new TypeError("Cannot send the body of a Response: a chunk is no Uint8Array");
  }
}

/** Content that can be told to be text is text: without its type a browser would guess, and take it for HTML. */
function isText(opening: Result): boolean {
  if (!(opening instanceof Uint8Array)) return false;
  try {
    return !new TextDecoder("utf-8", { fatal: true }).decode(opening).includes("\0");
  } catch {
    return false;
  }
}

/**
 * The rest of a body. It is no async generator: there `return()` would wait for the read under way, and a body that
 * waits for something must be cancelled at once when the client leaves.
 */
class BodyContent implements AsyncIterableIterator<Uint8Array | typeof FLUSH> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #environ: Environ;
  readonly #ahead: (Uint8Array | typeof FLUSH | Promise<Read>)[];
  #over = false;

  /**
   * Makes a `BodyContent`.
   *
   * @param reader Gives the rest
   * @param environ The exchange
   * @param ahead What comes first: chunks, and reads under way
   */
  constructor(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    environ: Environ,
    ahead: (Uint8Array | typeof FLUSH | Promise<Read>)[],
  ) {
    this.#reader = reader;
    this.#environ = environ;
    this.#ahead = ahead;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array | typeof FLUSH, undefined>> {
    if (this.#over) return { done: true, value: undefined };
    const ahead = this.#ahead.shift();
    if (ahead === FLUSH || ahead instanceof Uint8Array) return { done: false, value: ahead };
    const { done, value } = await this.#read(ahead);
    return done ? { done: true, value: undefined } : { done: false, value };
  }

  /** The client has left, or wants no content (HEAD). */
  async return(): Promise<IteratorResult<Uint8Array | typeof FLUSH, undefined>> {
    if (!this.#over) {
      this.#over = true;
      const signal = this.#environ.signal;
      // If the client is lost, the signal fires as soon as the call is over.
      await undefined;
      await this.#reader.cancel(signal.aborted ? signal.reason : undefined);
    }
    return { done: true, value: undefined };
  }

  /** A body that failed or gave what is no chunk is over, too. */
  async #read(ahead: Promise<Read> | undefined): Promise<Read> {
    try {
      const read = await (ahead ?? this.#reader.read());
      if (read.done) this.#over = true;
      else checkChunk(read.value);
      return read;
    } catch (error) {
      this.#over = true;
      this.#reader.cancel(error).catch(() => {});
      throw error;
    }
  }
}
