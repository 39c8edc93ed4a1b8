/**
 * Frames on their way out: whole, in order, deflated where that was agreed on.
 *
 * @module
 */

import { copyOctets } from "../octets.ts";
import { canDeflate, deflateMessage } from "./deflate.ts";
import { BINARY, CLOSE, encodeFrame, type Opcode, TEXT } from "./frame_head.ts";
import type { Message } from "./message_decoder.ts";

/** Where frames go. */
export interface FrameSink {
  /**
   * Sends.
   *
   * @param bytes What to send; free again when the call returns
   * @returns A promise when the peer is slower
   */
  write(bytes: Uint8Array): void | Promise<void>;
}

/** How frames go out. */
export interface OutboxOptions {
  /** From how many octets on a message is deflated; undefined if that was not agreed on. */
  readonly deflateFrom: number | undefined;
  /** Gives the key of the next frame; undefined for a server, whose frames are not masked. */
  readonly maskKey: (() => number) | undefined;
}

const encoder = new TextEncoder();

/** Sends frames. */
export class Outbox {
  readonly #sink: FrameSink;
  readonly #options: OutboxOptions;
  /** Settles when all messages that had to be deflated have gone; undefined if none is under way. */
  #queue: Promise<void> | undefined;

  /**
   * Makes an `Outbox`.
   *
   * @param sink Where frames go
   * @param options How
   */
  constructor(sink: FrameSink, options: OutboxOptions) {
    this.#sink = sink;
    const deflateFrom = canDeflate() ? options.deflateFrom : undefined;
    this.#options = { ...options, deflateFrom };
  }

  /** Whether messages wait to be deflated, and with them whatever has to go behind. */
  get isDeflating(): boolean {
    return this.#queue !== undefined;
  }

  /**
   * Waits for messages that are being deflated.
   *
   * @returns Settles when they have gone, or cannot go
   */
  async emptied(): Promise<void> {
    await this.#queue?.catch(() => {});
  }

  /**
   * Sends a message. Those before it go first, even if they are still being deflated.
   *
   * @param message The message
   * @returns A promise when it has to be waited for
   */
  send(message: Message): void | Promise<void> {
    const opcode = typeof message === "string" ? TEXT : BINARY;
    const payload = typeof message === "string" ? encoder.encode(message) : message;
    const { deflateFrom } = this.#options;
    const isWorth = deflateFrom !== undefined && payload.length >= deflateFrom;
    if (!isWorth && !this.#queue) return this.frame(opcode, payload);
    // It is looked at later, when its owner may have changed it.
    const kept = payload === message ? copyOctets(payload) : payload;
    return this.#enqueue(() => isWorth ? this.#deflated(opcode, kept) : this.frame(opcode, kept));
  }

  /**
   * Sends a close frame behind all messages.
   *
   * @param payload Its payload
   * @returns A promise when it has to be waited for
   */
  close(payload: Uint8Array): void | Promise<void> {
    return this.#queue ? this.#enqueue(() => this.frame(CLOSE, payload)) : this.frame(CLOSE, payload);
  }

  /**
   * Sends a frame at once: a ping or a pong passes messages that are being deflated.
   *
   * @param opcode What it is
   * @param payload Its payload
   * @param isCompressed Whether it is a deflated message
   * @returns A promise when the peer is slower
   */
  frame(opcode: Opcode, payload: Uint8Array, isCompressed: boolean = false): void | Promise<void> {
    return this.#sink.write(encodeFrame(opcode, payload, { isCompressed, maskKey: this.#options.maskKey?.() }));
  }

  async #deflated(opcode: Opcode, payload: Uint8Array): Promise<void> {
    const deflated = await deflateMessage(payload);
    // RFC 7692, section 6.1: each message may go as it is. What does not shrink goes as it is.
    if (deflated.length < payload.length) await this.frame(opcode, deflated, true);
    else await this.frame(opcode, payload);
  }

  #enqueue(task: () => void | Promise<void>): Promise<void> {
    const before = this.#queue;
    const done: Promise<void> = (before ? before.then(task, task) : Promise.resolve(task())).finally(() => {
      if (this.#queue === done) this.#queue = undefined;
    });
    done.catch(() => {});
    this.#queue = done;
    return done;
  }
}
