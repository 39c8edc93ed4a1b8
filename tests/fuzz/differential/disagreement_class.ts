/**
 * A class of disagreement, and what many classes have in common.
 *
 * @module
 */

import { chunkedFault } from "../reference.ts";
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
  /** What is found in the octets: where ours refuses, what breaks the rule. */
  readonly found: RegExp;
  /** Where it is found: gives a part of the octets of the request, which are looked through as they are without it. */
  readonly within?: (octets: string) => string;
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

const HEAD = /^[\r\n]*[^]*?(?:\r?\n\r?\n|$)/;
const STRICT_HEAD = /^(?:\r\n)?[^]*?\r\n\r\n/;
const REQUEST_LINE = /^[\r\n]*[^\n]*\n/;
const CHUNKED = /\ntransfer-encoding:[ \t]*chunked[ \t]*\r\n/i;

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
  return { ...of, ours: `${status}`, about: "head", theySay: TAKES, within: headOf };
}

/**
 * Makes a class of heads that ours refuses for a field line.
 *
 * @param of What it is
 * @returns The class
 */
export function refusedLine(of: Refused): DisagreementClass {
  return { ...refusedHead(of), within: (octets) => headOf(octets).replace(REQUEST_LINE, "") };
}

/**
 * Makes a class of chunked bodies that ours refuses.
 *
 * @param of What it is
 * @returns The class
 */
export function refusedContent(of: Omit<Refused, "status">): DisagreementClass {
  return { ...of, ours: "400", about: "content", theySay: TAKES, within: contentFault };
}

/**
 * Gives the head at the start of octets, by the most lenient reading: any line end ends a line.
 *
 * @param octets The octets
 * @returns The head, with empty lines before it, to the empty line behind it
 */
export function headOf(octets: string): string {
  return HEAD.exec(octets)![0];
}

/** What of the first request's chunked content does not follow the grammar; empty if there is nothing. */
function contentFault(octets: string): string {
  const { length } = STRICT_HEAD.exec(octets)?.[0] ?? "";
  return CHUNKED.test(octets.slice(0, length)) ? chunkedFault(octets.slice(length)) : "";
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
