/**
 * Two streams of octets that end in each other, with a clock in the test's hand.
 *
 * @module
 */

import type { OctetStream } from "../../../core/websocket/websocket_app.ts";
import { FakeSurroundings } from "../../support/fake_surroundings.ts";

/** What may lie between the two before a write has to wait, in octets. */
const CAPACITY = 65_536;

/** One end. */
export class StreamEnd implements OctetStream {
  readonly #clock: FakeSurroundings;
  readonly #settled: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #pieces: Uint8Array[] = [];
  #octets = 0;
  #hasEnded = false;
  #error: unknown = undefined;
  #wake: () => void = () => {};
  #whenRoom: (() => void)[] = [];
  /** The other end. */
  peer: StreamEnd | undefined;
  /** All that was written here. */
  written: Uint8Array = new Uint8Array(0);
  /** Whether each octet is read by itself. */
  isSlow = false;

  /**
   * Makes an end.
   *
   * @param clock The clock
   */
  constructor(clock: FakeSurroundings) {
    this.#clock = clock;
    this.closed.catch(() => {});
  }

  /** Whether this end has ended its side. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What it was aborted with. */
  get error(): unknown {
    return this.#error;
  }

  get closed(): Promise<void> {
    return this.#settled.promise;
  }

  async read(): Promise<Uint8Array | undefined> {
    const peer = this.peer!;
    while (peer.#octets === 0 && !peer.#hasEnded && this.#error === undefined) {
      await new Promise<void>((resolve) => peer.#wake = resolve);
    }
    if (this.#error !== undefined) throw this.#error;
    if (peer.#octets === 0) return undefined;
    const bytes = peer.#takeOut(this.isSlow);
    for (const task of peer.#whenRoom.splice(0)) task();
    this.#settleIfOver();
    return bytes;
  }

  write(bytes: Uint8Array): void | Promise<void> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#hasEnded) throw new TypeError("Cannot write: ended");
    this.#pieces.push(bytes.slice());
    this.#octets += bytes.length;
    const written = new Uint8Array(this.written.length + bytes.length);
    written.set(this.written);
    written.set(bytes, this.written.length);
    this.written = written;
    this.#wake();
    if (this.#octets <= CAPACITY) return;
    return new Promise((resolve, reject) => {
      this.#whenRoom.push(() => this.#error === undefined ? resolve() : reject(this.#error));
    });
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#wake();
    this.#settleIfOver();
    this.peer!.#settleIfOver();
  }

  abort(error: unknown): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#settled.reject(error);
    this.#wake();
    for (const task of this.#whenRoom.splice(0)) task();
    this.peer!.#wake();
    this.peer!.abort(error);
  }

  after(ms: number, task: () => void): () => void {
    return this.#clock.after(ms, task);
  }

  /** As a tunnel: when both sides have ended and all is read. */
  #settleIfOver(): void {
    const peer = this.peer!;
    if (this.#hasEnded && peer.#hasEnded && peer.#octets === 0) this.#settled.resolve();
  }

  #takeOut(isSlow: boolean): Uint8Array {
    if (isSlow) {
      const piece = this.#pieces[0]!;
      if (piece.length === 1) this.#pieces.shift();
      else this.#pieces[0] = piece.subarray(1);
      this.#octets--;
      return piece.subarray(0, 1);
    }
    const all = new Uint8Array(this.#octets);
    let at = 0;
    for (const piece of this.#pieces.splice(0)) {
      all.set(piece, at);
      at += piece.length;
    }
    this.#octets = 0;
    return all;
  }
}

/** Two ends and their clock. */
export interface StreamPair {
  /** The server's. */
  readonly server: StreamEnd;
  /** The client's. */
  readonly client: StreamEnd;
  /** Their clock. */
  readonly clock: FakeSurroundings;
}

/** Makes two ends of one stream. */
export function streamPair(): StreamPair {
  const clock = new FakeSurroundings();
  const server = new StreamEnd(clock);
  const client = new StreamEnd(clock);
  server.peer = client;
  client.peer = server;
  return { server, client, clock };
}

/** Gives the octets that hexadecimal digits stand for; blanks between them count for nothing. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.replaceAll(/\s/g, "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Puts octets behind each other. */
export function join(...pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((octets, piece) => octets + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
