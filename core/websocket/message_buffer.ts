/**
 * Gathers the payload of a message. It grows with what comes, not with what a head announces: a peer that promises much
 * and sends nothing costs nothing.
 *
 * @module
 */

import { NO_OCTETS } from "../octets.ts";

/** The least room that is made for a payload that comes in pieces. */
const MIN_ROOM = 1024;

/** Octets that grow. */
export class MessageBuffer {
  #bytes: Uint8Array = NO_OCTETS;
  #length = 0;

  /** How many octets are there. */
  get length(): number {
    return this.#length;
  }

  /** The block that holds them, from its start. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Appends octets by copying them.
   *
   * @param bytes The block that holds them
   * @param start Where they start
   * @param end Where they end
   * @param isLast Whether nothing more will come, so that no room need be left
   */
  append(bytes: Uint8Array, start: number, end: number, isLast: boolean): void {
    const length = this.#length + end - start;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(isLast ? length : Math.max(MIN_ROOM, length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), this.#length);
    this.#length = length;
  }

  /**
   * Gives what has gathered and begins anew.
   *
   * @returns The octets, which are the caller's
   */
  take(): Uint8Array {
    const bytes = this.#bytes.length === this.#length ? this.#bytes : this.#bytes.slice(0, this.#length);
    this.#bytes = NO_OCTETS;
    this.#length = 0;
    return bytes;
  }
}
