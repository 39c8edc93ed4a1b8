/**
 * `Connection`: what the two roles have in common. The peer's octets come in, its content is gone through, and both
 * states turn over together. Who sends heads and who answers them is the business of `ServerConnection` and
 * `ClientConnection`.
 *
 * @module
 */

import type { FieldSection } from "../fields.ts";
import type { ContentStep } from "../parse/chunked.ts";
import { ContentDecoder } from "../parse/content.ts";
import type { ParseSettings } from "../parse/settings.ts";
import type { SendBuffer } from "../write/send_buffer.ts";
import {
  type CloseReason,
  jointEvent,
  moveReading,
  moveWriting,
  type ReadingEvent,
  type ReadingState,
  type WritingEvent,
  type WritingState,
} from "./lifecycle.ts";
import { ReceiveBuffer } from "./receive_buffer.ts";

/** The protocol state of one connection, in either role. */
export abstract class Connection {
  /** Goes through the content of what the peer sends. */
  protected readonly content: ContentDecoder;
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
  /** Whether the peer has ended its side. */
  hasEnded = false;

  /**
   * Makes a `Connection`.
   *
   * @param settings Bounds, departures from the strict reading, decoder
   * @param output Where what is to be sent gathers
   */
  constructor(settings: ParseSettings, output: SendBuffer) {
    this.content = new ContentDecoder(settings);
    this.output = output;
  }

  /** Whether the connection may live on after the exchange in hand. */
  get persistent(): boolean {
    return this.closeReason === undefined;
  }

  /** Whether the connection is over: there is nothing more to read or to say. */
  get isClosed(): boolean {
    return this.reading === "closed" && this.writing === "closed";
  }

  /**
   * Takes what came; it is lent until `release`.
   *
   * @param bytes The block that holds the octets
   * @param end Where they end; by default with the block
   */
  receive(bytes: Uint8Array, end: number = bytes.length): void {
    this.input.receive(bytes, end);
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
   * Decides that the connection closes after the exchange in hand. The first reason stays.
   *
   * @param reason Why
   */
  closeAfter(reason: CloseReason): void {
    this.closeReason ??= reason;
  }

  /**
   * Goes on to the next run of content.
   *
   * @returns `run`: content lies in `input.bytes` from `input.start` to `runEnd`. `more`: more octets are needed.
   * `end`: all was read
   * @throws {ProtocolError} `bad-chunk`, `bad-line-end`, `bad-field-line`, `fields-too-large`, `content-too-large`,
   * `unexpected-eof`
   */
  readContent(): ContentStep {
    if (this.reading !== "content") return "end";
    const { input, content } = this;
    const step = content.next(input.bytes, input.start, input.end, this.hasEnded);
    input.start = content.position;
    if (step === "end") this.moveReading("end of content");
    return step;
  }

  /** Where the run that `readContent` found ends. */
  get runEnd(): number {
    return this.content.runEnd;
  }

  /** The trailer section, once the content has ended. */
  get trailers(): FieldSection {
    return this.content.trailers;
  }

  /**
   * Takes octets of the run.
   *
   * @param count How many
   */
  takeContent(count: number): void {
    this.content.take(count);
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
    this.moveReading(event);
    this.moveWriting(event);
    this.content.forget();
    this.forget();
    return event;
  }

  /** Both states close, whatever they were. */
  close(): void {
    this.moveReading("close");
    this.moveWriting("close");
  }

  /** Forgets the exchange that is over. */
  protected abstract forget(): void;

  /**
   * Moves the reading state.
   *
   * @param event What happened
   */
  protected moveReading(event: ReadingEvent): void {
    this.reading = moveReading(this.reading, event);
  }

  /**
   * Moves the writing state.
   *
   * @param event What happened
   */
  protected moveWriting(event: WritingEvent): void {
    this.writing = moveWriting(this.writing, event);
  }
}
