/**
 * Finds the pump for what an application returned.
 *
 * @module
 */

import { AsyncIterablePump } from "./async_iterable_pump.ts";
import { IterablePump } from "./iterable_pump.ts";
import type { Item, Piece } from "./piece.ts";
import type { Pump, PumpHost } from "./pump.ts";

/**
 * Finds the pump for what an application returned.
 *
 * @param result What it returned, no piece
 * @param host Its exchange
 * @returns The pump
 * @throws {TypeError} If it is no iterable
 * @throws {unknown} What the iterable throws
 */
export function createPump(result: unknown, host: PumpHost): Pump {
  const iterable = result as Partial<Iterable<Item> & AsyncIterable<Piece>> | null;
  if (typeof iterable?.[Symbol.asyncIterator] === "function") {
    return new AsyncIterablePump(iterable as AsyncIterable<Piece>, host);
  }
  if (typeof iterable?.[Symbol.iterator] === "function") return new IterablePump(iterable as Iterable<Item>, host);
  throw new TypeError(`Cannot send result: ${result === null ? "null" : typeof result} is no piece and no iterable`);
}
