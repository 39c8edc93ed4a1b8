/**
 * Chance from a seed: the only source of it in the simulation, so that a seed says all that happens.
 *
 * @module
 */

/** A sequence of numbers that its seed determines (mulberry32). */
export class Random {
  #state: number;

  /**
   * Makes a `Random`.
   *
   * @param seed A whole number; those that differ in their lower 32 bits give other sequences
   */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /**
   * Gives the next number.
   *
   * @returns A whole number of 0 to 2^32 - 1
   */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /**
   * Gives a whole number.
   *
   * @param least The least
   * @param most The most
   * @returns One of them or between, each as likely
   */
  between(least: number, most: number): number {
    return least + Math.floor((this.word() / 4_294_967_296) * (most - least + 1));
  }

  /**
   * Says yes or no.
   *
   * @param share How often yes, of 1
   * @returns Yes or no
   */
  chance(share: number): boolean {
    return this.word() < share * 4_294_967_296;
  }

  /**
   * Picks.
   *
   * @param list What from, not empty; what stands there twice is picked twice as often
   * @returns One of them
   */
  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)]!;
  }

  /**
   * Begins another sequence, which this one determines.
   *
   * @returns It
   */
  fork(): Random {
    return new Random(this.word());
  }
}
