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
import type { RequestHead } from "../parse/request_head.ts";
import { prepareFields } from "../write/fields_text.ts";
import type { ContentReader } from "./content_reader.ts";
import { Environ, type EnvironSource, type ErrorLog, type Outcome } from "./environ.ts";
import { type ContextHost, type ContextOwner, ExchangeContext } from "./exchange_context.ts";
import { FileWrapper } from "./file_wrapper.ts";
import { ignorable } from "./ignorable.ts";
import { IterableAnswer, type IterableAnswerOwner } from "./iterable_answer.ts";
import { isPiece, isThenable, type Piece } from "./piece.ts";
import type { Port } from "./port.ts";
import { Responder, type ResponderHost } from "./responder.ts";
import type { GatewaySettings } from "./settings.ts";
import { type Tunnel, TunnelEnd } from "./tunnel.ts";
import type { App, Result, Write } from "./types.ts";

/** What an exchange needs of the conversation. */
export interface ExchangeHost extends ContextHost {
  /** The far side. */
  readonly port: Port;
  /** When the turn began. */
  readonly turnStart: number;
  /** The value of Date for an answer that begins now. */
  readonly date: string;
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

/** One exchange. */
export class Exchange implements EnvironSource, ResponderHost, ContextOwner, IterableAnswerOwner {
  readonly #host: ExchangeHost;
  readonly #wireStart: number;
  readonly #startResponse = (status: number | string, fields?: FieldsInit, error?: unknown): Write => {
    this.responder.start(status, fields, error);
    return this.#write;
  };
  readonly #write: Write = (piece) => this.#writePiece(piece);
  #context: ExchangeContext | undefined;
  #iterable: IterableAnswer | undefined;
  #outcome: Pick<Outcome, "status" | "bodyBytes" | "wireBytes"> | undefined;
  #waitsSince: number | undefined;
  /** The request's head. */
  readonly head: RequestHead;
  /** When the turn began in which the head was whole. */
  readonly startedAt: number;
  /** Octets that items are gathered to. */
  minimumChunkSize: number;
  /** The sending half. */
  readonly responder: Responder;
  /** What the application is told. */
  readonly environ: Environ;
  /** The tunnel, after an upgrade. */
  tunnel: TunnelEnd | undefined;
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
    this.startedAt = host.turnStart;
    this.minimumChunkSize = host.settings.minimumChunkSize;
    this.#wireStart = host.connection.output.total;
    this.responder = new Responder(this, this.head);
    this.environ = new Environ(this);
  }

  /** The connection's state. */
  get connection(): ServerConnection {
    return this.#host.connection;
  }

  /** What all connections share. */
  get settings(): GatewaySettings {
    return this.#host.settings;
  }

  /** The far side. */
  get port(): Port {
    return this.#host.port;
  }

  /** Where `environ.errors` goes. */
  get errors(): ErrorLog {
    return this.#host.settings.errors;
  }

  /** The value of Date for an answer that begins now. */
  get date(): string {
    return this.#host.date;
  }

  /** Since when the application is waited for: most answer at once, and are not. */
  get waitsSince(): number {
    return this.#waitsSince ??= this.#host.surroundings.now();
  }

  /** What the application may ask for beside the request: made when it does. */
  get context(): ExchangeContext {
    return this.#context ??= new ExchangeContext(this.#host, this);
  }

  /** The reader if anybody has asked for it. */
  get readerInUse(): ContentReader | undefined {
    return this.#context?.readerInUse;
  }

  /** Whether the final head is out. */
  get isHeadOut(): boolean {
    return this.responder.isHeadOut;
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
    this.#call(app);
    // Its own time counts, not that of others that came in the same turn before it.
    if (!this.isOver && this.#host.deadlines.application < Infinity) this.#waitsSince ??= this.#host.surroundings.now();
  }

  /**
   * Refuses the request before an application sees it.
   *
   * @param error Why
   */
  refuse(error: ProtocolError): void {
    this.#refuse(error.status, error);
  }

  /**
   * The connection is gone.
   *
   * @param reason Why
   */
  lose(reason: unknown): void {
    if (this.isOver) return;
    this.error = reason;
    const { departure } = this.context;
    departure.reason = reason;
    this.#end();
    this.tunnel?.lose(reason);
    departure.announceLoss();
  }

  /**
   * The application took too long: refuses with 503.
   *
   * @param reason The reason of `signal`
   */
  expire(reason: unknown): void {
    if (this.isOver) return;
    const { departure } = this.context;
    departure.reason = reason;
    this.#refuse(503, reason);
    departure.announceLoss();
  }

  /** The peer has ended its side, or the server drains. */
  announceClosing(): void {
    this.#context?.announceClosing();
  }

  /**
   * Tells how the exchange ended.
   *
   * @param completed Whether the port took the answer whole
   * @param now The time
   * @returns The outcome
   */
  outcome(completed: boolean, now: number): Outcome {
    const { status, bodyBytes, wireBytes } = this.#outcome!;
    return { status, bodyBytes, wireBytes, completed, error: this.error, durationMs: now - this.startedAt };
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
    this.responder.setTrailers(fields);
  }

  upgrade(fields: FieldsInit | undefined): Tunnel {
    const { connection, outlet } = this.#host;
    if (this.isOver) throw new TypeError("Cannot upgrade: the exchange is over");
    this.responder.switchProtocols(fields);
    this.tunnel = new TunnelEnd({
      connection,
      outlet,
      regulateReading: () => this.#host.regulateReading(),
      endWriting: () => this.#host.endWriting(),
      tunnelDone: () => this.#tunnelDone(),
      abort: (error) => this.#host.abortConnection(error),
      after: (ms, task) => this.#host.surroundings.after(ms, task),
    });
    outlet.flush();
    return this.tunnel;
  }

  /** All content of the iterable was given. */
  pumped(): void {
    if (this.isOver) return;
    // An iterable that is exhausted has told all its content, be it none.
    this.#finish("");
  }

  /** There was more content than announced. */
  reportExcess(): void {
    this.#host.settings.reportError(
      new RangeError("Cannot send all content: it is more than content-length announced"),
    );
  }

  /**
   * The application failed.
   *
   * @param error Its error
   */
  failed(error: unknown): void {
    if (this.tunnel) return this.#tunnelFailed(error);
    if (this.isOver) return this.failedLate(error);
    const fault = this.#peersFault(error);
    if (fault) return this.isHeadOut ? this.#host.abortConnection(fault) : this.#refuse(fault.status, fault);
    const isGivingUp = this.#isGivingUp(error);
    if (!isGivingUp) this.#host.settings.reportError(error);
    // Who was told may have had the connection aborted.
    if (this.isOver) return;
    if (this.isHeadOut) this.#host.abortConnection(error);
    else this.#refuse(isGivingUp ? 503 : 500, error);
  }

  /**
   * Something of the application failed behind its answer, or beside it: that changes nothing.
   *
   * @param error Its error
   */
  failedLate(error: unknown): void {
    if (!this.#isGivingUp(error)) this.#host.settings.reportError(error);
  }

  get #lossReason(): unknown {
    return this.#context?.lossReason;
  }

  #isGivingUp(error: unknown): boolean {
    return this.#context?.isGivingUp(error) === true;
  }

  #call(app: App): void {
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

  /** Deals with what the application returned. */
  #accept(result: Result): void {
    if (result === undefined) return this.isOver ? undefined : this.#finish(undefined);
    if (isPiece(result)) return this.#finish(result);
    if (Array.isArray(result) && result.length < 2 && (result.length === 0 || isPiece(result[0]))) {
      return this.#finish(result[0] ?? "");
    }
    this.#iterable = this.#take(result);
    if (!this.#iterable) return;
    if (this.isOver) this.#iterable.stop();
    else this.#iterable.run();
  }

  #take(result: unknown): IterableAnswer | undefined {
    try {
      if (result instanceof FileWrapper) result.serve(this.responder.announcedLength);
      return new IterableAnswer(this.#host, this, result);
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
      isExcess = this.responder.finish(piece);
    } catch (error) {
      return this.failed(error);
    }
    if (isExcess) this.reportExcess();
    if (this.isOver) return;
    this.#endOrderly();
  }

  #writePiece(piece: Piece): void | Promise<void> {
    if (this.isOver) {
      if (this.#lossReason === undefined) throw new TypeError("Cannot write: the response is complete");
      return ignorable(Promise.reject(this.#lossReason));
    }
    if (!isPiece(piece)) throw new TypeError(`Cannot write: ${piece === null ? "null" : typeof piece} is no piece`);
    if (piece.length === 0) return;
    const sent = this.responder.send(piece, false);
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
    const failure = this.readerInUse?.isFailureTold ? this.readerInUse.failure : undefined;
    if (failure instanceof ProtocolError) return failure;
    return error instanceof ProtocolError && error.code === "not-taken" ? error : undefined;
  }

  #refuse(status: number, error: unknown): void {
    this.error = error;
    this.responder.refuse(status, error);
    this.#endOrderly();
  }

  #endOrderly(): void {
    this.#end();
    this.#host.exchangeDone(this);
  }

  /** Takes note of how it ended and stops the application's iterable. */
  #end(): void {
    const { connection } = this.#host;
    this.#outcome = {
      status: this.responder.status,
      bodyBytes: this.tunnel ? this.tunnel.octets : connection.bodyBytes,
      wireBytes: connection.output.total - this.#wireStart,
    };
    this.#iterable?.stop();
    this.#context?.release();
  }

  /** The application has returned: the tunnel goes on until both sides have ended. */
  #leaveTunnel(piece: Piece | undefined): void {
    if (piece !== undefined && piece.length > 0) {
      this.failed(new TypeError("Cannot send piece: the connection is a tunnel"));
    }
  }

  #tunnelDone(): void {
    if (this.isOver) return;
    this.#endOrderly();
  }

  #tunnelFailed(error: unknown): void {
    this.failedLate(error);
    if (!this.isOver) this.#host.abortConnection(error);
  }
}
