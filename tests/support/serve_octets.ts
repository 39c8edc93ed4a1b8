/**
 * An owner of the loop for `ServerConnection`: reads every request and its content, answers each with an empty 200, and
 * tells what it saw. What it tells must not depend on the pieces in which the octets come.
 *
 * @module
 */

import { ServerConnection } from "../../core/connection/server_connection.ts";
import { ProtocolError } from "../../core/errors.ts";
import type { FieldLine } from "../../core/fields.ts";
import { completeLimits, completeProtocol, type Limits, type ProtocolOptions } from "../../core/limits.ts";
import { decodeOctets } from "../../core/octets.ts";
import type { RequestHead } from "../../core/parse/request_head.ts";
import type { ParseSettings } from "../../core/parse/settings.ts";
import { textOf } from "./octet_text.ts";
import { MARGIN } from "./splits.ts";

/** One request as it was read. */
export interface SeenRequest {
  /** Its head. */
  readonly head: RequestHead;
  /** Its fields, in order. */
  readonly fields: readonly FieldLine[];
  /** Its content, one character an octet. */
  content: string;
  /** Its trailers, in order. */
  trailers: readonly FieldLine[];
  /** Whether it was read to its end. */
  isWhole: boolean;
}

/** What was seen of a connection. */
export interface Seen {
  /** The requests, the last one perhaps not whole. */
  readonly requests: SeenRequest[];
  /** The error that ended it. */
  error: ProtocolError | undefined;
  /** After how many pieces the error came, the first one being 1. */
  errorPiece: number;
  /** Whether the octets end within a head. */
  endsInHead: boolean;
}

/** What may differ from the defaults. */
export interface ServeOptions {
  /** Limits. */
  readonly limits?: Partial<Limits>;
  /** Protocol options. */
  readonly protocol?: Partial<ProtocolOptions>;
  /** Whether the pieces are blocks in which the octets start at `MARGIN` and end as far from the end. */
  readonly poisoned?: boolean;
  /** Whether the client ends its side behind the last piece. @default {true} */
  readonly ends?: boolean;
  /** Looks at the connection behind each piece, when the block is given back. */
  readonly watch?: (connection: ServerConnection) => void;
}

const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
/** What a block that was lent is overwritten with when it is taken back. */
const SCRUBBED = 0x0d;

/**
 * Makes the settings of a parser.
 *
 * @param limits Limits other than the defaults
 * @param protocol Protocol options other than the defaults
 * @returns The settings
 */
export function settingsOf(limits: Partial<Limits> = {}, protocol: Partial<ProtocolOptions> = {}): ParseSettings {
  return { limits: completeLimits(limits), protocol: completeProtocol(protocol), decodeOctets };
}

/**
 * Feeds pieces to a connection and tells what it saw.
 *
 * @param pieces The pieces in order
 * @param options What differs from the defaults
 * @returns What was seen
 * @throws {Error} Whatever is thrown that is no `ProtocolError`
 */
export function serveOctets(pieces: readonly Uint8Array[], options: ServeOptions = {}): Seen {
  const connection = new ServerConnection(settingsOf(options.limits, options.protocol));
  const seen: Seen = { requests: [], error: undefined, errorPiece: 0, endsInHead: false };
  let piece = 0;
  try {
    for (const octets of pieces) {
      piece++;
      const goesOn = feed(connection, octets, options.poisoned ?? false, seen);
      options.watch?.(connection);
      if (!goesOn) return seen;
    }
    if (options.ends === false) return seen;
    connection.receiveEnd();
    readAll(connection, seen);
    seen.endsInHead = connection.reading === "head" && connection.input.unread > 0;
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
export function summaryOf(seen: Seen): unknown {
  return {
    requests: seen.requests.map(({ head, fields, content, trailers, isWhole }) => ({
      ...head,
      fields,
      content,
      trailers,
      isWhole,
    })),
    code: seen.error?.code,
    message: seen.error?.message,
    endsInHead: seen.endsInHead,
  };
}

/** Gives false if the connection is over. */
function feed(connection: ServerConnection, octets: Uint8Array, isPoisoned: boolean, seen: Seen): boolean {
  // The connection gets a copy, which is overwritten once it has to have given it back.
  const lent = octets.slice();
  connection.receive(lent);
  if (isPoisoned) {
    connection.input.start += MARGIN;
    connection.input.end -= MARGIN;
  }
  const goesOn = readAll(connection, seen);
  connection.release();
  lent.fill(SCRUBBED);
  return goesOn;
}

/** Reads all that is there; gives false if the connection closes. */
function readAll(connection: ServerConnection, seen: Seen): boolean {
  for (;;) {
    if (connection.reading === "head") {
      if (!connection.readHead()) return true;
      const head = connection.head!;
      seen.requests.push({ head, fields: [...head.fields], content: "", trailers: [], isWhole: false });
    }
    const request = seen.requests.at(-1)!;
    if (!readContent(connection, request)) return true;
    request.trailers = [...connection.trailers];
    request.isWhole = true;
    connection.respond({ status: 200, knownLength: 0, date: DATE });
    connection.finish();
    if (connection.turnOver() === "close") return false;
  }
}

/** Gives false if more octets are needed. */
function readContent(connection: ServerConnection, request: SeenRequest): boolean {
  for (;;) {
    const step = connection.readContent();
    if (step !== "run") return step === "end";
    const { bytes, start } = connection.input;
    request.content += textOf(bytes.subarray(start, connection.runEnd));
    connection.takeContent(connection.runEnd - start);
  }
}
