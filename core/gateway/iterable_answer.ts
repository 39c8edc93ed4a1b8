/**
 * The answer of an application that returned an iterable: a pump takes the items, and each piece is sent.
 *
 * @module
 */

import { LARGE_PIECE } from "../write/send_buffer.ts";
import { createPump } from "./create_pump.ts";
import type { Environ } from "./environ.ts";
import type { ContextHost, ExchangeContext } from "./exchange_context.ts";
import type { Piece } from "./piece.ts";
import type { Pump, PumpHost } from "./pump.ts";
import type { Responder } from "./responder.ts";

/** What the answer needs of its exchange. */
export interface IterableAnswerOwner {
  /** Whether the exchange is over: answered whole, refused, or lost. */
  readonly isOver: boolean;
  /** The tunnel, after an upgrade. */
  readonly tunnel: unknown;
  /** Octets that items are gathered to. */
  readonly minimumChunkSize: number;
  /** What the application is told. */
  readonly environ: Environ;
  /** What the application may ask for. */
  readonly context: ExchangeContext;
  /** The sending half. */
  readonly responder: Responder;
  /** All content was given. */
  pumped(): void;
  /** There was more content than announced. */
  reportExcess(): void;
  /**
   * The application failed.
   *
   * @param error Its error
   */
  failed(error: unknown): void;
  /**
   * Something failed that changes nothing about the answer.
   *
   * @param error Its error
   */
  failedLate(error: unknown): void;
}

/** Sends what an iterable gives. */
export class IterableAnswer implements PumpHost {
  readonly #host: ContextHost;
  readonly #owner: IterableAnswerOwner;
  readonly #responder: Responder;
  readonly #pump: Pump;

  /**
   * Makes an `IterableAnswer`.
   *
   * @param host The conversation
   * @param owner The exchange
   * @param result What the application returned, no piece
   * @throws {TypeError} If it is no iterable
   * @throws {unknown} What the iterable throws
   */
  constructor(host: ContextHost, owner: IterableAnswerOwner, result: unknown) {
    this.#host = host;
    this.#owner = owner;
    this.#responder = owner.responder;
    this.#pump = createPump(result, this);
  }

  /** Begins, or goes on. */
  run(): void {
    this.#pump.run();
  }

  /** Stops for good: the exchange is over, and the iterable is told. */
  stop(): void {
    this.#pump.stop();
  }

  sendPiece(piece: Piece): boolean {
    if (this.#owner.isOver) return false;
    try {
      const least = this.#owner.minimumChunkSize;
      const sent = least > 0 ? this.#responder.gather(piece, least) : this.#responder.send(piece, true);
      if (sent === "excess") this.#owner.reportExcess();
      return sent === "sent";
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  sendNow(): void {
    if (this.#owner.isOver) return;
    try {
      this.#responder.sendHead();
      if (this.#responder.sendGathered() === "excess") this.#owner.reportExcess();
    } catch (error) {
      return this.failed(error);
    }
    // Where no content goes out, the head is all: who waits for the iterable's next item waits for nothing.
    if (!this.#host.connection.hasBody && !this.#owner.tunnel) return this.pumped();
    this.#host.outlet.flush();
  }

  sendSoon(): void {
    this.#host.outlet.flushSoon();
  }

  waitForRoom(piece: Piece, task: () => void): boolean {
    const { outlet } = this.#host;
    // A large piece goes out uncopied: its maker is not asked for the next one before it is sent.
    const isLent = typeof piece !== "string" && piece.length >= LARGE_PIECE;
    if (!isLent && !outlet.isFull) return true;
    outlet.flush();
    if (isLent ? outlet.isEmpty : !outlet.isFull) return true;
    if (isLent) outlet.whenEmpty(task);
    else outlet.whenRoom(task);
    return false;
  }

  whenInput(task: () => void): void {
    let isNow = true;
    this.#owner.context.reader.whenReady(() => isNow ? this.defer(task) : task());
    isNow = false;
  }

  defer(task: () => void): void {
    this.#host.surroundings.defer(task);
  }

  keepResult(result: unknown, exception: unknown): void {
    const { environ } = this.#owner;
    environ.result = result;
    environ.exception = exception;
  }

  pumped(): void {
    this.#owner.pumped();
  }

  failed(error: unknown): void {
    this.#owner.failed(error);
  }

  closeFailed(error: unknown): void {
    this.#owner.failedLate(error);
  }
}
