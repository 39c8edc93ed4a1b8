/**
 * The reporter: tells hooks and the observer how exchanges ended, once the port has taken their answers or the
 * connection is gone. A hook that fails hides nothing from the others.
 *
 * @module
 */

import type { ProtocolError } from "../errors.ts";
import type { RequestHead } from "../parse/request_head.ts";
import type { Environ, Outcome, PostHook } from "./environ.ts";
import type { Exchange } from "./exchange.ts";
import { isThenable } from "./piece.ts";
import type { Port, Surroundings } from "./port.ts";
import type { GatewaySettings } from "./settings.ts";
import type { ExchangeRecord } from "./types.ts";

/** A request that was refused before it became an exchange. */
export interface Refusal {
  /** Why. */
  readonly error: ProtocolError;
  /** Its head, if that could be read. */
  readonly head: RequestHead | undefined;
  /** Where the refusal starts in all that is sent, in octets. */
  readonly wireStart: number;
  /** Where it ends. */
  readonly wireEnd: number;
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
   * @param refusal The refusal
   */
  addRefusal(refusal: Refusal): void {
    if (this.#settings.onExchange) this.#refusal = refusal;
  }

  /**
   * Tells of the exchanges whose answers the port has taken whole. It does not wait for the others: a client that never
   * stops asking would have them pile up.
   *
   * @param taken How many octets the port has taken since the connection began
   */
  settle(taken: number): void {
    const exchanges = this.#exchanges;
    let count = 0;
    while (count < exchanges.length && exchanges[count]!.wireEnd <= taken) count++;
    if (count > 0) {
      this.#exchanges = exchanges.slice(count);
      const now = this.#surroundings.now();
      for (let i = 0; i < count; i++) this.#tell(exchanges[i]!, true, undefined, now);
    }
    if (this.#refusal && this.#refusal.wireEnd <= taken) this.#tellRefusal(true);
  }

  /**
   * Tells of all that is left: its answers were not taken whole.
   *
   * @param reason Why
   */
  abandon(reason: unknown): void {
    const exchanges = this.#exchanges;
    this.#exchanges = [];
    const now = this.#surroundings.now();
    for (const exchange of exchanges) this.#tell(exchange, false, reason, now);
    if (this.#refusal) this.#tellRefusal(false);
  }

  #tell(exchange: Exchange, completed: boolean, reason: unknown, now: number): void {
    if (!completed) exchange.error ??= reason;
    const { environ } = exchange;
    const outcome = exchange.outcome(completed && exchange.isHeadOut, now);
    if (environ.hasPostHooks) { for (const hook of environ.postHooks) this.#runHook(hook, environ, outcome); }
    if (this.#settings.onExchange) this.#observe(this.#toRecord(exchange, outcome));
  }

  /** Member by member: to spread the outcome took longer than all the rest of a record. */
  #toRecord({ environ, head }: Exchange, outcome: Outcome): ExchangeRecord {
    return {
      status: outcome.status,
      bodyBytes: outcome.bodyBytes,
      wireBytes: outcome.wireBytes,
      completed: outcome.completed,
      error: outcome.error,
      durationMs: outcome.durationMs,
      remote: this.#port.remote,
      method: head.method,
      target: head.target,
      version: environ.version,
      environ,
    };
  }

  #tellRefusal(completed: boolean): void {
    const { error, head, wireStart, wireEnd } = this.#refusal!;
    this.#refusal = undefined;
    this.#observe({
      status: error.status,
      bodyBytes: 0,
      wireBytes: wireEnd - wireStart,
      completed,
      error,
      durationMs: 0,
      remote: this.#port.remote,
      method: head?.method ?? "",
      target: head?.target ?? "",
      version: head ? `1.${head.minorVersion}` : "",
      environ: undefined,
    });
  }

  #runHook(hook: PostHook, environ: Environ, outcome: Outcome): void {
    try {
      const result = hook(environ, outcome);
      if (isThenable(result)) result.then(undefined, (error) => this.#settings.reportError(error));
    } catch (error) {
      this.#settings.reportError(error);
    }
  }

  #observe(record: ExchangeRecord): void {
    try {
      this.#settings.onExchange?.(record);
    } catch (error) {
      this.#settings.reportError(error);
    }
  }
}
