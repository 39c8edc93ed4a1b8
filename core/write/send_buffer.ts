/**
 * The send buffer: gathers what is to be sent, so that the answers to all requests of one read go out in one write.
 *
 * What is gathered comes out as blocks, in order. Text waits as text and is encoded in one go, small pieces are copied
 * into a block, large ones may be passed through uncopied (`appendLarge`).
 *
 * @module
 */

import { BLOCK_SIZE, BlockPool } from "./block_pool.ts";

/** From this many octets on a piece is worth passing through instead of copying. */
export const LARGE_PIECE = 16_384;

/** Text is encoded at the latest when so much of it has gathered, in UTF-16 code units. */
const MAX_TEXT = 16_384;

/** Octets ready to be written, and the pool's block that they lie in, if they do. */
interface ReadyBlock {
  readonly bytes: Uint8Array;
  readonly block: Uint8Array | undefined;
}

const encoder = new TextEncoder();

/** Gathers octets to send. */
export class SendBuffer {
  readonly #pool: BlockPool;
  /** ASCII that stands behind what is in `#block`: encoding many short texts one by one costs more than all of them. */
  #text = "";
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
    return this.#readyOctets + this.#filled + this.#text.length;
  }

  /**
   * Appends ASCII: start lines, fields, chunk sizes, and content known to be ASCII.
   *
   * @param text The text
   */
  appendAscii(text: string): void {
    this.#text += text;
    this.total += text.length;
    if (this.#text.length > MAX_TEXT) this.#encodeText();
  }

  /**
   * Appends octets by copying them.
   *
   * @param bytes The octets, free again at once
   */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (bytes.length > BLOCK_SIZE) return this.appendLarge(bytes.slice());
    this.#encodeText();
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
    this.#encodeText();
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
    this.#encodeText();
    if (this.#ready.length === 0) this.#endBlock();
    const next = this.#ready[0];
    if (!next) return undefined;
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
    this.#text = "";
    this.#endBlock();
    for (const { block } of this.#ready) {
      if (block) this.#pool.give(block);
    }
    this.#ready = [];
    this.#readyOctets = 0;
  }

  #encodeText(): void {
    const text = this.#text;
    if (text === "") return;
    this.#text = "";
    if (text.length > BLOCK_SIZE) {
      this.#endBlock();
      return this.#pushReady(encoder.encode(text), undefined);
    }
    const block = this.#room(text.length);
    encoder.encodeInto(text, this.#filled === 0 ? block : block.subarray(this.#filled));
    this.#filled += text.length;
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
