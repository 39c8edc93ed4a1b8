/**
 * What middleware needs to look at a result as it goes by: every kind of result, its items one by one, and how it ends.
 *
 * Results keep their kind, so that Content-Length is inferred, promises are awaited, and generator applications are
 * resumed as without the middleware.
 *
 * @module
 */

import { isPiece, isThenable, type Item } from "../gateway/piece.ts";
import type { Result } from "../gateway/types.ts";

/** How an iterable ended: it was exhausted, it failed, or it was closed before that. */
export type ResultEnding = "exhausted" | "failed" | "closed";

/** Looks at a result. */
export interface ResultWatcher {
  /**
   * Sees an item before it is sent. A bare piece is one item.
   *
   * @param item The item
   * @param isAsync Whether it comes from an asynchronous iterable
   */
  item(item: unknown, isAsync: boolean): void;
  /**
   * Sees the end. It comes once, before the server sees it.
   *
   * @param how How it ended
   * @param error What it failed with
   */
  ended(how: ResultEnding, error?: unknown): void;
  /** Sees that the server closes the iterator: once for each iterable, behind every ending. */
  closed?(): void;
}

/** An iterator whose steps may be promises: both kinds are wrapped alike. */
interface AnyIterator {
  next(value?: unknown): unknown;
  throw?(error: unknown): unknown;
  return?(): unknown;
}

type Step = IteratorResult<unknown, unknown> | undefined;

/**
 * Lets somebody look at a result.
 *
 * @param result What an application returned
 * @param watcher Looks at it
 * @returns The same, watched; what is no result is given back as it is
 */
export function watchResult(
  result: Result | PromiseLike<Result>,
  watcher: ResultWatcher,
): Result | PromiseLike<Result> {
  if (isThenable(result)) {
    return Promise.resolve(result).then((settled) => watchResult(settled, watcher), (error) => {
      watcher.ended("failed", error);
      throw error;
    });
  }
  const isShort = Array.isArray(result) && (result.length === 0 || (result.length === 1 && isPiece(result[0])));
  if (result === undefined || isPiece(result) || isShort) {
    const piece: unknown = isShort ? result[0] : result;
    if (piece !== undefined) watcher.item(piece, false);
    watcher.ended("exhausted");
    return result;
  }
  const iterable = result as Partial<Iterable<Item> & AsyncIterable<never>> | null;
  if (typeof iterable?.[Symbol.asyncIterator] === "function") {
    return watchAsync(iterable as AsyncIterable<never>, watcher);
  }
  if (typeof iterable?.[Symbol.iterator] === "function") return watchSync(iterable as Iterable<Item>, watcher);
  return result;
}

function watchSync(iterable: Iterable<Item>, watcher: ResultWatcher): Iterable<Item> {
  return {
    [Symbol.iterator](): Iterator<Item> {
      const iterator = iterable[Symbol.iterator]() as AnyIterator;
      return new WatchedIterator(iterator, watcher) as unknown as Iterator<Item>;
    },
  };
}

function watchAsync(iterable: AsyncIterable<never>, watcher: ResultWatcher): AsyncIterable<never> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<never> {
      const iterator = iterable[Symbol.asyncIterator]() as AnyIterator;
      return new WatchedAsyncIterator(iterator, watcher) as unknown as AsyncIterator<never>;
    },
  };
}

/** Watches a synchronous iterator. It has `throw` where the iterator has one: errors of promises go into generators. */
class WatchedIterator {
  readonly #iterator: AnyIterator;
  readonly #watcher: ResultWatcher;
  #isEnded = false;
  readonly throw: ((error: unknown) => unknown) | undefined;

  constructor(iterator: AnyIterator, watcher: ResultWatcher) {
    this.#iterator = iterator;
    this.#watcher = watcher;
    if (typeof iterator.throw === "function") this.throw = (error) => this.#step(() => iterator.throw!(error));
  }

  next(value?: unknown): unknown {
    return this.#step(() => this.#iterator.next(value));
  }

  return(): unknown {
    this.#watcher.closed?.();
    this.#end("closed");
    return this.#iterator.return?.() ?? { done: true, value: undefined };
  }

  #step(advance: () => unknown): Step {
    let step: Step;
    try {
      step = advance() as Step;
    } catch (error) {
      this.#end("failed", error);
      throw error;
    }
    if (step?.done) this.#end("exhausted");
    else this.#watcher.item(step?.value, false);
    return step;
  }

  #end(how: ResultEnding, error?: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#watcher.ended(how, error);
  }
}

/** Watches an asynchronous iterator. */
class WatchedAsyncIterator {
  readonly #iterator: AnyIterator;
  readonly #watcher: ResultWatcher;
  #isEnded = false;

  constructor(iterator: AnyIterator, watcher: ResultWatcher) {
    this.#iterator = iterator;
    this.#watcher = watcher;
  }

  async next(): Promise<Step> {
    let step: Step;
    try {
      step = await this.#iterator.next() as Step;
    } catch (error) {
      this.#end("failed", error);
      throw error;
    }
    if (step?.done) this.#end("exhausted");
    else if (!this.#isEnded) this.#watcher.item(step?.value, true);
    return step;
  }

  async return(): Promise<unknown> {
    this.#watcher.closed?.();
    this.#end("closed");
    return await this.#iterator.return?.() ?? { done: true, value: undefined };
  }

  #end(how: ResultEnding, error?: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#watcher.ended(how, error);
  }
}
