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
const SHORT_TEXT = 40;

/** Up to so many octets a loop is faster than `set`. */
const SHORT_OCTETS = 8;

/** Longer texts are not looked at by `appendIfAscii`: they are worth passing through. */
const LONGEST_LOOKED_AT = LARGE_PIECE;

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
   * Appends ASCII: start lines and fields.
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
   * Appends a text between octets, if it is ASCII. It is looked at and copied in one go: to look first and then to
   * copy takes two to four times as long.
   *
   * @param before What goes before it: short
   * @param text The text
   * @param after What goes behind it: short
   * @returns false if nothing was appended: the text is not ASCII, or has 16 KiB and more
   */
  appendIfAscii(before: Uint8Array, text: string, after: Uint8Array): boolean {
    const { length } = text;
    const octets = before.length + length + after.length;
    // Nothing takes no block.
    if (octets === 0) return true;
    if (length >= LONGEST_LOOKED_AT || octets > BLOCK_SIZE) return false;
    const block = this.#room(octets);
    if (!encodeAscii(text, block, this.#filled + before.length)) {
      if (this.#filled === 0) this.#dropBlock();
      return false;
    }
    this.#fillRound(before, length, after);
    return true;
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
   * Appends octets between others: less work than one after the other.
   *
   * @param before What goes before them: short
   * @param bytes The octets
   * @param after What goes behind them: short
   */
  appendBetween(before: Uint8Array, bytes: Uint8Array, after: Uint8Array): void {
    const { length } = bytes;
    const octets = before.length + length + after.length;
    if (octets === 0) return;
    if (octets > BLOCK_SIZE) {
      this.append(before);
      this.append(bytes);
      return this.append(after);
    }
    const block = this.#room(octets);
    block.set(bytes, this.#filled + before.length);
    this.#fillRound(before, length, after);
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

  /** What lies between is in the block already. */
  #fillRound(before: Uint8Array, length: number, after: Uint8Array): void {
    const octets = before.length + length + after.length;
    copy(before, this.#block!, this.#filled);
    copy(after, this.#block!, this.#filled + before.length + length);
    this.#filled += octets;
    this.total += octets;
  }

  #dropBlock(): void {
    this.#pool.give(this.#block!);
    this.#block = undefined;
  }

  #pushReady(bytes: Uint8Array, block: Uint8Array | undefined): void {
    this.#ready.push({ bytes, block });
    this.#readyOctets += bytes.length;
  }
}

/** Encodes a text at a place that has room for it; false if it is not ASCII, and then the place is spoilt. */
function encodeAscii(text: string, block: Uint8Array, start: number): boolean {
  const { length } = text;
  if (length > SHORT_TEXT) {
    // Whatever is not ASCII takes more octets than it has code units.
    const { read, written } = encoder.encodeInto(text, block.subarray(start, start + length));
    return read === length && written === length;
  }
  let seen = 0;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    seen |= unit;
    block[start + i] = unit;
  }
  return seen < 0x80;
}

function copy(octets: Uint8Array, block: Uint8Array, start: number): void {
  if (octets.length > SHORT_OCTETS) block.set(octets, start);
  else for (let i = 0; i < octets.length; i++) block[start + i] = octets[i]!;
}
