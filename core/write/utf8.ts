/**
 * How pieces of text become octets.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Beyond this many UTF-16 code units the native encoder is faster than looking at each of them. */
const LOOKED_AT = 512;

/**
 * Tells whether a text is short and ASCII, so that its length is its number of octets and it may go out as text.
 *
 * @param text The text
 * @returns false for long texts, whatever they hold
 */
export function isShortAscii(text: string): boolean {
  if (text.length > LOOKED_AT) return false;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return false;
  }
  return true;
}

/**
 * Encodes a text as UTF-8.
 *
 * @param text The text
 * @returns Its octets
 */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}
