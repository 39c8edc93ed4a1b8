/**
 * Gathers octets that come in many pieces for one read.
 *
 * One block that doubles, and not a list of pieces: content that comes an octet at a time would otherwise take a hundred
 * times its length in memory.
 *
 * @module
 */

import { NO_OCTETS } from "../octets.ts";

/** Octets that were gathered. */
export class Accumulation {
  #block: Uint8Array = NO_OCTETS;
  #octets = 0;

  /** How many there are. */
  get octets(): number {
    return this.#octets;
  }

  /**
   * Appends octets.
   *
   * @param bytes The octets; the first ones are kept, later ones are copied
   */
  append(bytes: Uint8Array): void {
    if (this.#octets === 0) {
      this.#block = bytes;
    } else {
      const octets = this.#octets + bytes.length;
      if (octets > this.#block.length) {
        const grown = new Uint8Array(Math.max(octets, this.#block.length * 2));
        grown.set(this.#block.subarray(0, this.#octets));
        this.#block = grown;
      }
      this.#block.set(bytes, this.#octets);
    }
    this.#octets += bytes.length;
  }

  /**
   * Gives all that was gathered.
   *
   * @returns The octets, in a block of at most twice their length
   */
  take(): Uint8Array {
    return this.#octets === this.#block.length ? this.#block : this.#block.subarray(0, this.#octets);
  }
}
