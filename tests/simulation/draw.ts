/**
 * Draws exchanges: the plain ones of which most of the traffic is made, and wild ones of every style.
 *
 * @module
 */

import { Ask, type Deed, type RequestShape } from "./ask.ts";
import { MOST_CONTENT } from "./pattern.ts";
import type { Random } from "../support/random.ts";
import { PARTIAL, READERS } from "./readers.ts";
import { STYLES } from "./styles.ts";

/** Where asks get their numbers. */
export interface Numbering {
  /** The next number in the world. */
  next(): number;
}

/** Whose ask it is. */
export interface Place {
  /** The client. */
  readonly client: number;
  /** Its place among the client's. */
  readonly index: number;
}

/** A request without content. */
export const BARE: RequestShape = {
  method: "GET",
  minor: 1,
  framing: "none",
  octets: 0,
  chunk: 1,
  hasTrailers: false,
  expects: false,
  connection: "",
  padding: 0,
  spoil: "",
};

/** A short answer. */
export const PLAIN: Deed = {
  style: "string",
  reader: "nothing",
  status: 200,
  size: 20,
  pieces: 1,
  isAnnounced: false,
  closes: false,
  watches: false,
  hook: "",
  ms: 0,
};

const PLAIN_STYLES = ["string", "string", "string", "octets", "single", "nothing", "array", "generator", "inform"];

/** Those that come of themselves; the failing ones among them end their connection. */
const LIVELY = [
  ...["string", "octets", "single", "nothing", "array", "generator", "mixed", "naps", "pending", "pendingChunks"],
  ...["asyncGenerator", "promise", "write", "writeAndString", "sleep", "wait", "send", "inform", "continues"],
  ...["trailers", "gathers", "restarts", "excess", "fetchText", "fetchStream", "fetchReads"],
];

/** Those that end their connection. */
export const FAILING: readonly string[] = [
  ...["throws", "rejects", "unstarted", "badField", "badItem", "late", "breaks", "breaksLater", "short"],
];

const SIZES = [0, 1, 5, 100, 100, 1000, 5000, 17_000, 70_000];
const CONTENTS = [1, 2, 7, 100, 1000, 5000, 70_000];
const FULL_READERS = Object.keys(READERS).filter((name) => !PARTIAL.has(name));

/**
 * Draws a plain exchange.
 *
 * @param random Chance
 * @param id Its number
 * @param place Whose it is
 * @returns The exchange
 */
export function drawPlain(random: Random, id: number, place: Place): Ask {
  const style = random.pick(PLAIN_STYLES);
  const size = random.pick([0, 2, 13, 13, 200, 2000]);
  const isPost = random.chance(0.1);
  const request = isPost
    ? { ...BARE, method: "POST", framing: "length" as const, octets: random.between(1, 500) }
    : BARE;
  const reader = isPost && random.chance(0.5) ? "bytes" : "nothing";
  const pieces = Math.min(size, random.between(2, 4));
  return new Ask(id, place.client, place.index, request, { ...PLAIN, style, size, pieces, reader });
}

/**
 * Draws a wild exchange.
 *
 * @param random Chance
 * @param id Its number
 * @param place Whose it is
 * @returns The exchange
 */
export function drawWild(random: Random, id: number, place: Place): Ask {
  const style = random.pick(random.chance(0.04) ? FAILING : LIVELY);
  const isOrderly = typeof STYLES[style]!.form === "string" && STYLES[style]!.form !== "broken";
  const size = drawSize(random, style, isOrderly);
  const request = drawRequest(random, style, isOrderly);
  const deed: Deed = {
    style,
    reader: drawReader(random, style, request),
    status: isOrderly ? random.pick([200, 200, 200, 200, 404, 204, 304, 205]) : 200,
    size,
    pieces: Math.min(size, random.pick([2, 3, 7, 20])),
    isAnnounced: style === "excess" || (isOrderly && style !== "nothing" && random.chance(0.15)),
    closes: isOrderly && style !== "excess" && random.chance(0.02),
    watches: random.chance(0.3),
    hook: random.chance(0.05) ? random.pick(["throws", "rejects"]) : "",
    ms: random.between(0, 300),
  };
  return new Ask(id, place.client, place.index, request, deed);
}

/**
 * Draws an exchange whose answer is long.
 *
 * @param random Chance
 * @param id Its number
 * @param place Whose it is
 * @returns The exchange
 */
export function drawLong(random: Random, id: number, place: Place): Ask {
  const style = random.pick(["octets", "generator", "asyncGenerator", "write", "fetchStream", "trailers"]);
  const deed: Deed = {
    ...PLAIN,
    style,
    size: random.between(100_000, MOST_CONTENT),
    pieces: random.pick([3, 30, 300]),
  };
  return new Ask(id, place.client, place.index, BARE, { ...deed, watches: true });
}

function drawSize(random: Random, style: string, isOrderly: boolean): number {
  const size = random.chance(0.03) ? random.between(0, MOST_CONTENT) : random.pick(SIZES);
  // Of less than two pieces some styles make something else.
  return style === "writeAndString" || !isOrderly ? Math.max(2, size) : size;
}

function drawRequest(random: Random, style: string, isOrderly: boolean): RequestShape {
  const minor = random.chance(0.08) ? 0 : 1;
  const framing = random.pick(["none", "none", "none", "length", minor === 0 ? "length" : "chunked"] as const);
  const octets = framing === "none" ? 0 : random.pick(CONTENTS);
  const withoutContent = isOrderly && style !== "excess" && random.chance(0.1) ? "HEAD" : "GET";
  return {
    method: framing === "none" ? withoutContent : random.pick(["POST", "PUT", "DELETE"]),
    minor,
    framing,
    octets,
    chunk: random.pick(octets > 1000 ? [100, 256, 4096] : [1, 10, 256]),
    hasTrailers: framing === "chunked" && random.chance(0.3),
    expects: octets > 0 && minor === 1 && style !== "continues" && random.chance(0.25),
    connection: random.chance(0.05) ? "close" : minor === 0 && random.chance(0.7) ? "keep-alive" : "",
    padding: random.chance(0.1) ? random.between(1, 2000) : 0,
    spoil: "",
  };
}

/** What reads itself, or is bridged to Fetch, reads all or has none to read; what is late has no time for it. */
function drawReader(random: Random, style: string, { octets }: RequestShape): string {
  if (STYLES[style]!.reads || style === "late") return "nothing";
  if (octets > 0 && random.chance(style.startsWith("fetch") ? 1 : 0.7)) return random.pick(FULL_READERS);
  return octets > 0 && style !== "continues" ? random.pick(["nothing", "half"]) : "nothing";
}
