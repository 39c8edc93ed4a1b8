/**
 * The known classes of disagreement, each with its reason. The table in core/README.md is made of them, and a test
 * holds the two together.
 *
 * A class is narrow: it names the rule that one side applied, and what stands in the octets that the rule is about.
 *
 * @module
 */

import type { Disagreement, Rival } from "./compare.ts";
import { CONTENT_CLASSES } from "./content_classes.ts";
import { HEAD_CLASSES } from "./head_classes.ts";
import type { Line } from "./transcript.ts";

/** A class of disagreement. */
export interface DisagreementClass {
  /** Its name. */
  readonly name: string;
  /** What stands in the octets, for the table. */
  readonly what: string;
  /** What ours does about it, for the table. */
  readonly ours: string;
  /** What each of the others does that does not do the same, for the table. */
  readonly theirs: Readonly<Partial<Record<Rival, string>>>;
  /** Why ours does it: a sentence and its section. */
  readonly why: string;
  /** What the disagreement is about. */
  readonly about: Disagreement["about"];
  /** What ours says. */
  readonly weSay: RegExp;
  /** What they say. */
  readonly theySay: RegExp;
  /** What is found in the octets from the request's start on. */
  readonly found: RegExp;
  /** Whether the lines that differ differ so, where lines are what differs. */
  readonly explains?: (ours: readonly Line[], theirs: readonly Line[]) => boolean;
}

/** All of them. */
export const CLASSES: readonly DisagreementClass[] = [...HEAD_CLASSES, ...CONTENT_CLASSES];

/**
 * Finds the class of a disagreement.
 *
 * @param disagreement The disagreement
 * @returns The class's name; undefined if it is in none
 */
export function classify(disagreement: Disagreement): string | undefined {
  return CLASSES.find((one) => isOf(one, disagreement))?.name;
}

function isOf(one: DisagreementClass, { rival, about, ours, theirs, octets }: Disagreement): boolean {
  return rival in one.theirs && about === one.about && one.weSay.test(ours) && one.theySay.test(theirs) &&
    one.found.test(octets) && (one.explains?.(JSON.parse(ours), JSON.parse(theirs)) ?? true);
}

/**
 * Gives the rows of the table in core/README.md.
 *
 * @returns A list of cells for each class
 */
export function tableOf(): string[][] {
  return CLASSES.map(({ what, ours, theirs, why }) => [
    what,
    ours,
    theirs["llhttp"] ?? "as ours",
    theirs["http-parser-js"] ?? "as ours",
    why,
  ]);
}
