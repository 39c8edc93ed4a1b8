/**
 * Holds ways to do the same work against each other, in one process, by turns: whatever else the machine does, it does
 * to all of them.
 *
 * @module
 */

import { median } from "./stats.ts";

/** What a way took for one call, in ns. */
export interface Pace {
  /** In the best batch: what a busy machine disturbs least. */
  readonly best: number;
  /** In the median batch. */
  readonly median: number;
}

/** How long to measure. */
export interface DuelOptions {
  /** Batches for each way. @default {40} */
  readonly batches?: number;
  /** How long a batch takes about, in ms. @default {8} */
  readonly batchMs?: number;
  /** How long each way runs before it counts, in ms. @default {250} */
  readonly warmUpMs?: number;
}

/**
 * Measures ways to do the same work, a batch of each by turns.
 *
 * @param ways What to measure; a call is one round of the work
 * @param options How long to measure
 * @returns What each took
 */
export function duel(ways: readonly (() => void)[], options: DuelOptions = {}): Pace[] {
  const { batches = 40, batchMs = 8, warmUpMs = 250 } = options;
  const sizes = ways.map((way) => Math.max(1, Math.round(callsIn(way, warmUpMs) * batchMs / warmUpMs)));
  const taken: number[][] = ways.map(() => []);
  for (let batch = 0; batch < batches; batch++) {
    ways.forEach((way, index) => taken[index]!.push(timeBatch(way, sizes[index]!)));
  }
  return taken.map((times) => ({ best: Math.min(...times), median: median(times) }));
}

/** Counts the calls in a time, and warms the engine up. */
function callsIn(way: () => void, ms: number): number {
  const end = performance.now() + ms;
  let calls = 0;
  do {
    for (let i = 0; i < 8; i++) way();
    calls += 8;
  } while (performance.now() < end);
  return calls;
}

/** Gives ns a call. */
function timeBatch(way: () => void, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) way();
  return (performance.now() - start) * 1e6 / calls;
}
