/**
 * The demo's path that blocks: it runs in workers, so that the server goes on serving.
 *
 * @module
 */

import { inWorkers, type WorkersApp } from "../../adapters/workers.ts";
import type { Environ } from "../../core/gateway/environ.ts";
import type { Result, StartResponse } from "../../core/gateway/types.ts";
import { readNumbers } from "./query.ts";

/** How long one may ask for, in ms; the workers have as much again. */
export const LONGEST_BLOCK = 60_000;

/** Made with the first request: most who serve the demo never ask. */
let workers: WorkersApp | undefined;

/** `/blocking?ms=N`: blocks a worker for N ms. */
export function blocking(environ: Environ, startResponse: StartResponse): Promise<Result> {
  // A query that is wrong is answered without a worker.
  readNumbers(environ.queryString, { ms: { fallback: 0, maximum: LONGEST_BLOCK } });
  workers ??= inWorkers(new URL("./blocking_app.ts", import.meta.url), { workers: 4, timeout: 2 * LONGEST_BLOCK });
  return workers(environ, startResponse);
}
