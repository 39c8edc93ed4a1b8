/**
 * The pumps: take the items of an application's iterable one by one, no faster than the client takes them.
 *
 * A turn ends after 128 pieces, 64 KiB, or 64 promises or flushes (each item of an asynchronous iterable is a promise),
 * and goes on in a later turn of the event loop, so that the iterations of many exchanges interleave and no one starves
 * the others.
 *
 * @module
 */

import type { Piece } from "./piece.ts";

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

const TURN_PIECES = 128;
const TURN_OCTETS = 65_536;
const TURN_WAITS = 64;

/** How much of a turn is used. */
export class Turn {
  #pieces = 0;
  #octets = 0;
  /** Promises and flushes: each takes as long as several pieces. */
  #waits = 0;

  /** A new turn. */
  begin(): void {
    this.#pieces = 0;
    this.#octets = 0;
    this.#waits = 0;
  }

  /**
   * Counts a piece.
   *
   * @param piece The piece
   */
  countPiece(piece: Piece): void {
    this.#pieces++;
    this.#octets += piece.length;
  }

  /** Counts a promise, or a flush. */
  countWait(): void {
    this.#waits++;
  }

  /** Whether others are to have theirs. */
  get isOver(): boolean {
    return this.#pieces >= TURN_PIECES || this.#octets >= TURN_OCTETS || this.#waits >= TURN_WAITS;
  }
}

/**
 * The error for an item that is none.
 *
 * @param item What the application gave
 * @param wanted What it may be
 * @returns The error
 */
export function invalidItem(item: unknown, wanted: string): TypeError {
  const what = item === null ? "null" : typeof item === "symbol" ? String(item) : typeof item;
  return new TypeError(`Cannot send item: ${what} is not ${wanted}`);
}
