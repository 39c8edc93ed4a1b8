/**
 * The pumps: take the items of an application's iterable one by one, no faster than the client takes them.
 *
 * A turn ends after 64 pieces, 64 KiB or 64 promises and goes on in a later turn of the event loop, so that the
 * iterations of many exchanges interleave and no one starves the others.
 *
 * @module
 */

import { FLUSH, INPUT_PENDING, isPiece, isThenable, type Item, type Piece } from "./piece.ts";

/** What a pump needs of its exchange. */
export interface PumpHost {
  /**
   * Sends a piece that is not empty.
   *
   * @param piece The piece
   * @returns false if no more pieces are wanted
   */
  sendPiece(piece: Piece): boolean;
  /** Sends the head and what has gathered now. */
  sendNow(): void;
  /** Sends what has gathered, at the latest in the next turn. */
  sendSoon(): void;
  /**
   * Calls back when the client has taken enough that more may be sent.
   *
   * @param piece The piece sent last
   * @param task What to call
   * @returns true if more may be sent at once: then the task is not called
   */
  waitForRoom(piece: Piece, task: () => void): boolean;
  /**
   * Calls back when input is ready: never before it returns.
   *
   * @param task What to call
   */
  whenInput(task: () => void): void;
  /**
   * Calls back in a later turn.
   *
   * @param task What to call
   */
  defer(task: () => void): void;
  /**
   * Keeps what a yielded promise gave, for `environ.result` and `environ.exception`.
   *
   * @param result Its value
   * @param exception Its error
   */
  keepResult(result: unknown, exception: unknown): void;
  /** The iterable is exhausted, or no more of it is wanted. */
  pumped(): void;
  /**
   * The application failed.
   *
   * @param error Its error
   */
  failed(error: unknown): void;
  /**
   * The iterator's `return` failed.
   *
   * @param error Its error
   */
  closeFailed(error: unknown): void;
}

/** A pump at work. */
export interface Pump {
  /** Starts, or goes on. */
  run(): void;
  /** Stops for good and calls `return()` of the iterator, once. */
  stop(): void;
}

const TURN_PIECES = 64;
const TURN_OCTETS = 65_536;
const TURN_PROMISES = 64;

/** How much of a turn is used. */
class Turn {
  #pieces = 0;
  #octets = 0;
  #promises = 0;

  /** A new turn. */
  begin(): void {
    this.#pieces = 0;
    this.#octets = 0;
    this.#promises = 0;
  }

  countPiece(piece: Piece): void {
    this.#pieces++;
    this.#octets += piece.length;
  }

  countPromise(): void {
    this.#promises++;
  }

  get isOver(): boolean {
    return this.#pieces >= TURN_PIECES || this.#octets >= TURN_OCTETS || this.#promises >= TURN_PROMISES;
  }
}

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
      return !this.#isStopped && this.#count("");
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
    if (this.#host.waitForRoom(piece, this.#resume)) return this.#count(piece);
    return false;
  }

  /** Counts what was sent; true if the turn goes on. */
  #count(piece: Piece): boolean {
    this.#turn.countPiece(piece);
    if (!this.#turn.isOver) return true;
    this.#yieldTurn();
    return false;
  }

  #settled(how: "next" | "throw", value: unknown): void {
    if (this.#isStopped) return;
    this.#host.keepResult(how === "next" ? value : undefined, how === "next" ? undefined : value);
    this.#turn.countPromise();
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

/** Pumps an asynchronous iterable. */
export class AsyncIterablePump implements Pump {
  readonly #iterator: AsyncIterator<Piece | typeof FLUSH>;
  readonly #host: PumpHost;
  readonly #turn = new Turn();
  readonly #resume = (): void => {
    this.#turn.begin();
    this.run();
  };
  readonly #take = (step: IteratorResult<Piece | typeof FLUSH>): void => this.#taken(step);
  readonly #fail = (error: unknown): void => this.#host.failed(error);
  #isStopped = false;

  /**
   * Makes an `AsyncIterablePump`.
   *
   * @param iterable What the application gave
   * @param host Its exchange
   */
  constructor(iterable: AsyncIterable<Piece | typeof FLUSH>, host: PumpHost) {
    this.#iterator = iterable[Symbol.asyncIterator]();
    this.#host = host;
  }

  run(): void {
    if (this.#isStopped) return;
    try {
      this.#iterator.next().then(this.#take, this.#fail);
    } catch (error) {
      this.#fail(error);
    }
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    try {
      this.#iterator.return?.()?.then(undefined, (error) => this.#host.closeFailed(error));
    } catch (error) {
      this.#host.closeFailed(error);
    }
  }

  #taken(step: IteratorResult<Piece | typeof FLUSH>): void {
    if (this.#isStopped) return;
    if (step?.done) return this.#host.pumped();
    const item = step?.value;
    this.#turn.countPromise();
    if (item === FLUSH) {
      this.#host.sendNow();
      if (!this.#isStopped) this.#goOn();
    } else if (isPiece(item)) {
      this.#takePiece(item);
    } else {
      this.#host.failed(invalidItem(item, "a piece or FLUSH; use await for promises"));
    }
  }

  #takePiece(piece: Piece): void {
    if (piece.length === 0) return this.#goOn();
    if (!this.#host.sendPiece(piece)) {
      if (!this.#isStopped) this.#host.pumped();
      return;
    }
    this.#turn.countPiece(piece);
    if (!this.#host.waitForRoom(piece, this.#resume)) return;
    this.#host.sendSoon();
    this.#goOn();
  }

  #goOn(): void {
    if (this.#turn.isOver) this.#host.defer(this.#resume);
    else this.run();
  }
}

/** An iterator of an application's own making may give anything; without a step nothing would ever go on. */
function checkStep<T>(step: T): T {
  if (typeof step !== "object" || step === null) throw new TypeError("Cannot send items: next() gave no result");
  return step;
}

function invalidItem(item: unknown, wanted: string): TypeError {
  const what = item === null ? "null" : typeof item === "symbol" ? String(item) : typeof item;
  return new TypeError(`Cannot send item: ${what} is not ${wanted}`);
}
