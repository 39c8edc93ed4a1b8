/**
 * What content is made of, and what a generator application may yield beside it.
 *
 * @module
 */

/**
 * What a generator application yields to send the head and the pieces gathered so far now, instead of at the end of
 * its turn.
 */
export const FLUSH: unique symbol = Symbol("sluice.flush");

/**
 * What `Input.available` and `Input.availableChunks` give when nothing is there yet. A generator application yields it
 * back and is resumed once there is something: asynwsgi's `wsgi.input_sentinel`.
 */
export const INPUT_PENDING: unique symbol = Symbol("sluice.input_pending");

/** A run of content. Strings go out as UTF-8. */
export type Piece = string | Uint8Array;

/**
 * What a generator application may yield: a piece, which is sent; an empty piece, which gives up the turn; `FLUSH`; a
 * promise, whose value is the result of the `yield`, or whose error it throws; `INPUT_PENDING`.
 */
export type Item = Piece | PromiseLike<unknown> | typeof INPUT_PENDING | typeof FLUSH;

/**
 * Tells whether something is a piece.
 *
 * @param item Whatever an application gave
 * @returns true for a string or a `Uint8Array`
 */
export function isPiece(item: unknown): item is Piece {
  return typeof item === "string" || item instanceof Uint8Array;
}

/**
 * Tells whether something can be waited for.
 *
 * @param item Whatever an application gave
 * @returns true for promises and their like
 */
export function isThenable(item: unknown): item is PromiseLike<unknown> {
  return typeof item === "object" && item !== null && typeof (item as { then?: unknown }).then === "function";
}
