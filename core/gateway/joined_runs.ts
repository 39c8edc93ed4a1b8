/**
 * Joins runs of content, so that many small chunks are one piece. In a block that is ours they are moved together where
 * they lie, over the framing between them that was read, and the last piece of the block is a part of it; all others are
 * copied.
 *
 * @module
 */

import { NO_OCTETS } from "../octets.ts";
import type { ReceiveBuffer } from "../connection/receive_buffer.ts";

/** Up to this length a run is copied octet by octet: a view for each costs more. */
const SHORT_RUN = 48;

/** The least room, in octets: what a turn of the smallest runs brings. */
const LEAST_ROOM = 1024;

/** A piece that is smaller than this part of its block is copied: it may be held for long, and the block with it. */
const LEAST_PART = 1 / 4;

/** The runs of one read. */
export class JoinedRuns {
  readonly #input: ReceiveBuffer;
  readonly #isInPlace: boolean;
  #block: Uint8Array = NO_OCTETS;
  /** Where the joined runs start in the block. */
  #start = 0;
  /** How many octets are joined. */
  octets = 0;

  /**
   * Makes a `JoinedRuns`.
   *
   * @param input Where the runs lie
   * @param ownedBlocks Whether the blocks of the transport are ours
   */
  constructor(input: ReceiveBuffer, ownedBlocks: boolean) {
    this.#input = input;
    // A block of the buffer's own is used again.
    this.#isInPlace = ownedBlocks && input.isLent;
  }

  /**
   * Adds the run that starts with what is unread.
   *
   * @param end Where it ends
   * @param most How many octets will be joined at most
   */
  add(end: number, most: number): void {
    const { bytes, start } = this.#input;
    if (this.octets > 0) {
      this.#makeRoom(end - start, most);
      copyRun(bytes, start, end, this.#block, this.#start + this.octets);
    } else if (this.#isInPlace) {
      this.#block = bytes;
      this.#start = start;
    } else if (end === this.#input.end || end - start >= most) {
      this.#block = viewOf(bytes, start, end).slice();
    } else {
      this.#makeRoom(end - start, most);
      copyRun(bytes, start, end, this.#block, 0);
    }
    this.octets += end - start;
  }

  /**
   * Gives the piece.
   *
   * @returns The octets: nobody else uses them
   */
  take(): Uint8Array {
    if (this.octets === 0) return NO_OCTETS;
    const block = this.#block;
    if (!this.#isInPlace) return this.octets === block.length ? block : block.subarray(0, this.octets);
    const piece = viewOf(block, this.#start, this.#start + this.octets);
    // Whoever has a part may transfer its memory elsewhere (byte streams do): nothing unread may lie there any more.
    const isAlone = this.#input.unread === 0 && this.octets >= block.buffer.byteLength * LEAST_PART;
    if (!isAlone) return piece.slice();
    this.#input.isHandedOn = true;
    return piece;
  }

  /** As much as lies unread would be too much: a turn takes 1 % of it when chunks are small, and the piece holds it all. */
  #makeRoom(octets: number, most: number): void {
    const needed = this.octets + octets;
    if (this.#isInPlace || needed <= this.#block.length) return;
    const enough = Math.min(most, this.octets + this.#input.unread);
    const enlarged = new Uint8Array(Math.min(enough, Math.max(LEAST_ROOM, 4 * needed)));
    enlarged.set(this.#block);
    this.#block = enlarged;
  }
}

function copyRun(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start > SHORT_RUN) {
    to.set(from.subarray(start, end), at);
    return;
  }
  for (let i = start; i < end; i++) to[at + i - start] = from[i]!;
}

/** The transport's block may be a `Buffer`, whose parts are no plain `Uint8Array`, and whose `slice` does not copy. */
function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}
