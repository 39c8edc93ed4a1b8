/**
 * What several targets ask: whether two outcomes are the same, what was thrown, and where to cut.
 *
 * @module
 */

import { ProtocolError } from "../../core/errors.ts";
import { MARGIN } from "../support/splits.ts";
import { numberOf } from "./target.ts";

/** Octets that would be a fault, or complete something, if a parser read them. */
const POISONS: readonly number[] = [0x00, 0x0a, 0x0d, 0x30, 0x61, 0x3a, 0x20];

/**
 * Runs a parser.
 *
 * @param parse Runs it
 * @returns Its result, or `{ refused }` with the code and message of the `ProtocolError` that it threw
 * @throws {Error} Whatever else is thrown
 */
export function outcomeOf(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ProtocolError) return { refused: `${error.code}: ${error.message}` };
    throw error;
  }
}

/**
 * Asserts that two outcomes are the same. Faster than `assertEquals`, which a fuzzer cannot wait for.
 *
 * @param actual One
 * @param expected The other
 * @param what What ought to be the same
 * @throws {Error} If they differ
 */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one !== other) throw new Error(`Outcomes differ: ${what}\n  ${one}\n  ${other}`);
}

/**
 * Gives a claim's failure.
 *
 * @param holds Whether it holds
 * @param what The claim
 * @throws {Error} If it does not
 */
export function assertHolds(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`It does not hold: ${what}`);
}

/**
 * Puts octets into a larger block full of poison, which an input determines.
 *
 * @param bytes The octets
 * @param input What determines it
 * @returns The block; the octets start at `MARGIN`
 */
export function poisonedBlock(bytes: Uint8Array, input: string): Uint8Array {
  const block = new Uint8Array(bytes.length + 2 * MARGIN).fill(POISONS[numberOf(input) % POISONS.length]!);
  block.set(bytes, MARGIN);
  return block;
}

/**
 * Cuts octets in a way that an input determines: octet by octet, or at up to six places.
 *
 * @param bytes The octets
 * @param input What determines it
 * @returns The pieces, none of them empty
 */
export function cutPieces(bytes: Uint8Array, input: string): Uint8Array[] {
  let number = numberOf(input);
  const cuts = new Set<number>();
  if (number % 4 === 0) { for (let at = 1; at < bytes.length; at++) cuts.add(at); }
  for (let count = number % 7; count > 0; count--) {
    number = Math.imul(number, 0x9e3779b1) >>> 0;
    cuts.add(number % (bytes.length + 1));
  }
  const places = [...cuts, 0, bytes.length].sort((one, other) => one - other);
  return places.slice(1).map((end, index) => bytes.subarray(places[index]!, end)).filter((piece) => piece.length > 0);
}

/**
 * Makes an outcome coarse: quoted texts and numbers left out.
 *
 * @param text The outcome
 * @returns What kind of outcome it is
 */
export function coarse(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|0x[0-9a-f]+|\d+/g, "_");
}
