/**
 * The deadlines of a conversation: when the next one is, and what is due. It sets no timer; whoever owns the clock asks,
 * for time is an argument.
 *
 * Only a peer that does not send or does not take is timed; an application that thinks is not, unless
 * `deadlines.application` is set.
 *
 * @module
 */

import type { Deadlines } from "../limits.ts";
import type { Exchange } from "./exchange.ts";
import type { Outlet } from "./outlet.ts";

/** What the deadlines hang on. */
export interface Timed {
  /** The bounds in force: the exchange in hand, or the last one, may have changed them. */
  readonly deadlines: Readonly<Deadlines>;
  /** The way out. */
  readonly outlet: Outlet;
  /** The exchange in hand. */
  readonly exchange: Exchange | undefined;
  /** Whether requests are served. */
  readonly isServing: boolean;
  /** Since when the connection is idle. */
  readonly idleSince: number;
  /** Since when a head is awaited in full. */
  readonly headSince: number | undefined;
  /** When what is left of the connection ends. */
  readonly endsAt: number;
}

/** A deadline that has come. */
export type Due = "head" | "idle" | "content" | "write" | "application" | "end" | undefined;

/**
 * Tells when the next deadline is.
 *
 * @param timed The conversation
 * @returns The time; Infinity if there is none
 */
export function nextDeadline(timed: Timed): number {
  const { deadlines } = timed;
  const { openSince } = timed.outlet;
  let next = timed.endsAt;
  if (openSince !== undefined) next = Math.min(next, openSince + deadlines.writeStall);
  if (!timed.isServing) return next;
  const { exchange } = timed;
  if (exchange) return Math.min(next, applicationDeadline(exchange, deadlines.application), contentDeadline(timed));
  if (timed.headSince !== undefined) return Math.min(next, timed.headSince + deadlines.head);
  return openSince === undefined ? Math.min(next, timed.idleSince + deadlines.idle) : next;
}

/**
 * Tells which deadline has come.
 *
 * @param timed The conversation
 * @param now The time
 * @returns The most severe one; undefined if none has come
 */
export function whatIsDue(timed: Timed, now: number): Due {
  const { deadlines } = timed;
  const { openSince } = timed.outlet;
  if (openSince !== undefined && now >= openSince + deadlines.writeStall) return "write";
  if (now >= timed.endsAt) return "end";
  if (!timed.isServing) return undefined;
  const { exchange } = timed;
  if (exchange) {
    if (now >= applicationDeadline(exchange, deadlines.application)) return "application";
    return now >= contentDeadline(timed) ? "content" : undefined;
  }
  if (timed.headSince !== undefined) return now >= timed.headSince + deadlines.head ? "head" : undefined;
  return openSince === undefined && now >= timed.idleSince + deadlines.idle ? "idle" : undefined;
}

/** The application has to have its head out by then. */
function applicationDeadline(exchange: Exchange, ms: number): number {
  return exchange.isHeadOut ? Infinity : exchange.waitsSince + ms;
}

/** The content that somebody waits for has to come by then: the next octet, and at the least rate on average. */
function contentDeadline(timed: Timed): number {
  const reader = timed.exchange?.readerInUse;
  if (reader?.waitingSince === undefined || timed.exchange!.tunnel) return Infinity;
  const { contentGap, contentRate } = timed.deadlines;
  const { waitedMs, octets } = reader.progress(reader.waitingSince);
  // The average is below the rate as soon as this much was waited in all.
  const atLeastRate = contentRate.bytesPerSecond === 0 ? Infinity : (octets / contentRate.bytesPerSecond) * 1000;
  const allowedMs = Math.max(contentRate.afterMs, atLeastRate);
  return Math.min(reader.waitingSince + contentGap, reader.waitingSince + Math.max(0, allowedMs - waitedMs));
}
