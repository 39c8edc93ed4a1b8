/**
 * The message decoder: octets in, messages and control frames out (RFC 6455, sections 5 to 8; RFC 7692). No I/O, no
 * promise; the caller owns the loop.
 *
 * @module
 */

import { NO_OCTETS } from "../octets.ts";
import { CLOSE, CONTINUATION, type FrameHead, MAX_FRAME_HEAD, parseFrameHead, PING, TEXT } from "./frame_head.ts";
import type { FrameRules } from "./frame_head.ts";
import { type CloseNotice, MAX_CONTROL, parseClose } from "./close_codes.ts";
import { WebSocketProtocolError } from "./errors.ts";
import { inflateMessage } from "./inflate.ts";
import { mask } from "./mask.ts";
import { MessageBuffer } from "./message_buffer.ts";
import { decodeUtf8, Utf8Validator } from "./utf8.ts";

/** Which end of a WebSocket one is. */
export type Role = "server" | "client";

/** What is taken for a message. */
export type Message = string | Uint8Array;

/** What the peer sent. */
export type Received =
  | { readonly type: "message"; readonly message: Message }
  | { readonly type: "ping" | "pong"; readonly payload: Uint8Array }
  | { readonly type: "close" } & CloseNotice;

/** Options of a `MessageDecoder`. */
export interface MessageDecoderOptions {
  /** Which end reads: a server takes masked frames only, a client only unmasked ones. @default {"server"} */
  role?: Role;
  /** The largest message in octets, inflated; a larger one is 1009. @default {1048576} */
  maxMessage?: number;
  /** Whether permessage-deflate was negotiated. @default {false} */
  deflate?: boolean;
}

/** The default of `maxMessage`. */
export const DEFAULT_MAX_MESSAGE = 1_048_576;

/**
 * How many fragments without an octet may be ahead of those with some. Every other kind brings its message nearer to
 * `maxMessage`; only empty ones could go on for ever.
 */
const MAX_EMPTY_FRAGMENTS = 256;

/**
 * Reads messages. After a `WebSocketProtocolError`, and after the peer's close frame, it reads nothing any more.
 *
 * @example
 * ```ts
 * import { BINARY, encodeFrame, MessageDecoder, TEXT } from "@sluice/sluice/websocket";
 * import { assertEquals } from "@std/assert";
 *
 * const maskKey = 0x01020304;
 * const decoder = new MessageDecoder();
 * decoder.feed(encodeFrame(TEXT, new Uint8Array([0x48]), { isFinal: false, maskKey }));
 * assertEquals(decoder.next(), undefined);
 * decoder.feed(encodeFrame(0, new Uint8Array([0x69]), { maskKey }));
 * assertEquals(decoder.next(), { type: "message", message: "Hi" });
 * ```
 */
export class MessageDecoder {
  readonly #rules: FrameRules;
  readonly #maxMessage: number;
  readonly #validator: Utf8Validator = new Utf8Validator();
  readonly #message: MessageBuffer = new MessageBuffer();
  #bytes: Uint8Array = NO_OCTETS;
  #start = 0;
  /** A head that has come in part. */
  #partial: Uint8Array | undefined;
  #partialLength = 0;
  /** The frame in hand. */
  #frame: FrameHead | undefined;
  #taken = 0;
  #control: Uint8Array = NO_OCTETS;
  /** The first frame of the message in hand. */
  #first: FrameHead | undefined;
  #emptyFragments = 0;
  #isOver = false;

  /**
   * Makes a `MessageDecoder`.
   *
   * @param options What is allowed
   */
  constructor(options: MessageDecoderOptions = {}) {
    const { role = "server", maxMessage = DEFAULT_MAX_MESSAGE, deflate = false } = options;
    this.#rules = { isMasked: role === "server", allowCompressed: deflate };
    this.#maxMessage = maxMessage;
  }

  /** Whether nothing is read any more: the peer has closed, or broken a rule. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Takes what came. What was fed before has to be read: `next` gave undefined.
   *
   * @param bytes The octets: lent until `next` gives undefined, and not changed
   */
  feed(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#start = 0;
  }

  /**
   * Reads on.
   *
   * @returns What came; undefined if more octets are needed, or nothing is read any more
   * @throws {WebSocketProtocolError} If the peer broke a rule
   */
  next(): Received | undefined {
    if (this.#isOver) return undefined;
    try {
      return this.#next();
    } catch (error) {
      this.#isOver = true;
      this.#message.take();
      throw error;
    }
  }

  #next(): Received | undefined {
    for (;;) {
      this.#frame ??= this.#beginFrame();
      const frame = this.#frame;
      if (!frame) return undefined;
      const isControl = frame.opcode >= CLOSE;
      if (isControl) this.#takeControl(frame);
      else this.#takePayload(frame);
      if (this.#taken < frame.length) return undefined;
      this.#frame = undefined;
      this.#taken = 0;
      if (isControl) return this.#endControl(frame);
      if (frame.isFinal) return this.#endMessage();
    }
  }

  #beginFrame(): FrameHead | undefined {
    const head = this.#readHead();
    if (!head || head.opcode >= CLOSE) return head;
    if (head.opcode === CONTINUATION) {
      if (!this.#first) throw new WebSocketProtocolError(1002, "Cannot read frame: there is no message to continue");
    } else {
      if (this.#first) throw new WebSocketProtocolError(1002, "Cannot read frame: the message before is not complete");
      this.#first = head;
      this.#validator.reset();
      this.#emptyFragments = 0;
    }
    this.#checkSize(head);
    return head;
  }

  /** A head that lies in one block is read where it lies. */
  #readHead(): FrameHead | undefined {
    const end = this.#bytes.length;
    if (this.#partialLength === 0) {
      const head = parseFrameHead(this.#bytes, this.#start, end, this.#rules);
      if (head) this.#start += head.size;
      else this.#keepPartial(end);
      return head;
    }
    const before = this.#partialLength;
    const from = this.#start;
    this.#keepPartial(Math.min(end, from + MAX_FRAME_HEAD - before));
    const head = parseFrameHead(this.#partial!, 0, this.#partialLength, this.#rules);
    if (head) {
      this.#start = from + head.size - before;
      this.#partialLength = 0;
    }
    return head;
  }

  #keepPartial(end: number): void {
    this.#partial ??= new Uint8Array(MAX_FRAME_HEAD);
    while (this.#start < end) this.#partial[this.#partialLength++] = this.#bytes[this.#start++]!;
  }

  /** RFC 6455, section 10.4: a limit on messages, told by the head, before the payload comes. */
  #checkSize(head: FrameHead): void {
    const limit = this.#first!.isCompressed ? compressedLimit(this.#maxMessage) : this.#maxMessage;
    if (this.#message.length + head.length > limit) throw tooLarge(this.#maxMessage);
    if (head.length > 0) {
      if (this.#emptyFragments > 0) this.#emptyFragments--;
    } else if (!head.isFinal && ++this.#emptyFragments > MAX_EMPTY_FRAGMENTS) {
      throw new WebSocketProtocolError(1008, "Cannot read message: too many empty fragments");
    }
  }

  #takePayload(frame: FrameHead): void {
    const count = Math.min(frame.length - this.#taken, this.#bytes.length - this.#start);
    const from = this.#message.length;
    const isFrameWhole = this.#taken + count === frame.length;
    this.#message.append(this.#bytes, this.#start, this.#start + count, frame.isFinal && isFrameWhole);
    const { bytes, length } = this.#message;
    if (frame.maskKey !== undefined) mask(bytes, from, length, frame.maskKey, this.#taken);
    const isMessageWhole = frame === this.#first && frame.isFinal && count === frame.length;
    // A text that came at once is decoded at once; any other is looked at as it comes.
    if (this.#first!.opcode === TEXT && !this.#first!.isCompressed && !isMessageWhole) {
      this.#validator.push(bytes, from, length);
    }
    this.#start += count;
    this.#taken += count;
  }

  #endMessage(): Received {
    const { opcode, isCompressed } = this.#first!;
    this.#first = undefined;
    let bytes = this.#message.take();
    if (isCompressed) bytes = inflateMessage(bytes, this.#maxMessage);
    return { type: "message", message: opcode === TEXT ? decodeUtf8(bytes) : bytes };
  }

  /** Control frames come between the fragments of a message, so they have their own place. */
  #takeControl(frame: FrameHead): void {
    if (this.#taken === 0 && frame.length > 0) this.#control = new Uint8Array(frame.length);
    const count = Math.min(frame.length - this.#taken, this.#bytes.length - this.#start);
    if (count === 0) return;
    const control = this.#control;
    control.set(this.#bytes.subarray(this.#start, this.#start + count), this.#taken);
    if (frame.maskKey !== undefined) mask(control, this.#taken, this.#taken + count, frame.maskKey, this.#taken);
    this.#start += count;
    this.#taken += count;
  }

  #endControl(frame: FrameHead): Received {
    const payload = frame.length === 0 ? NO_OCTETS : this.#control;
    this.#control = NO_OCTETS;
    if (frame.opcode !== CLOSE) return { type: frame.opcode === PING ? "ping" : "pong", payload };
    const { code, reason } = parseClose(payload, 0, payload.length);
    // Section 5.5.1: nothing that comes behind a close frame counts.
    this.#isOver = true;
    return { type: "close", code, reason };
  }
}

/**
 * What DEFLATE may add to octets that it cannot make smaller: with a small window, zlib stores them in blocks of less
 * than 1 KiB, each with a head of 5 octets. A sixteenth is above all that its own bound allows for.
 */
function compressedLimit(limit: number): number {
  return limit + Math.ceil(limit / 16) + MAX_CONTROL;
}

function tooLarge(limit: number): WebSocketProtocolError {
  return new WebSocketProtocolError(1009, `Cannot read message: it is larger than ${limit} octets`);
}
