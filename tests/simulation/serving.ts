/**
 * The application of the simulation: does for each request what its ask says, and takes note of all that it sees.
 *
 * @module
 */

import type { Environ, Outcome } from "../../core/gateway/environ.ts";
import type { Item, Piece } from "../../core/gateway/piece.ts";
import type { App, Result } from "../../core/gateway/types.ts";
import type { Ask } from "./ask.ts";
import type { SimulatedClock } from "./clock.ts";
import { fieldsOf } from "./given.ts";
import { READERS, WrongContentError } from "./readers.ts";
import { type Call, MeantError, STYLES } from "./styles.ts";

/** What the application tells its world. */
export interface ServedWorld {
  /** The clock. */
  readonly clock: SimulatedClock;
  /** Those who wait for a signal. */
  readonly waiting: Set<number>;
  /** Finds the ask of a request. */
  find(environ: Environ): Ask | undefined;
  /** An application is called. */
  called(ask: Ask): void;
  /** A hook has run. */
  hooked(ask: Ask, outcome: Outcome): void;
  /** `environ.signal` has fired. */
  signalled(ask: Ask, closing: AbortSignal): void;
  /** Something was done that may not be done. */
  fault(what: string, client: number): void;
}

/**
 * Makes the application.
 *
 * @param world Its world
 * @returns The application
 */
export function serving(world: ServedWorld): App {
  return (environ, startResponse) => {
    const ask = world.find(environ);
    if (ask === undefined) {
      world.fault(`It called an application for ${environ.method} ${environ.target}, which was not asked`, -1);
      throw new MeantError("Not asked");
    }
    world.called(ask);
    observe(world, ask, environ);
    const call: Call = {
      ask,
      environ,
      startResponse,
      start: (fields = fieldsOf(ask), error) => startResponse(ask.deed.status, fields, error),
      waiting: world.waiting,
      released: () => void (ask.releasedAt = world.clock.now),
    };
    const style = STYLES[ask.deed.style]!;
    if (ask.deed.style.startsWith("fetch")) environ.state.ask = ask;
    if (ask.deed.reader === "nothing") return counted(style.answer(call), ask);
    return read(world, call).then(() => style.answer(call)).then((result) => counted(result, ask));
  };
}

function observe(world: ServedWorld, ask: Ask, environ: Environ): void {
  const { deed, request } = ask;
  if (environ.method !== request.method) world.fault(`It told the method ${environ.method} of ${ask.id}`, ask.client);
  environ.postHooks.push((_environ, outcome) => world.hooked(ask, outcome));
  if (deed.hook !== "") {
    environ.postHooks.unshift(() => {
      if (deed.hook === "rejects") return Promise.reject(new MeantError("A hook rejects"));
      throw new MeantError("A hook throws");
    });
  }
  if (!deed.watches) return;
  const { signal, closing } = environ;
  ask.signal = signal;
  signal.addEventListener("abort", () => world.signalled(ask, closing));
}

async function read(world: ServedWorld, { ask, environ }: Call): Promise<void> {
  try {
    await READERS[ask.deed.reader]!(environ, ask);
  } catch (error) {
    if (error instanceof WrongContentError) world.fault(`${error.message} in ${ask.id}`, ask.client);
    throw error;
  }
}

/** Counts the iterators that are begun and closed. */
function counted(result: Result | Promise<Result>, ask: Ask): Result | Promise<Result> {
  if (typeof result !== "object" || result instanceof Uint8Array || Array.isArray(result)) return result;
  if (result instanceof Promise) return result.then((settled) => counted(settled, ask));
  const iterable = result as Iterable<Item> & AsyncIterable<Piece>;
  const kind = Symbol.asyncIterator in iterable ? Symbol.asyncIterator : Symbol.iterator;
  return {
    [kind]: () => {
      const inner = iterable[kind]() as Iterator<Item>;
      ask.iterators++;
      return {
        next: (value: unknown) => inner.next(value as undefined),
        throw: (error: unknown) => inner.throw!(error),
        return: () => {
          ask.returns++;
          return inner.return!();
        },
      };
    },
  } as unknown as Result;
}
