/**
 * How `wsgi` runs an application's iterable: cogen's operations behind empty items, cogen's early head, eventlet's
 * `set_idle`.
 *
 * @module
 */

import { ConnectionClosingError } from "../errors.ts";
import type { Environ } from "../gateway/environ.ts";
import { FileWrapper } from "../gateway/file_wrapper.ts";
import { FLUSH, isPiece, isThenable, type Item, type Piece } from "../gateway/piece.ts";
import type { Result } from "../gateway/types.ts";
import type { Cogen } from "./cogen.ts";

/** What is known of one call. */
export interface WsgiCall {
  /** The request. */
  readonly environ: Environ;
  /** Its operations. */
  readonly cogen: Cogen;
  /** Whether the next empty item sends the head. */
  wantsHead(): boolean;
  /** Whether a server that stops need not wait for the application. */
  isIdle: boolean;
}

/**
 * Runs what an application returned.
 *
 * @param result What it returned
 * @param call Its call
 * @returns What the gateway is to have instead
 */
export function runResult(
  result: Result | PromiseLike<Result>,
  call: WsgiCall,
): Result | PromiseLike<Result> {
  if (isThenable(result)) return Promise.resolve(result).then((settled) => runResult(settled, call));
  // Arrays hold no operations: these begin when the application is asked for more.
  if (result === undefined || isPiece(result) || Array.isArray(result)) return result;
  // A file is the gateway's own affair; and what is no iterable is for the gateway to refuse.
  if (result instanceof FileWrapper || typeof result !== "object" || result === null) return result;
  if (Symbol.asyncIterator in result) {
    const items = result[Symbol.asyncIterator]();
    return new Started(runAsync(items, call), items) as unknown as AsyncIterable<Piece | typeof FLUSH>;
  }
  if (!(Symbol.iterator in result)) return result;
  const items = result[Symbol.iterator]() as Iterator<Item, unknown, unknown>;
  return new Started(runSync(items, call), items) as unknown as Iterable<Item>;
}

/** What the two kinds of generators have in common. */
interface AnyGenerator {
  next(value?: unknown): unknown;
  throw(error: unknown): unknown;
  return(value?: unknown): unknown;
}

/** A generator that closes the application's iterator though it was never started itself: then its `finally` is not. */
class Started {
  readonly #generator: AnyGenerator;
  readonly #inner: { return?(): unknown };
  #isStarted = false;

  constructor(generator: AnyGenerator, inner: { return?(): unknown }) {
    this.#generator = generator;
    this.#inner = inner;
    const key = Symbol.asyncIterator in generator ? Symbol.asyncIterator : Symbol.iterator;
    Object.defineProperty(this, key, { value: () => this });
  }

  next(value?: unknown): unknown {
    this.#isStarted = true;
    return this.#generator.next(value);
  }

  throw(error: unknown): unknown {
    return this.#generator.throw(error);
  }

  return(): unknown {
    const closed = this.#isStarted ? undefined : this.#inner.return?.();
    this.#isStarted = true;
    return isThenable(closed) ? closed.then(() => this.#generator.return()) : this.#generator.return();
  }
}

function* runSync(iterator: Iterator<Item, unknown, unknown>, call: WsgiCall): Generator<Item, void, unknown> {
  let isOver = false;
  try {
    let step = iterator.next();
    while (!step.done) {
      const item = step.value;
      const operation = isPiece(item) && item.length === 0 ? call.cogen.begin() : undefined;
      if (operation || isEmpty(item)) {
        if (call.wantsHead()) yield FLUSH;
        yield operation ? orEnd(operation, call) : item;
        step = iterator.next(operation ? call.cogen.result : undefined);
        continue;
      }
      step = yield* pass(iterator, item, call);
    }
    isOver = true;
  } finally {
    if (!isOver) iterator.return?.();
  }
}

/** Passes an item on, and what the gateway answers to it back. */
function* pass(
  iterator: Iterator<Item, unknown, unknown>,
  item: Item,
  call: WsgiCall,
): Generator<Item, IteratorResult<Item, unknown>, unknown> {
  let value: unknown;
  try {
    value = yield isThenable(item) ? orEnd(item, call) : item;
  } catch (error) {
    if (iterator.throw) return iterator.throw(error);
  }
  return iterator.next(value);
}

async function* runAsync(
  iterator: AsyncIterator<Piece | typeof FLUSH>,
  call: WsgiCall,
): AsyncGenerator<Piece | typeof FLUSH, void> {
  for await (const item of { [Symbol.asyncIterator]: () => iterator }) {
    if (!isEmpty(item)) {
      yield item;
      continue;
    }
    if (call.wantsHead()) yield FLUSH;
    const operation = call.cogen.begin();
    if (operation) await orEnd(operation, call);
    else yield item;
  }
}

function isEmpty(item: unknown): boolean {
  return isPiece(item) && item.length === 0;
}

/** eventlet closes an idle connection when it stops; whoever is waiting then is not waited for. */
function orEnd(awaited: PromiseLike<unknown>, call: WsgiCall): PromiseLike<unknown> {
  if (!call.isIdle) return awaited;
  const { closing } = call.environ;
  const { promise, reject } = Promise.withResolvers<never>();
  const end = (): void => {
    const { reason } = closing;
    if (!(reason instanceof ConnectionClosingError) || reason.by === "shutdown") reject(reason);
  };
  if (closing.aborted) end();
  else closing.addEventListener("abort", end, { once: true });
  return Promise.race([awaited, promise]).finally(() => closing.removeEventListener("abort", end));
}
