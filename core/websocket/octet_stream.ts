/**
 * The stream of octets that a WebSocket runs over.
 *
 * @module
 */

/** What a WebSocket runs over: a `Tunnel` is one. */
export interface OctetStream {
  /** Settles when the stream is over: rejects if it was lost. */
  readonly closed: Promise<void>;
  /**
   * Reads what is there.
   *
   * @returns The octets; undefined once the peer has ended its side
   */
  read(): Promise<Uint8Array | undefined>;
  /**
   * Sends.
   *
   * @param bytes What to send; free again when the call returns
   * @returns A promise when the peer is slower
   */
  write(bytes: Uint8Array): void | Promise<void>;
  /** Ends our side. */
  end(): void;
  /**
   * Ends both sides at once.
   *
   * @param error Why
   */
  abort(error: unknown): void;
  /**
   * Calls back later.
   *
   * @param ms How much later, in ms
   * @param task What to call
   * @returns Cancels it
   */
  after(ms: number, task: () => void): () => void;
}
