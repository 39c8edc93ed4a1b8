/**
 * The pump of asynchronous iterables.
 *
 * @module
 */

import { FLUSH, isPiece, type Piece } from "./piece.ts";
import { invalidItem, type Pump, type PumpHost, Turn } from "./pump.ts";

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
    this.#turn.countWait();
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
