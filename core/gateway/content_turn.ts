/**
 * The turn of who reads content: it ends after so many steps and goes on in a later turn of the event loop, so that a
 * client that sends chunks or lines of one octet as fast as it can keeps no one else waiting.
 *
 * @module
 */

import type { Surroundings } from "./port.ts";

/**
 * A step is a run of content, or a read that asks for one. One that is gathered takes 0.05 us, one that an application
 * awaits 1 us; the systems hand over up to 5 MiB in a turn, and with them a million steps.
 */
const TURN_STEPS = 1024;

/** What the turn needs of the conversation. */
export interface ContentTurnHost {
  /** The turn. */
  readonly surroundings: Surroundings;
  /** Goes on, in a later turn. */
  goOn(): void;
}

/** Counts the steps of one connection, whichever request they are for. */
export class ContentTurn {
  readonly #host: ContentTurnHost;
  #stepsLeft = TURN_STEPS;
  /** Whether what is there has to lie until a later turn. */
  isOver = false;

  /**
   * Makes a `ContentTurn`.
   *
   * @param host The conversation
   */
  constructor(host: ContentTurnHost) {
    this.#host = host;
  }

  /**
   * Asks for leave to take a step.
   *
   * @returns false if it has to wait: the host is told to go on when it may ask again
   */
  mayStep(): boolean {
    if (this.#stepsLeft > 0) {
      this.#stepsLeft--;
      return true;
    }
    // What comes in between begins no turn: one turn of the event loop may bring many blocks.
    if (!this.isOver) this.#end();
    return false;
  }

  #end(): void {
    this.isOver = true;
    this.#host.surroundings.defer(() => {
      this.isOver = false;
      this.#stepsLeft = TURN_STEPS;
      this.#host.goOn();
    });
  }
}
