/**
 * The send buffer: gathers what is to be sent, so that the answers to all requests of one read go out in one write.
 *
 * What is gathered comes out as blocks, in order. Text and small pieces are copied into a block, large pieces may be
 * passed through uncopied (`appendLarge`).
 *
 * @module
 */

import { copyOctets } from "../octets.ts";
import { BLOCK_SIZE, BlockPool } from "./block_pool.ts";

/** From this many octets on a piece is worth passing through instead of copying. */
export const LARGE_PIECE = 16_384;

/**
 * Up to so many characters a loop is faster than the native encoder, and than the joining of short texts for it: a whole
 * head takes half the time.
 */
const SHORT_TEXT = 64;

/** Octets ready to be written, and the pool's block that they lie in, if they do. */
interface ReadyBlock {
  readonly bytes: Uint8Array;
  readonly block: Uint8Array | undefined;
}

const encoder = new TextEncoder();

/** Gathers octets to send. */
export class SendBuffer {
  readonly #pool: BlockPool;
  /** The block that is being filled; undefined while it would be empty, so that idle connections hold none. */
  #block: Uint8Array | undefined;
  #filled = 0;
  /** Full blocks and large pieces, before what is in `#block`. */
  #ready: ReadyBlock[] = [];
  #readyOctets = 0;
  /** The block of what was taken last, to be given back. */
  #lent: Uint8Array | undefined;
  /** Octets gathered since the connection began, sent or not. */
  total = 0;

  /**
   * Makes a `SendBuffer`.
   *
   * @param pool Where blocks come from and go back to
   */
  constructor(pool: BlockPool = new BlockPool()) {
    this.#pool = pool;
  }

  /** Octets that wait to be taken. */
  get pending(): number {
    return this.#readyOctets + this.#filled;
  }

  /**
   * Appends ASCII: start lines, fields, chunk sizes, and content known to be ASCII.
   *
   * @param text The text
   */
  appendAscii(text: string): void {
    const { length } = text;
    // Nothing takes no block.
    if (length === 0) return;
    if (length > SHORT_TEXT) return this.#appendLongText(text);
    const block = this.#room(length);
    const start = this.#filled;
    for (let i = 0; i < length; i++) block[start + i] = text.charCodeAt(i);
    this.#filled = start + length;
    this.total += length;
  }

  /**
   * Appends octets by copying them.
   *
   * @param bytes The octets, free again at once
   */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (bytes.length > BLOCK_SIZE) return this.appendLarge(copyOctets(bytes));
    const block = this.#room(bytes.length);
    block.set(bytes, this.#filled);
    this.#filled += bytes.length;
    this.total += bytes.length;
  }

  /**
   * Appends octets without copying them.
   *
   * @param bytes The octets; not to be changed before they are sent
   */
  appendLarge(bytes: Uint8Array): void {
    // An empty block would look like an end to who writes it.
    if (bytes.length === 0) return;
    this.#endBlock();
    this.#pushReady(bytes, undefined);
    this.total += bytes.length;
  }

  /**
   * Takes the next octets to write. They stay as they are until `release`.
   *
   * @returns The octets, a block's at most; undefined if nothing waits
   */
  take(): Uint8Array | undefined {
    const next = this.#ready[0];
    if (!next) return this.#takeBlock();
    const { bytes, block } = next;
    // A peer that takes slowly, yet takes, shows only where no write is so large that it seems to stall.
    const isMore = bytes.length > BLOCK_SIZE;
    if (isMore) this.#ready[0] = { bytes: bytes.subarray(BLOCK_SIZE), block };
    else this.#ready.shift();
    const taken = isMore ? bytes.subarray(0, BLOCK_SIZE) : bytes;
    this.#readyOctets -= taken.length;
    this.#lent = block;
    return taken;
  }

  /** Takes back what `take` gave last: it is sent. */
  release(): void {
    if (this.#lent) this.#pool.give(this.#lent);
    this.#lent = undefined;
  }

  /** Drops what waits. What was taken stays taken. */
  clear(): void {
    this.#endBlock();
    for (const { block } of this.#ready) {
      if (block) this.#pool.give(block);
    }
    this.#ready = [];
    this.#readyOctets = 0;
  }

  #appendLongText(text: string): void {
    this.total += text.length;
    if (text.length > BLOCK_SIZE) {
      this.#endBlock();
      return this.#pushReady(encoder.encode(text), undefined);
    }
    const block = this.#room(text.length);
    encoder.encodeInto(text, this.#filled === 0 ? block : block.subarray(this.#filled));
    this.#filled += text.length;
  }

  /** The block that is being filled is all that waits, as nearly always. */
  #takeBlock(): Uint8Array | undefined {
    const block = this.#block;
    if (!block) return undefined;
    const bytes = block.subarray(0, this.#filled);
    this.#lent = block;
    this.#block = undefined;
    this.#filled = 0;
    return bytes;
  }

  /** Gives a block that has room for so many octets, at most a block's. */
  #room(octets: number): Uint8Array {
    if (this.#filled + octets > BLOCK_SIZE) this.#endBlock();
    this.#block ??= this.#pool.take();
    return this.#block;
  }

  #endBlock(): void {
    const block = this.#block;
    if (!block) return;
    const filled = this.#filled;
    this.#block = undefined;
    this.#filled = 0;
    this.#pushReady(block.subarray(0, filled), block);
  }

  #pushReady(bytes: Uint8Array, block: Uint8Array | undefined): void {
    this.#ready.push({ bytes, block });
    this.#readyOctets += bytes.length;
  }
}
