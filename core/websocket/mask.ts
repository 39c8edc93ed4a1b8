/**
 * Masking (RFC 6455, section 5.3): each octet with the octet of the key at its place modulo 4. It is its own inverse.
 *
 * @module
 */

/** Below this many octets, a view of 32-bit words costs more than it spares. */
const WORTH_WORDS = 128;

// A word holds the key's octets in the machine's order.
const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * Masks or unmasks octets in place. The block must be ours: what a transport lends is copied first, as a message has to
 * be anyway.
 *
 * @param bytes The block that holds the octets
 * @param start Where they start
 * @param end Where they end
 * @param key The key, its first octet the highest
 * @param offset The place of the first octet in the frame's payload
 *
 * @example
 * ```ts
 * import { mask } from "@sluice/sluice/websocket";
 * import { assertEquals } from "@std/assert";
 *
 * // RFC 6455, section 5.7: "Hello"
 * const bytes = new Uint8Array([0x7f, 0x9f, 0x4d, 0x51, 0x58]);
 * mask(bytes, 0, 5, 0x37fa213d, 0);
 * assertEquals(new TextDecoder().decode(bytes), "Hello");
 * ```
 */
export function mask(bytes: Uint8Array, start: number, end: number, key: number, offset: number): void {
  let at = start;
  let turned = turn(key, offset);
  if (end - start >= WORTH_WORDS) {
    // Up to a word's border, whole words, and then what is left.
    const aligned = start + (-(bytes.byteOffset + start) & 3);
    maskOctets(bytes, start, aligned, turned);
    turned = turn(turned, aligned - start);
    const words = (end - aligned) >> 2;
    maskWords(new Uint32Array(bytes.buffer, bytes.byteOffset + aligned, words), turned);
    at = aligned + words * 4;
  }
  maskOctets(bytes, at, end, turned);
}

/** Turns the key so that it begins with the octet for a place. */
function turn(key: number, offset: number): number {
  const bits = (offset & 3) * 8;
  return bits === 0 ? key >>> 0 : (key << bits | key >>> (32 - bits)) >>> 0;
}

function maskOctets(bytes: Uint8Array, start: number, end: number, key: number): void {
  for (let i = start, shift = 24; i < end; i++, shift = (shift - 8) & 31) bytes[i]! ^= key >>> shift;
}

function maskWords(words: Uint32Array, key: number): void {
  const word = IS_LITTLE_ENDIAN ? key >>> 24 | key >>> 8 & 0xff00 | key << 8 & 0xff0000 | key << 24 : key;
  for (let i = 0; i < words.length; i++) words[i]! ^= word;
}
