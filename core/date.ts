/**
 * Date fields: IMF-fixdate (RFC 9110, section 5.6.7), written once a second.
 *
 * @module
 */

/**
 * Writes a time as IMF-fixdate, the form of `Date`, `Last-Modified` and `Expires`.
 *
 * @param unixTime Milliseconds since the epoch
 * @returns For instance `Fri, 20 Nov 2026 09:16:21 GMT`, English in every locale
 *
 * @example
 * ```ts
 * import { formatDateTime } from "@sluice/sluice/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatDateTime(784111777000), "Sun, 06 Nov 1994 08:49:37 GMT");
 * ```
 */
export function formatDateTime(unixTime: number): string {
  // ECMA-262 fixes the form of toUTCString, and for four-digit years it is IMF-fixdate.
  return new Date(unixTime).toUTCString();
}

/** A second, in ms. */
const SECOND = 1000;

/** Remembers the date of the current second: formatting costs more than all the rest of a small head. */
export class DateCache {
  #text = "";
  /** When the second began. */
  #second = NaN;

  /**
   * Gives the date.
   *
   * @param unixTime Milliseconds since the epoch; it may go back
   * @returns The time as IMF-fixdate
   */
  at(unixTime: number): string {
    const isSame = unixTime >= this.#second && unixTime < this.#second + SECOND;
    if (!isSame) {
      this.#text = formatDateTime(unixTime);
      this.#second = unixTime - unixTime % SECOND;
    }
    return this.#text;
  }
}
