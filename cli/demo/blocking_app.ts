/**
 * What the demo runs in its workers.
 *
 * @module
 */

import type { Environ } from "../../core/gateway/environ.ts";
import type { Result, StartResponse } from "../../core/gateway/types.ts";
import { TEXT } from "./fields.ts";

/**
 * Blocks its thread for as many ms as the query says, as a computation does.
 *
 * @param environ The request
 * @param startResponse Takes the head
 * @returns The content
 */
export default function block(environ: Environ, startResponse: StartResponse): Result {
  const ms = Number(new URLSearchParams(environ.queryString).get("ms") ?? 0);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  startResponse(200, TEXT);
  return `blocked ${ms}\n`;
}
