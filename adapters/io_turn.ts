/**
 * Turns for I/O on Deno beside large writes.
 *
 * A write that the system takes at once is over without a look for I/O, and so is the one that it brings about; as long
 * as that goes on, Deno looks for I/O only at every 61st turn of the loop. Beside 20 clients that take endless answers
 * others waited three to five times as long as with these turns. One connection alone keeps nobody waiting.
 *
 * @module
 */

/** Smaller writes are over so soon that 61 of them keep nobody waiting. */
const LARGE = 16_384;

/** How long writes may follow each other, in ms. */
const STRETCH = 2;

const NOTHING = new Uint8Array(0);

let largeWrites = 0;
let turnIsDueAt = 0;
let turn: Promise<void> | undefined;

/**
 * Tells of a write that begins.
 *
 * @param length How many octets it has
 */
export function beginWrite(length: number): void {
  if (length >= LARGE) largeWrites++;
}

/**
 * Tells of a write that has ended.
 *
 * @param length How many octets it had
 * @returns A turn for I/O to wait for before the next one, or undefined if none is due
 */
export function endWrite(length: number): Promise<void> | undefined {
  if (length < LARGE) return undefined;
  // This one is still counted.
  const isAlone = largeWrites-- === 1;
  return isAlone || performance.now() < turnIsDueAt ? undefined : turn ??= takeTurn();
}

/** Until another thread has answered the loop has nothing to do but to look for I/O: 30 us, and a timer takes 1 ms. */
async function takeTurn(): Promise<void> {
  try {
    await crypto.subtle.digest("SHA-1", NOTHING);
  } catch {
    // Whoever waits for the turn has to go on: without one others only wait longer.
  }
  turnIsDueAt = performance.now() + STRETCH;
  turn = undefined;
}
