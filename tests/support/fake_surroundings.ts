/**
 * Surroundings without a clock: time stands until a test moves it, and later turns come when a test runs them.
 *
 * @module
 */

import type { Surroundings } from "../../core/gateway/port.ts";

interface Timer {
  readonly time: number;
  readonly task: () => void;
}

/** The Date field that goes with `FakeSurroundings`. */
export const DATE = "date: Sun, 06 Nov 1994 08:49:37 GMT";

const UNIX_TIME = 784_111_777_000;
/** Not 0, so that a time that was never set shows. */
const START = 5_000_000;

/** A clock and an event loop in a test's hand. */
export class FakeSurroundings implements Surroundings {
  #now = START;
  #deferred: (() => void)[] = [];
  #timers: Timer[] = [];

  /** How many tasks wait for a later turn. */
  get deferred(): number {
    return this.#deferred.length;
  }

  /** How many timers run. */
  get timers(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#now;
  }

  unixTime(): number {
    return UNIX_TIME + Math.floor((this.#now - START) / 1_000_000_000) * 1000;
  }

  defer(task: () => void): void {
    this.#deferred.push(task);
  }

  after(ms: number, task: () => void): () => void {
    const timer = { time: this.#now + ms, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /**
   * Moves the time on and runs the timers that come due, in order.
   *
   * @param ms How far
   */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ time }) => time <= end).sort((one, other) => one.time - other.time)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.time);
      next.task();
    }
    this.#now = end;
  }

  /**
   * Runs one later turn: what waits now, not what it defers again.
   *
   * @returns How many tasks ran
   */
  turn(): number {
    const tasks = this.#deferred.splice(0);
    for (const task of tasks) task();
    return tasks.length;
  }
}

/** Lets everything run that waits for promises only. It is a turn of the real event loop; no time goes by. */
export function settled(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port2.onmessage = () => {
      port1.close();
      port2.close();
      resolve();
    };
    port1.postMessage(undefined);
  });
}
