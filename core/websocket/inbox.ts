/**
 * Messages that have come and wait to be received. Whoever fills it waits while it is full, and so, in the end, does the
 * peer.
 *
 * @module
 */

import type { Message } from "./message_decoder.ts";

/** How many messages may wait. */
const MAX_MESSAGES = 64;
/** How many octets may wait, in messages, before the next is not read. */
const MAX_OCTETS = 65_536;

/** A queue with room for some messages. */
export class Inbox {
  #messages: Message[] = [];
  #octets = 0;
  #waiting: ((message: Message | undefined) => void) | undefined;
  #whenRoom: (() => void) | undefined;
  #whenCaughtUp: (() => void) | undefined;
  /** Whether a message was taken, and nobody has asked for the next. */
  #isTaken = false;
  #isEnded = false;

  /** Whether so much waits that no more is to be put in. */
  get isFull(): boolean {
    return this.#octets >= MAX_OCTETS || this.#messages.length >= MAX_MESSAGES;
  }

  /**
   * Puts a message in, or hands it to whoever waits.
   *
   * @param message The message
   */
  put(message: Message): void {
    const waiting = this.#waiting;
    if (this.#isEnded) return;
    if (waiting) {
      this.#waiting = undefined;
      this.#isTaken = true;
      return waiting(message);
    }
    this.#messages.push(message);
    this.#octets += message.length;
  }

  /**
   * Waits for room.
   *
   * @returns Settles when there is some, or nothing is taken any more
   */
  room(): Promise<void> {
    if (!this.isFull || this.#isEnded) return Promise.resolve();
    return new Promise((resolve) => this.#whenRoom = resolve);
  }

  /**
   * Takes the next message. One call at a time.
   *
   * @returns The message; undefined once all are taken and no more comes
   * @throws {TypeError} If another call waits
   */
  take(): Promise<Message | undefined> {
    if (this.#waiting) return Promise.reject(new TypeError("Cannot receive: another receive is under way"));
    const message = this.#messages.shift();
    this.#isTaken = message !== undefined;
    if (message === undefined) {
      this.#tellCaughtUp();
      return this.#isEnded ? Promise.resolve(undefined) : new Promise((resolve) => this.#waiting = resolve);
    }
    this.#octets -= message.length;
    if (!this.isFull) this.#giveRoom();
    return Promise.resolve(message);
  }

  /** No more comes. What is there can still be taken. */
  end(): void {
    this.#isEnded = true;
    this.#waiting?.(undefined);
    this.#waiting = undefined;
    this.#giveRoom();
  }

  /**
   * Calls back when the application is done with all that came: none waits, and if it
   * has taken one it asks for the next.
   *
   * @param task What to call
   */
  whenCaughtUp(task: () => void): void {
    if (this.#messages.length === 0 && !this.#isTaken) task();
    else this.#whenCaughtUp = task;
  }

  #tellCaughtUp(): void {
    this.#whenCaughtUp?.();
    this.#whenCaughtUp = undefined;
  }

  #giveRoom(): void {
    this.#whenRoom?.();
    this.#whenRoom = undefined;
  }
}
