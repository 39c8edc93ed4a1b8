/**
 * The demo's paths about time and failure: stream, sleep, error, error-late.
 *
 * @module
 */

import type { Environ } from "../../core/gateway/environ.ts";
import { FLUSH, type Item, type Result, type StartResponse } from "../../core/gateway/types.ts";
import { TEXT } from "./fields.ts";
import { QueryError, readNumbers } from "./query.ts";
import { sleep } from "./sleep.ts";

const MIB = 1_048_576;
const TEN_MINUTES = 600_000;

/** The most that one `/stream` sends, in octets. */
const LONGEST_STREAM = 4096 * MIB;

/** What pieces are cut from. All answers share it. */
let xs: Uint8Array | undefined;

/** `/stream?pieces=N&size=B&delay=MS`: N pieces of B octets `x`, MS apart. */
export function stream(environ: Environ, startResponse: StartResponse): Result {
  const { pieces, size, delay } = readNumbers(environ.queryString, {
    pieces: { fallback: 10, maximum: 10_000_000 },
    size: { fallback: 1024, maximum: MIB },
    delay: { fallback: 0, maximum: TEN_MINUTES },
  });
  if (pieces * size > LONGEST_STREAM) {
    throw new QueryError(`pieces times size must be at most ${LONGEST_STREAM}`);
  }
  startResponse(200, TEXT);
  xs ??= new Uint8Array(MIB).fill(0x78);
  const piece = xs.subarray(0, size);
  return delay === 0 ? repeat(pieces, piece) : repeatSlowly(pieces, piece, delay, environ.signal);
}

function* repeat(pieces: number, piece: Uint8Array): Generator<Item, void> {
  for (let i = 0; i < pieces; i++) yield piece;
}

function* repeatSlowly(pieces: number, piece: Uint8Array, delay: number, signal: AbortSignal): Generator<Item, void> {
  for (let i = 0; i < pieces; i++) {
    if (i > 0) yield sleep(delay, signal);
    yield piece;
  }
}

/** `/sleep?ms=N`: answers after N ms. */
export async function slept(environ: Environ, startResponse: StartResponse): Promise<Result> {
  const { ms } = readNumbers(environ.queryString, { ms: { fallback: 0, maximum: TEN_MINUTES } });
  await sleep(ms, environ.signal);
  startResponse(200, TEXT);
  return `slept ${ms}\n`;
}

/** `/error`: fails before there is a head. */
export function fail(): never {
  throw new Error("The demo application fails, as asked");
}

/** `/error-late`: fails when the head and a piece are out. */
export function* failLate(_environ: Environ, startResponse: StartResponse): Generator<Item, void> {
  startResponse(200, TEXT);
  yield "the first piece\n";
  yield FLUSH;
  throw new Error("The demo application fails late, as asked");
}
