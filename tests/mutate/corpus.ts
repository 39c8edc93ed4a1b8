/**
 * The vectors as a judge of one core: what the linker links with each mutant. A vector that fails throws.
 *
 * @module
 */

import { checkOutcome, checkPromptness, summaryOfVector } from "../support/judge_vector.ts";
import { piecesOf, poisonedBlocks, POISONS } from "../support/splits.ts";
import type { Vector } from "../support/vectors.ts";

/** Longer vectors come in one piece only, and beyond `LONG` with one octet behind them instead of several. */
const VERY_LONG = 10_000;
const LONG = 1000;

/** One look at a vector. Each is named after what a vector that fails it has shown. */
export type Look = (vector: Vector) => void;

/**
 * The looks, the cheap ones first. A core passes a vector if all of them return.
 */
export const LOOKS: readonly Look[] = [checkOutcome, checkPoisoned, checkPieces, checkAtOnce];

/** Octet by octet, behind each of them other octets that have not come; long vectors only with the first of these. */
function checkPieces(vector: Vector): void {
  if (vector.octets.length > VERY_LONG) return;
  const whole = JSON.stringify(summaryOfVector(vector, [vector.octets]));
  if (JSON.stringify(summaryOfVector(vector, [vector.octets], { endsAtOnce: true })) !== whole) {
    throw new Error("It differs if the end comes with the octets");
  }
  const pieces = piecesOf(vector.octets, 1);
  for (const poison of vector.octets.length > LONG ? POISONS.slice(0, 1) : POISONS) {
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
