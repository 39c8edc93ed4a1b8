/**
 * Watches a head or a trailer section that arrives in pieces and tells when parsing it again is worth it.
 *
 * A leaf starts at the section's first octet each time, so running it for every piece is quadratic: a legal 16 KiB
 * head sent one octet at a time costs 110 ms. The watch looks at each octet once and says "now" only when the section
 * is whole, or has an octet that can never become valid, or is over a limit: the leaf then gives its result or throws.
 * The watch judges nothing itself.
 *
 * @module
 */

import { CR, LF, NEVER_IN_HEAD } from "../octets.ts";

/** The bounds that the leaf has for the same section. */
export interface SectionBounds {
  /** Octets of the start line without its line end; 0 where there is none, as in trailer sections. */
  readonly startLine: number;
  /** Octets of the field section. */
  readonly octets: number;
  /** Field lines. */
  readonly lines: number;
}

/** A mark of how far a section was looked at. */
export class SectionWatch {
  readonly #bounds: SectionBounds;
  /** Offsets from the section's first octet. */
  #seen = 0;
  #lineStart = 0;
  #fieldsStart = 0;
  #lines = 0;
  #inStartLine = false;
  /** Whether the section was found incomplete before. */
  watching = false;

  /**
   * Makes a `SectionWatch`.
   *
   * @param bounds The bounds that the leaf has for the same section
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
    this.#inStartLine = this.#bounds.startLine > 0;
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
   * @returns true if the leaf can give its result, or will throw
   */
  ready(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start + this.#seen;
    while (at < end) {
      const octet = bytes[at]!;
      if (octet === LF || NEVER_IN_HEAD[octet] === 1) return true;
      if (octet !== CR) {
        at++;
        continue;
      }
      if (at + 1 >= end) break;
      if (bytes[at + 1] !== LF) return true;
      at += 2;
      if (this.#endLine(at - start)) return true;
    }
    this.#seen = at - start;
    return this.#isOver(end - start);
  }

  /** Takes note of a line end; true if it ended the section. */
  #endLine(offset: number): boolean {
    const isEmpty = offset - 2 === this.#lineStart;
    this.#lineStart = offset;
    if (this.#inStartLine) {
      // One empty line may stand before a request line; a second one the leaf refuses.
      if (isEmpty) return offset > 2;
      this.#inStartLine = false;
      this.#fieldsStart = offset;
      return false;
    }
    if (!isEmpty) this.#lines++;
    return isEmpty;
  }

  #isOver(octets: number): boolean {
    if (this.#inStartLine) return octets - this.#lineStart > this.#bounds.startLine;
    if (octets - this.#fieldsStart > this.#bounds.octets) return true;
    return this.#lines >= this.#bounds.lines && octets > this.#lineStart && octets - this.#lineStart !== 1;
  }
}
