/**
 * The context of an exchange: what its application may ask for. Each part is made when it is first asked for, for most
 * exchanges need none.
 *
 * @module
 */

import type { ServerConnection } from "../connection/server_connection.ts";
import type { Deadlines } from "../limits.ts";
import type { RequestHead } from "../parse/request_head.ts";
import { ContentReader } from "./content_reader.ts";
import type { ContentTurn } from "./content_turn.ts";
import { Departure, type DepartureHost } from "./departure.ts";
import type { ErrorLog } from "./environ.ts";
import { ExchangeDeadlines, type ExchangeDeadlinesHost } from "./exchange_deadlines.ts";
import { Input } from "./input.ts";
import type { Outlet } from "./outlet.ts";
import type { Port, Surroundings } from "./port.ts";
import type { ResponderHost } from "./responder.ts";
import type { GatewaySettings } from "./settings.ts";
import type { SignalBus } from "./signal_bus.ts";
import { Signals, type SignalsHost } from "./signals.ts";

/** What the surroundings of an exchange need of the conversation. */
export interface ContextHost extends DepartureHost {
  /** The connection's state. */
  readonly connection: ServerConnection;
  /** The far side. */
  readonly port: Port;
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
  /** When the turn began, or the exchange before was over. */
  readonly turnStart: number;
  /** Octets were taken or are waited for: reading may have to go on. */
  regulateReading(): void;
}

/** Shared: an error with its stack, made for each exchange that has read content, cost 16 % of a small upload. */
const EXCHANGE_OVER = new TypeError("Cannot read content: the exchange is over");
const NO_MORE_WAITS = new TypeError("Cannot wait: the exchange is over");

/** What an exchange has for its application. */
export abstract class ExchangeContext implements ResponderHost, SignalsHost, ExchangeDeadlinesHost {
  readonly #host: ContextHost;
  #reader: ContentReader | undefined;
  #input: Input | undefined;
  #signals: Signals | undefined;
  #departure: Departure | undefined;
  /** The connection's state. */
  readonly connection: ServerConnection;
  /** What all connections share. */
  readonly settings: GatewaySettings;
  /** The clock and the turn. */
  readonly surroundings: Surroundings;
  /** The request's head. */
  readonly head: RequestHead;
  /** When the head was whole. */
  readonly startedAt: number;
  /** Octets that items are gathered to. */
  minimumChunkSize: number;
  /** Whether the application is in its first run: it has been waiting for nothing yet. */
  protected isFirstRun = true;

  /**
   * Makes an `ExchangeContext`.
   *
   * @param host The conversation
   */
  constructor(host: ContextHost) {
    this.#host = host;
    this.head = host.connection.head!;
    this.startedAt = host.turnStart;
    this.connection = host.connection;
    this.settings = host.settings;
    this.minimumChunkSize = host.settings.minimumChunkSize;
    this.surroundings = host.surroundings;
  }

  /** Whether the exchange is over: answered whole, refused, or lost. */
  abstract get isOver(): boolean;

  /** The far side. */
  get port(): Port {
    return this.#host.port;
  }

  /** Where `environ.errors` goes. */
  get errors(): ErrorLog {
    return this.#host.settings.errors;
  }

  /** The content's reader. */
  get reader(): ContentReader {
    return this.#reader ??= this.#createReader();
  }

  /**
   * The value of Date for an answer that begins now. For one that the application begins at once it is the time of the
   * request, "the moment just before generating the message content" (RFC 9110, section 6.6.1): the clock is asked once.
   */
  get date(): string {
    const { surroundings } = this;
    return this.settings.dates.at(this.isFirstRun ? this.startedAt : surroundings.now(), surroundings);
  }

  /** The reader if anybody has asked for it. */
  get readerInUse(): ContentReader | undefined {
    return this.#reader;
  }

  /** The content. */
  get input(): Input {
    return this.#input ??= new Input(this.reader, this.head.framing);
  }

  /** What has become of the client. Made when asked for: most stay until they are answered. */
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

  /** What the exchange may take its time for. Made when asked for: few ask, and none more than once. */
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

  /** Octets that have passed, in both directions. */
  get activity(): number {
    return this.connection.input.total + this.#host.outlet.taken;
  }

  /** The peer has ended its side, or the server drains. */
  announceClosing(): void {
    this.#departure?.announceClosing();
    this.#signals?.release();
  }

  endReason(throughHalfClose: boolean): unknown {
    if (this.lossReason !== undefined) return this.lossReason;
    if (this.isOver) return NO_MORE_WAITS;
    return this.#host.closingBy && !throughHalfClose ? this.closing.reason : undefined;
  }

  /** Why the connection is lost, undefined while it is not. */
  protected get lossReason(): unknown {
    return this.#departure?.reason;
  }

  #createReader(): ContentReader {
    const { connection, surroundings } = this;
    const { outlet, contentTurn } = this.#host;
    const reader = new ContentReader({
      connection,
      contentTurn,
      ownedBlocks: this.settings.ownedBlocks,
      flush: () => outlet.flush(),
      regulateReading: () => this.#host.regulateReading(),
      now: () => surroundings.now(),
    });
    if (this.isOver) reader.fail(this.#noMoreContent());
    return reader;
  }

  /** The exchange is over: whoever still waits, for content or a signal, is told. */
  protected releaseWaits(): void {
    this.#reader?.fail(this.#noMoreContent());
    this.#signals?.release();
  }

  /**
   * Whether the application let itself be ended by what became of its client: that is nobody's fault.
   *
   * @param error What it failed with
   * @returns true if so
   */
  protected isGivingUp(error: unknown): boolean {
    return error === NO_MORE_WAITS || this.#departure?.explains(error) === true;
  }

  #noMoreContent(): unknown {
    return this.lossReason ?? EXCHANGE_OVER;
  }
}
