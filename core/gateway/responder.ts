/**
 * The responder: the sending half of an exchange. It holds the head back until there is something to send, and holds
 * the application to what it announced (PEP 3333).
 *
 * @module
 */

import { notTaken, type ResponseStart, type ServerConnection } from "../connection/server_connection.ts";
import { ProtocolError } from "../errors.ts";
import type { FieldsInit } from "../fields.ts";
import { NO_OCTETS } from "../octets.ts";
import type { RequestHead } from "../parse/request_head.ts";
import { NO_PREPARED_FIELDS, prepareTrailers } from "../write/fields_text.ts";
import type { ResponseHeadStart } from "../write/response_writer.ts";
import { encodeShared, isOwnEncoding } from "../write/utf8.ts";
import { startAnswer, type StartedAnswer, upgradeAnswer } from "./answer.ts";
import type { ContentReader } from "./content_reader.ts";
import { Gathering } from "./gathering.ts";
import type { Piece } from "./piece.ts";
import type { GatewaySettings } from "./settings.ts";

/** What a responder needs of its exchange. */
export interface ResponderHost {
  /** The connection's state. */
  readonly connection: ServerConnection;
  /** The value of Date for an answer that begins now. */
  readonly date: string;
  /** What all connections share. */
  readonly settings: GatewaySettings;
  /** The reader of the request's content, if anybody has asked for it. */
  readonly readerInUse: ContentReader | undefined;
}

/**
 * What became of a piece: `sent`; `excess` if some of it is over the announced length and stayed behind; `unwanted` if
 * the response has no body.
 */
export type SendResult = "sent" | "excess" | "unwanted";

/** Sends one answer. */
export class Responder {
  readonly #host: ResponderHost;
  readonly #head: RequestHead;
  #answer: StartedAnswer | undefined;
  #trailers: FieldsInit | (() => FieldsInit) | undefined;
  #hasSwitched = false;
  #gathering: Gathering | undefined;
  /** Whether the final head is out. */
  isHeadOut = false;

  /**
   * Makes the responder of an exchange.
   *
   * @param host The exchange
   * @param head The request's head
   */
  constructor(host: ResponderHost, head: RequestHead) {
    this.#host = host;
    this.#head = head;
  }

  /** The status that went out, 0 before. */
  get status(): number {
    return this.isHeadOut ? this.#answer!.status : 0;
  }

  /** The Content-Length that the application has announced, if it has. */
  get announcedLength(): number | undefined {
    return this.#answer?.fields.contentLength;
  }

  /**
   * Takes what the application says in `startResponse`.
   *
   * @param status The status
   * @param fields The fields
   * @param error Why this is not the first call
   * @throws {unknown} `error`, if the head is out
   * @throws {TypeError} As `StartResponse`
   */
  start(status: number | string, fields: FieldsInit | undefined, error: unknown): void {
    if (this.isHeadOut) {
      if (error !== undefined) throw error;
      throw new TypeError("Cannot start response: the head is out");
    }
    if (this.#answer && error === undefined) {
      throw new TypeError("Cannot start response a second time: say why in the third argument");
    }
    this.#answer = startAnswer(status, fields);
  }

  /**
   * Takes the trailer section.
   *
   * @param fields The fields, or a function that gives them at the end
   * @throws {TypeError} For a field that may not leave there
   */
  setTrailers(fields: FieldsInit | (() => FieldsInit)): void {
    if (typeof fields !== "function") prepareTrailers(fields);
    this.#trailers = fields;
  }

  /**
   * Sends the head, once.
   *
   * @throws {TypeError} If `startResponse` was not called
   * @throws {ProtocolError} If the answer does not fit the request
   */
  sendHead(): void {
    if (!this.isHeadOut) this.#respond(this.#beginAnswer(false));
  }

  /**
   * Sends a piece, and the head before the first.
   *
   * @param piece The piece, not empty
   * @param isLent Whether a large piece stays unchanged until it is sent
   * @returns What became of it
   * @throws {TypeError} If `startResponse` was not called, or the connection is a tunnel
   * @throws {ProtocolError} If the answer does not fit the request
   */
  send(piece: Piece, isLent: boolean): SendResult {
    if (this.#hasSwitched) throw new TypeError("Cannot send piece: the connection is a tunnel");
    if (this.#gathering) this.sendGathered();
    this.sendHead();
    const { connection } = this.#host;
    if (!connection.hasBody) return "unwanted";
    return connection.send(piece, isLent) ? "sent" : "excess";
  }

  /**
   * Takes a piece and sends all gathered ones as one, the head before them, once there are enough octets.
   *
   * @param piece The piece, not empty
   * @param least How many octets are enough
   * @returns As `send`; `sent` too while it waits
   * @throws {TypeError} As `send`
   * @throws {ProtocolError} As `send`
   */
  gather(piece: Piece, least: number): SendResult {
    if (!this.#answer) throw new TypeError("Cannot answer: startResponse was not called");
    const isAlone = this.#gathering === undefined && piece.length >= least;
    if (isAlone || (this.isHeadOut && !this.#host.connection.hasBody)) return this.send(piece, true);
    this.#gathering ??= new Gathering();
    this.#gathering.add(piece);
    return this.#gathering.octets >= least ? this.sendGathered() : "sent";
  }

  /**
   * Sends what is gathered, if anything is.
   *
   * @returns As `send`
   * @throws {TypeError} As `send`
   * @throws {ProtocolError} As `send`
   */
  sendGathered(): SendResult {
    const gathering = this.#gathering;
    if (!gathering) return "sent";
    this.#gathering = undefined;
    return this.send(gathering.take(), true);
  }

  /**
   * Ends the answer, and sends the head if it is not out.
   *
   * @param piece All content, where it comes in one piece, or the last of it
   * @returns Whether there was more content than announced
   * @throws {TypeError} If `startResponse` was not called
   * @throws {ProtocolError} If the answer does not fit the request
   * @throws {Error} If there was less content than announced
   */
  finish(piece: Piece | undefined): boolean {
    if (!this.isHeadOut && !this.#gathering) return this.#finishWhole(piece);
    const isGatheredExcess = this.sendGathered() === "excess";
    const isExcess = this.#sendLast(piece);
    this.#end();
    return isExcess || isGatheredExcess;
  }

  /**
   * Sends a refusal instead of the application's answer.
   *
   * @param status The status
   * @param error Why
   */
  refuse(status: number, error: unknown): void {
    this.#answer = { status, reason: undefined, fields: NO_PREPARED_FIELDS };
    const reason = error instanceof ProtocolError ? "protocol-error" : "application";
    this.#host.connection.refuse(status, this.#host.date, reason);
    this.isHeadOut = true;
  }

  /**
   * Sends the head that switches protocols.
   *
   * @param fields Its fields
   * @throws {TypeError} As `Environ.upgrade`
   */
  switchProtocols(fields: FieldsInit | undefined): void {
    const { connection } = this.#host;
    if (this.isHeadOut) throw new TypeError("Cannot upgrade: the final head is out");
    if (connection.reading !== "done") throw new TypeError("Cannot upgrade: the request's content is unread");
    this.#answer = upgradeAnswer(this.#head, fields);
    connection.switchProtocols(this.#answer.fields, this.#host.date);
    this.isHeadOut = true;
    this.#hasSwitched = true;
  }

  /** Checks the answer before its head goes out. */
  #beginAnswer(isWhole: boolean): ResponseHeadStart {
    const answer = this.#answer;
    if (!answer) throw new TypeError("Cannot answer: startResponse was not called");
    this.#refuseMisfit(answer);
    this.#closeOverUnreadContent(isWhole);
    const { status, reason, fields } = answer;
    return { status, reason, fields, date: this.#host.date };
  }

  #respond(start: ResponseStart): void {
    this.#host.connection.respond(start);
    this.isHeadOut = true;
  }

  /** All content in one piece; whether there was more than announced. */
  #finishWhole(piece: Piece | undefined): boolean {
    const { connection } = this.#host;
    const start = this.#beginAnswer(true);
    // A text that is encoded for itself alone need not be copied.
    const isLent = typeof piece === "string" && isOwnEncoding(piece);
    if (this.#trailers === undefined && connection.answerAgain(start, piece ?? "", isLent)) {
      this.isHeadOut = true;
      return false;
    }
    const content = typeof piece === "string" ? encodeShared(piece) : piece ?? NO_OCTETS;
    this.#respond({ ...start, knownLength: content.length, isUntold: piece === undefined });
    const isSent = connection.send(content, isLent);
    this.#end();
    return !isSent && connection.hasBody;
  }

  /** The last piece behind others; whether there was more than announced. */
  #sendLast(piece: Piece | undefined): boolean {
    const { connection } = this.#host;
    this.#refuseOverBrokenContent();
    return piece !== undefined && !connection.send(piece) && connection.hasBody;
  }

  /** Content that broke while the application read it is no success, whatever the application says. */
  #refuseOverBrokenContent(): void {
    const { readerInUse } = this.#host;
    if (this.#answer && this.#answer.status < 400 && readerInUse?.isFailureTold) throw readerInUse.failure;
  }

  /** An answer that does not fit the request becomes an error's. */
  #refuseMisfit(answer: StartedAnswer): void {
    const { connection } = this.#host;
    this.#refuseOverBrokenContent();
    if (this.#head.method !== "CONNECT") return;
    // A 2xx would tell the client that its tunnel is there.
    if (answer.status < 300) throw notTaken("CONNECT");
    connection.closeAfter("application");
  }

  /**
   * What is left unread is read away later if it is known to be little; if not, the head says that we close. While more
   * is to be sent the application may still read it, unless the client waits for a 100 that can come no more.
   */
  #closeOverUnreadContent(isWhole: boolean): void {
    const { connection, settings, readerInUse } = this.#host;
    if (connection.reading !== "content") return;
    const rest = connection.contentRest;
    const isTooMuch = isWhole && rest !== Infinity && rest > settings.deadlines.drain.bytes;
    if (connection.owesContinue || isTooMuch || readerInUse?.failure !== undefined) {
      connection.closeAfter("unread-content");
    }
  }

  #end(): void {
    const missing = this.#host.connection.finish(this.#trailersText());
    if (missing > 0) throw new Error(`Cannot finish response: ${missing} announced octets are missing`);
  }

  #trailersText(): string {
    if (this.#trailers === undefined) return "";
    return prepareTrailers(typeof this.#trailers === "function" ? this.#trailers() : this.#trailers);
  }
}
