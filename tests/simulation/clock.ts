/**
 * The simulated clock: time goes from one event to the next, and takes none of ours.
 *
 * Between two events all promise jobs are done. To know that, each event is followed by a turn of the real event loop
 * (`setImmediate`), which comes when no job is left; it costs 1.4 us. While a world runs the global timers and
 * `performance.now` are this clock's too, since `adapters/` counts on them.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Surroundings } from "../../core/gateway/port.ts";
import { EventQueue, type Planned } from "./event_queue.ts";
import type { Random } from "../support/random.ts";

/** Not 0, so that a time that was never set shows. */
const START = 1_000_000;
const UNIX_START = 784_111_777_000;

/** The timers and deferred tasks of one owner that have neither run nor been called off. */
export interface Pending {
  /** Timers. */
  timers: number;
  /** Tasks for a later turn. */
  deferred: number;
}

/** The globals that a clock stands in for. */
const GLOBALS = ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] as const;

/** A clock and its events. */
export class SimulatedClock {
  readonly #queue = new EventQueue();
  readonly #random: Random;
  readonly #handles: Map<number, () => void> = new Map();
  #nextHandle = 1;
  #now = START;
  /** How many events have happened. */
  events = 0;

  /**
   * Makes a `SimulatedClock`.
   *
   * @param random Decides between events of the same time
   */
  constructor(random: Random) {
    this.#random = random;
  }

  /** The time, in ms. */
  get now(): number {
    return this.#now;
  }

  /**
   * Plans an event.
   *
   * @param ms How much later
   * @param task What happens
   * @returns The plan
   */
  plan(ms: number, task: () => void): Planned {
    return this.#queue.push(this.#now + ms, this.#random.word(), task);
  }

  /**
   * Makes the surroundings of one owner.
   *
   * @param pending Where its timers are counted
   * @returns The surroundings
   */
  surroundings(pending: Pending): Surroundings {
    return {
      now: () => this.#now,
      unixTime: () => UNIX_START + this.#now - START,
      defer: (task) => {
        pending.deferred++;
        this.plan(0, () => {
          pending.deferred--;
          task();
        });
      },
      after: (ms, task) => this.#after(ms, task, pending),
    };
  }

  /**
   * Lets events happen, one after the other.
   *
   * @param isOver Asked behind each event
   * @returns Settles when it is over, or nothing is planned any more
   */
  async run(isOver: () => boolean): Promise<void> {
    const restore = this.#standIn();
    try {
      while (!isOver()) {
        const next = this.#queue.pop();
        if (next === undefined) return;
        if (next.task === undefined) continue;
        this.#now = next.time;
        this.events++;
        next.task();
        await jobsDone();
      }
    } finally {
      restore();
    }
  }

  #after(ms: number, task: () => void, pending: Pending): () => void {
    if (ms === Infinity) return () => {};
    pending.timers++;
    const planned = this.plan(ms, () => {
      planned.task = undefined;
      pending.timers--;
      task();
    });
    return () => {
      if (planned.task === undefined) return;
      planned.task = undefined;
      pending.timers--;
    };
  }

  /** Stands in for the global timers; gives what undoes that. */
  #standIn(): () => void {
    const scope = globalThis as unknown as Record<string, unknown>;
    const originals = GLOBALS.map((name) => [name, scope[name]] as const);
    const { now } = performance;
    scope.setTimeout = (task: () => void, ms = 0) => this.#handle(ms, task, false);
    scope.setInterval = (task: () => void, ms = 0) => this.#handle(ms, task, true);
    scope.clearTimeout = scope.clearInterval = (handle: number | undefined) => {
      this.#handles.get(handle ?? 0)?.();
      this.#handles.delete(handle ?? 0);
    };
    performance.now = () => this.#now;
    return () => {
      for (const [name, original] of originals) scope[name] = original;
      performance.now = now;
    };
  }

  #handle(ms: number, task: () => void, repeats: boolean): number {
    const handle = this.#nextHandle++;
    const run = (): void => {
      if (repeats) begin();
      else this.#handles.delete(handle);
      task();
    };
    const begin = (): void => {
      const planned = this.plan(ms, run);
      this.#handles.set(handle, () => void (planned.task = undefined));
    };
    begin();
    return handle;
  }
}

/** A turn of the real event loop: it comes only when no promise job is left. */
function jobsDone(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
