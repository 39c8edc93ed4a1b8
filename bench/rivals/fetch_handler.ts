/**
 * The answers as a fetch handler: what Deno.serve, Bun.serve and srvx are given.
 *
 * @module
 */

import { busyFields, HELLO, LOOKED_AT, PAGE, PIECES, readCookie, streamPlan } from "./content.ts";

const TEXT = { "content-type": "text/plain" };

const encoder = new TextEncoder();

/**
 * Answers a request.
 *
 * @param request The request
 * @returns The answer
 */
export function handle(request: Request): Response | Promise<Response> {
  const { url } = request;
  // `new URL` for each request would cost a rival more than its routing does.
  const pathStart = url.indexOf("/", 8);
  const queryStart = url.indexOf("?", pathStart);
  const path = queryStart < 0 ? url.slice(pathStart) : url.slice(pathStart, queryStart);
  switch (path) {
    case "/":
      return new Response(HELLO, { headers: TEXT });
    case "/profile/string":
      return new Response(PAGE, { headers: TEXT });
    case "/profile/generator":
      return new Response(toStream(PIECES.values().map((piece) => encoder.encode(piece))), { headers: TEXT });
    case "/profile/busy":
      return busy(request);
    case "/echo":
      return echo(request);
    case "/discard":
      return discard(request);
    case "/stream":
      return new Response(toStream(repeat(url.slice(queryStart + 1))), { headers: TEXT });
    case "/download":
      return download(url.slice(queryStart + 1));
    default:
      return new Response("There is nothing here\n", { status: 404, headers: TEXT });
  }
}

/**
 * Looks at what `/profile/busy` looks at, and answers.
 *
 * @param request The request
 * @returns The answer
 */
export function busy(request: Request): Response {
  const { headers } = request;
  let seen = 0;
  for (const name of LOOKED_AT) if (headers.get(name) !== null) seen++;
  if (readCookie(headers.get("cookie"), "session") !== undefined) seen++;
  if (new URL(request.url).searchParams.get("q") !== null) seen++;
  return new Response(PAGE, { headers: busyFields(seen) });
}

async function echo(request: Request): Promise<Response> {
  const type = request.headers.get("content-type") ?? "application/octet-stream";
  return new Response(await request.arrayBuffer(), { headers: { "content-type": type } });
}

async function discard(request: Request): Promise<Response> {
  let octets = 0;
  if (request.body !== null) { for await (const piece of request.body) octets += piece.length; }
  return new Response(`bytes=${octets}\n`, { headers: TEXT });
}

function download(query: string): Response {
  const { pieces, piece } = streamPlan(query);
  const headers = { ...TEXT, "content-length": String(pieces * piece.length) };
  return new Response(toStream(repeat(query)), { headers });
}

function* repeat(query: string): Generator<Uint8Array<ArrayBuffer>> {
  const { pieces, piece } = streamPlan(query);
  for (let i = 0; i < pieces; i++) yield piece as Uint8Array<ArrayBuffer>;
}

/** Pulled, so that a slow client is waited for. */
function toStream(pieces: Iterator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull(controller): void {
      const { done, value } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}
