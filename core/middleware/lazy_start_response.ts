/**
 * `lazyStartResponse`: holds `startResponse` back until there is something to send. What the application says before
 * that may be replaced freely, which PEP 3333 allows with an error only.
 *
 * The gateway itself holds the head back; this is for what stands between: middleware that must know the status that
 * counts, and applications that change their mind.
 *
 * @module
 */

import type { FieldsInit } from "../fields.ts";
import { FLUSH, isPiece } from "../gateway/piece.ts";
import type { App, StartResponse, Write } from "../gateway/types.ts";
import { watchResult } from "./watch_result.ts";

/** What the application said last. */
type Call = [status: number | string, fields?: FieldsInit];

/** One answer's `startResponse`, held back. All is kept here, so one application serves many requests at once. */
class HeldStart {
  readonly #startResponse: StartResponse;
  #call: Call | undefined;
  #write: Write | undefined;

  constructor(startResponse: StartResponse) {
    this.#startResponse = startResponse;
  }

  /** What the application calls. Once the real one was called, this is it. */
  readonly startResponse: StartResponse = (status, fields, error) => {
    if (this.#write) return this.#startResponse(status, fields, error);
    this.#call = fields === undefined ? [status] : [status, fields];
    return (piece) => {
      if (isPiece(piece) && piece.length === 0) return;
      this.release();
      return this.#write?.(piece);
    };
  };

  /** Passes the last call on, once. Without one the gateway has its say. */
  release(): void {
    if (!this.#write && this.#call) this.#write = this.#startResponse(...this.#call);
  }
}

/**
 * Holds `startResponse` back until the first piece that is not empty, `FLUSH`, the first `write`, or the end. Until then
 * a later call replaces an earlier one, with or without an error.
 *
 * @param app The application
 * @returns The application, whose `startResponse` is called at most once before there is content
 *
 * @example
 * ```ts
 * import { lazyStartResponse } from "@sluice/sluice/middleware";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertMatch } from "@std/assert";
 *
 * const app = lazyStartResponse((_environ, startResponse) => {
 *   startResponse(200, { "content-type": "text/plain" });
 *   startResponse(503, { "content-type": "text/plain" });
 *   return "Busy";
 * });
 * const answer = await exchange(app, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
 * assertMatch(new TextDecoder().decode(answer), /^HTTP\/1.1 503 /);
 * ```
 */
export function lazyStartResponse(app: App): App {
  return (environ, startResponse) => {
    const held = new HeldStart(startResponse);
    return watchResult(app(environ, held.startResponse), {
      item(item) {
        if (item === FLUSH || (isPiece(item) && item.length > 0)) held.release();
      },
      ended(how) {
        if (how === "exhausted") held.release();
      },
    });
  };
}
