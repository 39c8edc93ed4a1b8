/**
 * The deadlines of one exchange: what an application may change for itself alone, such as an upload that may take an
 * hour or an event stream without end.
 *
 * @module
 */

import { type ContentRate, type Deadlines, overrideDeadlines } from "../limits.ts";

/** The deadlines that an exchange may change, in ms, as in `Deadlines`. Infinity for none. */
export type ExchangeDeadlineValues = Pick<Deadlines, "contentGap" | "contentRate" | "writeStall" | "application">;

/** Where the deadlines in force are kept. */
export interface ExchangeDeadlinesHost {
  /** The deadlines in force. */
  deadlines: Readonly<Deadlines>;
  /** Whether the exchange is over, and the deadlines are another's. */
  readonly isOver: boolean;
}

/**
 * The deadlines of an exchange: at first the server's.
 *
 * @example
 * ```ts
 * import type { App } from "@sluice/sluice";
 *
 * export const upload: App = async (environ, startResponse) => {
 *   environ.deadlines.set({ contentGap: 120_000, contentRate: { bytesPerSecond: 1, afterMs: 3_600_000 } });
 *   let octets = 0;
 *   for await (const piece of environ.input) octets += piece.length;
 *   startResponse(200);
 *   return `${octets} octets\n`;
 * };
 * ```
 */
export class ExchangeDeadlines implements Readonly<ExchangeDeadlineValues> {
  readonly #host: ExchangeDeadlinesHost;

  /**
   * Makes an `ExchangeDeadlines`.
   *
   * @param host Where they are kept
   */
  constructor(host: ExchangeDeadlinesHost) {
    this.#host = host;
  }

  /** The longest pause within the content. */
  get contentGap(): number {
    return this.#host.deadlines.contentGap;
  }

  /** The least rate of the content. */
  get contentRate(): ContentRate {
    return this.#host.deadlines.contentRate;
  }

  /** How long the client may take nothing while octets wait for it; until the last octet of the answer is taken. */
  get writeStall(): number {
    return this.#host.deadlines.writeStall;
  }

  /** How long the application may take until its head is out, from the end of the request's head. */
  get application(): number {
    return this.#host.deadlines.application;
  }

  /**
   * Changes deadlines, from now on and for this exchange. Does nothing once the exchange is over.
   *
   * @param values Those that change
   * @throws {TypeError} For one that an exchange cannot change, or of the wrong type
   * @throws {RangeError} For a number that is none of at least 0
   */
  set(values: Partial<ExchangeDeadlineValues>): void {
    const deadlines = overrideDeadlines(values, this.#host.deadlines);
    if (!this.#host.isOver) this.#host.deadlines = deadlines;
  }
}
