/**
 * The block that a connection reads into, for a runtime that reads into ours. A read that waits keeps its block, so an
 * idle connection has a small one; a busy one has what suits what it was sent last.
 *
 * @module
 */

/** The sizes, in octets. A plain request fits the first, one of a browser the second. */
const SIZES = [256, 1024, 4096, 65_536] as const;

const LARGEST = SIZES.length - 1;

/** How many of the largest may be lent at once; beyond it the next size serves. Slow uploads wait with theirs. */
const MAX_LARGEST = 256;

/** How much is allocated at once and cut into blocks: an ArrayBuffer for each costs 0.2 KiB. */
const SLAB = 65_536;

/** Blocks that nobody reads into, for all connections, by size. */
const free: Uint8Array[][] = SIZES.map(() => []);

let lentLargest = 0;

/** The block of one connection. No two have octets in common. */
export class ReadBlock {
  #size: number = 0;
  /** What has come since a read had to wait. */
  #burst: number = 0;
  /** Where the next read goes. */
  bytes: Uint8Array = take(0);

  /**
   * Chooses the block for the next read; what was read is forgotten.
   *
   * @param count How many octets the last read brought
   */
  fit(count: number): void {
    this.#burst += count;
    // A full block: more lies there, so that the next read does not wait.
    if (count === this.bytes.length) return this.#change(LARGEST);
    let size = 0;
    while (size < LARGEST && (SIZES[size] as number) <= this.#burst) size++;
    this.#burst = 0;
    this.#change(size);
  }

  /** Gives the block back. There is no further read. */
  giveBack(): void {
    give(this.bytes);
  }

  #change(size: number): void {
    if (size === this.#size) return;
    this.#size = size;
    give(this.bytes);
    this.bytes = take(size);
  }
}

function take(wanted: number): Uint8Array {
  const size = wanted === LARGEST && lentLargest === MAX_LARGEST ? wanted - 1 : wanted;
  if (size === LARGEST) lentLargest++;
  const blocks = free[size] as Uint8Array[];
  if (blocks.length === 0) allocate(SIZES[size] as number, blocks);
  return blocks.pop() as Uint8Array;
}

function give(block: Uint8Array): void {
  const size = SIZES.indexOf(block.length as 256);
  if (size === LARGEST) lentLargest--;
  (free[size] as Uint8Array[]).push(block);
}

function allocate(size: number, blocks: Uint8Array[]): void {
  const slab = new ArrayBuffer(SLAB);
  for (let start = 0; start < SLAB; start += size) blocks.push(new Uint8Array(slab, start, size));
}
