/**
 * `ClientConnection`: the protocol state of one connection in the client role, on the same leaves as the server's.
 * Bytes in, bytes out; no promise, no clock.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import type { FieldsInit } from "../fields.ts";
import { parseResponseHead, type ResponseHead } from "../parse/response_head.ts";
import { type SectionWatch, watchResponseHeads } from "../parse/section_watch.ts";
import { DEFAULT_PARSE_SETTINGS, type ParseSettings } from "../parse/settings.ts";
import { prepareTrailers } from "../write/fields_text.ts";
import { type RequestInit, type SentRequest, writeRequestHead } from "../write/request_writer.ts";
import { writeContent, writeEnd } from "../write/response_writer.ts";
import { SendBuffer } from "../write/send_buffer.ts";
import { encodeText } from "../write/utf8.ts";
import { Connection } from "./connection.ts";
import { moveWriting } from "./lifecycle.ts";

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
export class ClientConnection extends Connection {
  readonly #settings: ParseSettings;
  readonly #watch: SectionWatch;
  #bodyRest = 0;
  /** The request in hand. */
  sent: SentRequest | undefined = undefined;
  /** The response head read last: interim ones come first, and `isFinal` tells them apart. */
  head: ResponseHead | undefined = undefined;

  /**
   * Makes a `ClientConnection`.
   *
   * @param settings Bounds and decoder
   * @param output Where what is to be sent gathers
   */
  constructor(settings: ParseSettings = DEFAULT_PARSE_SETTINGS, output: SendBuffer = new SendBuffer()) {
    super(settings, output);
    this.#settings = settings;
    this.#watch = watchResponseHeads(settings);
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
    const writing = moveWriting(this.writing, "begin");
    const sent = writeRequestHead(this.output, request);
    this.writing = writing;
    this.sent = sent;
    if (sent.close) this.closeAfter("asked");
    this.#bodyRest = sent.framing.kind === "length" ? sent.framing.length : Infinity;
    if (sent.framing.kind === "none") this.moveWriting("finish");
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
    this.moveWriting("finish");
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

  /** Forgets the exchange that is over. */
  protected override forget(): void {
    this.head = undefined;
    this.sent = undefined;
  }

  #begin(head: ResponseHead, sent: SentRequest): void {
    this.head = head;
    const isTunnel = head.status === 101 || (sent.method === "CONNECT" && head.status >= 200 && head.status < 300);
    if (isTunnel) return this.#switch(head.status, sent);
    if (head.status < 200) return;
    if (!head.persistent) this.closeAfter(head.minorVersion === 0 ? "version" : "asked");
    if (head.framing.kind === "close") this.closeAfter("close-delimited");
    const hasContent = head.framing.kind !== "none";
    this.moveReading(hasContent ? "head with content" : "head without content");
    // For an empty one too: it must not show the trailers of the response before.
    this.content.begin(head.framing);
  }

  #switch(status: number, sent: SentRequest): void {
    // RFC 9110, section 7.8: only what the client asked for, and not before its request has ended.
    if ((status === 101 && !sent.upgrade) || this.writing !== "done") {
      throw new ProtocolError("bad-status-line", `Cannot switch protocols: nothing asked for a ${status}`);
    }
    this.moveReading("head without content");
    this.moveReading("switch protocols");
    this.moveWriting("switch protocols");
  }
}
