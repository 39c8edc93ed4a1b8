/**
 * A number for all that happened: two runs of the same events have the same, and hardly any others.
 *
 * @module
 */

/** Gathers events to a number. */
export class TraceHash {
  readonly #words: Map<string, number> = new Map();
  #one = 0xdeadbeef;
  #other = 0x41c6ce57;

  /**
   * Adds an event.
   *
   * @param what What happened
   * @param numbers When, to whom, how much
   */
  add(what: string, ...numbers: number[]): void {
    let word = this.#words.get(what);
    if (word === undefined) {
      word = 0;
      for (let i = 0; i < what.length; i++) word = Math.imul(word ^ what.charCodeAt(i), 0x01000193);
      this.#words.set(what, word);
    }
    this.#mix(word);
    for (const number of numbers) this.#mix(number);
  }

  /**
   * Tells it.
   *
   * @returns 16 hexadecimal digits
   */
  toString(): string {
    return [this.#one, this.#other].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #mix(number: number): void {
    this.#one = Math.imul(this.#one ^ number, 2_654_435_761);
    this.#one ^= this.#one >>> 15;
    this.#other = Math.imul(this.#other ^ (number + this.#one), 1_597_334_677);
    this.#other ^= this.#other >>> 13;
  }
}
