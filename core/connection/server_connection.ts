/**
 * `ServerConnection`: the protocol state of one connection in the server role. Bytes in, bytes out; no application, no
 * promise, no clock.
 *
 * The caller owns the loop: it hands in what came (`receive`), asks for the next element (`readHead`, `readContent`),
 * answers (`inform`, `respond`, `send`, `finish`), sends what gathered in `output`, and asks how it goes on
 * (`turnOver`). What an element gives is valid until the next call.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { parseRequestHead, type RequestHead } from "../parse/request_head.ts";
import { type SectionWatch, watchRequestHeads } from "../parse/section_watch.ts";
import { DEFAULT_PARSE_SETTINGS, type ParseSettings } from "../parse/settings.ts";
import { NO_PREPARED_FIELDS, type PreparedFields } from "../write/fields_text.ts";
import { EMPTY, mayHaveContent, NOTHING, type ResponseFraming, responseFramingFor } from "../write/response_plan.ts";
import {
  type ResponseHeadStart,
  writeAgain,
  writeAsciiContent,
  writeContent,
  writeEnd,
  writeInterimHead,
  writeResponseHead,
} from "../write/response_writer.ts";
import { SendBuffer } from "../write/send_buffer.ts";
import { encodeShared, isOwnEncoding } from "../write/utf8.ts";
import { Connection } from "./connection.ts";
import { type CloseReason, moveReading } from "./lifecycle.ts";

/** A final response about to begin. */
export interface ResponseStart extends ResponseHeadStart {
  /** How long the content is, where all of it is there. */
  readonly knownLength?: number | undefined;
  /** Whether nothing is known of the content that GET would be given: HEAD was given nothing. */
  readonly isUntold?: boolean | undefined;
}

/** One connection in the server role. */
export class ServerConnection extends Connection {
  readonly #settings: ParseSettings;
  readonly #watch: SectionWatch;
  #continueSent = false;
  #response: ResponseFraming = NOTHING;
  #bodyRest = 0;
  /** The request in hand. */
  head: RequestHead | undefined = undefined;
  /** Octets of content sent for the response in hand. */
  bodyBytes = 0;

  /**
   * Makes a `ServerConnection`.
   *
   * @param settings Bounds, departures from the strict reading, decoder
   * @param output Where what is to be sent gathers
   */
  constructor(settings: ParseSettings = DEFAULT_PARSE_SETTINGS, output: SendBuffer = new SendBuffer()) {
    super(settings, output);
    this.#settings = settings;
    this.#watch = watchRequestHeads(settings);
  }

  /**
   * Reads the next request head into `head`.
   *
   * @returns Whether it is there; if not, more octets are needed
   * @throws {ProtocolError} As `parseRequestHead`, and `content-too-large` for a length over the limit
   */
  readHead(): boolean {
    const { input } = this;
    const { bytes, start, end } = input;
    if (start === end || (this.#watch.watching && !this.#watch.ready(bytes, start, end))) return false;
    const head = parseRequestHead(bytes, start, end, this.#settings);
    if (!head) {
      if (!this.#watch.watching) this.#watch.begin();
      return false;
    }
    this.#watch.end();
    input.start += head.octets;
    this.#begin(head);
    return true;
  }

  /** The declared size of the chunk that the run is in; by length, all content is one chunk. */
  get chunkSize(): number {
    return this.content.chunkSize;
  }

  /** Whether the run is the first of its chunk. */
  get atChunkStart(): boolean {
    return this.content.atChunkStart;
  }

  /** How much content is still to come as far as is known: Infinity for chunked content that has not ended. */
  get contentRest(): number {
    return this.reading === "content" ? this.content.rest : 0;
  }

  /** Whether the client waits for a 100 (Continue) and has not got one. */
  get owesContinue(): boolean {
    return this.head !== undefined && this.head.expectsContinue && !this.#continueSent && this.reading === "content";
  }

  /**
   * Takes a further chunked body as content of the request in hand: not HTTP, and only with `allowContentPerContinue`.
   *
   * @returns false if that is not so, or the content in hand has not ended
   */
  resumeContent(): boolean {
    const { head } = this;
    const isAsked = head?.expectsContinue === true && head.framing.kind === "chunked";
    if (!isAsked || this.reading !== "done" || !this.#settings.protocol.allowContentPerContinue) return false;
    this.moveReading("further content");
    this.content.begin(head.framing);
    return true;
  }

  /**
   * Sends an interim response (RFC 9110, section 15.2).
   *
   * @param status The status code, 100 to 199 but 101
   * @param fields Its fields
   * @returns false if nothing was sent: to an HTTP/1.0 client, or because the final head is out
   */
  inform(status: number, fields: PreparedFields = NO_PREPARED_FIELDS): boolean {
    if (!this.#mayInform()) return false;
    if (status === 100) this.#continueSent = true;
    this.moveWriting("inform");
    writeInterimHead(this.output, status, fields);
    return true;
  }

  /**
   * Sends the final head.
   *
   * @param start The response
   * @returns How it is framed
   */
  respond(start: ResponseStart): ResponseFraming {
    this.moveWriting("begin");
    const { fields } = start;
    const response = responseFramingFor(this.head!, start);
    if (fields?.close) this.closeAfter("application");
    if (response.framing.kind === "close") this.closeAfter("close-delimited");
    writeResponseHead(this.output, start, response, this.#connectionField(fields?.hasUpgrade === true));
    this.#response = response;
    this.#bodyRest = response.framing.kind === "length" ? response.framing.length : Infinity;
    return response;
  }

  /**
   * Answers at once, with all content, if the answer's head is one that was sent before: less work than `respond`,
   * `send` and `finish`.
   *
   * @param start The response
   * @param content All content
   * @param isLent As in `send`
   * @returns false if nothing was sent: the head is not known, has no body, or stands behind another, the connection closes, or
   * the content is a text that is not ASCII, or has 16 KiB and more
   */
  answerAgain(start: ResponseHeadStart, content: string | Uint8Array, isLent: boolean): boolean {
    const { minorVersion, method } = this.head!;
    const isUsual = this.writing === "idle" && minorVersion === 1 && this.persistent;
    if (!isUsual || !mayHaveContent(start.status, method)) return false;
    if (!writeAgain(this.output, start, content, isLent)) return false;
    this.bodyBytes = content.length;
    this.moveWriting("begin");
    this.moveWriting("finish");
    return true;
  }

  /**
   * Sends a piece of content. What is over the announced length stays behind, and all of it where a response has no
   * body.
   *
   * @param piece The piece
   * @param isLent Whether a large piece stays unchanged until it is sent, so that it need not be copied
   * @returns false if some of it, or all, was not sent
   */
  send(piece: string | Uint8Array, isLent = false): boolean {
    if (!this.#response.hasBody) return piece.length === 0;
    if (typeof piece === "string") {
      if (this.#sendAscii(piece)) return true;
      return this.send(encodeShared(piece), isOwnEncoding(piece));
    }
    const isWhole = piece.length <= this.#bodyRest;
    const bytes = isWhole ? piece : piece.subarray(0, this.#bodyRest);
    writeContent(this.output, this.#response.framing, bytes, isLent);
    this.#count(bytes.length);
    return isWhole;
  }

  /**
   * Ends the response.
   *
   * @param trailers Field lines of a trailer section; dropped where the body is not chunked
   * @returns How many announced octets are missing: if any, the connection is to be aborted
   */
  finish(trailers = ""): number {
    const { framing, hasBody } = this.#response;
    if (hasBody && framing.kind === "length" && this.#bodyRest > 0) return this.#bodyRest;
    if (hasBody) writeEnd(this.output, framing, trailers);
    this.moveWriting("finish");
    return 0;
  }

  /** Whether content that is sent now reaches the client. */
  get hasBody(): boolean {
    return this.#response.hasBody;
  }

  /**
   * Switches to a tunnel: sends 101 (Switching Protocols), or 200 to CONNECT (RFC 9110, sections 7.8 and 9.3.6).
   *
   * @param fields The fields of the head
   * @param date The value of Date for a 200
   */
  switchProtocols(fields: PreparedFields, date: string): void {
    // Asked first: while content is unread, or behind a head, nothing of the tunnel may be written.
    const reading = moveReading(this.reading, "switch protocols");
    this.moveWriting("switch protocols");
    this.reading = reading;
    if (this.head!.method === "CONNECT") {
      writeInterimHead(
        this.output,
        200,
        fields.hasDate ? fields : { ...fields, text: `${fields.text}date: ${date}\r\n`, template: undefined },
      );
    } else {
      writeInterimHead(this.output, 101, fields, "upgrade");
    }
  }

  /**
   * Refuses what the peer sent: a whole answer without content, after which the connection closes.
   *
   * @param status The status code
   * @param date The value of Date
   * @param reason Why the connection closes
   */
  refuse(status: number, date: string, reason: CloseReason): void {
    this.closeAfter(reason);
    this.moveWriting("begin");
    writeResponseHead(this.output, { status, date }, EMPTY, "close");
    this.#response = NOTHING;
    this.moveWriting("finish");
  }

  /** Forgets the exchange that is over. */
  protected override forget(): void {
    this.head = undefined;
    this.#continueSent = false;
    // What is sent late must not become the beginning of the next answer.
    this.#response = NOTHING;
    this.bodyBytes = 0;
  }

  #begin(head: RequestHead): void {
    this.head = head;
    if (!head.persistent) this.closeAfter(head.minorVersion === 0 ? "version" : "asked");
    const hasContent = head.framing.kind !== "none";
    this.moveReading(hasContent ? "head with content" : "head without content");
    // For an empty one too: it must not show the trailers of the request before.
    this.content.begin(head.framing);
  }

  /** RFC 9110, section 15.2: "A server MUST NOT send a 1xx response to an HTTP/1.0 client". */
  #mayInform(): boolean {
    return this.head?.minorVersion === 1 && (this.writing === "idle" || this.writing === "interim");
  }

  #connectionField(hasUpgrade: boolean): string | undefined {
    const option = this.#persistenceOption();
    // RFC 9110, section 7.8: who sends Upgrade also names it in Connection.
    if (!hasUpgrade) return option;
    return option === undefined ? "upgrade" : `${option}, upgrade`;
  }

  #persistenceOption(): "close" | "keep-alive" | undefined {
    if (!this.persistent) return "close";
    return this.head!.minorVersion === 0 ? "keep-alive" : undefined;
  }

  #sendAscii(text: string): boolean {
    if (text.length > this.#bodyRest || !writeAsciiContent(this.output, this.#response.framing, text)) return false;
    this.#count(text.length);
    return true;
  }

  #count(octets: number): void {
    this.bodyBytes += octets;
    this.#bodyRest -= octets;
  }
}

/**
 * The error for a request that nobody here takes, such as CONNECT to an application that opens no tunnel.
 *
 * @param what The request
 * @returns The error
 */
export function notTaken(what: string): ProtocolError {
  return new ProtocolError("not-taken", `Cannot serve ${what}: the application does not take it`);
}
