/**
 * How octets travel on a simulated connection.
 *
 * @module
 */

import type { Random } from "../support/random.ts";

/** How octets travel. */
export interface NetworkShape {
  /** Octets that may be on their way to the client, or wait for it. */
  readonly capacity: number;
  /** Octets that may be on their way to the server, or wait for it. */
  readonly capacityIn: number;
  /** How long they take at least, in ms. */
  readonly least: number;
  /** How long they take at most. */
  readonly most: number;
  /** Whether what is sent at once arrives in pieces. */
  readonly splits: boolean;
  /** Whether the port takes a write at once where there is room, as on Node.js; on Deno each stays open for a while. */
  readonly takesAtOnce: boolean;
  /** How many octets are read at once at most. */
  readonly readSize: number;
}

/**
 * Makes a quick one.
 *
 * @param random Chance
 * @returns How octets travel
 */
export function quickShape(random: Random): NetworkShape {
  return {
    capacity: 262_144,
    capacityIn: 262_144,
    least: 1,
    most: 3,
    splits: false,
    takesAtOnce: random.chance(0.7),
    readSize: 65_536,
  };
}

/**
 * Makes one on which everything is cut, late and narrow.
 *
 * @param random Chance
 * @returns How octets travel
 */
export function roughShape(random: Random): NetworkShape {
  return {
    capacity: random.pick([512, 4096, 65_536, 262_144]),
    capacityIn: random.pick([1024, 16_384, 262_144]),
    least: 0,
    most: random.pick([0, 5, 40, 120]),
    splits: random.chance(0.5),
    takesAtOnce: random.chance(0.5),
    readSize: random.pick([64, 1000, 16_384, 65_536]),
  };
}
