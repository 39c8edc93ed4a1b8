/**
 * One WebSocket over a stream of octets, either end of it: messages in and out, pings, and the closing handshake
 * (RFC 6455, sections 5.5 and 7).
 *
 * @module
 */

import { NO_OCTETS } from "../octets.ts";
import { ABNORMAL, encodeClose, MAX_CONTROL, NO_CODE } from "./close_codes.ts";
import type { Closing, WebSocketConnectionOptions } from "./connection_options.ts";
import { WebSocketClosedError, WebSocketProtocolError } from "./errors.ts";
import { PING, PONG } from "./frame_head.ts";
import { Inbox } from "./inbox.ts";
import { type Message, MessageDecoder, type Received } from "./message_decoder.ts";
import type { OctetStream } from "./octet_stream.ts";
import { Outbox } from "./outbox.ts";
import { PendingPings } from "./pending_pings.ts";

const DEFAULT_CLOSE_TIMEOUT = 5000;

/**
 * A WebSocket. Pings are answered while the application does not receive, until 64 messages or 64 KiB wait for it.
 */
export class WebSocketConnection implements AsyncIterable<Message> {
  readonly #stream: OctetStream;
  readonly #decoder: MessageDecoder;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox = new Inbox();
  readonly #pings: PendingPings = new PendingPings();
  readonly #isServer: boolean;
  readonly #closeTimeout: number;
  /** The payload of our close frame, while the application works on messages that came before the peer's. */
  #ending: Uint8Array | undefined;
  #isCloseSent = false;
  #hasPeerEnded = false;
  #loss: unknown = undefined;
  #hasHeard = false;
  #isHeldUp = false;
  #cancelTimer: () => void = () => {};
  #settleClosed: (closing: Closing) => void;
  /** The subprotocol that was agreed on; empty for none. */
  readonly protocol: string;
  /** Settles, and never rejects, when the peer has closed or is lost. Our answer, and the stream's end, may come later. */
  readonly closed: Promise<Closing>;

  /**
   * Begins to read.
   *
   * @param stream What it runs over; the opening handshake is done
   * @param options How it behaves
   * @throws {TypeError} For a client without `maskKey`
   */
  constructor(stream: OctetStream, options: WebSocketConnectionOptions = {}) {
    const { role = "server", deflateFrom, maskKey, pingInterval } = options;
    if ((role === "client") !== (maskKey !== undefined)) {
      throw new TypeError("Cannot make WebSocketConnection: a client masks its frames, and a server does not");
    }
    this.#stream = stream;
    this.#isServer = role === "server";
    this.#closeTimeout = options.closeTimeout ?? DEFAULT_CLOSE_TIMEOUT;
    this.protocol = options.protocol ?? "";
    this.#decoder = new MessageDecoder({ ...options, role, deflate: deflateFrom !== undefined });
    this.#outbox = new Outbox(stream, { deflateFrom, maskKey });
    const { promise, resolve } = Promise.withResolvers<Closing>();
    this.closed = promise;
    this.#settleClosed = resolve;
    if (pingInterval !== undefined && pingInterval > 0) this.#watch(pingInterval);
    // Nobody may be reading when the stream is lost. Its orderly end is for the reader to see, behind the last octet.
    stream.closed.catch((error) => this.#lost(error));
    void this.#readAll();
  }

  /**
   * Whether messages can be sent. When the peer has closed they still can, until the application has received all that
   * came before and asks for more.
   */
  get isOpen(): boolean {
    return !this.#isCloseSent;
  }

  /**
   * Waits for a message. One call at a time.
   *
   * @returns The message, text as a string; undefined once the WebSocket is closed and all that came before is received
   * @throws {TypeError} If another call waits
   */
  receive(): Promise<Message | undefined> {
    return this.#inbox.take();
  }

  /** Receives until the WebSocket is closed. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    for (let message = await this.receive(); message !== undefined; message = await this.receive()) yield message;
  }

  /**
   * Sends a message: a string as text (a lone surrogate becomes U+FFFD), octets as binary.
   *
   * @param message The message; it is copied
   * @returns A promise when the peer is slower, or the message is being deflated; safe to ignore. It rejects with a
   * `WebSocketClosedError` if the WebSocket is closed
   * @throws {TypeError} For what is no message
   */
  send(message: Message): void | Promise<void> {
    if (typeof message !== "string" && !(message instanceof Uint8Array)) {
      throw new TypeError("Cannot send: a message is a string or a Uint8Array");
    }
    if (!this.isOpen) return this.#refuse("send");
    return this.#guard(this.#outbox.send(message));
  }

  /**
   * Asks whether the peer is there.
   *
   * @param payload What it is to send back, at most 125 octets. @default {a number that counts up}
   * @returns Settles when the answer is there; rejects with a `WebSocketClosedError` if none will come
   * @throws {RangeError} For a longer payload
   */
  ping(payload: Uint8Array = this.#pings.nextPayload()): Promise<void> {
    if (payload.length > MAX_CONTROL) throw new RangeError("Cannot ping: the payload is more than 125 octets");
    if (!this.isOpen) return this.#refuse("ping");
    const answered = this.#pings.add(payload);
    void this.#guard(this.#outbox.frame(PING, payload));
    return answered;
  }

  /**
   * Closes: sends the close frame behind all messages. What comes after is dropped; what came before can still be
   * received. A second call does nothing.
   *
   * @param code The close code
   * @param reason The reason, at most 123 octets of UTF-8
   * @returns `closed`
   * @throws {RangeError} For a code that may not be sent, or a longer reason
   */
  close(code: number = 1000, reason: string = ""): Promise<Closing> {
    const payload = encodeClose(code, reason);
    if (this.#ending) this.#finish();
    else if (this.isOpen) {
      this.#sendClose(payload);
      this.#inbox.end();
      this.#pings.end(new WebSocketClosedError("Cannot ping: the WebSocket is closed"));
    }
    return this.closed;
  }

  async #readAll(): Promise<void> {
    try {
      for (let bytes = await this.#stream.read(); bytes; bytes = await this.#stream.read()) {
        this.#hasHeard = true;
        if (!this.#decoder.isOver) await this.#readSome(bytes);
      }
    } catch (error) {
      return this.#lost(error);
    }
    this.#hasPeerEnded = true;
    // What the peer has closed in order is answered yet.
    if (this.#ending) return;
    this.#lost(undefined);
    await this.#outbox.emptied();
    this.#stream.end();
  }

  async #readSome(bytes: Uint8Array): Promise<void> {
    this.#decoder.feed(bytes);
    try {
      for (let received = this.#decoder.next(); received; received = this.#decoder.next()) {
        const ready = this.#take(received);
        if (!ready) continue;
        this.#isHeldUp = true;
        await ready;
        this.#isHeldUp = false;
      }
    } catch (error) {
      if (!(error instanceof WebSocketProtocolError)) throw error;
      // Section 7.1.7.
      this.#end({ code: error.code, reason: error.message, wasClean: false }, encodeClose(error.code, error.message));
    }
  }

  /** Deals with what came. The promise holds up reading, and so bounds what a flood can make us keep. */
  #take(received: Received): void | Promise<void> {
    switch (received.type) {
      case "message":
        if (!this.isOpen) return;
        this.#inbox.put(received.message);
        return this.#inbox.isFull ? this.#inbox.room() : undefined;
      case "ping":
        return this.isOpen ? this.#outbox.frame(PONG, received.payload) : undefined;
      case "pong":
        return this.#pings.answer(received.payload);
      case "close": {
        const { code, reason } = received;
        // Section 5.5.1: the answer has the same code.
        return this.#end({ code, reason, wasClean: true }, code === NO_CODE ? NO_OCTETS : encodeClose(code));
      }
    }
  }

  /**
   * The peer has closed, or broken a rule. Messages that came before are still answered, as far as the application
   * receives them, and then our close frame goes out (section 5.5.1 lets it wait).
   */
  #end(closing: Closing, payload: Uint8Array): void {
    this.#ending = payload;
    this.#settle(closing);
    if (this.#isCloseSent) return this.#finish();
    this.#cancelTimer();
    this.#cancelTimer = this.#stream.after(this.#closeTimeout, () => this.#finish());
    this.#inbox.whenCaughtUp(() => this.#finish());
  }

  #finish(): void {
    const payload = this.#ending;
    this.#ending = undefined;
    if (payload && !this.#isCloseSent) this.#sendClose(payload);
  }

  /**
   * The close frame is the last that we send. A server ends its side behind it, as it should be the first to close
   * (section 7.1.1); what the peer still sends is read away until it ends or the time is up.
   */
  #sendClose(payload: Uint8Array): void {
    this.#isCloseSent = true;
    this.#cancelTimer();
    this.#cancelTimer = this.#stream.after(this.#closeTimeout, () => {
      this.#stream.abort(new WebSocketClosedError("The peer does not end the WebSocket"));
    });
    const end = (): void => {
      if (this.#hasPeerEnded) this.#cancelTimer();
      if (this.#hasPeerEnded || this.#isServer) this.#stream.end();
    };
    const sent = this.#outbox.close(payload);
    // If the stream is lost, whoever reads learns it.
    sent?.catch(() => {});
    // What is written need not be taken before the end is told, but it has to be written.
    if (sent && this.#outbox.isDeflating) sent.then(end, () => {});
    else end();
  }

  /** The stream has ended or is lost; after the close frames that is how it should be. */
  #lost(error: unknown): void {
    this.#cancelTimer();
    this.#loss = error;
    this.#ending = undefined;
    this.#isCloseSent = true;
    this.#settle({ code: ABNORMAL, reason: "", wasClean: false });
  }

  /** Only the first counts. */
  #settle(closing: Closing): void {
    this.#inbox.end();
    this.#pings.end(new WebSocketClosedError("Cannot ping: the WebSocket is closed", this.#loss));
    this.#settleClosed(closing);
  }

  #refuse(what: string): Promise<never> {
    const refused = Promise.reject(new WebSocketClosedError(`Cannot ${what}: the WebSocket is closed`, this.#loss));
    refused.catch(() => {});
    return refused;
  }

  /** A write that fails because the peer is gone fails as any later one will. */
  #guard(sent: void | Promise<void>): void | Promise<void> {
    if (!sent) return;
    const guarded = sent.catch((error) => {
      throw new WebSocketClosedError("Cannot send: the WebSocket is lost", error);
    });
    guarded.catch(() => {});
    return guarded;
  }

  /** While we do not read, since the application does not receive or the peer does not, its silence says nothing. */
  #watch(interval: number): void {
    let isAsked = false;
    const look = (): void => {
      if (this.#hasHeard || this.#isHeldUp) isAsked = false;
      else if (isAsked) return this.#stream.abort(new WebSocketClosedError("The peer answers no ping"));
      else {
        isAsked = true;
        this.ping().catch(() => {});
      }
      this.#hasHeard = false;
      this.#cancelTimer = this.#stream.after(interval, look);
    };
    this.#cancelTimer = this.#stream.after(interval, look);
  }
}
