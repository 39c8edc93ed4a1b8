/**
 * Inflates the messages of permessage-deflate (RFC 7692, section 7.2.2; RFC 1951). No state is kept between messages.
 *
 * It is not `DecompressionStream`, which fails on octets behind a final block: such a message is allowed (section
 * 7.2.3.4), and it is what `CompressionStream` makes. It also stops at the very octet that is over the limit, and gives
 * the message without a promise, so that messages keep their order by themselves.
 *
 * @module
 */

import { WebSocketProtocolError } from "./errors.ts";
import { badDeflate, BitReader, Huffman } from "./huffman.ts";

// RFC 1951, section 3.2.5: where the lengths and distances of a symbol begin, and how many bits tell the rest.
// deno-fmt-ignore
const LENGTH_BASE = Uint16Array.of(3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258);
// deno-fmt-ignore
const LENGTH_BITS = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0);
// deno-fmt-ignore
const DISTANCE_BASE = Uint16Array.of(1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577);
// deno-fmt-ignore
const DISTANCE_BITS = Uint8Array.of(0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13);
// Section 3.2.7: the order of the lengths of the code in which the lengths are written.
const LENGTHS_ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);

const END_OF_BLOCK = 256;
const LITERALS = 288;
const DISTANCES = 30;
/** The least room that is made. */
const MIN_ROOM = 1024;

/** What the sender has cut off (RFC 7692, section 7.2.2). */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

// Shared: a message is inflated in one go.
const literals: Huffman = new Huffman(LITERALS);
const distances: Huffman = new Huffman(DISTANCES);
const lengthsCode: Huffman = new Huffman(LENGTHS_ORDER.length);

const fixedLiterals: Huffman = new Huffman(LITERALS);
fixedLiterals.build(
  new Uint8Array(LITERALS).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280),
);
// Symbols 30 and 31 never occur, but they have codes (section 3.2.6).
const fixedDistances: Huffman = new Huffman(32);
fixedDistances.build(new Uint8Array(32).fill(5));

/**
 * Inflates a message.
 *
 * @param payload What came in its frames
 * @param limit How many octets it may become
 * @returns The message
 * @throws {WebSocketProtocolError} 1007 if it is not what DEFLATE makes, 1009 if it is larger than the limit
 *
 * @example
 * ```ts
 * import { inflateMessage } from "@sluice/sluice/websocket";
 * import { assertEquals } from "@std/assert";
 *
 * // RFC 7692, section 7.2.3.1
 * const payload = new Uint8Array([0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]);
 * assertEquals(new TextDecoder().decode(inflateMessage(payload, 100)), "Hello");
 * ```
 */
export function inflateMessage(payload: Uint8Array, limit: number): Uint8Array {
  const bytes = new Uint8Array(payload.length + TAIL.length);
  bytes.set(payload);
  bytes.set(TAIL, payload.length);
  const bits = new BitReader(bytes);
  const output = new Output(payload.length * 4, limit);
  while (bits.position < bytes.length) {
    const isFinal = bits.read(1) === 1;
    readBlock(bits, output);
    if (!isFinal) continue;
    // A final block ends with its octet; a sender that made nothing but it has no tail that could have been cut off.
    bits.align();
    if (bits.position >= payload.length) break;
  }
  return output.take();
}

function readBlock(bits: BitReader, output: Output): void {
  switch (bits.read(2)) {
    case 0:
      return readStored(bits, output);
    case 1:
      return readCodes(bits, output, fixedLiterals, fixedDistances);
    case 2:
      readLengths(bits);
      return readCodes(bits, output, literals, distances);
    default:
      throw badDeflate();
  }
}

/** RFC 1951, section 3.2.4. */
function readStored(bits: BitReader, output: Output): void {
  bits.align();
  const head = bits.octets(4);
  const length = head[0]! | head[1]! << 8;
  if ((length ^ 0xffff) !== (head[2]! | head[3]! << 8)) throw badDeflate();
  output.append(bits.octets(length));
}

/** RFC 1951, section 3.2.7. */
function readLengths(bits: BitReader): void {
  const literalCount = bits.read(5) + 257;
  const distanceCount = bits.read(5) + 1;
  const codeCount = bits.read(4) + 4;
  if (literalCount > 286 || distanceCount > DISTANCES) throw badDeflate();
  const codeLengths = new Uint8Array(LENGTHS_ORDER.length);
  for (let i = 0; i < codeCount; i++) codeLengths[LENGTHS_ORDER[i]!] = bits.read(3);
  lengthsCode.build(codeLengths);
  const lengths = new Uint8Array(literalCount + distanceCount);
  for (let at = 0; at < lengths.length;) at = readLength(bits, lengths, at);
  // Without an end the block could not end.
  if (lengths[END_OF_BLOCK] === 0) throw badDeflate();
  literals.build(lengths.subarray(0, literalCount));
  distances.build(lengths.subarray(literalCount));
}

function readLength(bits: BitReader, lengths: Uint8Array, at: number): number {
  const symbol = lengthsCode.read(bits);
  if (symbol < 16) {
    lengths[at] = symbol;
    return at + 1;
  }
  if (symbol === 16 && at === 0) throw badDeflate();
  const value = symbol === 16 ? lengths[at - 1]! : 0;
  const end = at + (symbol === 16 ? 3 + bits.read(2) : symbol === 17 ? 3 + bits.read(3) : 11 + bits.read(7));
  if (end > lengths.length) throw badDeflate();
  lengths.fill(value, at, end);
  return end;
}

function readCodes(bits: BitReader, output: Output, literalCode: Huffman, distanceCode: Huffman): void {
  for (;;) {
    const symbol = literalCode.read(bits);
    if (symbol < END_OF_BLOCK) {
      output.push(symbol);
      continue;
    }
    if (symbol === END_OF_BLOCK) return;
    const lengthAt = symbol - 257;
    if (lengthAt >= LENGTH_BASE.length) throw badDeflate();
    const length = LENGTH_BASE[lengthAt]! + bits.read(LENGTH_BITS[lengthAt]!);
    const distanceAt = distanceCode.read(bits);
    if (distanceAt >= DISTANCES) throw badDeflate();
    output.repeat(DISTANCE_BASE[distanceAt]! + bits.read(DISTANCE_BITS[distanceAt]!), length);
  }
}

/** The message, which grows up to the limit. */
class Output {
  readonly #limit: number;
  #bytes: Uint8Array;
  #length = 0;

  constructor(expected: number, limit: number) {
    this.#limit = limit;
    this.#bytes = new Uint8Array(Math.min(limit, Math.max(MIN_ROOM, expected)));
  }

  push(octet: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = octet;
  }

  append(octets: Uint8Array): void {
    this.#grow(octets.length);
    this.#bytes.set(octets, this.#length);
    this.#length += octets.length;
  }

  repeat(distance: number, length: number): void {
    const from = this.#length - distance;
    if (from < 0) throw badDeflate();
    this.#grow(length);
    const bytes = this.#bytes;
    let at = this.#length;
    // The run may reach into itself, so it goes octet by octet.
    for (let i = from; i < from + length; i++) bytes[at++] = bytes[i]!;
    this.#length = at;
  }

  take(): Uint8Array {
    return this.#length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#length);
  }

  #grow(octets: number): void {
    const length = this.#length + octets;
    if (length <= this.#bytes.length) return;
    if (length > this.#limit) {
      throw new WebSocketProtocolError(1009, `Cannot read message: it is larger than ${this.#limit} octets`);
    }
    const grown = new Uint8Array(Math.min(this.#limit, length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
