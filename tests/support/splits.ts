/**
 * Ways in which the same octets can arrive: whole, octet by octet, cut once at each place, and as views inside larger
 * blocks whose other octets are poison. A parser that is right sees no difference.
 *
 * @module
 */

/** One way to arrive. */
export interface Split {
  /** For messages. */
  readonly name: string;
  /** The pieces in order, none of them empty. */
  readonly pieces: readonly Uint8Array[];
}

/** Octets of poison before and behind a piece. */
export const MARGIN = 32;

/** Each would be a fault, or complete something, if a parser read it: NUL, LF, CR, a digit, a letter. */
const POISONS: readonly number[] = [0x00, 0x0a, 0x0d, 0x30, 0x61];

/** Beyond so many octets a single poison has to do where they come one by one. */
const ALL_POISONS = 1000;
/** Up to this many octets each single cut is tried. */
const ALL_CUTS = 400;
/** How many cuts are tried of what is longer, evenly spread, beside those round line ends. */
const SPREAD_CUTS = 64;
/** How many line ends of what is longer are cut round. */
const LINE_ENDS = 32;

/**
 * Gives the ways in which octets are to arrive.
 *
 * @param bytes The octets
 * @returns Whole, octet by octet, by pairs, and cut once
 */
export function* splitsOf(bytes: Uint8Array): Iterable<Split> {
  yield { name: "whole", pieces: [bytes] };
  yield { name: "octet by octet", pieces: piecesOf(bytes, 1) };
  yield { name: "by threes", pieces: piecesOf(bytes, 3) };
  for (const cut of cutsOf(bytes)) {
    yield { name: `cut at ${cut}`, pieces: [bytes.subarray(0, cut), bytes.subarray(cut)] };
  }
}

/**
 * Cuts octets into pieces of one size.
 *
 * @param bytes The octets
 * @param size The size; the last piece may be shorter
 * @returns The pieces
 */
export function piecesOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

/**
 * Gives the places where octets are cut once: all, or for long ones those round line ends, at the ends, and some more.
 *
 * @param bytes The octets
 * @returns The places, in order
 */
export function cutsOf(bytes: Uint8Array): number[] {
  const { length } = bytes;
  if (length <= ALL_CUTS) return Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1);
  const cuts = new Set<number>();
  for (let i = 1; i <= SPREAD_CUTS; i++) cuts.add(Math.floor((i * length) / (SPREAD_CUTS + 1)));
  for (let i = 1; i <= 8; i++) cuts.add(i).add(length - i);
  let lineEnds = 0;
  for (let at = 0; at < length && lineEnds < LINE_ENDS; at++) {
    if (bytes[at] !== 0x0d && bytes[at] !== 0x0a) continue;
    lineEnds++;
    cuts.add(at).add(at + 1).add(at + 2);
  }
  return [...cuts].filter((cut) => cut > 0 && cut < length).sort((one, other) => one - other);
}

/**
 * Puts octets into larger blocks full of poison.
 *
 * @param bytes The octets
 * @returns A block for each poison; the octets start at `MARGIN`
 */
export function poisonedBlocks(bytes: Uint8Array): Uint8Array[] {
  return POISONS.map((poison) => {
    const block = new Uint8Array(bytes.length + 2 * MARGIN).fill(poison);
    block.set(bytes, MARGIN);
    return block;
  });
}

/**
 * Gives the poisons that are put behind octets which come one by one.
 *
 * @param bytes The octets
 * @returns The poisons; of long octets the first
 */
export function poisonsFor(bytes: Uint8Array): readonly number[] {
  return bytes.length > ALL_POISONS ? POISONS.slice(0, 1) : POISONS;
}
