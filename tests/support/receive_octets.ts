/**
 * An owner of the loop for `ClientConnection`: sends a request for each method, reads every response and its content,
 * and tells what it saw. What it tells must not depend on the pieces in which the octets come.
 *
 * @module
 */

import { ClientConnection } from "../../core/connection/client_connection.ts";
import { ProtocolError } from "../../core/errors.ts";
import type { ResponseHead } from "../../core/parse/response_head.ts";
import {
  feed,
  finish,
  readContent,
  type Seen,
  type SeenMessage,
  type ServeOptions,
  settingsOf,
} from "./serve_octets.ts";

/** One response as it was read, interim or final. */
export interface SeenResponse extends SeenMessage {
  /** Its head. */
  readonly head: ResponseHead;
  /** Whether the connection may live on after it. */
  readonly persistent: boolean;
}

/** What was seen of a connection. */
export interface SeenResponses extends Omit<Seen, "requests"> {
  /** The responses, the last one perhaps not whole. */
  readonly responses: SeenResponse[];
}

/**
 * Feeds pieces to a connection and tells what it saw.
 *
 * @param pieces The pieces in order
 * @param methods The methods of the requests that are sent, one after the other
 * @param options What differs from the defaults
 * @returns What was seen
 * @throws {Error} Whatever is thrown that is no `ProtocolError`
 */
export function receiveOctets(
  pieces: readonly Uint8Array[],
  methods: readonly string[],
  options: ServeOptions = {},
): SeenResponses {
  const connection = new ClientConnection(settingsOf(options.limits, options.protocol));
  const seen: SeenResponses = { responses: [], error: undefined, errorPiece: 0, endsInHead: false };
  const unsent = [...methods];
  let piece = 0;
  try {
    send(connection, unsent);
    for (const octets of pieces) {
      piece++;
      const how = { ...options, endsAtOnce: options.endsAtOnce === true && piece === pieces.length };
      const goesOn = feed(connection, octets, how, () => readAll(connection, unsent, seen, piece));
      if (!goesOn) return seen;
    }
    if (options.ends === false) return seen;
    connection.receiveEnd();
    readAll(connection, unsent, seen, piece);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    seen.error = error;
    seen.errorPiece = piece;
  }
  return seen;
}

/**
 * Makes what was seen comparable.
 *
 * @param seen What was seen
 * @returns Plain data without positions in pieces
 */
export function summaryOfResponses(seen: SeenResponses): unknown {
  return {
    responses: seen.responses.map(({ head, wholePiece: _, ...response }) => ({ ...head, ...response })),
    code: seen.error?.code,
    message: seen.error?.message,
  };
}

function send(connection: ClientConnection, unsent: string[]): void {
  const method = unsent.shift();
  if (method === undefined) return;
  connection.request({ method, target: method === "CONNECT" ? "a:1" : "/", fields: { host: "a" } });
}

/** Reads all that is there; gives false if the connection closes. */
function readAll(connection: ClientConnection, unsent: string[], seen: SeenResponses, piece: number): boolean {
  for (;;) {
    if (connection.reading === "head") {
      if (!connection.readHead()) return true;
      const head = connection.head!;
      const { persistent } = connection;
      const fields = [...head.fields];
      seen.responses.push({ head, persistent, fields, content: "", trailers: [], isWhole: false, wholePiece: 0 });
    }
    const response = seen.responses.at(-1)!;
    if (!connection.isFinal) {
      finish(connection, response, piece);
      continue;
    }
    if (!readContent(connection, response)) return true;
    finish(connection, response, piece);
    if (connection.turnOver() === "close") return false;
    send(connection, unsent);
  }
}
