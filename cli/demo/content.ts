/**
 * The demo's paths about a request's content: echo, uploader, discard, continue, unread, trailers.
 *
 * @module
 */

import type { FieldLine } from "../../core/fields.ts";
import type { Environ } from "../../core/gateway/environ.ts";
import type { Result, StartResponse } from "../../core/gateway/types.ts";
import { TEXT } from "./fields.ts";

/** `/echo`: streams the content back. What had a Content-Length has it again, what was chunked is chunked again. */
export function echo(environ: Environ, startResponse: StartResponse): Result {
  const { input } = environ;
  const fields: FieldLine[] = [];
  const type = environ.fields.get("content-type");
  if (type !== undefined) fields.push(["content-type", toSendable(type)]);
  if (input.length !== undefined) fields.push(["content-length", String(input.length)]);
  startResponse(200, fields);
  return input.length === 0 ? undefined : input;
}

/** `/uploader/`: asynwsgi's demo. It sees each chunk and holds none. */
export async function upload(environ: Environ, startResponse: StartResponse): Promise<Result> {
  const { input } = environ;
  const isChunked = input.length === undefined;
  let chunks = 0;
  let declared = 0;
  let received = 0;
  for await (const item of input.chunks()) {
    if (item instanceof Uint8Array) {
      received += item.length;
      continue;
    }
    const [size, first] = item;
    if (size === 0) continue;
    if (isChunked) chunks += 1;
    declared += size;
    if (first instanceof Uint8Array) received += first.length;
  }
  startResponse(200, TEXT);
  return `chunks=${chunks} declared=${declared} received=${received}\n`;
}

/** `/discard`: reads the content to its end. */
export async function discard(environ: Environ, startResponse: StartResponse): Promise<Result> {
  const bytes = await readAway(environ);
  startResponse(200, TEXT);
  return `bytes=${bytes}\n`;
}

/** `/continue`: sends 100 (Continue) with a field when it first reads, then reads the content to its end. */
export async function continued(environ: Environ, startResponse: StartResponse): Promise<Result> {
  environ.input.continueFields({ "x-continue": "1" });
  return await discard(environ, startResponse);
}

/** `/unread`: does not touch the content. */
export function unread(_environ: Environ, startResponse: StartResponse): Result {
  startResponse(200, TEXT);
  return "unread\n";
}

/** `/trailers`: request trailers come back as fields, and a trailer goes out with the answer. */
export async function trailers(environ: Environ, startResponse: StartResponse): Promise<Result> {
  await readAway(environ);
  const fields: FieldLine[] = [["content-type", "text/plain"]];
  for (const [name, value] of environ.input.trailers) fields.push([`x-echo-${name}`, toSendable(value)]);
  // An HTTP/1.0 client gets none. RFC 9110, section 6.6.2: it SHOULD be told beforehand which come.
  if (environ.version === "1.1") fields.push(["trailer", "x-length"]);
  environ.trailers([["x-length", "9"]]);
  startResponse(200, fields);
  return inPieces("trailers\n");
}

/** Reads all content and counts its octets. */
export async function readAway(environ: Environ): Promise<number> {
  let bytes = 0;
  for await (const piece of environ.input) bytes += piece.length;
  return bytes;
}

/** What a generator gives has no length known beforehand, so it is chunked. */
function* inPieces(...pieces: string[]): Generator<string, void> {
  yield* pieces;
}

/** A request's field may hold octets that an answer's may not. */
function toSendable(value: string): string {
  return value.replace(/[^\t\x20-\x7e]/g, "?");
}
