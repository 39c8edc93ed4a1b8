/**
 * The pump of generator applications: a synchronous iterable, whose items may be promises and pauses too.
 *
 * @module
 */

import { FLUSH, INPUT_PENDING, isPiece, isThenable, type Item, type Piece } from "./piece.ts";
import { invalidItem, type Pump, type PumpHost, Turn } from "./pump.ts";

/** Pumps a synchronous iterable: generator applications. */
export class IterablePump implements Pump {
  readonly #iterator: Iterator<Item, unknown, unknown>;
  readonly #host: PumpHost;
  readonly #turn = new Turn();
  readonly #resume = (): void => {
    this.#turn.begin();
    this.#go("next", undefined);
  };
  #isRunning = false;
  #isStopped = false;

  /**
   * Makes an `IterablePump`.
   *
   * @param iterable What the application gave
   * @param host Its exchange
   */
  constructor(iterable: Iterable<Item>, host: PumpHost) {
    this.#iterator = iterable[Symbol.iterator]() as Iterator<Item, unknown, unknown>;
    this.#host = host;
  }

  run(): void {
    this.#go("next", undefined);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    // A generator that is running cannot be closed; the loop does it when the generator gives up its turn.
    if (!this.#isRunning) this.#close();
  }

  #close(): void {
    try {
      this.#iterator.return?.();
    } catch (error) {
      this.#host.closeFailed(error);
    }
  }

  /** Takes items until one makes it wait. */
  #go(how: "next" | "throw", value: unknown): void {
    if (this.#isStopped) return;
    let step = this.#step(how, value);
    while (step && !step.done && this.#take(step.value)) step = this.#step("next", undefined);
    if (step?.done) this.#host.pumped();
  }

  /** One step of the iterator; undefined if it failed or was stopped meanwhile. */
  #step(how: "next" | "throw", value: unknown): IteratorResult<Item, unknown> | undefined {
    this.#isRunning = true;
    try {
      // What only iterates (middleware) has no `throw`: the error is in `environ.exception`.
      const canThrow = how === "throw" && typeof this.#iterator.throw === "function";
      const step = canThrow ? this.#iterator.throw!(value) : this.#iterator.next(how === "next" ? value : undefined);
      this.#isRunning = false;
      if (!this.#isStopped) return checkStep(step);
      this.#close();
    } catch (error) {
      this.#isRunning = false;
      if (this.#isStopped) this.#close();
      this.#host.failed(error);
    }
    return undefined;
  }

  /** Deals with an item; true to go on at once. */
  #take(item: Item): boolean {
    if (isPiece(item)) return this.#takePiece(item);
    if (item === FLUSH) {
      this.#host.sendNow();
      this.#turn.countWait();
      return !this.#isStopped && this.#goesOn();
    }
    if (item === INPUT_PENDING) {
      this.#host.sendSoon();
      this.#host.whenInput(this.#resume);
      return false;
    }
    if (isThenable(item)) {
      this.#host.sendSoon();
      // Foreign promises are not to be trusted: see `Exchange.run`.
      Promise.resolve(item).then((value) => this.#settled("next", value), (error) => this.#settled("throw", error));
      return false;
    }
    this.#host.failed(invalidItem(item, "a piece, FLUSH, INPUT_PENDING or a promise"));
    return false;
  }

  #takePiece(piece: Piece): boolean {
    if (piece.length === 0) {
      this.#yieldTurn();
      return false;
    }
    if (!this.#host.sendPiece(piece)) {
      if (!this.#isStopped) this.#host.pumped();
      return false;
    }
    this.#turn.countPiece(piece);
    return this.#host.waitForRoom(piece, this.#resume) && this.#goesOn();
  }

  /** Whether the turn goes on; if not, it does so later. */
  #goesOn(): boolean {
    if (!this.#turn.isOver) return true;
    this.#yieldTurn();
    return false;
  }

  #settled(how: "next" | "throw", value: unknown): void {
    if (this.#isStopped) return;
    this.#host.keepResult(how === "next" ? value : undefined, how === "next" ? undefined : value);
    this.#turn.countWait();
    if (!this.#turn.isOver) return this.#go(how, value);
    this.#host.defer(() => {
      this.#turn.begin();
      this.#go(how, value);
    });
  }

  #yieldTurn(): void {
    this.#host.sendSoon();
    this.#host.defer(this.#resume);
  }
}

/** An iterator of an application's own making may give anything; without a step nothing would ever go on. */
function checkStep<T>(step: T): T {
  if (typeof step !== "object" || step === null) throw new TypeError("Cannot send items: next() gave no result");
  return step;
}
