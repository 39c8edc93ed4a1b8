/**
 * The exchange: runs one application call, from the request's head to the end of its answer (PEP 3333).
 *
 * The head waits for the first non-empty piece, so that an error before it can still become a clean 500. A synchronous
 * application is answered without a promise.
 *
 * @module
 */

import type { ServerConnection } from "../connection/server_connection.ts";
import { ProtocolError } from "../errors.ts";
import type { FieldsInit } from "../fields.ts";
import type { Deadlines } from "../limits.ts";
import type { RequestHead } from "../parse/request_head.ts";
import { prepareFields } from "../write/fields_text.ts";
import { LARGE_PIECE } from "../write/send_buffer.ts";
import { ContentReader } from "./content_reader.ts";
import { createPump } from "./create_pump.ts";
import { Departure, type DepartureHost } from "./departure.ts";
import { Environ, type EnvironSource, type ErrorLog, type Outcome } from "./environ.ts";
import { ExchangeDeadlines, type ExchangeDeadlinesHost } from "./exchange_deadlines.ts";
import { FileWrapper } from "./file_wrapper.ts";
import { ignorable } from "./ignorable.ts";
import { Input } from "./input.ts";
import type { Outlet } from "./outlet.ts";
import { isPiece, isThenable, type Piece } from "./piece.ts";
import type { Port, Surroundings } from "./port.ts";
import type { Pump, PumpHost } from "./pump.ts";
import { Responder, type ResponderHost } from "./responder.ts";
import type { GatewaySettings } from "./settings.ts";
import type { SignalBus } from "./signal_bus.ts";
import { Signals, type SignalsHost } from "./signals.ts";
import { type Tunnel, TunnelEnd } from "./tunnel.ts";
import type { App, Result, Write } from "./types.ts";

/** What an exchange needs of the conversation. */
export interface ExchangeHost extends DepartureHost {
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
  /** The deadlines in force. */
  deadlines: Readonly<Deadlines>;
  /** Octets were taken or are waited for: reading may have to go on. */
  regulateReading(): void;
  /**
   * The answer is written whole, or refused.
   *
   * @param exchange The exchange
   */
  exchangeDone(exchange: Exchange): void;
  /**
   * The connection is to be aborted: the answer cannot be completed.
   *
   * @param error Why
   */
  abortConnection(error: unknown): void;
  /** Our side of a tunnel has ended. */
  endWriting(): void;
}

/** Shared: an error with its stack, made for each exchange that has read content, cost 16 % of a small upload. */
const EXCHANGE_OVER = new TypeError("Cannot read content: the exchange is over");
const NO_MORE_WAITS = new TypeError("Cannot wait: the exchange is over");

/** One exchange. */
export class Exchange implements EnvironSource, PumpHost, ResponderHost, SignalsHost, ExchangeDeadlinesHost {
  readonly #host: ExchangeHost;
  readonly #wireStart: number;
  readonly #startResponse = (status: number | string, fields?: FieldsInit, error?: unknown): Write => {
    this.#responder.start(status, fields, error);
    return this.#write;
  };
  readonly #write: Write = (piece) => this.#writePiece(piece);
  readonly #responder: Responder;
  #pump: Pump | undefined;
  #reader: ContentReader | undefined;
  #input: Input | undefined;
  #signals: Signals | undefined;
  #departure: Departure | undefined;
  #outcome: Omit<Outcome, "completed" | "durationMs"> | undefined;
  /** The connection's state. */
  readonly connection: ServerConnection;
  /** What all connections share. */
  readonly settings: GatewaySettings;
  /** The clock and the turn. */
  readonly surroundings: Surroundings;
  /** The request's head. */
  readonly head: RequestHead;
  /** What the application is told. */
  readonly environ: Environ;
  /** When the head was whole. */
  readonly startedAt: number;
  /** The tunnel, after an upgrade. */
  tunnel: TunnelEnd | undefined;
  /** Octets that items are gathered to. */
  minimumChunkSize: number;
  /** What went wrong, if anything did. */
  error: unknown = undefined;

  /**
   * Makes an `Exchange`.
   *
   * @param host The conversation
   */
  constructor(host: ExchangeHost) {
    this.#host = host;
    this.head = host.connection.head!;
    this.startedAt = host.surroundings.now();
    this.connection = host.connection;
    this.settings = host.settings;
    this.minimumChunkSize = host.settings.minimumChunkSize;
    this.surroundings = host.surroundings;
    this.#wireStart = host.connection.output.total;
    this.#responder = new Responder(this, this.head);
    this.environ = new Environ(this);
  }

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

  /** Whether the final head is out. */
  get isHeadOut(): boolean {
    return this.#responder.isHeadOut;
  }

  /** Whether the exchange is over: answered whole, refused, or lost. */
  get isOver(): boolean {
    return this.#outcome !== undefined;
  }

  /** Where the answer ends in all that is sent on the connection, in octets; once it is over. */
  get wireEnd(): number {
    return this.#wireStart + this.#outcome!.wireBytes;
  }

  /**
   * Runs the application.
   *
   * @param app The application
   */
  run(app: App): void {
    let result: Result | PromiseLike<Result>;
    try {
      result = app(this.environ, this.#startResponse);
    } catch (error) {
      return this.failed(error);
    }
    if (!isThenable(result)) return this.#accept(result);
    // Of a foreign promise nothing is certain: not that `then` returns, nor that it calls back later and once.
    Promise.resolve(result).then((settled) => this.#accept(settled), (error) => this.failed(error));
  }

  /**
   * Refuses the request before an application sees it.
   *
   * @param error Why
   */
  refuse(error: ProtocolError): void {
    this.#refuse(error.status, error);
  }

  /** The peer has ended its side, or the server drains. */
  announceClosing(): void {
    this.#departure?.announceClosing();
    this.#signals?.release();
  }

  endReason(throughHalfClose: boolean): unknown {
    if (this.#lossReason !== undefined) return this.#lossReason;
    if (this.isOver) return NO_MORE_WAITS;
    return this.#host.closingBy && !throughHalfClose ? this.closing.reason : undefined;
  }

  /**
   * The connection is gone.
   *
   * @param reason Why
   */
  lose(reason: unknown): void {
    if (this.isOver) return;
    this.error = reason;
    this.departure.reason = reason;
    this.#end();
    this.tunnel?.lose(reason);
    this.departure.announceLoss();
  }

  /**
   * The application took too long: refuses with 503.
   *
   * @param reason The reason of `signal`
   */
  expire(reason: unknown): void {
    if (this.isOver) return;
    this.departure.reason = reason;
    this.#refuse(503, reason);
    this.departure.announceLoss();
  }

  /**
   * Tells how the exchange ended.
   *
   * @param completed Whether the port took the answer whole
   * @param now The time
   * @returns The outcome
   */
  outcome(completed: boolean, now: number): Outcome {
    return { ...this.#outcome!, error: this.error, completed, durationMs: now - this.startedAt };
  }

  inform(status: number, fields: FieldsInit | undefined): void {
    if (!Number.isInteger(status) || status < 100 || status > 199 || status === 101) {
      throw new RangeError(`Cannot inform: ${status} is not a status of 100 to 199, or is 101`);
    }
    if (this.isHeadOut) throw new TypeError("Cannot inform: the final head is out");
    if (this.isOver) return;
    if (this.#host.connection.inform(status, prepareFields(fields))) this.#host.outlet.flush();
  }

  setTrailers(fields: FieldsInit | (() => FieldsInit)): void {
    this.#responder.setTrailers(fields);
  }

  upgrade(fields: FieldsInit | undefined): Tunnel {
    const { connection, outlet } = this.#host;
    if (this.isOver) throw new TypeError("Cannot upgrade: the exchange is over");
    this.#responder.switchProtocols(fields);
    this.tunnel = new TunnelEnd({
      connection,
      outlet,
      regulateReading: () => this.#host.regulateReading(),
      endWriting: () => this.#host.endWriting(),
      tunnelDone: () => this.#tunnelDone(),
      abort: (error) => this.#host.abortConnection(error),
      after: (ms, task) => this.surroundings.after(ms, task),
    });
    outlet.flush();
    return this.tunnel;
  }

  sendPiece(piece: Piece): boolean {
    if (this.isOver) return false;
    try {
      const least = this.minimumChunkSize;
      const sent = least > 0 ? this.#responder.gather(piece, least) : this.#responder.send(piece, true);
      if (sent === "excess") this.#reportExcess();
      return sent === "sent";
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  sendNow(): void {
    if (this.isOver) return;
    try {
      this.#responder.sendHead();
      if (this.#responder.sendGathered() === "excess") this.#reportExcess();
    } catch (error) {
      return this.failed(error);
    }
    // Where no content goes out, the head is all: who waits for the iterable's next item waits for nothing.
    if (!this.connection.hasBody && !this.tunnel) return this.pumped();
    this.#host.outlet.flush();
  }

  sendSoon(): void {
    this.#host.outlet.flushSoon();
  }

  waitForRoom(piece: Piece, task: () => void): boolean {
    const { outlet } = this.#host;
    // A large piece goes out uncopied: its maker is not asked for the next one before it is sent.
    const isLent = typeof piece !== "string" && piece.length >= LARGE_PIECE;
    if (!isLent && !outlet.isFull) return true;
    outlet.flush();
    if (isLent ? outlet.isEmpty : !outlet.isFull) return true;
    if (isLent) outlet.whenEmpty(task);
    else outlet.whenRoom(task);
    return false;
  }

  whenInput(task: () => void): void {
    let isNow = true;
    this.reader.whenReady(() => isNow ? this.defer(task) : task());
    isNow = false;
  }

  defer(task: () => void): void {
    this.#host.surroundings.defer(task);
  }

  keepResult(result: unknown, exception: unknown): void {
    this.environ.result = result;
    this.environ.exception = exception;
  }

  pumped(): void {
    if (this.isOver) return;
    this.#finish(undefined);
  }

  failed(error: unknown): void {
    if (this.tunnel) return this.#tunnelFailed(error);
    if (this.isOver) {
      if (!this.#isGivingUp(error)) this.#host.settings.reportError(error);
      return;
    }
    const fault = this.#peersFault(error);
    if (fault) return this.isHeadOut ? this.#host.abortConnection(fault) : this.#refuse(fault.status, fault);
    const isGivingUp = this.#isGivingUp(error);
    if (!isGivingUp) this.#host.settings.reportError(error);
    // Who was told may have had the connection aborted.
    if (this.isOver) return;
    if (this.isHeadOut) this.#host.abortConnection(error);
    else this.#refuse(isGivingUp ? 503 : 500, error);
  }

  closeFailed(error: unknown): void {
    if (!this.#isGivingUp(error)) this.#host.settings.reportError(error);
  }

  /** Why the connection is lost, undefined while it is not. */
  get #lossReason(): unknown {
    return this.#departure?.reason;
  }

  #createReader(): ContentReader {
    const { connection, surroundings } = this;
    const { outlet } = this.#host;
    const reader = new ContentReader({
      connection,
      flush: () => outlet.flush(),
      regulateReading: () => this.#host.regulateReading(),
      now: () => surroundings.now(),
    });
    if (this.isOver) reader.fail(this.#noMoreContent());
    return reader;
  }

  /** Deals with what the application returned. */
  #accept(result: Result): void {
    if (result === undefined) return this.isOver ? undefined : this.#finish(undefined);
    if (isPiece(result)) return this.#finish(result);
    if (Array.isArray(result) && result.length < 2 && (result.length === 0 || isPiece(result[0]))) {
      return this.#finish(result[0]);
    }
    this.#pump = this.#createPump(result);
    if (!this.#pump) return;
    if (this.isOver) this.#pump.stop();
    else this.#pump.run();
  }

  #createPump(result: unknown): Pump | undefined {
    try {
      if (result instanceof FileWrapper) result.serve(this.#responder.announcedLength);
      return createPump(result, this);
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  /** Ends the answer; `piece` is all content, or the last of it. */
  #finish(piece: Piece | undefined): void {
    if (this.isOver) return;
    if (this.tunnel) return this.#leaveTunnel(piece);
    let isExcess: boolean;
    try {
      isExcess = this.#responder.finish(piece);
    } catch (error) {
      return this.failed(error);
    }
    if (isExcess) this.#reportExcess();
    if (this.isOver) return;
    this.#end();
    this.#host.exchangeDone(this);
  }

  #writePiece(piece: Piece): void | Promise<void> {
    if (this.isOver) {
      if (this.#lossReason === undefined) throw new TypeError("Cannot write: the response is complete");
      return ignorable(Promise.reject(this.#lossReason));
    }
    if (!isPiece(piece)) throw new TypeError(`Cannot write: ${piece === null ? "null" : typeof piece} is no piece`);
    if (piece.length === 0) return;
    const sent = this.#responder.send(piece, false);
    if (sent === "excess") throw new RangeError("Cannot write: it is more than content-length announced");
    if (sent === "unwanted") return;
    const { outlet } = this.#host;
    if (!outlet.isFull) return outlet.flushSoon();
    outlet.flush();
    if (outlet.isFull) return outlet.room(() => this.#lossReason);
  }

  /**
   * The error as the peer's fault: broken content that the application read, or a CONNECT that it does not take. Any
   * other `ProtocolError` is the application's own affair, such as a bad answer from a server that it asked.
   */
  #peersFault(error: unknown): ProtocolError | undefined {
    const failure = this.#reader?.isFailureTold ? this.#reader.failure : undefined;
    if (failure instanceof ProtocolError) return failure;
    return error instanceof ProtocolError && error.code === "not-taken" ? error : undefined;
  }

  #refuse(status: number, error: unknown): void {
    this.error = error;
    this.#responder.refuse(status, error);
    this.#end();
    this.#host.exchangeDone(this);
  }

  /** Takes note of how it ended and stops the application's iterable. */
  #end(): void {
    const { connection } = this.#host;
    this.#outcome = {
      status: this.#responder.status,
      bodyBytes: this.tunnel ? this.tunnel.octets : connection.bodyBytes,
      wireBytes: connection.output.total - this.#wireStart,
      error: this.error,
    };
    this.#pump?.stop();
    this.#reader?.fail(this.#noMoreContent());
    this.#signals?.release();
  }

  #noMoreContent(): unknown {
    return this.#lossReason ?? EXCHANGE_OVER;
  }

  /** The application has returned: the tunnel goes on until both sides have ended. */
  #leaveTunnel(piece: Piece | undefined): void {
    if (piece !== undefined && piece.length > 0) this.sendPiece(piece);
  }

  #tunnelDone(): void {
    if (this.isOver) return;
    this.#end();
    this.#host.exchangeDone(this);
  }

  #tunnelFailed(error: unknown): void {
    if (!this.#isGivingUp(error)) this.#host.settings.reportError(error);
    if (!this.isOver) this.#host.abortConnection(error);
  }

  /** Whether the application let itself be ended by what became of its client: that is nobody's fault. */
  #isGivingUp(error: unknown): boolean {
    return error === NO_MORE_WAITS || this.#departure?.explains(error) === true;
  }

  #reportExcess(): void {
    this.#host.settings.reportError(
      new RangeError("Cannot send all content: it is more than content-length announced"),
    );
  }
}
