/**
 * The departure of a client: whether it is lost or about to go, and the two signals that tell an application.
 *
 * @module
 */

import { ConnectionClosingError } from "../errors.ts";

/** What is asked of the conversation. */
export interface DepartureHost {
  /** Why the connection is closing, undefined if it is not. */
  readonly closingBy: "peer" | "shutdown" | undefined;
}

/** What has become of the client of one exchange. */
export class Departure {
  readonly #host: DepartureHost;
  #loss: AbortController | undefined;
  #closing: AbortController | undefined;
  /** Why the connection is lost, undefined while it is not. */
  reason: unknown = undefined;

  /**
   * Makes a `Departure`.
   *
   * @param host The conversation
   */
  constructor(host: DepartureHost) {
    this.#host = host;
  }

  /** Fires when the connection is lost: `environ.signal`. */
  get signal(): AbortSignal {
    if (!this.#loss) {
      this.#loss = new AbortController();
      this.announceLoss();
    }
    return this.#loss.signal;
  }

  /** Fires when the peer has ended its side, or the server drains: `environ.closing`. */
  get closing(): AbortSignal {
    if (!this.#closing) {
      this.#closing = new AbortController();
      this.announceClosing();
    }
    return this.#closing.signal;
  }

  /** Fires `signal` for whoever has asked for it, if the connection is lost. */
  announceLoss(): void {
    if (this.reason !== undefined) this.#loss?.abort(this.reason);
  }

  /** Fires `closing` for whoever has asked for it, if the connection is closing. */
  announceClosing(): void {
    const { closingBy } = this.#host;
    if (closingBy) this.#closing?.abort(new ConnectionClosingError(closingBy));
  }

  /**
   * Tells whether an application that failed only let itself be ended by what became of its client.
   *
   * @param error Its error
   * @returns true for the reason of one of the two signals
   */
  explains(error: unknown): boolean {
    if (error === undefined) return false;
    return error === this.reason || error === this.#closing?.signal.reason;
  }
}
