/**
 * The known classes of disagreement, each with its reason. The table in core/README.md is made of them, and a test
 * holds the two together.
 *
 * A class is narrow: it names the rule that one side applied, and what stands in the octets that the rule is about. Where
 * ours refuses, what stands there is against the rule by the grammar of the RFCs, whatever ours says of it.
 *
 * @module
 */

import type { Disagreement } from "./compare.ts";
import { CONTENT_CLASSES } from "./content_classes.ts";
import type { DisagreementClass } from "./disagreement_class.ts";
import { HEAD_CLASSES } from "./head_classes.ts";
import { REQUEST_LINE_CLASSES } from "./request_line_classes.ts";

/** All of them. */
export const CLASSES: readonly DisagreementClass[] = [...REQUEST_LINE_CLASSES, ...HEAD_CLASSES, ...CONTENT_CLASSES];

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
    one.found.test(one.within?.(octets) ?? octets) && (one.explains?.(JSON.parse(ours), JSON.parse(theirs)) ?? true);
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
