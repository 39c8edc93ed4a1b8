/**
 * Makes a failing input small: drops runs of it, long ones first, as long as it goes on failing.
 *
 * @module
 */

/** How often a failing input is tried at most. */
const MAX_TRIES = 3000;

/**
 * Makes an input smaller.
 *
 * @param input The input
 * @param fails Tells whether another one fails in the same way
 * @returns The smallest found
 */
export async function minimise(input: string, fails: (input: string) => Promise<boolean>): Promise<string> {
  let smallest = input;
  let tries = 0;
  for (let size = Math.ceil(smallest.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.length && tries < MAX_TRIES;) {
      const shorter = smallest.slice(0, at) + smallest.slice(at + size);
      tries++;
      if (await fails(shorter)) smallest = shorter;
      else at += size;
    }
  }
  return smallest;
}
