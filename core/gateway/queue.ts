/**
 * `Queue`: hands items from exchange to exchange, in order; what cogen had as `queue.Queue`.
 *
 * @module
 */

import type { SignalParty } from "./signal_bus.ts";
import { Signals, type WaitOptions } from "./signals.ts";

/** How to wait for a queue. */
export interface QueueWaitOptions extends WaitOptions {
  /**
   * Whose wait it is: `environ.signals`, so that it ends with the client. Without it, nothing but `signal` ends the
   * wait, and there is no `timeout`.
   */
  signals?: Signals;
}

/** Options of a `Queue`. */
export interface QueueOptions {
  /** How many items it holds. @default {Infinity} */
  maxSize?: number;
}

/** A queue has no room. */
export class QueueFullError extends Error {
  /** The class's name, `QueueFullError`. */
  override readonly name: string = "QueueFullError";
}

/** A queue has no item. */
export class QueueEmptyError extends Error {
  /** The class's name, `QueueEmptyError`. */
  override readonly name: string = "QueueEmptyError";
}

/** One who waits with an item in hand. */
interface Putter<T> {
  readonly item: T;
  readonly party: SignalParty<void>;
}

/** Waits that are nobody's. A time would need a clock, which is the exchange's to give. */
const UNBOUND: Signals = new Signals({
  bus: { wait: () => () => {}, send: () => () => {} },
  surroundings: {
    after(): never {
      throw new TypeError("Cannot wait with a timeout: no signals were given");
    },
  },
});

/**
 * A queue of items. Who waits first gets, or puts, first.
 *
 * @example
 * ```ts
 * import { Queue } from "@sluice/sluice/core";
 * import { assertEquals } from "@std/assert";
 *
 * const queue = new Queue<string>({ maxSize: 1 });
 * queue.putNow("a");
 * const put = queue.put("b"); // In an exchange: queue.put("b", { signals: environ.signals, timeout: 1000 })
 * assertEquals(await queue.get(), "a");
 * await put;
 * assertEquals(queue.getNow(), "b");
 * ```
 */
export class Queue<T> {
  readonly #maxSize: number;
  readonly #items: T[] = [];
  readonly #getters: Set<SignalParty<T>> = new Set();
  readonly #putters: Set<Putter<T>> = new Set();
  readonly #joiners: Set<SignalParty<void>> = new Set();
  #unfinished = 0;

  /**
   * Makes a `Queue`.
   *
   * @param options How many items it holds
   * @throws {RangeError} If `maxSize` is no number of at least 1
   */
  constructor(options: QueueOptions = {}) {
    const { maxSize = Infinity } = options;
    if (!(maxSize >= 1)) throw new RangeError(`Cannot make queue: maxSize ${maxSize} is not a number of at least 1`);
    this.#maxSize = maxSize;
  }

  /** How many items lie in it. */
  get size(): number {
    return this.#items.length;
  }

  /** Whether it has no room. */
  get isFull(): boolean {
    return this.#items.length >= this.#maxSize;
  }

  /** How many items were put that nobody has called `done` for. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /**
   * Puts an item, waiting for room.
   *
   * @param item The item
   * @param options How to wait
   * @returns Settles when it is in. Rejects as `Signals.wait` does; then it is not
   */
  put(item: T, options: QueueWaitOptions = {}): Promise<void> {
    return wait<void>(options, (party) => {
      if (!this.isFull) {
        this.#take(item);
        party.settle();
        return () => {};
      }
      const putter = { item, party };
      this.#putters.add(putter);
      return () => void this.#putters.delete(putter);
    });
  }

  /**
   * Puts an item.
   *
   * @param item The item
   * @throws {QueueFullError} If there is no room
   */
  putNow(item: T): void {
    if (this.isFull) throw new QueueFullError(`Cannot put item: the queue holds ${this.#maxSize} already`);
    this.#take(item);
  }

  /**
   * Gets the first item, waiting for one.
   *
   * @param options How to wait
   * @returns The item. Rejects as `Signals.wait` does
   */
  get(options: QueueWaitOptions = {}): Promise<T> {
    return wait<T>(options, (party) => {
      if (this.#items.length > 0) {
        party.settle(this.#give());
        return () => {};
      }
      this.#getters.add(party);
      return () => void this.#getters.delete(party);
    });
  }

  /**
   * Gets the first item.
   *
   * @returns The item
   * @throws {QueueEmptyError} If there is none
   */
  getNow(): T {
    if (this.#items.length === 0) throw new QueueEmptyError("Cannot get item: the queue is empty");
    return this.#give();
  }

  /**
   * One item is dealt with, whatever that means: `join` waits for it.
   *
   * @throws {RangeError} If it is called more often than items were put
   */
  done(): void {
    if (this.#unfinished === 0) throw new RangeError("Cannot be done: all items are");
    this.#unfinished -= 1;
    if (this.#unfinished > 0) return;
    const joiners = [...this.#joiners];
    this.#joiners.clear();
    for (const joiner of joiners) joiner.settle();
  }

  /**
   * Waits until all items are done.
   *
   * @param options How to wait
   * @returns Settles when they are. Rejects as `Signals.wait` does
   */
  join(options: QueueWaitOptions = {}): Promise<void> {
    return wait<void>(options, (party) => {
      if (this.#unfinished === 0) {
        party.settle();
        return () => {};
      }
      this.#joiners.add(party);
      return () => void this.#joiners.delete(party);
    });
  }

  #take(item: T): void {
    this.#unfinished += 1;
    const [getter] = this.#getters;
    if (getter === undefined) {
      this.#items.push(item);
      return;
    }
    this.#getters.delete(getter);
    getter.settle(item);
  }

  #give(): T {
    const item = this.#items.shift() as T;
    const [putter] = this.#putters;
    if (putter !== undefined) {
      this.#putters.delete(putter);
      this.#take(putter.item);
      putter.party.settle();
    }
    return item;
  }
}

/**
 * Waits, for whom the options say.
 *
 * @param options How, and whose wait it is
 * @param begin As of `Signals.waitFor`
 * @returns As `Signals.waitFor`
 */
export function wait<T>(options: QueueWaitOptions, begin: (party: SignalParty<T>) => () => void): Promise<T> {
  const { signals = UNBOUND, ...rest } = options;
  return signals.waitFor(begin, rest);
}
