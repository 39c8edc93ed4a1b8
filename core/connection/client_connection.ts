/**
 * `ClientConnection`: the protocol state of one connection in the client role, on the same leaves as the server's.
 * Bytes in, bytes out; no promise, no clock.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import type { FieldSection, FieldsInit } from "../fields.ts";
import type { ContentStep } from "../parse/chunked.ts";
import { ContentDecoder } from "../parse/content.ts";
import { parseResponseHead, type ResponseHead } from "../parse/response_head.ts";
import { type SectionWatch, watchResponseHeads } from "../parse/section_watch.ts";
import { DEFAULT_PARSE_SETTINGS, type ParseSettings } from "../parse/settings.ts";
import { prepareTrailers } from "../write/fields_text.ts";
import { type RequestInit, type SentRequest, writeRequestHead } from "../write/request_writer.ts";
import { writeContent, writeEnd } from "../write/response_writer.ts";
import { SendBuffer } from "../write/send_buffer.ts";
import { encodeText } from "../write/utf8.ts";
import {
  type CloseReason,
  jointEvent,
  move,
  READING_MOVES,
  type ReadingEvent,
  type ReadingState,
  WRITING_MOVES,
  type WritingEvent,
  type WritingState,
} from "./lifecycle.ts";
import { ReceiveBuffer } from "./receive_buffer.ts";

/**
 * One connection in the client role, one exchange at a time.
 *
 * @example
 * ```ts
 * import { ClientConnection } from "@sluice/sluice/client";
 * import { assertEquals } from "@std/assert";
 *
 * const client = new ClientConnection();
 * client.request({ target: "/", fields: { host: "example.org" } });
 * assertEquals(new TextDecoder().decode(client.output.take()), "GET / HTTP/1.1\r\nhost: example.org\r\n\r\n");
 *
 * client.receive(new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
 * assertEquals(client.readHead(), true);
 * assertEquals(client.head?.status, 200);
 * assertEquals(client.readContent(), "run");
 * assertEquals(client.runEnd - client.input.start, 2);
 * client.takeContent(2);
 * assertEquals(client.readContent(), "end");
 * assertEquals(client.turnOver(), "start over");
 * ```
 */
export class ClientConnection {
  readonly #settings: ParseSettings;
  readonly #watch: SectionWatch;
  readonly #content: ContentDecoder;
  #bodyRest = 0;
  /** What the peer sent and nobody has read yet. */
  readonly input: ReceiveBuffer = new ReceiveBuffer();
  /** What is to be sent. */
  readonly output: SendBuffer;
  /** Where we are in what the peer sends. */
  reading: ReadingState = "head";
  /** Where we are in what we send. */
  writing: WritingState = "idle";
  /** Why the connection will not be kept, undefined as long as it may. */
  closeReason: CloseReason | undefined = undefined;
  /** The request in hand. */
  sent: SentRequest | undefined = undefined;
  /** The response head read last: interim ones come first, and `isFinal` tells them apart. */
  head: ResponseHead | undefined = undefined;
  /** Whether the peer has ended its side. */
  hasEnded = false;

  /**
   * Makes a `ClientConnection`.
   *
   * @param settings Bounds and decoder
   * @param output Where what is to be sent gathers
   */
  constructor(settings: ParseSettings = DEFAULT_PARSE_SETTINGS, output: SendBuffer = new SendBuffer()) {
    this.#settings = settings;
    this.output = output;
    this.#content = new ContentDecoder(settings);
    this.#watch = watchResponseHeads(settings);
  }

  /** Whether the connection may live on after the exchange in hand. */
  get persistent(): boolean {
    return this.closeReason === undefined;
  }

  /** Whether `head` is a final response; false for an interim one, and before the first. */
  get isFinal(): boolean {
    return this.head !== undefined && (this.head.status >= 200 || this.head.status === 101);
  }

  /**
   * Sends the head of a request.
   *
   * @param request The request
   * @throws {TypeError} For what may not go out
   * @throws {Error} While another exchange is in hand
   */
  request(request: RequestInit): void {
    // Moved first: nothing may be written while another exchange is in hand.
    const writing = move(WRITING_MOVES, this.writing, "begin");
    const sent = writeRequestHead(this.output, request);
    this.writing = writing;
    this.sent = sent;
    if (sent.close) this.closeReason ??= "asked";
    this.#bodyRest = sent.framing.kind === "length" ? sent.framing.length : Infinity;
    if (sent.framing.kind === "none") this.#moveWriting("finish");
  }

  /**
   * Sends a piece of content.
   *
   * @param piece The piece
   * @throws {RangeError} If it is more than was announced
   */
  send(piece: string | Uint8Array): void {
    const bytes = typeof piece === "string" ? encodeText(piece) : piece;
    if (this.writing !== "content") throw new Error("Cannot send content: no request with content is in hand");
    if (bytes.length > this.#bodyRest) throw new RangeError("Cannot send content: it is more than was announced");
    writeContent(this.output, this.sent!.framing, bytes, false);
    this.#bodyRest -= bytes.length;
  }

  /**
   * Ends the content.
   *
   * @param trailers Trailer fields, for chunked content
   * @throws {RangeError} If it is less than was announced
   */
  finish(trailers?: FieldsInit): void {
    if (this.writing !== "content") return;
    const { framing } = this.sent!;
    if (framing.kind === "length" && this.#bodyRest > 0) {
      throw new RangeError(`Cannot finish request: ${this.#bodyRest} announced octets are missing`);
    }
    writeEnd(this.output, framing, trailers === undefined ? "" : prepareTrailers(trailers));
    this.#moveWriting("finish");
  }

  /**
   * Takes what came; it is lent until `release`.
   *
   * @param bytes The octets
   */
  receive(bytes: Uint8Array): void {
    this.input.receive(bytes);
  }

  /**
   * Gives the lent block back; what is unread of it is kept.
   *
   * @param isOurs Whether the block may be kept instead of copied
   */
  release(isOurs = false): void {
    this.input.release(isOurs);
  }

  /** Takes note that the peer has ended its side. */
  receiveEnd(): void {
    this.hasEnded = true;
  }

  /**
   * Reads the next response head into `head`: interim ones too, one a call, then the final one.
   *
   * @returns Whether one is there; if not, more octets are needed
   * @throws {ProtocolError} As `parseResponseHead`; `bad-status-line` for an answer that nothing asked for;
   * `unexpected-eof`
   */
  readHead(): boolean {
    const { input, sent } = this;
    const { bytes, start, end } = input;
    if (start === end) {
      if (this.hasEnded && sent) throw new ProtocolError("unexpected-eof", "Cannot read response: the peer has ended");
      return false;
    }
    if (!sent) throw new ProtocolError("bad-status-line", "Cannot read response: nothing was asked");
    if (this.#watch.watching && !this.#watch.ready(bytes, start, end) && !this.hasEnded) return false;
    const head = parseResponseHead(bytes, start, end, sent.method, this.#settings);
    if (!head) {
      if (this.hasEnded) throw new ProtocolError("unexpected-eof", "Cannot read response: the peer ended in its head");
      if (!this.#watch.watching) this.#watch.begin();
      return false;
    }
    this.#watch.end();
    input.start += head.octets;
    this.#begin(head, sent);
    return true;
  }

  /**
   * Goes on to the next run of content.
   *
   * @returns `run`: content lies in `input.bytes` from `input.start` to `runEnd`. `more`: more octets are needed.
   * `end`: all was read
   * @throws {ProtocolError} As `ContentDecoder.next`
   */
  readContent(): ContentStep {
    if (this.reading !== "content") return "end";
    const { input } = this;
    const step = this.#content.next(input.bytes, input.start, input.end, this.hasEnded);
    input.start = this.#content.position;
    if (step === "end") this.#moveReading("end of content");
    return step;
  }

  /** Where the run that `readContent` found ends. */
  get runEnd(): number {
    return this.#content.runEnd;
  }

  /** The response's trailer section, once the content has ended. */
  get trailers(): FieldSection {
    return this.#content.trailers;
  }

  /**
   * Takes octets of the run.
   *
   * @param count How many
   */
  takeContent(count: number): void {
    this.#content.take(count);
    this.input.start += count;
  }

  /**
   * The exchange in hand is over: both states start over if both are done and the connection is kept, or close if it is
   * not.
   *
   * @returns What was done; undefined while something is still to be sent or read
   */
  turnOver(): "start over" | "close" | undefined {
    const event = jointEvent(this.reading, this.writing, this.persistent);
    if (event === undefined) return undefined;
    this.#moveReading(event);
    this.#moveWriting(event);
    this.head = undefined;
    this.sent = undefined;
    return event;
  }

  /** Both states close, whatever they were. */
  close(): void {
    this.#moveReading("close");
    this.#moveWriting("close");
  }

  #begin(head: ResponseHead, sent: SentRequest): void {
    this.head = head;
    const isTunnel = head.status === 101 || (sent.method === "CONNECT" && head.status >= 200 && head.status < 300);
    if (isTunnel) return this.#switch(head.status, sent);
    if (head.status < 200) return;
    if (!head.persistent) this.closeReason ??= head.minorVersion === 0 ? "version" : "asked";
    if (head.framing.kind === "close") this.closeReason ??= "close-delimited";
    const hasContent = head.framing.kind !== "none";
    this.#moveReading(hasContent ? "head with content" : "head without content");
    // For an empty one too: it must not show the trailers of the response before.
    this.#content.begin(head.framing);
  }

  #switch(status: number, sent: SentRequest): void {
    // RFC 9110, section 7.8: only what the client asked for, and not before its request has ended.
    if ((status === 101 && !sent.upgrade) || this.writing !== "done") {
      throw new ProtocolError("bad-status-line", `Cannot switch protocols: nothing asked for a ${status}`);
    }
    this.#moveReading("head without content");
    this.#moveReading("switch protocols");
    this.#moveWriting("switch protocols");
  }

  #moveReading(event: ReadingEvent): void {
    this.reading = move(READING_MOVES, this.reading, event);
  }

  #moveWriting(event: WritingEvent): void {
    this.writing = move(WRITING_MOVES, this.writing, event);
  }
}
