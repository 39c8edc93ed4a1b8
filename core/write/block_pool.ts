/**
 * Blocks for sending, used over and over: an idle connection holds none, a busy one does not allocate.
 *
 * @module
 */

/** Octets of a block. */
export const BLOCK_SIZE = 65_536;

/** How many free blocks are kept; more are left to the garbage collector. */
const MAX_FREE = 64;

/** Lends blocks to the send buffers of many connections. */
export class BlockPool {
  readonly #free: Uint8Array[] = [];

  /**
   * Lends a block.
   *
   * @returns A block of `BLOCK_SIZE` octets, with whatever was in it before
   */
  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(BLOCK_SIZE);
  }

  /**
   * Takes a block back. One that has grown is not kept.
   *
   * @param block The block, which nobody uses any more
   */
  give(block: Uint8Array): void {
    if (block.length === BLOCK_SIZE && this.#free.length < MAX_FREE) this.#free.push(block);
  }
}
