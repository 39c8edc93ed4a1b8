/**
 * `Input`: the content of a request as an application reads it.
 *
 * @module
 */

import type { FieldSection, FieldsInit } from "../fields.ts";
import type { Framing } from "../message.ts";
import { prepareFields } from "../write/fields_text.ts";
import { type ContentSource, contentTooLarge } from "./content_reader.ts";
import { ignorable } from "./ignorable.ts";
import { INPUT_PENDING } from "./piece.ts";

/**
 * An item of the view with chunk boundaries: `[size, first]` opens a chunk with its declared size and the octets that
 * are there, at most `size`; bare octets follow until the chunk is complete; `[0, trailers]` is the last item.
 */
export type ChunkItem =
  | readonly [size: number, first: Uint8Array]
  | Uint8Array
  | readonly [size: 0, trailers: FieldSection];

/** How much a method that reads all content takes. */
export interface ReadAllOptions {
  /** Octets; more are a `content-too-large` error. @default {1_048_576} */
  limit?: number;
}

const DEFAULT_READ_LIMIT = 1_048_576;
const ALL = { atLeast: Infinity, atMost: Infinity };
const SOME = { atLeast: 1, atMost: Infinity };
const RUN = { atLeast: 1, atMost: Infinity, singleRun: true };

/**
 * The content of a request. One read is under way at a time; a second one is a TypeError. Reads reject with a
 * `ProtocolError` if the peer breaks the content, and with a `ConnectionLostError` if it is gone; a read that nobody
 * awaits may fail unseen.
 */
export class Input implements AsyncIterable<Uint8Array> {
  readonly #reader: ContentSource;
  /** The content's length in octets: 0 for none, undefined for chunked. */
  readonly length: number | undefined;

  /**
   * Makes an `Input`.
   *
   * @param reader What the content is taken from
   * @param framing Where the content ends
   */
  constructor(reader: ContentSource, framing: Framing) {
    this.#reader = reader;
    this.length = framing.kind === "chunked" ? undefined : framing.kind === "length" ? framing.length : 0;
  }

  /** Octets read so far. */
  get position(): number {
    return this.#reader.position;
  }

  /** The trailer section: complete once all content was read, empty before. */
  get trailers(): FieldSection {
    return this.#reader.trailers;
  }

  /**
   * Reads a number of octets, or all that are left.
   *
   * @param octets How many; by default all
   * @returns Just as many, fewer only at the end
   * @throws {RangeError} If it is no whole number of at least 0, nor Infinity
   */
  read(octets?: number): Promise<Uint8Array> {
    if (octets === undefined) return ignorable(this.#reader.read(ALL));
    if (!isCount(octets)) return Promise.reject(new RangeError(`Cannot read ${octets} octets`));
    return ignorable(this.#reader.read({ atLeast: octets, atMost: octets }));
  }

  /**
   * Reads what is there, waiting for at least one octet.
   *
   * @returns The octets; none at the end
   */
  readSome(): Promise<Uint8Array> {
    return ignorable(this.#reader.read(SOME));
  }

  /**
   * Reads a line with its LF.
   *
   * @param limit How many octets at most; a longer line comes in pieces. @default {Infinity}
   * @returns The line; without LF at the limit or at the end, empty behind it
   */
  readLine(limit: number = Infinity): Promise<Uint8Array> {
    if (!isCount(limit) || limit === 0) {
      return Promise.reject(new RangeError(`Cannot read line: ${limit} is no limit`));
    }
    return ignorable(this.#reader.read({ atLeast: Infinity, atMost: limit, lineEnd: true }));
  }

  /**
   * Reads lines.
   *
   * @param hint Stops after the line that brings the octets read to this many. @default {Infinity}
   * @returns The lines, each with its LF
   */
  readLines(hint: number = Infinity): Promise<Uint8Array[]> {
    return ignorable(this.#readLines(hint));
  }

  /** Reads lines one by one, each with its LF. */
  async *lines(): AsyncIterableIterator<Uint8Array> {
    for (let line = await this.readLine(); line.length > 0; line = await this.readLine()) yield line;
  }

  /** Reads pieces as they come. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    for (let piece = await this.readSome(); piece.length > 0; piece = await this.readSome()) yield piece;
  }

  /**
   * Reads all content.
   *
   * @param options How much at most
   * @returns The octets
   * @throws {ProtocolError} `content-too-large`
   */
  bytes(options: ReadAllOptions = {}): Promise<Uint8Array> {
    return ignorable(this.#readAll(options));
  }

  /**
   * Reads all content as UTF-8.
   *
   * @param options How much at most
   * @returns The text; what is no UTF-8 becomes U+FFFD
   * @throws {ProtocolError} `content-too-large`
   */
  text(options: ReadAllOptions = {}): Promise<string> {
    return ignorable(this.#readAll(options).then((bytes) => new TextDecoder().decode(bytes)));
  }

  /**
   * Reads all content as JSON.
   *
   * @param options How much at most
   * @returns The value
   * @throws {ProtocolError} `content-too-large`
   * @throws {SyntaxError} If it is no JSON
   */
  json(options: ReadAllOptions = {}): Promise<unknown> {
    return ignorable(this.text(options).then((text): unknown => JSON.parse(text)));
  }

  /**
   * Reads with chunk boundaries, never gathering a chunk: asynwsgi's view. Content by length is one chunk.
   */
  async *chunks(): AsyncIterableIterator<ChunkItem> {
    for (let run = await this.#reader.read(RUN); run.length > 0; run = await this.#reader.read(RUN)) {
      yield this.#chunkItem(run);
    }
    yield [0, this.trailers];
  }

  /** Gives pieces without waiting, for generator applications: `INPUT_PENDING` is to be yielded back to the server. */
  *available(): IterableIterator<Uint8Array | typeof INPUT_PENDING> {
    for (;;) {
      const piece = this.#reader.takeAvailable(false);
      if (piece?.length === 0) return;
      yield piece ?? INPUT_PENDING;
    }
  }

  /** Gives the items of `chunks` without waiting, for generator applications, and `INPUT_PENDING` like `available`. */
  *availableChunks(): IterableIterator<ChunkItem | typeof INPUT_PENDING> {
    for (;;) {
      const run = this.#reader.takeAvailable(true);
      if (run?.length === 0) break;
      yield run ? this.#chunkItem(run) : INPUT_PENDING;
    }
    yield [0, this.trailers];
  }

  /**
   * Sets the fields of the 100 (Continue) that the first read sends to a client that waits for one.
   *
   * @param fields The fields
   * @throws {TypeError} For a field that may not leave
   */
  continueFields(fields: FieldsInit): void {
    this.#reader.setContinueFields(prepareFields(fields));
  }

  /**
   * Sends a 100 (Continue) now, whether the client waits for one or not; may be called again.
   *
   * @param fields Its fields; by default those of `continueFields`
   * @returns false if none was sent: to HTTP/1.0, or because the final head is out
   * @throws {TypeError} For a field that may not leave
   */
  sendContinue(fields?: FieldsInit): boolean {
    return this.#reader.sendContinue(fields === undefined ? undefined : prepareFields(fields));
  }

  async #readLines(hint: number): Promise<Uint8Array[]> {
    const lines: Uint8Array[] = [];
    let octets = 0;
    while (octets < hint) {
      const line = await this.readLine();
      if (line.length === 0) break;
      lines.push(line);
      octets += line.length;
    }
    return lines;
  }

  async #readAll({ limit = DEFAULT_READ_LIMIT }: ReadAllOptions): Promise<Uint8Array> {
    if (!isCount(limit)) throw new RangeError(`Cannot read content: ${limit} is no limit`);
    const rest = this.length === undefined ? 0 : this.length - this.position;
    if (rest > limit) throw this.#refuse(limit);
    const bytes = await this.#reader.read({ atLeast: limit + 1, atMost: limit + 1 });
    if (bytes.length > limit) throw this.#refuse(limit);
    return bytes;
  }

  #chunkItem(run: Uint8Array): ChunkItem {
    return this.#reader.lastIsFirst ? [this.#reader.lastChunkSize, run] : run;
  }

  #refuse(limit: number): Error {
    const error = contentTooLarge(limit);
    this.#reader.fail(error);
    this.#reader.isFailureTold = true;
    return error;
  }
}

/** Octets are whole; of a fraction the reader would lose count. */
function isCount(octets: number): boolean {
  return octets === Infinity || (Number.isInteger(octets) && octets >= 0);
}
