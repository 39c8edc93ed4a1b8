/**
 * Surroundings whose time stands still until a test moves it on.
 *
 * @module
 */

import type { Surroundings } from "../core/gateway/port.ts";
import { systemSurroundings } from "./surroundings.ts";

interface Timer {
  readonly due: number;
  readonly task: () => void;
}

/**
 * Surroundings whose time moves only by `advance`. Turns of the event loop are the real ones.
 *
 * @example A deadline without waiting for it
 * ```ts
 * import { connect, ManualSurroundings } from "@sluice/sluice/memory";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const surroundings = new ManualSurroundings();
 * await using connection = connect(() => "never asked", { surroundings });
 * connection.write("GET / HTTP/1.1\r\nHost: exa");
 * await surroundings.advance(10_500);
 * const answer = new TextDecoder().decode(await connection.readAll());
 * assertStringIncludes(answer, "HTTP/1.1 408 ");
 * ```
 */
export class ManualSurroundings implements Surroundings {
  readonly #start: number;
  readonly #timers: Set<Timer> = new Set();
  #now: number = 0;

  /**
   * Makes a `ManualSurroundings`.
   *
   * @param unixTime The time of day it is at first, in ms since the epoch
   */
  constructor(unixTime: number = Date.UTC(2000, 0)) {
    this.#start = unixTime;
  }

  /**
   * Tells the time for deadlines.
   *
   * @returns The ms by which the time was moved on
   */
  now(): number {
    return this.#now;
  }

  /**
   * Tells the time for Date fields.
   *
   * @returns Milliseconds since the epoch
   */
  unixTime(): number {
    return this.#start + this.#now;
  }

  /**
   * Runs a task in a later turn of the event loop.
   *
   * @param task The task
   */
  defer(task: () => void): void {
    systemSurroundings.defer(task);
  }

  /**
   * Runs a task when the time has been moved on by so much.
   *
   * @param ms How much, in ms
   * @param task The task
   * @returns Cancels it
   */
  after(ms: number, task: () => void): () => void {
    const timer = { due: this.#now + ms, task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /**
   * Moves the time on. Tasks that become due run one after the other, each at its time, and what one has begun may
   * settle before the next.
   *
   * @param ms By how much, in ms
   * @returns Settles when all that is due is done
   */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.#turn();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#timers.delete(next);
      this.#now = next.due;
      next.task();
      await this.#turn();
    }
    this.#now = until;
  }

  #next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due <= until && (first === undefined || timer.due < first.due)) first = timer;
    }
    return first;
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.defer(resolve));
  }
}
