/**
 * The vectors as a judge of one core: what the linker links with each mutant. A vector that fails throws.
 *
 * @module
 */

import { checkOutcome, checkPromptness, summaryOfVector } from "../support/judge_vector.ts";
import { piecesOf, poisonedBlocks, poisonsFor } from "../support/splits.ts";
import type { Vector } from "../support/vectors.ts";

/** Longer vectors come in one piece only: the same rules hold for shorter ones. */
const VERY_LONG = 10_000;

/** One look at a vector. */
export type Look = (vector: Vector) => void;

/** The looks, the cheapest first. A core passes a vector if all of them return. */
export const LOOKS: readonly Look[] = [checkOutcome, checkPoisoned, checkPieces, checkAtOnce];

/** With the end of the peer's side; and octet by octet, behind each of them other octets that have not come. */
function checkPieces(vector: Vector): void {
  if (vector.octets.length > VERY_LONG) return;
  const whole = JSON.stringify(summaryOfVector(vector, [vector.octets]));
  if (JSON.stringify(summaryOfVector(vector, [vector.octets], { endsAtOnce: true })) !== whole) {
    throw new Error("It differs if the end comes with the octets");
  }
  const pieces = piecesOf(vector.octets, 1);
  for (const poison of poisonsFor(vector.octets)) {
    if (JSON.stringify(summaryOfVector(vector, pieces, { poison })) !== whole) {
      throw new Error(`It differs octet by octet before 0x${poison.toString(16)}`);
    }
  }
}

function checkPoisoned(vector: Vector): void {
  if (vector.octets.length > VERY_LONG) return;
  for (const block of poisonedBlocks(vector.octets)) checkOutcome(vector, block, { poisoned: true });
}

function checkAtOnce(vector: Vector): void {
  if (vector.octets.length <= VERY_LONG) checkPromptness(vector);
}
