/**
 * The server's end of a connection in memory.
 *
 * @module
 */

import type { Address, Port, TlsInfo } from "../core/gateway/port.ts";
import { concat } from "./concat.ts";

/** What the port calls. */
export interface MemoryPortEvents {
  /** Reading goes on; called in a turn of its own. */
  onResume(): void;
  /** The connection is over; called at once. */
  onClose(): void;
}

/** The two ends. */
export type MemoryEnds = Pick<Port, "local" | "remote" | "tls">;

/** The server aborted the connection, as by a reset. */
export class ResetError extends Error {
  /** The class's name, `ResetError`. */
  override readonly name: string = "ResetError";
  /** What `readAll` has read before. */
  readonly received: Uint8Array;

  /**
   * Makes a `ResetError`.
   *
   * @param received What was read before
   */
  constructor(received: Uint8Array) {
    super("The server aborted the connection");
    this.received = received;
  }
}

/** What the server has sent and the client has not read. */
class Outbox {
  readonly #capacity: number;
  #pieces: Uint8Array[] = [];
  #octets: number = 0;
  #isEnded: boolean = false;
  #isReset: boolean = false;
  #change: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get isFull(): boolean {
    return this.#octets > this.#capacity;
  }

  get isAtEnd(): boolean {
    return this.#isEnded && this.#octets === 0;
  }

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes.slice());
    this.#octets += bytes.length;
    this.#changed();
  }

  end(isReset: boolean): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#isReset = isReset;
    this.#changed();
  }

  async read(): Promise<Uint8Array | undefined> {
    while (this.#octets === 0) {
      if (this.#isReset) throw new ResetError(new Uint8Array(0));
      if (this.#isEnded) return undefined;
      await this.#change.promise;
    }
    const bytes = concat(this.#pieces);
    this.#pieces = [];
    this.#octets = 0;
    return bytes;
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

/** The server's end. */
export class MemoryPort implements Port {
  readonly local: Address;
  readonly remote: Address;
  readonly tls: TlsInfo | undefined;
  readonly outbox: Outbox;
  readonly #events: MemoryPortEvents;
  holdsWrite: boolean = false;
  isPaused: boolean = false;
  isClosed: boolean = false;

  /**
   * Makes a `MemoryPort`.
   *
   * @param ends The two ends
   * @param capacity Octets that may wait for the client before writes wait
   * @param events What the port calls
   */
  constructor(ends: MemoryEnds, capacity: number, events: MemoryPortEvents) {
    this.local = ends.local;
    this.remote = ends.remote;
    this.tls = ends.tls;
    this.outbox = new Outbox(capacity);
    this.#events = events;
  }

  write(bytes: Uint8Array): boolean {
    this.outbox.push(bytes);
    this.holdsWrite = this.outbox.isFull;
    return !this.holdsWrite;
  }

  pauseReading(): void {
    this.isPaused = true;
  }

  resumeReading(): void {
    this.isPaused = false;
    // A port must not call the conversation from inside one of its methods.
    queueMicrotask(() => this.#events.onResume());
  }

  endWriting(): void {
    this.outbox.end(false);
  }

  close(): void {
    this.#end(false);
  }

  abort(): void {
    this.#end(true);
  }

  #end(isReset: boolean): void {
    this.isClosed = true;
    this.outbox.end(isReset);
    this.#events.onClose();
  }
}
