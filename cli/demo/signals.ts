/**
 * The demo's paths about signals and hooks: wait, signal, events, hooks.
 *
 * @module
 */

import { TimeoutError } from "../../core/errors.ts";
import type { Environ, Outcome } from "../../core/gateway/environ.ts";
import type { Result, StartResponse } from "../../core/gateway/types.ts";
import { eventStream, type ServerSentEvent } from "../../core/middleware/event_stream.ts";
import { TEXT, UTF8_TEXT } from "./fields.ts";
import { readNumbers } from "./query.ts";

const TEN_MINUTES = 600_000;

/** What a path begins with, before the name of a signal. */
export const WAIT_PREFIX = "/wait/";
/** What a path begins with, before the name of a signal. */
export const SIGNAL_PREFIX = "/signal/";

/** Other applications on the same bus have names of their own. */
const nameOf = (path: string, prefix: string): string => `demo/${path.slice(prefix.length)}`;

/** `/wait/NAME?timeout=MS`: answers the value of the next signal NAME, or `timeout`. */
export async function wait(environ: Environ, startResponse: StartResponse): Promise<Result> {
  const { timeout } = readNumbers(environ.queryString, { timeout: { fallback: 30_000, maximum: TEN_MINUTES } });
  let text: string;
  try {
    text = String(await environ.signals.wait(nameOf(environ.pathInfo, WAIT_PREFIX), { timeout }));
  } catch (error) {
    // That the client has left is the gateway's affair.
    if (!(error instanceof TimeoutError)) throw error;
    text = "timeout";
  }
  startResponse(200, UTF8_TEXT);
  return `${text}\n`;
}

/** `/signal/NAME?value=V`: wakes who waits for NAME, and tells how many did. */
export async function signal(environ: Environ, startResponse: StartResponse): Promise<Result> {
  const value = new URLSearchParams(environ.queryString).get("value") ?? "";
  const woken = await environ.signals.send(nameOf(environ.pathInfo, SIGNAL_PREFIX), value);
  startResponse(200, TEXT);
  return `woke ${woken}\n`;
}

/** `/events?n=N&delay=MS`: a stream of N events, MS apart. */
export function events(environ: Environ, startResponse: StartResponse): Result {
  const { n, delay } = readNumbers(environ.queryString, {
    n: { fallback: 10, maximum: 1_000_000 },
    delay: { fallback: 1000, maximum: TEN_MINUTES },
  });
  return eventStream(environ, startResponse, count(environ, n, delay), { keepAlive: 15_000 });
}

async function* count(environ: Environ, n: number, delay: number): AsyncGenerator<ServerSentEvent, void> {
  for (let i = 1; i <= n; i++) {
    if (i > 1 && delay > 0) await environ.signals.sleep(delay);
    yield { id: String(i), data: `event ${i}` };
  }
}

/** What `/hooks/last` tells. */
let lastOutcome: Outcome | undefined;

/** `/hooks`: registers a hook, which keeps how this exchange ended. */
export function hooked(environ: Environ, startResponse: StartResponse): Result {
  environ.postHooks.push((_environ, outcome) => {
    lastOutcome = outcome;
  });
  startResponse(200, TEXT);
  return "hooked\n";
}

/** `/hooks/last`: how the last exchange of `/hooks` ended; `null` before the first. */
export function lastHook(_environ: Environ, startResponse: StartResponse): Result {
  startResponse(200, { "content-type": "application/json" });
  if (lastOutcome === undefined) return "null\n";
  const { status, bodyBytes, wireBytes, completed, error, durationMs } = lastOutcome;
  const told = error === undefined ? null : String(error);
  return JSON.stringify({ status, bodyBytes, wireBytes, completed, error: told, durationMs }) + "\n";
}
