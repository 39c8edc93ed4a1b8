/**
 * Targets: both roles of a connection. However the octets come, the same is read and the same is written; every move of
 * the two states is a legal one; and what is held is bounded by what is unread.
 *
 * @module
 */

import { ClientConnection } from "../../../core/connection/client_connection.ts";
import type { Connection } from "../../../core/connection/connection.ts";
import { ProtocolError } from "../../../core/errors.ts";
import type { RequestInit } from "../../../core/write/request_writer.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { serveOctets, type ServeOptions, summaryOf } from "../../support/serve_octets.ts";
import { takeAll } from "../../support/take_all.ts";
import { readVectors } from "../../support/vectors.ts";
import { assertHolds, assertSame, coarse, cutPieces, poisonedBlock } from "../oracles.ts";
import { numberOf, type Target } from "../target.ts";
import { REQUEST_WORDS, RESPONSE_WORDS } from "../words.ts";

/** Seeds are the vectors up to this length. */
const MAX_SEED = 1000;
/** A receive buffer makes room for twice what is unread and what came. */
const ROOM = 2;
const LEAST_ROOM = 256;
/** What may lie unread: a head with both its parts, or a trailer section behind a chunk line. */
const MOST_UNREAD = 8192 + 32_768 + 4;

/** The octets of the vectors that are short. */
export const VECTOR_SEEDS: readonly string[] = readVectors()
  .filter((vector) => vector.octets.length <= MAX_SEED)
  .map((vector) => textOf(vector.octets));

const TIGHT: ServeOptions = {
  limits: {
    requestLine: 60,
    fieldSection: 120,
    fieldLines: 4,
    chunkLine: 16,
    chunkDebt: 20,
    trailerLines: 2,
    content: 30,
  },
};
const LENIENT: ServeOptions = {
  protocol: {
    allowNonAsciiTarget: true,
    allowEmptyHost: true,
    allowLeadingZeros: true,
    dropUnderscoreNames: true,
    refuseEncodedControls: true,
    refuseRepeatedSingletons: true,
  },
};

/** The server's role. */
export const SERVER: Target = {
  name: "server",
  seeds: VECTOR_SEEDS,
  words: REQUEST_WORDS,
  run(input) {
    const bytes = octets(input);
    const options = [{}, {}, TIGHT, LENIENT][numberOf(input) % 4]!;
    const seen = serveOctets([bytes], options);
    const whole = summaryOf(seen);
    const pieces = cutPieces(bytes, input);
    const watch = (connection: Connection): void => checkHeld(connection, bytes.length);
    assertSame(summaryOf(serveOctets(pieces, { ...options, watch })), whole, "in pieces and whole");
    const block = poisonedBlock(bytes, input);
    assertSame(summaryOf(serveOctets([block], { ...options, poisoned: true })), whole, "as a view and alone");
    const shapes = seen.requests.map(({ head, isWhole }) => `${head.framing.kind} ${head.persistent} ${isWhole}`);
    return coarse(`${shapes.slice(0, 3)} ${seen.error?.message} ${seen.endsInHead}`);
  },
};

function checkHeld({ input, output }: Connection, came: number): void {
  const { unread } = input;
  assertHolds(unread <= MOST_UNREAD + came, `at most ${MOST_UNREAD} octets and what came are unread: ${unread}`);
  const room = Math.max(LEAST_ROOM, ROOM * (unread + came));
  assertHolds(input.bytes.length <= room, `a block has at most ${room} octets: ${input.bytes.length}`);
  assertHolds(unread > 0 || input.bytes.length === 0, "nothing is held where nothing is unread");
  takeAll(output);
}

/** What a client asks before it reads: the first octet of an input says which. */
const REQUESTS: Readonly<Record<string, RequestInit>> = {
  G: { fields: { host: "a" } },
  H: { method: "HEAD", fields: { host: "a" } },
  P: { method: "POST", fields: { host: "a" }, content: 2 },
  E: { method: "POST", fields: { host: "a", expect: "100-continue" }, content: "chunked" },
  C: { method: "CONNECT", target: "a:1", fields: { host: "a:1" } },
  U: { fields: { host: "a", upgrade: "x" } },
};

const HI = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-T: v\r\n\r\n";
const NOT_MODIFIED = "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nETag: x\r\n\r\n";

/** The client's role. */
export const CLIENT: Target = {
  name: "client",
  seeds: [
    `G${HI}${CHUNKED}${NOT_MODIFIED}${HI}`,
    "GHTTP/1.0 200\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\nHTTP/1.0 200 OK\r\n\r\nto the close",
    `H${HI.slice(0, -2)}HTTP/1.1 405 X\r\nTransfer-Encoding: chunked\r\n\r\n`,
    `PHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\nLink: y\r\n\r\n${HI}`,
    `E${CHUNKED}`,
    `E HTTP/1.1 417 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    `CHTTP/1.1 200 OK\r\n\r\ntunnel`,
    `CHTTP/1.1 407 X\r\nContent-Length: 1\r\n\r\nx`,
    "UHTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\ntunnel",
    `U${HI}`,
  ],
  words: RESPONSE_WORDS,
  run(input) {
    const request = REQUESTS[input[0] ?? ""] ?? REQUESTS["G"]!;
    const bytes = octets(input.slice(1));
    const whole = readResponses([bytes], request);
    assertSame(readResponses(cutPieces(bytes, input), request), whole, "in pieces and whole");
    return coarse(`${input[0]} ${whole.responses.map(({ status }) => `${Math.floor(status / 100)}xx`)} ${whole.ends}`);
  },
};

interface SeenResponse {
  readonly status: number;
  readonly head: unknown;
  content: string;
  trailers: unknown;
}

interface SeenResponses {
  readonly responses: SeenResponse[];
  /** The two states, and the error or the reason to close. */
  ends: string;
}

/** Asks, reads the answer, and asks again for as long as the connection lives. */
function readResponses(pieces: readonly Uint8Array[], request: RequestInit): SeenResponses {
  const client = new ClientConnection();
  const seen: SeenResponses = { responses: [], ends: "" };
  const came = pieces.reduce((total, piece) => total + piece.length, 0);
  try {
    ask(client, request);
    for (const piece of pieces) {
      const lent = piece.slice();
      client.receive(lent);
      readOn(client, request, seen);
      client.release();
      lent.fill(0x0d);
      checkHeld(client, came);
    }
    client.receiveEnd();
    readOn(client, request, seen);
    seen.ends = `${client.reading} ${client.writing} ${client.closeReason} ${client.input.unread}`;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    seen.ends = `${client.reading} ${client.writing} ${error.code} ${error.message}`;
  }
  return seen;
}

function ask(client: ClientConnection, request: RequestInit): void {
  client.request(request);
  if (request.content === 2) {
    client.send("hi");
    client.finish();
  }
}

function readOn(client: ClientConnection, request: RequestInit, seen: SeenResponses): void {
  while (client.reading !== "tunnel" && client.reading !== "closed") {
    if (client.reading === "head") {
      if (!client.readHead()) return;
      const { status, ...head } = client.head!;
      seen.responses.push({ status, head, content: "", trailers: [] });
      assertHolds(client.isFinal || client.reading === "head", "behind an interim response comes another head");
      if (!client.isFinal || client.head!.status === 101) continue;
    }
    const response = seen.responses.at(-1)!;
    if (!readContent(client, response)) return;
    checkLength(client, response);
    client.finish();
    if (client.turnOver() === "start over") ask(client, request);
  }
}

/** RFC 9112, section 6.3, rules 1, 2 and 6, in plain words; the rest is for the chunked decoder, and the end. */
function checkLength({ head, sent, reading }: ClientConnection, { status, content }: SeenResponse): void {
  if (reading === "tunnel") return;
  const hasNone = sent!.method === "HEAD" || status === 204 || status === 304;
  const length = head!.fields.get("content-length");
  const isExpected = hasNone ? content === "" : length === undefined || content.length === Number(length);
  assertHolds(isExpected, `${content.length} octets are the content of a ${status} with length ${length}`);
}

/** Gives false if more octets are needed. */
function readContent(client: ClientConnection, response: SeenResponse): boolean {
  let step = client.readContent();
  for (; step === "run"; step = client.readContent()) {
    const { bytes, start } = client.input;
    response.content += textOf(bytes.subarray(start, client.runEnd));
    client.takeContent(client.runEnd - start);
  }
  response.trailers = [...client.trailers];
  return step === "end";
}
