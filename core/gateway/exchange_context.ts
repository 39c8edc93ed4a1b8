/**
 * The context of an exchange: what its application may ask for beside the request itself. All of it is made when it is
 * first asked for, for most exchanges need none.
 *
 * @module
 */

import type { ServerConnection } from "../connection/server_connection.ts";
import type { Deadlines } from "../limits.ts";
import type { RequestHead } from "../parse/request_head.ts";
import { ContentReader } from "./content_reader.ts";
import type { ContentTurn } from "./content_turn.ts";
import { Departure, type DepartureHost } from "./departure.ts";
import type { EnvironContext } from "./environ.ts";
import { ExchangeDeadlines, type ExchangeDeadlinesHost } from "./exchange_deadlines.ts";
import { Input } from "./input.ts";
import type { Outlet } from "./outlet.ts";
import type { Surroundings } from "./port.ts";
import type { GatewaySettings } from "./settings.ts";
import type { SignalBus } from "./signal_bus.ts";
import { Signals, type SignalsHost } from "./signals.ts";

/** What the context needs of the conversation. */
export interface ContextHost extends DepartureHost {
  /** The connection's state. */
  readonly connection: ServerConnection;
  /** The clock and the turn. */
  readonly surroundings: Surroundings;
  /** What all connections share. */
  readonly settings: GatewaySettings;
  /** The way out. */
  readonly outlet: Outlet;
  /** How much content is read in a turn. */
  readonly contentTurn: ContentTurn;
  /** The deadlines in force. */
  deadlines: Readonly<Deadlines>;
  /** Octets were taken or are waited for: reading may have to go on. */
  regulateReading(): void;
}

/** What the context needs of its exchange. */
export interface ContextOwner {
  /** The request's head. */
  readonly head: RequestHead;
  /** Whether the exchange is over: answered whole, refused, or lost. */
  readonly isOver: boolean;
}

/** Shared: an error with its stack, made for each exchange that has read content, cost 16 % of a small upload. */
const EXCHANGE_OVER = new TypeError("Cannot read content: the exchange is over");
const NO_MORE_WAITS = new TypeError("Cannot wait: the exchange is over");

/** What an exchange has for its application. */
export class ExchangeContext implements EnvironContext, SignalsHost, ExchangeDeadlinesHost {
  readonly #host: ContextHost;
  readonly #owner: ContextOwner;
  #reader: ContentReader | undefined;
  #input: Input | undefined;
  #signals: Signals | undefined;
  #departure: Departure | undefined;

  /**
   * Makes an `ExchangeContext`.
   *
   * @param host The conversation
   * @param owner The exchange
   */
  constructor(host: ContextHost, owner: ContextOwner) {
    this.#host = host;
    this.#owner = owner;
  }

  /** Whether the exchange is over: answered whole, refused, or lost. */
  get isOver(): boolean {
    return this.#owner.isOver;
  }

  /** The content's reader. */
  get reader(): ContentReader {
    return this.#reader ??= this.#createReader();
  }

  /** The reader if anybody has asked for it. */
  get readerInUse(): ContentReader | undefined {
    return this.#reader;
  }

  /** The content. */
  get input(): Input {
    return this.#input ??= new Input(this.reader, this.#owner.head.framing);
  }

  /** What has become of the client. */
  get departure(): Departure {
    return this.#departure ??= new Departure(this.#host);
  }

  /** Fires when the connection is lost. */
  get signal(): AbortSignal {
    return this.departure.signal;
  }

  /** Fires when the peer has ended its side, or the server drains. */
  get closing(): AbortSignal {
    return this.departure.closing;
  }

  /** Signals and time. */
  get signals(): Signals {
    return this.#signals ??= new Signals(this);
  }

  /** What the exchange may take its time for: few ask, and none more than once. */
  get exchangeDeadlines(): ExchangeDeadlines {
    return new ExchangeDeadlines(this);
  }

  /** The deadlines in force. */
  get deadlines(): Readonly<Deadlines> {
    return this.#host.deadlines;
  }

  set deadlines(deadlines: Readonly<Deadlines>) {
    this.#host.deadlines = deadlines;
  }

  /** Where signals meet. */
  get bus(): SignalBus {
    return this.#host.settings.signals;
  }

  /** The clock and the turn. */
  get surroundings(): Surroundings {
    return this.#host.surroundings;
  }

  /** Octets that have passed, in both directions. */
  get activity(): number {
    return this.#host.connection.input.total + this.#host.outlet.taken;
  }

  /** Why the connection is lost, undefined while it is not. */
  get lossReason(): unknown {
    return this.#departure?.reason;
  }

  /** The peer has ended its side, or the server drains. */
  announceClosing(): void {
    this.#departure?.announceClosing();
    this.#signals?.release();
  }

  /** The exchange is over: whoever still waits, for content or a signal, is told. */
  release(): void {
    this.#reader?.fail(this.#noMoreContent());
    this.#signals?.release();
  }

  endReason(throughHalfClose: boolean): unknown {
    if (this.lossReason !== undefined) return this.lossReason;
    if (this.isOver) return NO_MORE_WAITS;
    return this.#host.closingBy && !throughHalfClose ? this.closing.reason : undefined;
  }

  /**
   * Tells whether the application let itself be ended by what became of its client: that is nobody's fault.
   *
   * @param error What it failed with
   * @returns true if so
   */
  isGivingUp(error: unknown): boolean {
    return error === NO_MORE_WAITS || this.#departure?.explains(error) === true;
  }

  #createReader(): ContentReader {
    const { connection, contentTurn, outlet, settings, surroundings } = this.#host;
    const reader = new ContentReader({
      connection,
      contentTurn,
      ownedBlocks: settings.ownedBlocks,
      flush: () => outlet.flush(),
      regulateReading: () => this.#host.regulateReading(),
      now: () => surroundings.now(),
    });
    if (this.isOver) reader.fail(this.#noMoreContent());
    return reader;
  }

  #noMoreContent(): unknown {
    return this.lossReason ?? EXCHANGE_OVER;
  }
}
