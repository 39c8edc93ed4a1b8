/**
 * The parting: what becomes of a connection behind an answer that leaves something to be read, or is the last one. It
 * drains, lingers, and ends.
 *
 * @module
 */

import type { ContentTurn } from "./content_turn.ts";
import { Drain } from "./drain.ts";
import { Linger, type LingerHost } from "./linger.ts";

/**
 * Where it is: `draining` content that the application left; `lingering` for the peer to read the last answer and close;
 * `ending` as soon as the port has taken what was written last, with the peer's side ended.
 */
type Phase = "draining" | "lingering" | "ending";

/** What the parting needs of the conversation. */
export interface PartingHost extends LingerHost {
  /** How much content is read in a turn. */
  readonly contentTurn: ContentTurn;
  /** The connection is kept: the next request may come. */
  awaitHead(): void;
  /** Goes on outside of `receive`. */
  goOn(): void;
}

/** Parts with the peer of one connection, or keeps it after all. */
export class Parting {
  readonly #host: PartingHost;
  #phase: Phase = "ending";
  #drain: Drain | undefined;
  #linger: Linger | undefined;

  /**
   * Makes a `Parting`.
   *
   * @param host The conversation
   */
  constructor(host: PartingHost) {
    this.#host = host;
  }

  /** Whether content is read away that the application left. */
  get isDraining(): boolean {
    return this.#phase === "draining";
  }

  /** While the connection lingers: whether enough was read away; else undefined. */
  get hasLingeredEnough(): boolean | undefined {
    return this.#phase === "lingering" ? this.#linger!.hasEnough : undefined;
  }

  /** Reads away what the application left: the connection may be kept. */
  drain(): void {
    const { connection, contentTurn, settings, surroundings } = this.#host;
    const { bytes, ms } = settings.deadlines.drain;
    this.#phase = "draining";
    this.#drain = new Drain(connection, contentTurn, bytes);
    this.#host.endsAt = surroundings.now() + ms;
  }

  /** The last answer is written. */
  linger(): void {
    this.#phase = "lingering";
    this.#linger = new Linger(this.#host);
    this.#linger.begin();
  }

  /** Nothing more is read or said. */
  end(): void {
    this.#phase = "ending";
    this.#linger?.end();
    this.#host.outlet.whenEmpty(() => this.#host.close());
  }

  /**
   * Takes a step with what has come.
   *
   * @returns false when there is nothing to do before something happens
   */
  step(): boolean {
    if (this.#phase === "draining") return this.#drainStep();
    if (this.#phase === "lingering") {
      this.#linger!.discard();
      if (this.#host.connection.hasEnded) this.end();
    }
    return false;
  }

  /** Its time is over. */
  endIsDue(): void {
    if (this.#phase === "lingering") return this.#host.close();
    // What was written last still has the time that the peer takes it in.
    this.#host.endsAt = Infinity;
    if (this.#phase === "ending") return;
    this.#lingerOverContent();
    this.#host.goOn();
  }

  /** The connection is closed. */
  closed(): void {
    this.#linger?.end();
  }

  #drainStep(): boolean {
    const { connection } = this.#host;
    const step = this.#drain!.step();
    if (step === "later" || (step === "more" && !connection.hasEnded)) return false;
    if (step !== "end") {
      this.#lingerOverContent();
      return true;
    }
    this.#host.endsAt = Infinity;
    if (connection.turnOver() === "start over") this.#host.awaitHead();
    else this.linger();
    return true;
  }

  #lingerOverContent(): void {
    this.#host.connection.closeAfter("unread-content");
    this.linger();
  }
}
