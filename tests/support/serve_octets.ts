/**
 * An owner of the loop for `ServerConnection`: reads every request and its content, answers each with an empty 200, and
 * tells what it saw. What it tells must not depend on the pieces in which the octets come.
 *
 * @module
 */

import type { Connection } from "../../core/connection/connection.ts";
import { ServerConnection } from "../../core/connection/server_connection.ts";
import { ProtocolError } from "../../core/errors.ts";
import type { FieldLine } from "../../core/fields.ts";
import { completeLimits, completeProtocol, type Limits, type ProtocolOptions } from "../../core/limits.ts";
import { decodeOctets } from "../../core/octets.ts";
import type { RequestHead } from "../../core/parse/request_head.ts";
import type { ParseSettings } from "../../core/parse/settings.ts";
import { textOf } from "./octet_text.ts";
import { MARGIN } from "./splits.ts";

/** One message as it was read. */
export interface SeenMessage {
  /** Its fields, in order. */
  readonly fields: readonly FieldLine[];
  /** Its content, one character an octet. */
  content: string;
  /** Its trailers, in order. */
  trailers: readonly FieldLine[];
  /** Whether it was read to its end. */
  isWhole: boolean;
  /** With which piece it was, the first one being 1. */
  wholePiece: number;
}

/** One request as it was read. */
export interface SeenRequest extends SeenMessage {
  /** Its head. */
  readonly head: RequestHead;
  /** The sizes that its chunks were told to have; by length, all content is one chunk. */
  readonly chunkSizes: number[];
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
  /** An octet that stands behind each piece in its block, and does not belong to it. */
  readonly poison?: number;
  /** Whether the client ends its side behind the last piece. @default {true} */
  readonly ends?: boolean;
  /** Looks at the connection behind each piece, when the block is given back. */
  readonly watch?: (connection: ServerConnection) => void;
  /** Whether that end is known before the last piece is read. @default {false} */
  readonly endsAtOnce?: boolean;
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
  const { endsAtOnce = false } = options;
  const seen: Seen = { requests: [], error: undefined, errorPiece: 0, endsInHead: false };
  let piece = 0;
  try {
    for (const octets of pieces) {
      piece++;
      const how = { ...options, endsAtOnce: endsAtOnce && piece === pieces.length };
      const goesOn = feed(connection, octets, how, () => readAll(connection, seen, piece));
      options.watch?.(connection);
      if (!goesOn) return seen;
    }
    if (options.ends === false) return seen;
    connection.receiveEnd();
    readAll(connection, seen, piece);
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
    // With which piece it was whole is all that may differ.
    requests: seen.requests.map(({ head, wholePiece: _, ...request }) => ({ ...head, ...request })),
    code: seen.error?.code,
    message: seen.error?.message,
    endsInHead: seen.endsInHead,
  };
}

/**
 * Lends a piece to a connection, in either role, and takes it back.
 *
 * @param connection The connection
 * @param octets The piece
 * @param options How it lies in its block
 * @param readAll Reads all that is there; false if the connection is over
 * @returns What `readAll` gave
 */
export function feed(
  connection: Connection,
  octets: Uint8Array,
  { poisoned = false, poison, endsAtOnce = false }: ServeOptions,
  readAll: () => boolean,
): boolean {
  // The connection gets a copy, which is overwritten once it has to have given it back.
  const lent = new Uint8Array(octets.length + (poison === undefined ? 0 : MARGIN)).fill(poison ?? 0);
  lent.set(octets);
  connection.receive(lent);
  const { input } = connection;
  input.end -= lent.length - octets.length;
  if (poisoned) {
    input.start += MARGIN;
    input.end -= MARGIN;
  }
  if (endsAtOnce) connection.receiveEnd();
  const goesOn = readAll();
  connection.release();
  lent.fill(SCRUBBED);
  return goesOn;
}

/** Reads all that is there; gives false if the connection closes. */
function readAll(connection: ServerConnection, seen: Seen, piece: number): boolean {
  for (;;) {
    if (connection.reading === "head") {
      if (!connection.readHead()) return true;
      const head = connection.head!;
      const fields = [...head.fields];
      seen.requests.push({ head, fields, content: "", trailers: [], isWhole: false, wholePiece: 0, chunkSizes: [] });
    }
    const request = seen.requests.at(-1)!;
    if (!readContent(connection, request, () => checkRun(connection, request))) return true;
    finish(connection, request, piece);
    connection.respond({ status: 200, knownLength: 0, date: DATE });
    connection.finish();
    if (connection.turnOver() === "close") return false;
  }
}

/** What a connection tells of a run beside its octets is right, however it comes. */
function checkRun(connection: ServerConnection, { head, content, chunkSizes }: SeenRequest): void {
  if (connection.atChunkStart) chunkSizes.push(connection.chunkSize);
  const rest = head.framing.kind === "length" ? head.framing.length - content.length : Infinity;
  if (connection.contentRest !== rest) throw new Error(`The rest is ${connection.contentRest} instead of ${rest}`);
}

/**
 * Reads the content that is there.
 *
 * @param connection The connection, in either role
 * @param message Gets the content
 * @param onRun Is called for each run before it is taken
 * @returns false if more octets are needed
 */
export function readContent(connection: Connection, message: SeenMessage, onRun: () => void = () => {}): boolean {
  for (;;) {
    const step = connection.readContent();
    if (step !== "run") return step === "end";
    onRun();
    const { bytes, start } = connection.input;
    message.content += textOf(bytes.subarray(start, connection.runEnd));
    connection.takeContent(connection.runEnd - start);
  }
}

/**
 * Takes note that a message was read to its end.
 *
 * @param connection The connection
 * @param message The message
 * @param piece With which piece
 */
export function finish(connection: Connection, message: SeenMessage, piece: number): void {
  message.trailers = [...connection.trailers];
  message.isWhole = true;
  message.wholePiece = piece;
}
