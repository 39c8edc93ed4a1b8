/**
 * `wsgi.input` as PEP 3333, eventlet and asynwsgi name its parts, over the gateway's `Input`.
 *
 * @module
 */

import type { FieldsInit } from "../fields.ts";
import type { ChunkItem, Input } from "../gateway/input.ts";
import type { INPUT_PENDING } from "../gateway/piece.ts";
import { capitalizeLines } from "./capitalize_fields.ts";

/**
 * The content of a request under its historic names. It ends by itself (`wsgi.input_terminated`), chunked or by length.
 *
 * `for await` gives lines, as PEP 3333 has it. A plain `for` gives asynwsgi's items: `[size, first]` opens a chunk, bare
 * octets follow until it is complete, `[0, trailers]` is the last; and `wsgi.input_sentinel` when nothing is there yet,
 * which is to be yielded back to the server.
 */
export class WsgiInput implements AsyncIterable<Uint8Array>, Iterable<ChunkItem | typeof INPUT_PENDING> {
  readonly #input: Input;

  /**
   * Makes a `WsgiInput`.
   *
   * @param input The gateway's
   */
  constructor(input: Input) {
    this.#input = input;
  }

  /** The content's length, undefined for chunked. */
  get content_length(): number | undefined {
    return this.#input.length;
  }

  /** Octets read so far. */
  get position(): number {
    return this.#input.position;
  }

  /** Whether the content is chunked. */
  get chunked_input(): boolean {
    return this.#input.length === undefined;
  }

  /**
   * Reads.
   *
   * @param size How many octets; all without it, or if it is negative
   * @returns The octets, fewer than asked for only at the end
   */
  read(size: number = -1): Promise<Uint8Array> {
    return size < 0 ? this.#input.read() : this.#input.read(size);
  }

  /**
   * Reads a line.
   *
   * @param size How many octets at most; no bound without it, or if it is negative
   * @returns The line with its LF; empty at the end
   */
  readline(size: number = -1): Promise<Uint8Array> {
    if (size === 0) return this.#input.read(0);
    return size < 0 ? this.#input.readLine() : this.#input.readLine(size);
  }

  /**
   * Reads lines.
   *
   * @param hint Stops after the line that brings the octets to this many; reads all without it, or if it is not positive
   * @returns The lines
   */
  readlines(hint: number = -1): Promise<Uint8Array[]> {
    return hint <= 0 ? this.#input.readLines() : this.#input.readLines(hint);
  }

  /** Reads away what is left. */
  async discard(): Promise<void> {
    for await (const _piece of this.#input);
  }

  /** Gives the lines. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#input.lines();
  }

  /** Gives asynwsgi's items, without waiting. */
  [Symbol.iterator](): Iterator<ChunkItem | typeof INPUT_PENDING> {
    return this.#input.availableChunks();
  }

  /**
   * Sets the fields of the 100 (Continue) that the first read sends.
   *
   * @param headers The fields
   * @param capitalize_response_headers Whether their names are capitalised
   */
  set_hundred_continue_response_headers(headers: FieldsInit, capitalize_response_headers: boolean = true): void {
    this.#input.continueFields(capitalize_response_headers ? capitalizeLines(headers) : headers);
  }

  /**
   * The same: eventlet's documentation calls it so.
   *
   * @param headers The fields
   * @param capitalize_response_headers Whether their names are capitalised
   */
  set_hundred_continue_response_header(headers: FieldsInit, capitalize_response_headers: boolean = true): void {
    this.set_hundred_continue_response_headers(headers, capitalize_response_headers);
  }

  /**
   * Sends a 100 (Continue) now; may be called again.
   *
   * @returns false if none was sent: to HTTP/1.0, or because the final head is out
   */
  send_hundred_continue_response(): boolean {
    return this.#input.sendContinue();
  }
}
