/**
 * The conversation: what a transport talks to, one for each connection.
 *
 * Push in, push out: `receive` parses what came, runs the application for each request, and sends all answers in one
 * write.
 *
 * @module
 */

import { ExchangeLoop } from "./exchange_loop.ts";
import type { Port, Surroundings } from "./port.ts";
import { GatewaySettings } from "./settings.ts";
import type { App, GatewayOptions } from "./types.ts";

/**
 * One connection, driven by events. After `abort`, and once the port was closed, every call does nothing.
 *
 * @example
 * ```ts
 * import { Conversation, type Port } from "@sluice/sluice/core";
 * import { assertStringIncludes } from "@std/assert";
 *
 * let sent = "";
 * const address = { transport: "unix", path: "" } as const;
 * const nothing = () => {};
 * const port: Port = {
 *   local: address,
 *   remote: address,
 *   tls: undefined,
 *   write: (bytes) => {
 *     sent += new TextDecoder().decode(bytes);
 *     return true;
 *   },
 *   pauseReading: nothing,
 *   resumeReading: nothing,
 *   endWriting: nothing,
 *   close: nothing,
 *   abort: nothing,
 * };
 * const surroundings = { now: () => 0, unixTime: () => 0, defer: nothing, after: () => nothing };
 *
 * const conversation = new Conversation(
 *   (_environ, startResponse) => {
 *     startResponse(200);
 *     return "hello";
 *   },
 *   port,
 *   surroundings,
 * );
 * conversation.receive(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"));
 * assertStringIncludes(sent, "content-length: 5");
 * ```
 */
export class Conversation {
  readonly #loop: ExchangeLoop;

  /**
   * Begins a conversation.
   *
   * @param app The application
   * @param port The far side of the connection
   * @param surroundings The clock and the turn
   * @param options How to behave; give all connections of a server the same `GatewaySettings`
   * @throws {TypeError} For an option that is not known or has the wrong type
   * @throws {RangeError} For a bound that is no number of at least 0
   */
  constructor(app: App, port: Port, surroundings: Surroundings, options: GatewayOptions | GatewaySettings = {}) {
    const settings = options instanceof GatewaySettings ? options : new GatewaySettings(options);
    this.#loop = new ExchangeLoop(app, port, surroundings, settings);
  }

  /**
   * When `tick` is due next, on the clock of `surroundings.now`; Infinity if never. It may change with each call. What
   * begins behind an answer, `idle` and `writeStall`, counts from the first time that this is asked, or `tick` is called.
   */
  get deadline(): number {
    return this.#loop.deadline;
  }

  /**
   * Takes what came.
   *
   * @param bytes The block that holds the octets: lent until the call returns, unless `ownedBlocks` is set
   * @param end Where they end; by default with the block
   * @returns Whether nobody needs the block any more. With `ownedBlocks` set it may be in use: what is unread of it, or
   * content that an application has
   */
  receive(bytes: Uint8Array, end: number = bytes.length): boolean {
    return this.#loop.receive(bytes, end);
  }

  /** The peer has ended its side. */
  receiveEnd(): void {
    this.#loop.receiveEnd();
  }

  /** The port has taken the write that it held. */
  drained(): void {
    this.#loop.drained();
  }

  /** Acts on the deadlines that have come. A shared tick once or twice a second calls it when `deadline` has passed. */
  tick(): void {
    this.#loop.tick();
  }

  /**
   * Begins to drain: what is sent during the grace is answered with `connection: close`, what is idle then closes.
   *
   * @param graceMs How long, in ms
   */
  shutdown(graceMs: number): void {
    this.#loop.shutdown(graceMs);
  }

  /**
   * The transport is gone, by a reset, an error, or because its owner ends it.
   *
   * @param reason Why: what `environ.signal` fires with
   */
  abort(reason: unknown): void {
    this.#loop.abort(reason);
  }
}
