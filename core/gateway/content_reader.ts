/**
 * The content reader: hands the content of one request to the one who reads it, no faster than that.
 *
 * Nothing is decoded before somebody asks: what has come lies as octets in the connection, and when too many do, the
 * socket is no longer read. One read is under way at a time.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { type FieldSection, NO_FIELDS } from "../fields.ts";
import { LF } from "../octets.ts";
import type { ServerConnection } from "../connection/server_connection.ts";
import type { PreparedFields } from "../write/fields_text.ts";
import { Accumulation } from "./accumulation.ts";
import type { ContentTurn } from "./content_turn.ts";
import { JoinedRuns } from "./joined_runs.ts";

/** What a read asks for. */
export interface ReadRequest {
  /** It is fulfilled with this many octets; with fewer only at the end. */
  readonly atLeast: number;
  /** It takes no more than this many. */
  readonly atMost: number;
  /** It is fulfilled with an LF, too. */
  readonly lineEnd?: boolean | undefined;
  /** It takes one run and no more, so that chunk boundaries show. */
  readonly singleRun?: boolean | undefined;
}

/** What an `Input` reads from. */
export interface ContentSource {
  /** Octets of content handed out. */
  readonly position: number;
  /** The trailer section, empty before all was read. */
  readonly trailers: FieldSection;
  /** Of the run handed out last: the declared size of its chunk. */
  readonly lastChunkSize: number;
  /** Of the run handed out last: whether it is the first of its chunk. */
  readonly lastIsFirst: boolean;
  /** Whether a reader was told of the failure. */
  isFailureTold: boolean;
  /**
   * Reads.
   *
   * @param request How much
   * @returns The octets; fewer than asked for only at the end, none behind it
   */
  read(request: ReadRequest): Promise<Uint8Array>;
  /**
   * Takes what is there, without waiting.
   *
   * @param singleRun Whether to take one run and no more
   * @returns Octets; none at the end; undefined if nothing is there yet
   * @throws {unknown} What broke the content
   */
  takeAvailable(singleRun: boolean): Uint8Array | undefined;
  /**
   * Takes the fields for the 100 (Continue) that the first read sends.
   *
   * @param fields The fields
   */
  setContinueFields(fields: PreparedFields): void;
  /**
   * Sends a 100 (Continue) now.
   *
   * @param fields Its fields; by default those given before
   * @returns false if none may go out
   */
  sendContinue(fields: PreparedFields | undefined): boolean;
  /**
   * Breaks the content off: whoever reads is told.
   *
   * @param error Why
   */
  fail(error: unknown): void;
}

/** What the reader needs of the conversation. */
export interface ReaderHost {
  /** The connection's state. */
  readonly connection: ServerConnection;
  /** How much is read in a turn. */
  readonly contentTurn: ContentTurn;
  /** Whether the blocks that the transport gives may be kept. */
  readonly ownedBlocks: boolean;
  /** Sends what has gathered: a 100 (Continue) must not wait. */
  flush(): void;
  /** Octets were taken or are waited for: reading may have to go on. */
  regulateReading(): void;
  /**
   * Tells the time.
   *
   * @returns Milliseconds, never going back
   */
  now(): number;
}

/** A read that waits for octets. */
interface PendingRead extends ReadRequest {
  readonly gathered: Accumulation;
  resolve(bytes: Uint8Array): void;
  reject(error: unknown): void;
}

/** Reads the content of one request. */
export class ContentReader implements ContentSource {
  readonly #host: ReaderHost;
  #pending: PendingRead | undefined;
  #onReady: (() => void) | undefined;
  #continueFields: PreparedFields | undefined;
  #waitingSince: number | undefined;
  #waitedMs = 0;
  readonly #octetsBefore: number;
  /** Octets of content handed out. */
  position = 0;
  /** What broke the content, if anything did. */
  failure: unknown = undefined;
  /** Whether a reader was told of the failure. */
  isFailureTold = false;
  /** Whether all was read. */
  isAtEnd = false;
  /** The trailer section, empty before all was read. Kept: the connection goes on to the next request's. */
  trailers: FieldSection = NO_FIELDS;
  /** Of the run handed out last: the declared size of its chunk. */
  lastChunkSize = 0;
  /** Of the run handed out last: whether it is the first of its chunk. */
  lastIsFirst = false;

  /**
   * Makes a `ContentReader`.
   *
   * @param host The conversation
   */
  constructor(host: ReaderHost) {
    this.#host = host;
    this.#octetsBefore = host.connection.input.total - host.connection.input.unread;
    this.isAtEnd = host.connection.reading !== "content";
  }

  /** Whether somebody waits for octets. */
  get isWaiting(): boolean {
    return this.#waitingSince !== undefined;
  }

  /** Since when somebody waits for the octets now awaited; undefined if nobody does. */
  get waitingSince(): number | undefined {
    return this.#waitingSince;
  }

  /**
   * Tells how fast the content came while somebody waited for it.
   *
   * @param now The time
   * @returns How long was waited in all, in ms, and how many octets came meanwhile and before
   */
  progress(now: number): { waitedMs: number; octets: number } {
    const waitedMs = this.#waitedMs + (this.#waitingSince === undefined ? 0 : now - this.#waitingSince);
    return { waitedMs, octets: this.#host.connection.input.total - this.#octetsBefore };
  }

  /**
   * Takes the fields for the 100 (Continue) that the first read sends.
   *
   * @param fields The fields
   */
  setContinueFields(fields: PreparedFields): void {
    this.#continueFields = fields;
  }

  /**
   * Sends a 100 (Continue) now.
   *
   * @param fields Its fields; by default those given before
   * @returns false if none may go out: to HTTP/1.0, behind the final head, or where nothing is read any more
   */
  sendContinue(fields: PreparedFields | undefined): boolean {
    // By now the connection may be at the next request, whose client would take it for its own.
    if (this.failure !== undefined) return false;
    const { connection } = this.#host;
    if (!connection.inform(100, fields ?? this.#continueFields)) return false;
    if (this.isAtEnd && connection.resumeContent()) this.isAtEnd = false;
    this.#host.flush();
    return true;
  }

  /**
   * Reads.
   *
   * @param request How much
   * @returns The octets; fewer than asked for only at the end, none behind it
   */
  read(request: ReadRequest): Promise<Uint8Array> {
    if (this.#pending) return Promise.reject(new TypeError("Cannot read content: another read is under way"));
    return new Promise((resolve, reject) => {
      this.#pending = { ...request, gathered: new Accumulation(), resolve, reject };
      this.#host.contentTurn.countRead();
      this.#promptPeer();
      this.advance();
      this.#host.regulateReading();
    });
  }

  /**
   * Takes what is there, without waiting.
   *
   * @param singleRun Whether to take one run and no more
   * @returns Octets; none at the end; undefined if nothing is there yet
   * @throws {unknown} What broke the content
   */
  takeAvailable(singleRun: boolean): Uint8Array | undefined {
    if (this.#pending) throw new TypeError("Cannot read content: another read is under way");
    this.#promptPeer();
    const bytes = this.#takeRuns({ atLeast: 1, atMost: Infinity, singleRun });
    if (this.failure !== undefined) {
      this.isFailureTold = true;
      throw this.failure;
    }
    this.#host.regulateReading();
    return bytes.length === 0 && !this.isAtEnd ? undefined : bytes;
  }

  /**
   * Calls back once something can be taken: octets, the end, or an error.
   *
   * @param task What to call, once
   */
  whenReady(task: () => void): void {
    this.#onReady = task;
    this.#promptPeer();
    this.advance();
    this.#host.regulateReading();
  }

  /** Octets have come, or the peer has ended: serves whoever waits. */
  advance(): void {
    if (this.#pending) this.#serve(this.#pending);
    if (this.#onReady && !this.#pending) this.#announce();
  }

  /**
   * Breaks the content off: whoever reads is told.
   *
   * @param error Why
   */
  fail(error: unknown): void {
    if (this.failure === undefined) this.failure = error;
    this.#stopWaiting();
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) {
      this.isFailureTold = true;
      pending.reject(this.failure);
    }
    const onReady = this.#onReady;
    this.#onReady = undefined;
    onReady?.();
  }

  #serve(pending: PendingRead): void {
    const { gathered, lineEnd, singleRun, atLeast } = pending;
    const bytes = this.#takeRuns({ atLeast, atMost: pending.atMost - gathered.octets, lineEnd, singleRun });
    gathered.append(bytes);
    if (this.failure !== undefined) return this.fail(this.failure);
    if (!this.isAtEnd && !isFulfilled(pending, bytes)) return this.#wait();
    this.#stopWaiting();
    this.#pending = undefined;
    pending.resolve(gathered.take());
  }

  #announce(): void {
    const isReady = this.failure !== undefined || (!this.#host.contentTurn.isOver && this.#isSomethingThere());
    if (!isReady) return this.#wait();
    this.#stopWaiting();
    const onReady = this.#onReady;
    this.#onReady = undefined;
    onReady?.();
  }

  #isSomethingThere(): boolean {
    return this.isAtEnd || this.#nextStep() !== "more" || this.failure !== undefined;
  }

  #nextStep(): "run" | "more" | "end" {
    try {
      const step = this.#host.connection.readContent();
      if (step === "end") {
        this.isAtEnd = true;
        this.trailers = this.#host.connection.trailers;
      }
      return step;
    } catch (error) {
      this.failure = error;
      return "end";
    }
  }

  /** Takes runs until the request is fulfilled or nothing is left, and joins them: many small chunks are one piece. */
  #takeRuns(request: ReadRequest): Uint8Array {
    const { connection } = this.#host;
    const joined = new JoinedRuns(connection.input, this.#host.ownedBlocks);
    while (joined.octets < request.atMost && this.#mayStep() && this.#nextStep() === "run") {
      const { bytes, start } = connection.input;
      const most = Math.min(connection.runEnd, start + request.atMost - joined.octets);
      const lineFeed = request.lineEnd ? bytes.subarray(start, most).indexOf(LF) : -1;
      const end = lineFeed < 0 ? most : start + lineFeed + 1;
      const isLast = request.singleRun === true || lineFeed >= 0;
      this.lastChunkSize = connection.chunkSize;
      this.lastIsFirst = connection.atChunkStart;
      joined.add(end, isLast ? joined.octets + end - start : request.atMost);
      this.position += end - start;
      connection.takeContent(end - start);
      if (isLast) break;
    }
    // The end may stand right behind the last octet: seeing it now spares a read that gives nothing.
    if (joined.octets > 0 && !this.isAtEnd && this.failure === undefined && !request.singleRun) this.#peekEnd();
    return joined.take();
  }

  #mayStep(): boolean {
    return this.failure === undefined && !this.isAtEnd && this.#host.contentTurn.mayStep();
  }

  #peekEnd(): void {
    if (this.#host.connection.contentRest === 0) this.#nextStep();
  }

  /** The peer may be waiting for leave to send: RFC 9110, section 10.1.1. */
  #promptPeer(): void {
    if (this.isAtEnd || this.failure !== undefined || !this.#host.connection.owesContinue) return;
    this.sendContinue(undefined);
  }

  #wait(): void {
    // What is waited for is there: the client has done its part.
    if (this.#host.contentTurn.isOver) return this.#stopWaiting();
    const now = this.#host.now();
    if (this.#waitingSince !== undefined) this.#waitedMs += now - this.#waitingSince;
    this.#waitingSince = now;
  }

  #stopWaiting(): void {
    if (this.#waitingSince === undefined) return;
    this.#waitedMs += this.#host.now() - this.#waitingSince;
    this.#waitingSince = undefined;
  }
}

function isFulfilled(pending: PendingRead, last: Uint8Array): boolean {
  if (pending.gathered.octets >= Math.min(pending.atLeast, pending.atMost)) return true;
  return pending.lineEnd === true && last.at(-1) === LF;
}

/**
 * The error for content over the limit of a read.
 *
 * @param limit The limit, in octets
 * @returns The error
 */
export function contentTooLarge(limit: number): ProtocolError {
  return new ProtocolError("content-too-large", `Cannot read content: more than ${limit} octets`);
}
