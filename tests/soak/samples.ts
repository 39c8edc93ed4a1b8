/**
 * What the soak samples, and what it holds against a server.
 *
 * @module
 */

/** One sample of a server. */
export interface Sample {
  /** When, in ms from the beginning of the load. */
  readonly ms: number;
  /** Its resident memory after the garbage was collected, in octets. */
  readonly memory: number;
  /** The JavaScript heap in use, in octets. */
  readonly heap: number;
  /** Its open descriptors. */
  readonly descriptors: number;
  /** Its timers. */
  readonly timers: number;
  /** Requests that its application was given. */
  readonly begun: number;
  /** Those whose post hooks have run. */
  readonly ended: number;
}

/** The most that memory may grow after the warm-up, in octets a minute. */
export const MOST_GROWTH: number = 0.5 * 1_048_576;

/** Which part of the time is warm-up: caches and pools fill, code is compiled. */
export const WARM_UP = 0.4;

/**
 * Fits a line by least squares, and gives its slope.
 *
 * @param points The points
 * @returns What y grows by as x grows by 1; NaN of less than two different x
 */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  let covariance = 0;
  let variance = 0;
  for (const [x, y] of points) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  return covariance / variance;
}

/**
 * Gives the growth of memory after the warm-up.
 *
 * @param samples The samples under load
 * @returns The growth, in octets a minute
 */
export function growthOf(samples: readonly Sample[]): number {
  const end = samples.at(-1)?.ms ?? 0;
  const warm = samples.filter(({ ms }) => ms >= end * WARM_UP);
  return slopeOf(warm.map(({ ms, memory }) => [ms / 60_000, memory]));
}

/**
 * Says what is wrong once the load has stopped.
 *
 * @param first The sample before the load
 * @param last The sample after it
 * @returns What is not as it was, or does not add up
 */
export function leftBehind(first: Sample, last: Sample): string[] {
  const faults: string[] = [];
  for (const name of ["descriptors", "timers"] as const) {
    if (last[name] !== first[name]) faults.push(`${name}: ${first[name]} at first, ${last[name]} at last`);
  }
  if (last.begun !== last.ended) faults.push(`exchanges: ${last.begun} begun, ${last.ended} ended`);
  return faults;
}
