/**
 * Content that is all there: what an `Input` reads once somebody has gathered it.
 *
 * @module
 */

import type { FieldSection } from "../fields.ts";
import { LF } from "../octets.ts";
import type { PreparedFields } from "../write/fields_text.ts";
import type { ContentSource, ReadRequest } from "./content_reader.ts";

/** What the content was gathered from, as far as it still has a say. */
export interface GatheredFrom {
  /** The trailer section. */
  readonly trailers: FieldSection;
}

/** Gives gathered content to an `Input`. All is one chunk. */
export class GatheredContent implements ContentSource {
  readonly #content: Uint8Array;
  readonly #from: GatheredFrom;
  position = 0;
  lastIsFirst = false;
  isFailureTold = false;
  #failure: unknown = undefined;

  /**
   * Makes a `GatheredContent`.
   *
   * @param content The content
   * @param from What it was gathered from
   */
  constructor(content: Uint8Array, from: GatheredFrom) {
    this.#content = content;
    this.#from = from;
  }

  /** The trailer section. */
  get trailers(): FieldSection {
    return this.#from.trailers;
  }

  /** The chunk's size: that of all. */
  get lastChunkSize(): number {
    return this.#content.length;
  }

  /** Octets are given as copies: they may be changed, as those of a connection may. */
  read(request: ReadRequest): Promise<Uint8Array> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const most = this.position + Math.min(request.atMost, this.#content.length - this.position);
    const lineFeed = request.lineEnd ? this.#content.subarray(this.position, most).indexOf(LF) : -1;
    return Promise.resolve(this.#take(lineFeed < 0 ? most : this.position + lineFeed + 1));
  }

  takeAvailable(): Uint8Array {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#take(this.#content.length);
  }

  setContinueFields(_fields: PreparedFields): void {
    // The content has come: no 100 is asked for any more.
  }

  sendContinue(_fields: PreparedFields | undefined): boolean {
    return false;
  }

  fail(error: unknown): void {
    this.#failure ??= error;
  }

  #take(end: number): Uint8Array {
    const bytes = this.#content.slice(this.position, end);
    this.lastIsFirst = this.position === 0;
    this.position = end;
    return bytes;
  }
}
