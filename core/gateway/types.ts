/**
 * The application protocol: the shape of WSGI (PEP 3333) with TypeScript's manners.
 *
 * An application is a function of `environ` and `startResponse`. It calls `startResponse` and gives its content as a
 * piece, an iterable or an asynchronous iterable of pieces, or a promise of one of them.
 *
 * @module
 */

import type { FieldsInit } from "../fields.ts";
import type { Deadlines, Limits, ProtocolOptions } from "../limits.ts";
import type { OctetDecoder } from "../octets.ts";
import type { Environ, ErrorLog, Outcome } from "./environ.ts";
import type { FLUSH, Item, Piece } from "./piece.ts";
import type { Address } from "./port.ts";
import type { SignalBus } from "./signal_bus.ts";

export { FLUSH, INPUT_PENDING } from "./piece.ts";
export type { Item, Piece } from "./piece.ts";
export type { ErrorLog, Outcome, PostHook } from "./environ.ts";

/**
 * The content of an answer: a single piece, pieces, or nothing. `Content-Length` is inferred from a single piece (an
 * array of one too) and from nothing; other content is chunked for HTTP/1.1.
 */
export type Result = Piece | Iterable<Item> | AsyncIterable<Piece | typeof FLUSH> | void;

/**
 * An application.
 *
 * @param environ The request and its surroundings
 * @param startResponse Takes the status and the fields of the answer
 * @returns The content, or a promise of it
 */
export type App = (environ: Environ, startResponse: StartResponse) => Result | PromiseLike<Result>;

/** Takes the status and fields of the answer. The head goes out with the first non-empty piece, or at the end. */
export interface StartResponse {
  /**
   * @param status The status code, or the code with a reason phrase: 200 or "200 OK". 200 to 999
   * @param fields The fields. `content-length` and `connection: close` are heeded. A `FieldSection` or a frozen record
   * that is given again was checked the first time
   * @param error Why this is not the first call. It replaces what the earlier call gave; with the head already out it
   * is thrown back
   * @returns Sends a piece at once
   * @throws {TypeError} For a status that is none, a field that may not leave, a hop-by-hop field, or a second call
   * without `error`
   */
  (status: number | string, fields?: FieldsInit, error?: unknown): Write;
}

/**
 * Sends a piece of the content, before all that is yielded later. The promise tells when more may be sent; it is safe
 * to ignore.
 */
export type Write = (piece: Piece) => void | Promise<void>;

/** One exchange as told to an observer: what access logs are made of. Refused requests are told too. */
export interface ExchangeRecord extends Outcome {
  /** The peer's address. */
  readonly remote: Address;
  /** The request's method; empty if it could not be read. */
  readonly method: string;
  /** The request target as it came; empty if it could not be read. */
  readonly target: string;
  /** The request's version, `1.0` or `1.1`; empty if it could not be read. */
  readonly version: string;
  /** The request, undefined where no head could be read. */
  readonly environ: Environ | undefined;
}

/** How a conversation behaves. */
export interface GatewayOptions {
  /** Bounds in octets and counts. */
  limits?: Partial<Limits>;
  /** Bounds in ms. */
  deadlines?: Partial<Deadlines>;
  /** Departures from the strict reading. */
  protocol?: Partial<ProtocolOptions>;
  /** Told of each exchange when it is over. Unset costs nothing. */
  onExchange?: (record: ExchangeRecord) => void;
  /** Told of each error of an application, of a post hook, and of an observer. @default {does nothing} */
  onError?: (error: unknown) => void;
  /** What `environ.errors` is. @default {drops what is written} */
  errors?: ErrorLog;
  /**
   * Octets that an iterable's items are gathered to before they go out as one chunk; the head waits with them, so that
   * an error before that is a clean 500. 0 sends each item without delay, as PEP 3333 wants it; eventlet has 4096.
   * `environ.minimumChunkSize` is the same for one exchange. @default {0}
   */
  minimumChunkSize?: number;
  /** Where the signals of `environ.signals` meet. @default {a bus of the server's own} */
  signals?: SignalBus;
  /**
   * Whether blocks given to `receive` are the conversation's own: kept without a copy, handed to the application in parts,
   * and changed where they were read. @default {false}
   */
  ownedBlocks?: boolean;
  /** A faster `decodeOctets`, where the runtime has one. */
  decodeOctets?: OctetDecoder;
}
