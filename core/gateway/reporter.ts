/**
 * The reporter: tells hooks and the observer how exchanges ended, once the port has taken their answers or the
 * connection is gone. A hook that fails hides nothing from the others.
 *
 * @module
 */

import type { ProtocolError } from "../errors.ts";
import type { Environ, Outcome, PostHook } from "./environ.ts";
import type { Exchange } from "./exchange.ts";
import { isThenable } from "./piece.ts";
import type { Port, Surroundings } from "./port.ts";
import type { GatewaySettings } from "./settings.ts";

/** A request that was refused before it became an exchange. */
interface Refusal {
  readonly error: ProtocolError;
  readonly wireBytes: number;
}

/** Tells how the exchanges of one connection ended. */
export class Reporter {
  readonly #settings: GatewaySettings;
  readonly #surroundings: Surroundings;
  readonly #port: Port;
  #exchanges: Exchange[] = [];
  #refusal: Refusal | undefined;

  /**
   * Makes a `Reporter`.
   *
   * @param settings The observer, and whom errors are told
   * @param surroundings The clock
   * @param port The connection
   */
  constructor(settings: GatewaySettings, surroundings: Surroundings, port: Port) {
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#port = port;
  }

  /** Whether something is to be told once the port has taken all. */
  get hasPending(): boolean {
    return this.#exchanges.length > 0 || this.#refusal !== undefined;
  }

  /**
   * Takes an exchange whose answer is written. One that nobody wants to hear of is forgotten.
   *
   * @param exchange The exchange
   */
  add(exchange: Exchange): void {
    if (this.#settings.onExchange || exchange.environ.hasPostHooks) this.#exchanges.push(exchange);
  }

  /**
   * Takes a request that was refused before it became an exchange.
   *
   * @param error Why
   * @param wireBytes How many octets the refusal has
   */
  addRefusal(error: ProtocolError, wireBytes: number): void {
    if (this.#settings.onExchange) this.#refusal = { error, wireBytes };
  }

  /**
   * Tells of all exchanges taken so far.
   *
   * @param completed Whether the port took their answers
   * @param reason Why not
   */
  settle(completed: boolean, reason?: unknown): void {
    const exchanges = this.#exchanges;
    this.#exchanges = [];
    for (const exchange of exchanges) this.#tell(exchange, completed, reason);
    if (this.#refusal) this.#tellRefusal(this.#refusal, completed);
    this.#refusal = undefined;
  }

  #tell(exchange: Exchange, completed: boolean, reason: unknown): void {
    if (!completed) exchange.error ??= reason;
    const isWhole = completed && exchange.isHeadOut;
    const outcome = exchange.outcome(isWhole, this.#surroundings.now());
    const { environ, head } = exchange;
    if (environ.hasPostHooks) { for (const hook of environ.postHooks) this.#runHook(hook, environ, outcome); }
    this.#observe({
      ...outcome,
      remote: this.#port.remote,
      method: head.method,
      target: head.target,
      version: environ.version,
      environ,
    });
  }

  #tellRefusal(refusal: Refusal, completed: boolean): void {
    const { error, wireBytes } = refusal;
    const about = { remote: this.#port.remote, method: "", target: "", version: "", environ: undefined };
    this.#observe({ ...about, status: error.status, bodyBytes: 0, wireBytes, completed, error, durationMs: 0 });
  }

  #runHook(hook: PostHook, environ: Environ, outcome: Outcome): void {
    try {
      const result = hook(environ, outcome);
      if (isThenable(result)) result.then(undefined, (error) => this.#settings.reportError(error));
    } catch (error) {
      this.#settings.reportError(error);
    }
  }

  #observe(record: Parameters<NonNullable<GatewaySettings["onExchange"]>>[0]): void {
    try {
      this.#settings.onExchange?.(record);
    } catch (error) {
      this.#settings.reportError(error);
    }
  }
}
