/**
 * The turn of who reads content: it ends after so many steps and goes on in a later turn of the event loop, so that a
 * client that sends chunks or lines of one octet as fast as it can keeps no one else waiting.
 *
 * @module
 */

import type { Surroundings } from "./port.ts";

/** A step takes a run of content: 0.05 us. The systems hand over up to 5 MiB in a turn, and with them a million runs. */
const TURN_STEPS = 1024;

/** Steps that a read counts for beside its runs: an application that awaits it takes 1 us to go on. */
const STEPS_OF_READ = 8;

/** Steps that what comes brings with it: content that comes in reasonable pieces, and small requests, never wait. */
const STEPS_RECEIVED = 64;

/** How long turns may follow each other before who reads content rests, in ms. */
const STRETCH = 4;

/**
 * How long the rest is, in ms. While turn follows turn Deno looks for I/O at every 61st only, and others waited for 2.7 s.
 * Until a timer it has nothing else to do; one of less than 2 ms may be due at once.
 */
const REST = 2;

/** What the connections of a gateway share: only if all rest at once there is nothing to do but to look for I/O. */
export interface ContentRest {
  /** When the last rest was over; undefined before the first content. */
  endedAt: number | undefined;
}

/** What the turn needs of the conversation. */
export interface ContentTurnHost {
  /** The turn. */
  readonly surroundings: Surroundings;
  /** What it shares with others. */
  readonly settings: { readonly contentRest: ContentRest };
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
    host.settings.contentRest.endedAt ??= host.surroundings.now();
  }

  /** Something came. It begins no turn: one turn of the event loop may bring 80 blocks. */
  received(): void {
    if (!this.isOver) this.#stepsLeft = Math.min(TURN_STEPS, this.#stepsLeft + STEPS_RECEIVED);
  }

  /** Somebody reads. */
  countRead(): void {
    this.#stepsLeft -= STEPS_OF_READ;
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
    if (!this.isOver) this.#end();
    return false;
  }

  #end(): void {
    this.isOver = true;
    const { surroundings, settings } = this.#host;
    if (surroundings.now() - settings.contentRest.endedAt! < STRETCH) surroundings.defer(() => this.#begin());
    else surroundings.after(REST, () => this.#beginStretch());
  }

  #beginStretch(): void {
    const { surroundings, settings } = this.#host;
    settings.contentRest.endedAt = surroundings.now();
    this.#begin();
  }

  #begin(): void {
    this.isOver = false;
    this.#stepsLeft = TURN_STEPS;
    this.#host.goOn();
  }
}
