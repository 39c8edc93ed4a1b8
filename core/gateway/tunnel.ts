/**
 * The tunnel: what a connection is after an upgrade or CONNECT. Bytes pass both ways, with the same backpressure and
 * half-close as content (RFC 9110, sections 7.8 and 9.3.6).
 *
 * @module
 */

import type { ServerConnection } from "../connection/server_connection.ts";
import { ConnectionLostError } from "../errors.ts";
import { copyOctets } from "../octets.ts";
import { encodeText } from "../write/utf8.ts";
import { ignorable } from "./ignorable.ts";
import type { Outlet } from "./outlet.ts";
import type { Piece } from "./piece.ts";

/** Both ways of a connection that is no longer HTTP. */
export interface Tunnel extends AsyncIterable<Uint8Array> {
  /**
   * Reads what is there, waiting for at least one octet. One read may be under way at a time.
   *
   * @returns The octets; undefined once the peer has ended its side
   */
  read(): Promise<Uint8Array | undefined>;
  /**
   * Sends.
   *
   * @param piece What to send; it is copied
   * @returns A promise when the peer is slower; safe to ignore
   * @throws {TypeError} After `end`
   */
  write(piece: Piece): void | Promise<void>;
  /** Ends our side; reading goes on. The tunnel is over when both sides have ended. */
  end(): void;
  /**
   * Ends both sides at once, as by a reset. Does nothing when the tunnel is over.
   *
   * @param error Why: what `closed` and the outcome of the exchange tell
   */
  abort(error: unknown): void;
  /**
   * Calls back later, on the clock of the connection: a tunnel is not timed, so its protocol has to be.
   *
   * @param ms How much later, in ms
   * @param task What to call
   * @returns Cancels it; to be called when the tunnel is over
   */
  after(ms: number, task: () => void): () => void;
  /** Settles when the tunnel is over: rejects with a `ConnectionLostError` if the connection was lost. */
  readonly closed: Promise<void>;
}

/** What a tunnel needs of the conversation. */
export interface TunnelHost {
  /** The connection's state. */
  readonly connection: ServerConnection;
  /** The way out. */
  readonly outlet: Outlet;
  /** Octets were taken or are waited for: reading may have to go on. */
  regulateReading(): void;
  /** Our side has ended. */
  endWriting(): void;
  /** Both sides have ended. */
  tunnelDone(): void;
  /**
   * Ends the connection at once.
   *
   * @param error Why
   */
  abort(error: unknown): void;
  /**
   * Calls back later.
   *
   * @param ms How much later
   * @param task What to call
   * @returns Cancels it
   */
  after(ms: number, task: () => void): () => void;
}

interface PendingRead {
  resolve(bytes: Uint8Array | undefined): void;
  reject(error: unknown): void;
}

/** A tunnel, as the gateway holds it. */
export class TunnelEnd implements Tunnel {
  readonly #host: TunnelHost;
  #pending: PendingRead | undefined;
  #lost: unknown = undefined;
  #hasEnded = false;
  #isDone = false;
  #settle: { resolve(): void; reject(error: unknown): void };
  /** Octets sent. */
  octets = 0;
  readonly closed: Promise<void>;

  /**
   * Makes a `TunnelEnd`.
   *
   * @param host The conversation
   */
  constructor(host: TunnelHost) {
    this.#host = host;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.closed = ignorable(promise);
    this.#settle = { resolve, reject };
  }

  /** Whether somebody waits for octets. */
  get isWaiting(): boolean {
    return this.#pending !== undefined;
  }

  read(): Promise<Uint8Array | undefined> {
    if (this.#lost !== undefined) return ignorable(Promise.reject(this.#lost));
    if (this.#pending) return Promise.reject(new TypeError("Cannot read tunnel: another read is under way"));
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | undefined>();
    this.#pending = { resolve, reject };
    this.advance();
    this.#host.regulateReading();
    return ignorable(promise);
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    for (let bytes = await this.read(); bytes; bytes = await this.read()) yield bytes;
  }

  write(piece: Piece): void | Promise<void> {
    if (this.#lost !== undefined) return ignorable(Promise.reject(this.#lost));
    if (this.#hasEnded) throw new TypeError("Cannot write to tunnel: our side has ended");
    const bytes = typeof piece === "string" ? encodeText(piece) : piece;
    const { connection, outlet } = this.#host;
    if (bytes.length > 0) connection.output.append(bytes);
    this.octets += bytes.length;
    outlet.flush();
    if (outlet.isFull) return outlet.room(() => this.#lost);
  }

  end(): void {
    if (this.#hasEnded || this.#isDone) return;
    this.#hasEnded = true;
    this.#host.endWriting();
    this.#finishIfBothEnded();
  }

  abort(error: unknown): void {
    if (!this.#isDone) this.#host.abort(error);
  }

  after(ms: number, task: () => void): () => void {
    return this.#host.after(ms, task);
  }

  /** Octets have come, or the peer has ended: serves whoever reads. */
  advance(): void {
    const pending = this.#pending;
    const { connection } = this.#host;
    const { input } = connection;
    if (pending && input.unread > 0) {
      this.#pending = undefined;
      const bytes = copyOctets(input.bytes.subarray(input.start, input.end));
      input.start = input.end;
      pending.resolve(bytes);
    } else if (pending && connection.hasEnded) {
      this.#pending = undefined;
      pending.resolve(undefined);
    }
    this.#finishIfBothEnded();
  }

  /**
   * The connection is gone.
   *
   * @param error Why
   */
  lose(error: unknown): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#lost = error ?? new ConnectionLostError("The connection is lost");
    this.#pending?.reject(this.#lost);
    this.#pending = undefined;
    this.#settle.reject(this.#lost);
  }

  #finishIfBothEnded(): void {
    // What lies unread may still be read behind the end; nobody has to, so the end does not wait for it.
    if (this.#isDone || !this.#hasEnded || !this.#host.connection.hasEnded) return;
    this.#isDone = true;
    this.#settle.resolve();
    this.#host.tunnelDone();
  }
}
