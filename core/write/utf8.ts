/**
 * How pieces of text become octets.
 *
 * @module
 */

const encoder = new TextEncoder();

/**
 * Encodes a text as UTF-8.
 *
 * @param text The text
 * @returns Its octets
 */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Texts of up to so many UTF-16 code units fit the shared block, each unit three octets at most. */
const SHARED_UNITS = 16_384;

let shared: Uint8Array | undefined;

/**
 * Encodes a text that is copied at once: into a block that all texts share, for a block of its own for each took a fifth
 * of an answer of 2 KiB.
 *
 * @param text The text
 * @returns Its octets, until the next call
 */
export function encodeShared(text: string): Uint8Array {
  if (text.length > SHARED_UNITS) return encodeText(text);
  shared ??= new Uint8Array(SHARED_UNITS * 3);
  return shared.subarray(0, encoder.encodeInto(text, shared).written);
}

/**
 * Tells whether what `encodeShared` gives for a text is the text's own, and stays.
 *
 * @param text The text
 * @returns true if so
 */
export function isOwnEncoding(text: string): boolean {
  return text.length > SHARED_UNITS;
}
