/**
 * The content that is sent to and fro: slices of one long text that nowhere repeats, so that an octet that is lost,
 * doubled, changed or moved shows.
 *
 * @module
 */

import { octets } from "../support/octet_text.ts";
import { Random } from "../support/random.ts";

/** The longest content of one message. */
export const MOST_CONTENT = 300_000;

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_\n";
const STARTS = 100_003;

/** The text: ASCII, with line ends. */
export const PATTERN: string = makePattern();

/** The text as octets; not to be changed. */
export const PATTERN_OCTETS: Uint8Array = octets(PATTERN);

/**
 * Tells where the content of a message starts in the pattern.
 *
 * @param id The message's number
 * @returns The place: far from those of the numbers around it
 */
export function placeOf(id: number): number {
  return (id * 7919) % STARTS;
}

function makePattern(): string {
  const random = new Random(1);
  let text = "";
  for (let length = 0; length < STARTS + MOST_CONTENT; length++) text += LETTERS[random.between(0, LETTERS.length - 1)];
  return text;
}
