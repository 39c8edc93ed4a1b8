/**
 * Holds what two parsers made of the same octets against each other, and gives the first thing in which they disagree.
 *
 * What neither of them takes is no disagreement, whether it is refused or waited for.
 *
 * @module
 */

import type { OurTranscript } from "./ours.ts";
import type { Ending, Told, Transcript } from "./transcript.ts";

/** A parser beside ours. */
export type Rival = "llhttp" | "http-parser-js";

/** In what they disagree. */
export interface Disagreement {
  readonly rival: Rival;
  /** Whether a head or the rest of a request is taken by one alone, or which member differs. */
  readonly about:
    | "head"
    | "content"
    | "method"
    | "target"
    | "minor"
    | "fields"
    | "isTunnel"
    | "contents"
    | "trailers"
    | "end";
  /** Ours: `takes`, `waits`, `refuses: why`, or the value that differs. */
  readonly ours: string;
  /** Theirs. */
  readonly theirs: string;
  /** The octets from the request's start on, to its end if ours found it. */
  readonly octets: string;
}

/**
 * Compares.
 *
 * @param input The octets
 * @param ours What ours made of them
 * @param rival The other parser
 * @param theirs What it made of them; undefined if it was not asked
 * @returns The first disagreement; undefined if there is none
 */
export function compare(
  input: string,
  ours: OurTranscript,
  rival: Rival,
  theirs: Transcript | undefined,
): Disagreement | undefined {
  if (!theirs) return undefined;
  let start = 0;
  let end: number | undefined;
  const disagree = (about: Disagreement["about"], one: string, other: string): Disagreement => {
    return { rival, about, ours: one, theirs: other, octets: input.slice(start, end) };
  };
  for (let index = 0;; index++) {
    const one = ours.requests[index];
    const other = theirs.requests[index];
    end = one?.end;
    // Behind the last request of a connection there is nothing to compare.
    if (!one && ours.closes) return undefined;
    if (!one || !other) {
      if (!one && !other) return undefined;
      return disagree("head", one ? "takes" : tell(ours.ending), other ? "takes" : tell(theirs.ending));
    }
    for (const member of ["method", "target", "minor", "fields", "isTunnel"] as const) {
      const [a, b] = [JSON.stringify(one[member]), JSON.stringify(other[member])];
      if (a !== b) return disagree(member, a, b);
    }
    if (one.isTunnel) return undefined;
    if (one.end === undefined || other.end === undefined) {
      if (one.end === undefined && other.end === undefined) return undefined;
      return disagree("content", told(one, ours.ending), told(other, theirs.ending));
    }
    for (const [about, member] of [["contents", "content"], ["trailers", "trailers"], ["end", "end"]] as const) {
      const [a, b] = [JSON.stringify(one[member]), JSON.stringify(other[member])];
      if (a !== b) return disagree(about, a, b);
    }
    start = one.end;
  }
}

function told({ end }: Told, ending: Ending): string {
  return end === undefined ? tell(ending) : "takes";
}

function tell(ending: Ending): string {
  if (typeof ending === "object") return `refuses: ${ending.refused}`;
  return ending === "clean" ? "sees nothing" : ending;
}
