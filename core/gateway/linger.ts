/**
 * The linger: the end of a connection in stages, so that the peer reads the last answer. Closing at once would reset a
 * peer that still sends, and with it lose the answer (RFC 9112, section 9.6).
 *
 * @module
 */

import type { ServerConnection } from "../connection/server_connection.ts";
import type { Outlet } from "./outlet.ts";
import type { Port, Surroundings } from "./port.ts";
import type { GatewaySettings, Holder } from "./settings.ts";

/** What the linger needs of the conversation. */
export interface LingerHost {
  /** The connection's state. */
  readonly connection: ServerConnection;
  /** The way out. */
  readonly outlet: Outlet;
  /** The far side. */
  readonly port: Port;
  /** The clock. */
  readonly surroundings: Surroundings;
  /** What all connections share. */
  readonly settings: GatewaySettings;
  /** Since when the connection is idle. */
  readonly idleSince: number;
  /** When what is left of the connection ends. */
  endsAt: number;
  /** Ends both sides. */
  close(): void;
}

/** Ends one connection behind its last answer. */
export class Linger implements Holder {
  readonly #host: LingerHost;
  #discarded = 0;
  #isAnswerTaken = false;

  /**
   * Makes a `Linger`.
   *
   * @param host The conversation
   */
  constructor(host: LingerHost) {
    this.#host = host;
  }

  /** Whether so much was read away that no more is read: the rest stays with the system until the end. */
  get hasEnough(): boolean {
    return this.#discarded >= this.#host.settings.deadlines.linger.bytes;
  }

  /** The last answer is written: ends our side once the port has taken it, and gives the peer its time to close. */
  begin(): void {
    const host = this.#host;
    host.endsAt = Infinity;
    host.outlet.whenEmpty(() => {
      if (host.connection.hasEnded) return host.close();
      host.endsAt = host.surroundings.now() + host.settings.deadlines.linger.ms;
      host.port.endWriting();
      this.#isAnswerTaken = true;
      this.#hold();
    });
  }

  /** Reads away what is there. */
  discard(): void {
    const { input } = this.#host.connection;
    this.#discarded += input.unread;
    input.start = input.end;
    this.#hold();
  }

  makeRoom(): void {
    this.#host.close();
  }

  /** The peer has ended, or the connection is closed. */
  end(): void {
    this.#host.settings.holding.delete(this);
  }

  /**
   * Once nothing is read any more, and all is sent, the connection holds, and the one that does so for the longest time makes
   * room. A peer that goes meanwhile goes unseen, and what it leaves is a descriptor, and on Node.js 64 KiB: 20 clients
   * that came again and again had it hold 4000.
   */
  #hold(): void {
    if (!this.hasEnough || !this.#isAnswerTaken) return;
    const { holding, parse } = this.#host.settings;
    holding.add(this);
    if (holding.size <= parse.limits.holding) return;
    const [oldest] = holding;
    oldest!.makeRoom();
  }
}

/**
 * Tells whether an idle connection has to linger too: a client that was answered just now may have sent its next request,
 * and still be about to read.
 *
 * @param host The conversation
 * @returns false before the first answer, and when the last one is as long ago as a linger takes
 */
export function isAnsweredLately({ outlet, surroundings, idleSince, settings }: LingerHost): boolean {
  return outlet.total > 0 && surroundings.now() - idleSince < settings.deadlines.linger.ms;
}
