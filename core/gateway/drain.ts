/**
 * The drain: reads away content that the application left unread, within a bound, so that the connection lives on.
 *
 * @module
 */

import type { ServerConnection } from "../connection/server_connection.ts";
import type { ContentTurn } from "./content_turn.ts";

/** How draining goes: the content has ended, more octets are needed, or a later turn, or it is not worth it. */
export type DrainStep = "end" | "more" | "later" | "too much";

/** Reads away the content of one request. */
export class Drain {
  readonly #connection: ServerConnection;
  readonly #turn: ContentTurn;
  #budget: number;

  /**
   * Begins to drain.
   *
   * @param connection The connection
   * @param turn How much is read away in a turn
   * @param octets How much content is read away at most
   */
  constructor(connection: ServerConnection, turn: ContentTurn, octets: number) {
    this.#connection = connection;
    this.#turn = turn;
    this.#budget = octets;
  }

  /**
   * Reads away what is there.
   *
   * @returns How it goes. Broken content is not worth it: the answer is out, what is wrong behind it concerns nobody
   */
  step(): DrainStep {
    try {
      while (this.#turn.mayStep()) {
        const step = this.#connection.readContent();
        if (step !== "run") return step;
        const octets = this.#connection.runEnd - this.#connection.input.start;
        this.#connection.takeContent(octets);
        this.#budget -= octets;
        if (this.#budget < 0) return "too much";
      }
      return "later";
    } catch {
      return "too much";
    }
  }
}

/**
 * Tells whether the rest of the content is worth reading away to keep the connection.
 *
 * @param connection The connection, its answer written
 * @param octets How much content is read away at most
 * @returns false if it closes anyway, if the rest is known to be more, or if the client may wait for a 100 (Continue)
 * and never send it
 */
export function isWorthDraining(connection: ServerConnection, octets: number): boolean {
  // A peer that has ended its side may have sent further requests behind the content; they are answered.
  if (!connection.persistent || connection.owesContinue) return false;
  return connection.contentRest === Infinity || connection.contentRest <= octets;
}
