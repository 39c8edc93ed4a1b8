/**
 * `PublishSubscribeQueue`: each subscriber gets each message, however late it asks; what cogen had as
 * `pubsub.PublishSubscribeQueue`.
 *
 * @module
 */

import { type QueueWaitOptions, wait } from "./queue.ts";
import type { SignalParty } from "./signal_bus.ts";

/** Options of a `PublishSubscribeQueue`. */
export interface PublishSubscribeOptions {
  /** How many messages are kept; beyond it the oldest are dropped, seen or not. @default {Infinity} */
  backlog?: number;
}

/** A subscriber: what it has seen, and whether it waits. */
interface Subscriber {
  /** How many messages it has seen, of all that ever were. */
  seen: number;
  /** Whether a fetch is under way. */
  isFetching: boolean;
  /** Woken when there are messages. */
  party: SignalParty<void> | undefined;
}

/**
 * Messages for many. A new subscriber gets all that is kept, the backlog; `compact` drops what everyone has seen.
 *
 * @example
 * ```ts
 * import { PublishSubscribeQueue } from "@sluice/sluice/core";
 * import { assertEquals } from "@std/assert";
 *
 * const news = new PublishSubscribeQueue<string>();
 * news.publish("a");
 * news.subscribe("reader");
 * news.publish("b");
 * assertEquals(await news.fetch("reader"), ["a", "b"]);
 * assertEquals(news.compact(), 2);
 * ```
 */
export class PublishSubscribeQueue<T> {
  readonly #backlog: number;
  readonly #subscribers: Map<unknown, Subscriber> = new Map();
  readonly #messages: T[] = [];
  /** How many messages were dropped: the first one kept is the one of this number. */
  #dropped = 0;

  /**
   * Makes a `PublishSubscribeQueue`.
   *
   * @param options How many messages are kept
   * @throws {RangeError} If `backlog` is no number of at least 1
   */
  constructor(options: PublishSubscribeOptions = {}) {
    const { backlog = Infinity } = options;
    if (!(backlog >= 1)) throw new RangeError(`Cannot keep messages: ${backlog} is not a number of at least 1`);
    this.#backlog = backlog;
  }

  /** How many messages are kept. */
  get size(): number {
    return this.#messages.length;
  }

  /** How many subscribers there are. */
  get subscribers(): number {
    return this.#subscribers.size;
  }

  /**
   * Subscribes: the next `fetch` gives the backlog. Who is subscribed already keeps its place.
   *
   * @param key Who it is: any value, compared as the keys of a `Map` are
   */
  subscribe(key: unknown): void {
    if (!this.#subscribers.has(key)) this.#subscribers.set(key, { seen: 0, isFetching: false, party: undefined });
  }

  /**
   * Ends a subscription. A fetch that is under way gives nothing.
   *
   * @param key Who it is
   * @returns false if it was not subscribed
   */
  unsubscribe(key: unknown): boolean {
    const subscriber = this.#subscribers.get(key);
    const isSubscribed = this.#subscribers.delete(key);
    if (subscriber) wake(subscriber);
    return isSubscribed;
  }

  /**
   * Publishes a message.
   *
   * @param message The message
   * @returns How many subscribers were waiting for it
   */
  publish(message: T): number {
    this.#messages.push(message);
    if (this.#messages.length > this.#backlog) this.#drop(this.#messages.length - this.#backlog);
    let woken = 0;
    for (const subscriber of this.#subscribers.values()) if (wake(subscriber)) woken += 1;
    return woken;
  }

  /**
   * Gives all messages since the last fetch, waiting for one if there is none.
   *
   * @param key Who asks
   * @param options How to wait
   * @returns The messages, oldest first; none if the subscription ended meanwhile. Rejects as `Signals.wait` does, and
   * with a TypeError if the key is not subscribed, or has a fetch under way
   */
  async fetch(key: unknown, options: QueueWaitOptions = {}): Promise<T[]> {
    const subscriber = this.#subscribers.get(key);
    if (subscriber === undefined) throw new TypeError("Cannot fetch messages: not subscribed");
    if (subscriber.isFetching) throw new TypeError("Cannot fetch messages: another fetch is under way");
    if (subscriber.seen >= this.#end) {
      await waitForMessage(subscriber, options);
      if (this.#subscribers.get(key) !== subscriber) return [];
    }
    const messages = this.#messages.slice(Math.max(0, subscriber.seen - this.#dropped));
    subscriber.seen = this.#end;
    return messages;
  }

  /**
   * Drops the messages that all subscribers have seen. Without subscribers nobody has seen any.
   *
   * @returns How many were dropped
   */
  compact(): number {
    let least = Infinity;
    for (const { seen } of this.#subscribers.values()) least = Math.min(least, seen);
    const count = least === Infinity ? 0 : Math.max(0, least - this.#dropped);
    this.#drop(count);
    return count;
  }

  /** How many messages there ever were. */
  get #end(): number {
    return this.#dropped + this.#messages.length;
  }

  #drop(count: number): void {
    if (count === 0) return;
    this.#messages.splice(0, count);
    this.#dropped += count;
  }
}

async function waitForMessage(subscriber: Subscriber, options: QueueWaitOptions): Promise<void> {
  subscriber.isFetching = true;
  try {
    await wait<void>(options, (party) => {
      subscriber.party = party;
      return () => subscriber.party = undefined;
    });
  } finally {
    subscriber.isFetching = false;
  }
}

/** Tells whether somebody waited. */
function wake(subscriber: Subscriber): boolean {
  const { party } = subscriber;
  subscriber.party = undefined;
  party?.settle();
  return party !== undefined;
}
