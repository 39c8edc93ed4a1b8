/**
 * The little statistics that the benches need.
 *
 * @module
 */

/**
 * Gives the median.
 *
 * @param values The values, in any order
 * @returns The median, the mean of the two in the middle if their number is even; NaN of none
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return sorted.length === 0 ? NaN : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Gives a percentile: the least value that is not below so many of a hundred.
 *
 * @param values The values, in any order
 * @param percent Which, over 0 and up to 100
 * @returns The percentile; NaN of none
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * percent / 100) - 1)] ?? NaN;
}

/**
 * Tells how far values lie apart.
 *
 * @param values The values
 * @returns The distance between the largest and the least, as a part of the median; 0 of none
 */
export function spread(values: readonly number[]): number {
  return values.length === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / median(values);
}
