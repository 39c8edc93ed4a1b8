/**
 * The model: what the answer to a request must be.
 *
 * @module
 */

import type { Ask, Deed, RequestShape } from "./ask.ts";
import { PARTIAL } from "./readers.ts";
import { REFUSALS } from "./refusals.ts";
import { STYLES } from "./styles.ts";

/** What the answer must be. */
export interface Expectation {
  /** The status of the final response. */
  readonly status: number;
  /** Where its content ends. */
  readonly framing: "none" | "length" | "chunked" | "close";
  /** Octets of content. */
  readonly size: number;
  /** How many 100 (Continue) come. */
  readonly continues: number;
  /** How many other interim responses come. */
  readonly informs: number;
  /** Whether there is a trailer section. */
  readonly hasTrailers: boolean;
  /** Whether it is the application's own answer, which has its number. */
  readonly isOwn: boolean;
  /** Whether the connection closes behind it; undefined where that hangs on when content comes. */
  readonly closes: boolean | undefined;
  /** Whether it ends in the middle. */
  readonly isBroken: boolean;
  /** Whether octets pass to and fro behind it. */
  readonly isTunnel: boolean;
  /** Whether a 503 is right, too, once the client has ended its side or the server drains. */
  readonly mayGiveUp: boolean;
}

/** Unread content of at most so many octets has come before it could matter, where the client sends all at once. */
const LITTLE = 2048;

/** The statuses of spoilt content. */
const SPOILT = { stalls: 408, ends: 400, garbage: 400 } as const;

/**
 * Tells what the answer must be.
 *
 * @param ask The exchange
 * @param isPrompt Whether the client sends each request at once
 * @returns What must come
 */
export function expectationOf(ask: Ask, isPrompt: boolean): Expectation {
  const { request, deed } = ask;
  const refusal = REFUSALS[deed.style];
  if (refusal !== undefined) return ownAnswer(refusal.status, !refusal.isKept, 0);
  const style = STYLES[deed.style]!;
  const reads = style.reads === true || !PARTIAL.has(deed.reader);
  const readsSome = reads || deed.reader === "half";
  const isAwaited = request.expects && request.octets > 0;
  const isPrompted = (isAwaited && readsSome) || style.continues === true;
  const continues = request.minor === 1 && isPrompted ? 1 : 0;
  if (request.spoil !== "") return ownAnswer(SPOILT[request.spoil], true, continues);
  if (typeof style.form === "number") return ownAnswer(style.form, true, continues);
  const framing = framingOf(ask);
  const closes = request.connection === "close" || (request.minor === 0 && request.connection !== "keep-alive") ||
    deed.closes || framing === "close" || (isAwaited && !isPrompted) || style.form === "broken";
  const isUnread = request.octets > 0 && !reads;
  const isKept = !isUnread || (isPrompt && !request.expects && request.octets <= LITTLE);
  return {
    status: style.form === "tunnel" ? (request.method === "CONNECT" ? 200 : 101) : deed.status,
    framing,
    size: framing === "none" ? 0 : deed.size,
    continues,
    informs: request.minor === 1 ? style.informs ?? 0 : 0,
    hasTrailers: style.hasTrailers === true && framing === "chunked",
    isOwn: style.form !== "tunnel",
    closes: closes || (isKept ? false : undefined),
    isBroken: style.form === "broken",
    isTunnel: style.form === "tunnel",
    mayGiveUp: style.sleeps === true,
  };
}

/** What the server answers itself. */
function ownAnswer(status: number, closes: boolean, continues: number): Expectation {
  return {
    status,
    framing: "none",
    size: 0,
    continues,
    informs: 0,
    hasTrailers: false,
    isOwn: false,
    closes,
    isBroken: false,
    isTunnel: false,
    mayGiveUp: false,
  };
}

/**
 * Tells whether content goes out.
 *
 * @param request The request
 * @param deed What the application does
 * @returns Whether it does
 */
export function hasBody({ method }: RequestShape, { status }: Deed): boolean {
  return method !== "HEAD" && ![204, 205, 304].includes(status);
}

function framingOf({ request, deed }: Ask): Expectation["framing"] {
  const { form, isEager } = STYLES[deed.style]!;
  if (!hasBody(request, deed) || form === "nothing" || form === "tunnel") return "none";
  const isStream = form === "stream" || (form === "broken" && deed.style !== "short");
  // The bridge to Fetch sees that a stream of one chunk is at its end.
  const isOneChunk = deed.style === "fetchStream" && deed.pieces < 2;
  const isWhole = !isStream || isOneChunk || deed.isAnnounced || (deed.size === 0 && !isEager);
  if (isWhole) return deed.size === 0 ? "none" : "length";
  return request.minor === 0 ? "close" : "chunked";
}
