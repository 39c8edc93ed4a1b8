/**
 * node:http, as its users write it.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { HOSTNAME, portArgument } from "./arguments.ts";
import { busyFields, HELLO, LOOKED_AT, PAGE, PIECES, readCookie, streamPlan } from "./content.ts";

const TEXT = { "content-type": "text/plain" };

createServer(answer).listen(portArgument(), HOSTNAME, 511);

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url!;
  const queryStart = url.indexOf("?");
  const path = queryStart < 0 ? url : url.slice(0, queryStart);
  switch (path) {
    case "/":
      return end(response, HELLO);
    case "/profile/string":
      return end(response, PAGE);
    case "/profile/generator":
      response.writeHead(200, { ...TEXT, "content-length": PAGE.length });
      return pump(response, PIECES.values());
    case "/profile/busy":
      return busy(request, response, url.slice(queryStart + 1));
    case "/echo":
      return echo(request, response);
    case "/discard":
      return discard(request, response);
    case "/stream":
      response.writeHead(200, TEXT);
      return pump(response, repeat(url.slice(queryStart + 1)));
    case "/download":
      return download(response, url.slice(queryStart + 1));
    default:
      response.writeHead(404, TEXT).end("There is nothing here\n");
  }
}

function end(response: ServerResponse, text: string): void {
  response.writeHead(200, { ...TEXT, "content-length": text.length }).end(text);
}

function busy({ headers }: IncomingMessage, response: ServerResponse, query: string): void {
  let seen = 0;
  for (const name of LOOKED_AT) if (headers[name] !== undefined) seen++;
  if (readCookie(headers.cookie, "session") !== undefined) seen++;
  if (new URLSearchParams(query).get("q") !== null) seen++;
  response.writeHead(200, { ...busyFields(seen), "content-length": PAGE.length }).end(PAGE);
}

function echo(request: IncomingMessage, response: ServerResponse): void {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const content = Buffer.concat(pieces);
    const type = request.headers["content-type"] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-length": content.length }).end(content);
  });
}

function discard(request: IncomingMessage, response: ServerResponse): void {
  let octets = 0;
  request.on("data", (piece: Buffer) => octets += piece.length);
  request.on("end", () => end(response, `bytes=${octets}\n`));
}

function download(response: ServerResponse, query: string): void {
  const { pieces, piece } = streamPlan(query);
  response.writeHead(200, { ...TEXT, "content-length": pieces * piece.length });
  pump(response, repeat(query));
}

function* repeat(query: string): Generator<Uint8Array> {
  const { pieces, piece } = streamPlan(query);
  for (let i = 0; i < pieces; i++) yield piece;
}

/** Writes as long as the response takes more. */
function pump(response: ServerResponse, pieces: Iterator<Uint8Array | string>): void {
  for (let next = pieces.next(); !next.done; next = pieces.next()) {
    if (!response.write(next.value)) return void response.once("drain", () => pump(response, pieces));
  }
  response.end();
}
