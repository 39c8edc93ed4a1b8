/**
 * Joins octets that came in pieces.
 *
 * @module
 */

/**
 * Joins pieces.
 *
 * @param pieces The pieces
 * @returns A copy of them, as one
 */
export function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((octets, piece) => octets + piece.length, 0));
  let end = 0;
  for (const piece of pieces) {
    whole.set(piece, end);
    end += piece.length;
  }
  return whole;
}
