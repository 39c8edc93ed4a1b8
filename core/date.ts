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

/** Tells the time of day. */
export interface UnixClock {
  /**
   * Tells it.
   *
   * @returns Milliseconds since the epoch
   */
  unixTime(): number;
}

/** A second, in ms. */
const SECOND = 1000;

/**
 * Remembers the date of the current second: formatting costs more than all the rest of a small head, and asking two
 * clocks more than asking one.
 */
export class DateCache {
  #text = "";
  /** Until when the text is right, on the clock that never goes back. */
  #until = -Infinity;

  /**
   * Gives the date.
   *
   * @param now Milliseconds on a clock that never goes back. A clock of the date that is set is followed within a second
   * @param clock Tells the milliseconds since the epoch; asked once a second
   * @returns The time as IMF-fixdate
   */
  at(now: number, clock: UnixClock): string {
    if (now >= this.#until) {
      const time = clock.unixTime();
      this.#text = formatDateTime(time);
      this.#until = now + SECOND - time % SECOND;
    }
    return this.#text;
  }
}
