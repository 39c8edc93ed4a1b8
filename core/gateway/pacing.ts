/**
 * The pacing of requests that came in one batch: the next one waits while the client takes no answers, and when its
 * connection has had its turn.
 *
 * @module
 */

import type { Outlet } from "./outlet.ts";
import type { Surroundings } from "./port.ts";

/** When so many octets were gathered in one turn, the next request waits for a later one. */
const TURN_OCTETS = 65_536;

/**
 * A turn that goes on with what came earlier ends after so many requests, too: small answers take long to come to those
 * octets, and ten clients that send as fast as they can kept others waiting for half a second.
 */
const LATER_REQUESTS = 64;

/** What the pacing needs of the conversation. */
export interface PacingHost {
  /** Where the answers go. */
  readonly outlet: Outlet;
  /** The turn. */
  readonly surroundings: Surroundings;
  /** Goes on, with a request that was held back. */
  goOn(): void;
}

/** Holds the next request of one connection back. */
export class Pacing {
  readonly #host: PacingHost;
  #turnStart = 0;
  #requestsLeft = Infinity;
  /** Whether the next request waits for the client to take answers, or for a later turn. */
  isHeldBack = false;

  /**
   * Makes a `Pacing`.
   *
   * @param host The conversation
   */
  constructor(host: PacingHost) {
    this.#host = host;
  }

  /** Something came: a new turn. */
  beginTurn(): void {
    this.#turnStart = this.#host.outlet.total;
    this.#requestsLeft = Infinity;
  }

  /** An answer was awaited, and what came behind its request is gone on with: promises alone end no turn. */
  continueTurn(): void {
    this.#requestsLeft = Math.min(this.#requestsLeft, LATER_REQUESTS);
  }

  /**
   * Asks for leave to serve the next request.
   *
   * @returns false if it has to wait: the host is told to go on when it may ask again
   */
  mayServe(): boolean {
    if (this.isHeldBack) return false;
    const { outlet, surroundings } = this.#host;
    if (outlet.isFull) outlet.flush();
    const isTurnOver = outlet.total - this.#turnStart >= TURN_OCTETS || this.#requestsLeft === 0;
    if (!outlet.isFull && !isTurnOver) {
      this.#requestsLeft--;
      return true;
    }
    this.isHeldBack = true;
    const resume = (): void => {
      this.isHeldBack = false;
      this.beginTurn();
      this.#host.goOn();
    };
    if (outlet.isFull) outlet.whenRoom(resume);
    else surroundings.defer(resume);
    return false;
  }
}
