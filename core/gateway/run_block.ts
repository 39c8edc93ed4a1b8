/**
 * The block that runs of content are joined in, so that many small chunks are one piece.
 *
 * @module
 */

/** Up to this length a run is copied octet by octet: a view for each costs more. */
const SHORT_RUN = 48;

/** The least room, in octets: what a turn of the smallest runs brings. */
const LEAST_ROOM = 1024;

/**
 * Makes a block with more room. As much as lies unread would be too much: a turn takes 1 % of it when chunks are small,
 * and what is left of the room is held as long as the piece is.
 *
 * @param block The block
 * @param octets How many it has to hold
 * @param most How many it will have to hold at most
 * @returns One that holds the same, and has more room
 */
export function enlarge(block: Uint8Array, octets: number, most: number): Uint8Array {
  const enlarged = new Uint8Array(Math.min(most, Math.max(LEAST_ROOM, 4 * octets)));
  enlarged.set(block);
  return enlarged;
}

/**
 * Copies a run.
 *
 * @param from The block that it lies in
 * @param start Where it starts
 * @param end Where it ends
 * @param to The block that it goes into
 * @param at Where it goes there
 */
export function copyRun(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start > SHORT_RUN) {
    to.set(from.subarray(start, end), at);
    return;
  }
  for (let i = start; i < end; i++) to[at + i - start] = from[i]!;
}
