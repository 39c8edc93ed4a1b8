/**
 * Remembers the fields that were prepared last: most servers give the same few sets of fields again and again, and
 * comparing one with what was checked before costs a quarter of checking it.
 *
 * @module
 */

import type { PreparedFields } from "./prepared_fields.ts";

/** How many sets are remembered. Two that fall on the same place take it from each other. */
const PLACES = 64;

/** Longer sets are not kept: they seldom come again, and what is kept is bounded so. */
const MAX_LINES = 16;
const MAX_OCTETS = 1024;

const SET_COOKIE = "set-cookie";

/** A set of fields as it was given, and what was made of it. */
interface Remembered {
  readonly flat: readonly string[];
  readonly fields: PreparedFields;
}

/** Sets of fields by what was given. */
export class RecentFields {
  readonly #places: (Remembered | undefined)[] = new Array(PLACES).fill(undefined);

  /**
   * Looks a set up.
   *
   * @param flat Names and values by turns, unchecked
   * @returns What was made of the same names and values before; undefined if that is not remembered
   */
  find(flat: readonly string[]): PreparedFields | undefined {
    const known = this.#places[placeOf(flat)];
    return known !== undefined && isSame(known.flat, flat) ? known.fields : undefined;
  }

  /**
   * Remembers a set, unless it is long or has a cookie to set: each of those is somebody's own.
   *
   * @param flat Names and values by turns, checked; not to be changed any more
   * @param fields What was made of them
   * @returns The same
   */
  keep(flat: readonly string[], fields: PreparedFields): PreparedFields {
    if (isWorthKeeping(flat)) this.#places[placeOf(flat)] = { flat, fields };
    return fields;
  }
}

/** Anything may have been given: of what is no text the length is not known, and the place is the first. */
function placeOf(flat: readonly string[]): number {
  let sum = flat.length;
  for (let i = 1; i < flat.length; i += 2) sum += flat[i]?.length ?? 0;
  return sum & (PLACES - 1);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) {
    if (one[i] !== other[i]) return false;
  }
  return true;
}

function isWorthKeeping(flat: readonly string[]): boolean {
  if (flat.length > MAX_LINES * 2) return false;
  let octets = 0;
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!;
    if (name.length === SET_COOKIE.length && name.toLowerCase() === SET_COOKIE) return false;
    octets += name.length + flat[i + 1]!.length;
  }
  return octets <= MAX_OCTETS;
}
