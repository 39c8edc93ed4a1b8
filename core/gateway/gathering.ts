/**
 * Gathering: pieces that wait until there are enough of them, to go out as one chunk. eventlet's `minimum_chunk_size`.
 *
 * @module
 */

import { copyOctets } from "../octets.ts";
import { encodeText } from "../write/utf8.ts";
import type { Piece } from "./piece.ts";

/** Pieces that wait. */
export class Gathering {
  #parts: Uint8Array[] = [];
  /** How many octets wait. */
  octets = 0;

  /**
   * Adds a piece. It is copied: an application may use its block again once it is asked for the next piece.
   *
   * @param piece The piece
   */
  add(piece: Piece): void {
    const bytes = typeof piece === "string" ? encodeText(piece) : copyOctets(piece);
    this.#parts.push(bytes);
    this.octets += bytes.length;
  }

  /**
   * Takes all that waits.
   *
   * @returns The octets, as one
   */
  take(): Uint8Array {
    const all = new Uint8Array(this.octets);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    this.octets = 0;
    return all;
  }
}

/**
 * Checks a least size of chunks.
 *
 * @param octets The size
 * @returns The size
 * @throws {RangeError} If it is no number of at least 0
 */
export function checkMinimumChunkSize(octets: number): number {
  if (typeof octets === "number" && octets >= 0) return octets;
  throw new RangeError(`Cannot set minimumChunkSize: ${octets} is no number of at least 0`);
}
