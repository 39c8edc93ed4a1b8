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

/** Remembers the date of the current second: formatting costs more than all the rest of a small head. */
export class DateCache {
  #second = -1;
  #text = "";

  /**
   * Gives the date of a time.
   *
   * @param unixTime Milliseconds since the epoch
   * @returns The time as IMF-fixdate
   */
  at(unixTime: number): string {
    const second = Math.floor(unixTime / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = formatDateTime(unixTime);
    }
    return this.#text;
  }
}
