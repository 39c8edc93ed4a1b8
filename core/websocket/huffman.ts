/**
 * Canonical Huffman codes, as DEFLATE uses them (RFC 1951, section 3.2.2), and the bits that they are read from.
 *
 * @module
 */

import { WebSocketProtocolError } from "./errors.ts";

/** The longest code. */
const MAX_LENGTH = 15;
/** Codes up to this length are one look-up; longer ones are rare by construction. */
const FAST_LENGTH = 9;

/**
 * Makes the error of compressed octets that are none.
 *
 * @returns The error
 */
export function badDeflate(): WebSocketProtocolError {
  return new WebSocketProtocolError(1007, "Cannot inflate message: it is not what DEFLATE makes");
}

/** Bits out of octets, the lowest first. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #hold = 0;
  #count = 0;

  /**
   * Makes a `BitReader`.
   *
   * @param bytes The octets
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Where the first octet is of which no bit was read. */
  get position(): number {
    return this.#at - (this.#count >> 3);
  }

  /**
   * Shows the next bits without taking them; beyond the end they are 0.
   *
   * @param count How many, at most 15
   * @returns The bits
   */
  peek(count: number): number {
    while (this.#count < count) {
      this.#hold |= (this.#bytes[this.#at++] ?? 0) << this.#count;
      this.#count += 8;
    }
    return this.#hold & ((1 << count) - 1);
  }

  /**
   * Takes bits that `peek` has shown.
   *
   * @param count How many
   * @throws {WebSocketProtocolError} 1007 if there are not so many
   */
  skip(count: number): void {
    this.#hold >>>= count;
    this.#count -= count;
    if (this.#at - (this.#count >> 3) > this.#bytes.length) throw badDeflate();
  }

  /**
   * Takes bits.
   *
   * @param count How many, at most 15
   * @returns The bits
   * @throws {WebSocketProtocolError} 1007 if there are not so many
   */
  read(count: number): number {
    const bits = this.peek(count);
    this.skip(count);
    return bits;
  }

  /** Leaves the rest of an octet of which bits were read. */
  align(): void {
    this.#at = this.position;
    this.#hold = 0;
    this.#count = 0;
  }

  /**
   * Takes whole octets; the reader is aligned.
   *
   * @param count How many
   * @returns A view of them
   * @throws {WebSocketProtocolError} 1007 if there are not so many
   */
  octets(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) throw badDeflate();
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

/** One code. Its tables are used again for the next block. */
export class Huffman {
  readonly #counts: Uint16Array = new Uint16Array(MAX_LENGTH + 1);
  readonly #symbols: Uint16Array;
  /** For each run of `FAST_LENGTH` bits the symbol and, in the low four bits, the code's length; 0 if it is longer. */
  readonly #fast: Uint16Array = new Uint16Array(1 << FAST_LENGTH);

  /**
   * Makes a `Huffman`.
   *
   * @param symbols How many symbols it may have
   */
  constructor(symbols: number) {
    this.#symbols = new Uint16Array(symbols);
  }

  /**
   * Takes a code, given as the length of each symbol's.
   *
   * @param lengths The lengths; 0 for a symbol that does not occur
   * @throws {WebSocketProtocolError} 1007 if it is over-subscribed, or incomplete with more than one symbol
   */
  build(lengths: Uint8Array): void {
    const counts = this.#counts.fill(0);
    for (const length of lengths) counts[length]!++;
    counts[0] = 0;
    this.#checkComplete();
    const next = new Uint16Array(MAX_LENGTH + 2);
    const codes = new Uint16Array(MAX_LENGTH + 2);
    for (let length = 1; length <= MAX_LENGTH; length++) {
      next[length + 1] = next[length]! + counts[length]!;
      codes[length + 1] = (codes[length]! + counts[length]!) << 1;
    }
    this.#fast.fill(0);
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol]!;
      if (length === 0) continue;
      this.#symbols[next[length]!++] = symbol;
      if (length <= FAST_LENGTH) this.#fill(codes[length]!, length, symbol);
      codes[length]!++;
    }
  }

  /**
   * Reads a symbol.
   *
   * @param bits Where from
   * @returns The symbol
   * @throws {WebSocketProtocolError} 1007 for bits that are no code
   */
  read(bits: BitReader): number {
    const entry = this.#fast[bits.peek(FAST_LENGTH)]!;
    if (entry === 0) return this.#readLong(bits);
    bits.skip(entry & 15);
    return entry >> 4;
  }

  /** One bit after the other: the code of each length is compared with the first of that length. */
  #readLong(bits: BitReader): number {
    const shown = bits.peek(MAX_LENGTH);
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_LENGTH; length++) {
      code |= shown >> (length - 1) & 1;
      const count = this.#counts[length]!;
      if (code - first < count) {
        bits.skip(length);
        return this.#symbols[index + code - first]!;
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw badDeflate();
  }

  /** Codes stand with their highest bit first, so they are turned round for the look-up. */
  #fill(code: number, length: number, symbol: number): void {
    let turned = 0;
    for (let bit = 0; bit < length; bit++) turned |= (code >> bit & 1) << (length - 1 - bit);
    for (let at = turned; at < this.#fast.length; at += 1 << length) this.#fast[at] = symbol << 4 | length;
  }

  #checkComplete(): void {
    let left = 1;
    let symbols = 0;
    for (let length = 1; length <= MAX_LENGTH; length++) {
      left = left * 2 - this.#counts[length]!;
      symbols += this.#counts[length]!;
      if (left < 0) throw badDeflate();
    }
    // A single distance code has one bit of which half is unused; no distance at all is allowed too (section 3.2.7).
    if (left > 0 && (symbols > 1 || (symbols === 1 && this.#counts[1] !== 1))) throw badDeflate();
  }
}
