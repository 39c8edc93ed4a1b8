/**
 * What happened, in numbers.
 *
 * @module
 */

/** Counts by kind. */
export class Tally {
  readonly #counts: Record<string, Record<string, number>> = {};

  /**
   * Counts.
   *
   * @param what What is counted
   * @param kind Its kind
   * @param count How many
   */
  count(what: string, kind: string, count = 1): void {
    const kinds = this.#counts[what] ??= {};
    kinds[kind] = (kinds[kind] ?? 0) + count;
  }

  /**
   * Tells how many there are of all kinds.
   *
   * @param what What was counted
   * @returns The number
   */
  total(what: string): number {
    return Object.values(this.#counts[what] ?? {}).reduce((total, count) => total + count, 0);
  }

  /**
   * Adds another's counts.
   *
   * @param counts What `counts` gave
   */
  add(counts: Record<string, Record<string, number>>): void {
    for (const [what, kinds] of Object.entries(counts)) {
      for (const [kind, count] of Object.entries(kinds)) this.count(what, kind, count);
    }
  }

  /** All counts. */
  get counts(): Record<string, Record<string, number>> {
    return this.#counts;
  }

  /**
   * Spells the counts.
   *
   * @returns A line for each thing that was counted
   */
  toString(): string {
    return Object.entries(this.#counts).map(([what, kinds]) => {
      const sorted = Object.entries(kinds).sort(([, one], [, other]) => other - one);
      return `${what}: ${this.total(what)} (${sorted.map(([kind, count]) => `${kind} ${count}`).join(", ")})`;
    }).join("\n");
  }
}
