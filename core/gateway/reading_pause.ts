/**
 * The pause in reading: a peer that sends faster than its octets are taken waits, and they wait with the system.
 *
 * @module
 */

import type { ServerConnection } from "../connection/server_connection.ts";
import type { ContentTurn } from "./content_turn.ts";
import type { Exchange } from "./exchange.ts";
import type { Port } from "./port.ts";
import type { GatewaySettings } from "./settings.ts";

/** What the pause depends on. */
export interface ReadingPauseHost {
  /** The connection's state. */
  readonly connection: ServerConnection;
  /** The far side. */
  readonly port: Port;
  /** What all connections share. */
  readonly settings: GatewaySettings;
  /** The exchange in hand. */
  readonly exchange: Exchange | undefined;
  /** How much content is read in a turn. */
  readonly contentTurn: ContentTurn;
  /** Whether requests have to wait for a later turn. */
  readonly isHeldBack: boolean;
  /** Whether content is read away that the application left. */
  readonly isDraining: boolean;
  /** While the connection lingers: whether enough was read away; else undefined. */
  readonly hasLingeredEnough: boolean | undefined;
}

/** Pauses the reading of one connection. */
export class ReadingPause {
  readonly #host: ReadingPauseHost;
  #isPaused = false;

  /**
   * Makes a `ReadingPause`.
   *
   * @param host The conversation
   */
  constructor(host: ReadingPauseHost) {
    this.#host = host;
  }

  /** Octets were taken or are waited for: stops reading while too many lie unread, and goes on when they do not. */
  regulate(): void {
    const isOver = hasEnough(this.#host);
    if (isOver === this.#isPaused) return;
    this.#isPaused = isOver;
    if (isOver) this.#host.port.pauseReading();
    else this.#host.port.resumeReading();
  }
}

/** Whether so much lies unread that reading has to pause. */
function hasEnough(host: ReadingPauseHost): boolean {
  const { connection, exchange, hasLingeredEnough } = host;
  if (hasLingeredEnough !== undefined) return hasLingeredEnough;
  if (connection.input.unread < host.settings.parse.limits.readAhead) return false;
  if (host.isDraining) return host.contentTurn.isOver;
  // A client that sends faster than the turns go must not fill the memory with its requests.
  if (!exchange) return host.isHeldBack;
  // Whoever waits for octets gets them, however many a head or a chunk line takes that is within its limits.
  const isWaiting = exchange.tunnel ? exchange.tunnel.isWaiting : exchange.readerInUse?.isWaiting === true;
  return !isWaiting;
}
