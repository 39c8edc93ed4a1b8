/**
 * The receive buffer: what the peer sent and nobody has read yet.
 *
 * A block that the transport lends is parsed where it lies; only what is left when the transport wants it back is
 * copied. So nothing is copied as long as messages are read as they come.
 *
 * @module
 */

import { NO_OCTETS } from "../octets.ts";

/** The least room that is made when a rest has to be kept. */
const MIN_ROOM = 256;

/**
 * Behind a block of so many octets no room is made for a next one: few of them come before reading pauses, and Bun's are
 * half a MiB, twice of which each of many connections would hold.
 */
const LARGE = 65_536;

/** Holds unread octets. */
export class ReceiveBuffer {
  /** The block that holds the unread octets. */
  bytes: Uint8Array = NO_OCTETS;
  /** Where the unread octets start. */
  start = 0;
  /** Where they end. */
  end = 0;
  /** Octets received since the connection began. */
  total = 0;
  /** Whether `bytes` is the transport's block: what is unread of it is moved to another by `release`, or stays there. */
  isLent = false;
  /** Whether a part of the transport's block was handed on: it is somebody else's from then on. */
  isHandedOn = false;

  /** How many octets are unread. */
  get unread(): number {
    return this.end - this.start;
  }

  /**
   * Takes what came. The block is lent until `release`.
   *
   * @param block The block that holds the octets
   * @param end Where they end; by default with the block
   */
  receive(block: Uint8Array, end: number = block.length): void {
    this.total += end;
    this.isHandedOn = false;
    if (this.start === this.end) {
      this.bytes = block;
      this.start = 0;
      this.end = end;
      this.isLent = true;
      return;
    }
    this.#makeRoom(end);
    this.bytes.set(end === block.length ? block : block.subarray(0, end), this.end);
    this.end += end;
  }

  /**
   * Gives a lent block back: what is unread of it is copied.
   *
   * @param isOurs Whether the block may be kept instead
   */
  release(isOurs: boolean): void {
    if (this.start === this.end) {
      this.bytes = NO_OCTETS;
      this.start = 0;
      this.end = 0;
      this.isLent = false;
    } else if (this.isLent && !isOurs) {
      this.#makeRoom(0);
    }
  }

  /** Makes a block of our own that has room for so many octets behind the unread ones. */
  #makeRoom(octets: number): void {
    const unread = this.end - this.start;
    const isRoomBehind = this.end + octets <= this.bytes.length;
    if (!this.isLent && isRoomBehind) return;
    // Moved within the block only if at least half of it gets free, so that each octet is moved a few times at most.
    const isRoomAfterMove = (unread + octets) * 2 <= this.bytes.length;
    if (!this.isLent && isRoomAfterMove) {
      this.bytes.copyWithin(0, this.start, this.end);
    } else {
      const spare = octets >= LARGE ? 0 : unread + octets;
      const grown = new Uint8Array(Math.max(MIN_ROOM, octets === 0 ? unread : unread + octets + spare));
      grown.set(this.bytes.subarray(this.start, this.end));
      this.bytes = grown;
      this.isLent = false;
    }
    this.start = 0;
    this.end = unread;
  }
}
