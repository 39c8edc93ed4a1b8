/**
 * Watches a head or a trailer section that arrives in pieces and tells when parsing it again is worth it.
 *
 * A leaf starts at the section's first octet each time, so running it for every piece is quadratic: a legal 16 KiB
 * head sent one octet at a time costs 110 ms. The watch looks at each octet once and says "now" only when the section
 * is whole, or has an octet that the leaf may refuse, or is over a limit. So nothing is refused later than the leaf
 * would have refused it. The watch judges nothing itself, and may say "now" too often, but only a bounded number of
 * times a section.
 *
 * @module
 */

import * as octets from "../octets.ts";
import type { ParseSettings } from "./settings.ts";

// Constants of the module's own, see `octets.ts`.
const { COLON, CR, FIELD_VALUE, LF, SP, TARGET, TARGET_NON_ASCII, TOKEN } = octets;

/** What the leaf takes in the same section. */
interface SectionBounds {
  /** Octets of the start line without its line end. */
  readonly startLine: number;
  /**
   * For each word of the start line the octets that the leaf takes there for certain. In a word without any it has a
   * few octets at most, and each of them is for the leaf to judge. Empty where there is no start line.
   */
  readonly words: readonly Uint8Array[];
  /** Octets of the field section. */
  readonly octets: number;
  /** Field lines. */
  readonly lines: number;
}

/** Where in a section an octet stands. */
type Place = "start line" | "name" | "value";

const NOTHING_CERTAIN = new Uint8Array(256);
const REQUEST_WORDS: readonly Uint8Array[] = [TOKEN, TARGET, NOTHING_CERTAIN];
const REQUEST_WORDS_NON_ASCII: readonly Uint8Array[] = [TOKEN, TARGET_NON_ASCII, NOTHING_CERTAIN];
const RESPONSE_WORDS: readonly Uint8Array[] = [NOTHING_CERTAIN, NOTHING_CERTAIN, FIELD_VALUE];

/** A mark of how far a section was looked at. */
export class SectionWatch {
  readonly #bounds: SectionBounds;
  /** Offsets from the section's first octet. */
  #seen = 0;
  #lineStart = 0;
  #fieldsStart = 0;
  #lines = 0;
  #place: Place = "name";
  #word = 0;
  #isBehindCr = false;
  /** An octet of the target that only the leaf can judge, and did not refuse; -1 for none. */
  #judged = -1;
  /** Whether the section was found incomplete before. */
  watching = false;

  /**
   * @param bounds What the leaf takes in the same section
   */
  constructor(bounds: SectionBounds) {
    this.#bounds = bounds;
  }

  /** Starts to watch: the leaf has found the section incomplete. */
  begin(): void {
    this.watching = true;
    this.#seen = 0;
    this.#lineStart = 0;
    this.#fieldsStart = 0;
    this.#lines = 0;
    this.#place = this.#bounds.words.length > 0 ? "start line" : "name";
    this.#word = 0;
    this.#isBehindCr = false;
    this.#judged = -1;
  }

  /** Stops watching: the section is over. */
  end(): void {
    this.watching = false;
  }

  /**
   * Looks at what is new.
   *
   * @param bytes The block that holds the section
   * @param start Where the section starts
   * @param end Where the octets end
   * @returns true if the leaf can give its result, or may throw
   */
  ready(bytes: Uint8Array, start: number, end: number): boolean {
    const octets = end - start;
    while (this.#seen < octets) {
      // Seen even if it is not taken: what the leaf lets pass is not shown to it again.
      const offset = this.#seen++;
      if (!this.#isTaken(bytes[start + offset]!, offset)) return true;
    }
    return this.#isOver(octets);
  }

  /** Whether the leaf is sure to take an octet, and to need more. */
  #isTaken(octet: number, offset: number): boolean {
    if (this.#isBehindCr) {
      this.#isBehindCr = false;
      return octet === LF && this.#endLine(offset + 1);
    }
    if (octet === CR) {
      this.#isBehindCr = true;
      return this.#place === "value" || (this.#place === "name" && offset === this.#lineStart);
    }
    if (this.#place === "value") return FIELD_VALUE[octet] === 1;
    return this.#place === "name" ? this.#isTakenInName(octet, offset) : this.#isTakenInStartLine(octet);
  }

  #isTakenInName(octet: number, offset: number): boolean {
    if (offset === this.#lineStart) return TOKEN[octet] === 1 && this.#lines < this.#bounds.lines;
    if (octet === COLON) this.#place = "value";
    return octet === COLON || TOKEN[octet] === 1;
  }

  #isTakenInStartLine(octet: number): boolean {
    const { words } = this.#bounds;
    if (octet === SP && this.#word < words.length - 1) {
      this.#word++;
      return false;
    }
    const certain = words[this.#word]!;
    if (certain[octet] === 1) return true;
    // A query may be full of backslashes.
    if (octet === this.#judged) return certain !== NOTHING_CERTAIN;
    this.#judged = octet;
    return false;
  }

  /** Takes note of a line end; false if the leaf has something to say to it. */
  #endLine(offset: number): boolean {
    const isEmpty = offset - 2 === this.#lineStart;
    this.#lineStart = offset;
    if (this.#place !== "start line") {
      this.#place = "name";
      this.#lines++;
      return !isEmpty;
    }
    // An empty line may stand before a request line.
    if (isEmpty) return false;
    this.#place = "name";
    this.#fieldsStart = offset;
    return false;
  }

  #isOver(octets: number): boolean {
    if (this.#place === "start line") return octets - this.#lineStart > this.#bounds.startLine;
    return octets - this.#fieldsStart > this.#bounds.octets;
  }
}

/**
 * Makes a watch for request heads.
 *
 * @param settings What the leaf is given
 * @returns The watch
 */
export function watchRequestHeads(settings: ParseSettings): SectionWatch {
  const { requestLine, fieldSection, fieldLines } = settings.limits;
  const words = settings.protocol.allowNonAsciiTarget ? REQUEST_WORDS_NON_ASCII : REQUEST_WORDS;
  return new SectionWatch({ startLine: requestLine, words, octets: fieldSection, lines: fieldLines });
}

/**
 * Makes a watch for response heads.
 *
 * @param settings What the leaf is given
 * @returns The watch
 */
export function watchResponseHeads(settings: ParseSettings): SectionWatch {
  const { requestLine, fieldSection, fieldLines } = settings.limits;
  return new SectionWatch({ startLine: requestLine, words: RESPONSE_WORDS, octets: fieldSection, lines: fieldLines });
}

/**
 * Makes a watch for trailer sections.
 *
 * @param settings What the leaf is given
 * @returns The watch
 */
export function watchTrailers(settings: ParseSettings): SectionWatch {
  const { trailerSection, trailerLines } = settings.limits;
  return new SectionWatch({ startLine: 0, words: [], octets: trailerSection, lines: trailerLines });
}
