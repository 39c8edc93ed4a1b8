/**
 * A class of disagreement, and what many classes have in common.
 *
 * @module
 */

import type { Disagreement, Rival } from "./compare.ts";
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

/** What is said of octets that are taken. */
export const TAKES: RegExp = /^takes$/;
/** What ours refuses and both take. */
export const BOTH: DisagreementClass["theirs"] = { "llhttp": "takes", "http-parser-js": "takes" };
/** What ours refuses and http-parser-js takes. */
export const JS: DisagreementClass["theirs"] = { "http-parser-js": "takes" };
/** What ours refuses and llhttp takes. */
export const C: DisagreementClass["theirs"] = { "llhttp": "takes" };

/** A class in which ours refuses what others take. */
type Refused = Pick<DisagreementClass, "name" | "what" | "theirs" | "why" | "weSay" | "found"> & {
  /** With which status. @default {400} */
  readonly status?: number;
};

/**
 * Makes a class of heads that ours refuses.
 *
 * @param of What it is
 * @returns The class
 */
export function refusedHead({ status = 400, ...of }: Refused): DisagreementClass {
  return { ...of, ours: `${status}`, about: "head", theySay: TAKES };
}

/**
 * Makes a class of chunked bodies that ours refuses.
 *
 * @param of What it is
 * @returns The class
 */
export function refusedContent(of: Omit<Refused, "status">): DisagreementClass {
  return { ...of, ours: "400", about: "content", theySay: TAKES };
}

/**
 * Tells whether lines differ in values with octets above 0x7f only.
 *
 * @param ours The lines of ours
 * @param theirs Those of the other parser
 * @returns Whether they do
 */
export function differInObsText(ours: readonly Line[], theirs: readonly Line[]): boolean {
  return ours.length === theirs.length && ours.every(([name, value], index) => {
    const [theirName, theirValue] = theirs[index]!;
    return name === theirName && (value === theirValue || /[\x80-\xff]/.test(value));
  });
}
