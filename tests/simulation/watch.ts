/**
 * What is watched from outside: how much the core holds, whether deadlines are met, and that whoever is not answered
 * has no right to be.
 *
 * @module
 */

import { DEFAULT_DEADLINES, DEFAULT_LIMITS } from "../../core/limits.ts";
import type { Ask } from "./ask.ts";
import type { Character } from "./cast.ts";
import type { Client } from "./client.ts";
import { hasBody } from "./expectation.ts";
import type { Link } from "./link.ts";
import { LATE_MS, STYLES } from "./styles.ts";

/** When the server drains. */
export interface Draining {
  /** When the shutdown begins. */
  readonly drainsAt: number;
  /** When what is left is cut. */
  readonly cutsAt: number;
}

/** Each deadline is met within so many ms. */
const TOLERANCE_MS = 1000;

/** A read brings no more octets. */
const BLOCK = 65_536;

/** What of heads and chunk lines may stand between the octets of content. */
const FRAMING = 16_384;

/** Readers that gather nothing: what they have not read lies in the core. */
const UNGATHERED: ReadonlySet<string> = new Set(["pieces", "slowly", "chunks", "exact", "lines"]);

/** Styles that are asked for each piece no sooner than the client takes what came before. */
const PACED: ReadonlySet<string> = new Set([
  "generator",
  "mixed",
  "naps",
  "asyncGenerator",
  "write",
  "trailers",
  "fetchStream",
]);

/** What the gateway reports of applications that are meant to fail. */
const MEANT = [
  /^Cannot answer: startResponse was not called$/,
  /^Cannot send item: number is not /,
  /^Cannot send all content: it is more than content-length announced$/,
  /^Cannot finish response: \d+ announced octets are missing$/,
  /^Cannot (?:start response|accept|send|prepare|write)\b.*x-a/,
];

/**
 * Tells whether an error that was reported is the fault of an application that is meant to fail.
 *
 * @param error The error
 * @returns Whether it is
 */
export function isMeant(error: unknown): boolean {
  return error instanceof Error && MEANT.some((pattern) => pattern.test(error.message));
}

/**
 * Looks at how much the core holds of one connection.
 *
 * @param link The connection
 * @returns What is wrong
 */
export function checkMemory(link: Link): string[] {
  const ask = link.called.at(-1);
  if (ask === undefined || ask.hooks > 0 || link.state !== "open" || link.endedWritingAt !== undefined) return [];
  const faults: string[] = [];
  const unread = link.inward.delivered - ask.consumed;
  const isUngathered = ask.request.framing === "none"
    ? STYLES[ask.deed.style]!.form !== "tunnel"
    : UNGATHERED.has(ask.deed.reader);
  if (isUngathered && unread > DEFAULT_LIMITS.readAhead + BLOCK) {
    faults.push(`It holds ${unread} octets unread of ${describe(ask)}`);
  }
  const unsent = ask.given - (link.outward.takenOctets - ask.takenBefore);
  const piece = Math.ceil(ask.deed.size / Math.max(1, ask.deed.pieces));
  const isPaced = PACED.has(ask.deed.style) && hasBody(ask.request, ask.deed);
  if (isPaced && unsent > DEFAULT_LIMITS.sendBuffer + 4 * piece + FRAMING) {
    faults.push(`It holds ${unsent} octets unsent of ${describe(ask)}`);
  }
  return faults;
}

/**
 * Looks at one connection that is open.
 *
 * @param link The connection
 * @param character Its client
 * @param now The time
 * @returns What is wrong
 */
export function checkLink(link: Link, character: Character, now: number): string[] {
  const faults = checkMemory(link);
  const { writeStall, linger } = DEFAULT_DEADLINES;
  if (link.isOver) return faults;
  const { heldSince } = link.outward;
  if (heldSince !== undefined && now > heldSince + writeStall + TOLERANCE_MS) {
    faults.push("It waits for a client that takes nothing");
  }
  const { endedWritingAt, state } = link;
  const lingers = endedWritingAt !== undefined && !link.inward.hasEnded && state === "open";
  if (lingers && now > endedWritingAt + linger.ms + TOLERANCE_MS) {
    faults.push("It waits for a client that does not close");
  }
  const { due } = character;
  if (
    due !== undefined && state === "open" && now > dueSince(link, character) + due + TOLERANCE_MS &&
    link.wroteAt < now - due
  ) {
    faults.push(`It has not ended after ${due} ms`);
  }
  return faults;
}

/**
 * Looks at a client whose connection is over.
 *
 * @param client The client
 * @param draining When the server drains
 * @returns What is wrong
 */
export function checkClient(client: Client, draining: Draining): string[] {
  const link = client.link!;
  const faults: string[] = [];
  const { timers, deferred } = link.pending;
  if (timers > 0 || deferred > 0) faults.push(`It left ${timers} timers and ${deferred} tasks behind`);
  const isCut = isCutOff(link, draining);
  const broken = brokenOf(client);
  if (
    link.wasDestroyed && !isCut && !broken && !client.isHostile && link.conversedAt !== undefined && !link.wasClosing
  ) {
    faults.push("It reset a client that did nothing wrong");
  }
  for (const ask of client.asks) {
    if (ask.fate !== "waiting") continue;
    ask.fate = ask === broken ? "broken" : "lost";
    if (whyLost(ask, client, draining) === "without a reason") faults.push(`It lost ${ask.id}, a ${describe(ask)}`);
  }
  for (const ask of client.asks) {
    const ms = ask.releasedAt - ask.calledAt;
    if (ask.outcome?.status === 503 && ask.deed.style === "late" && (ms < LATE_MS || ms > LATE_MS + TOLERANCE_MS)) {
      faults.push(`It ended ${ask.id} after ${ms} ms for ${LATE_MS}`);
    }
  }
  return [...faults, ...checkDue(client, link, draining)];
}

/**
 * Tells why a request has no answer, or not all of it.
 *
 * @param ask The request
 * @param client Its client, whose connection is over
 * @param draining When the server drains
 * @returns The reason; `without a reason` if nothing may have kept the server from answering
 */
export function whyLost(ask: Ask, client: Client, draining: Draining): string {
  const link = client.link!;
  if (client.hasLeft) return "its client left";
  if (client.isHostile) return "its client took nothing";
  if (ask.start >= link.inward.delivered) return "no octet of it was taken";
  // A reset may overtake the answers before it, too.
  if (brokenOf(client) !== undefined) return "an application broke the connection";
  if (client.isLast) return "an answer before it closed";
  if (client.mayBeLast) return "content before it was left unread";
  if (isCutOff(link, draining)) return "the shutdown's deadline";
  // A server that drains answers what it has begun, and closes cleanly before what it has not.
  const isLeft = link.closedAt! >= draining.drainsAt && ask.calls === 0 && client.endSeen;
  return isLeft ? "the shutdown" : "without a reason";
}

/** Whether the deadline of a shutdown ended the connection. */
function isCutOff({ closedAt }: Link, { cutsAt }: Draining): boolean {
  return closedAt !== undefined && closedAt >= cutsAt;
}

/** The exchange whose application broke the connection. */
function brokenOf(client: Client): Ask | undefined {
  return client.asks.find(({ deed, calls }) => calls > 0 && STYLES[deed.style]?.form === "broken");
}

/** Since when an idle or stalling client has been so. */
function dueSince(link: Link, { name }: Character): number {
  const last = name === "slowHead" || name === "silent" ? link.inward.deliveredAt : link.outward.takenAt;
  return Math.max(last, link.conversedAt ?? 0);
}

/** A deadline ends its connection neither early nor late. */
function checkDue({ character, hasLeft, resetSeen }: Client, link: Link, { drainsAt }: Draining): string[] {
  const stalled = character.batches.flat().find(({ request, calls }) => request.spoil === "stalls" && calls > 0);
  const due = stalled ? stallMs(stalled) : character.due;
  if (due === undefined || hasLeft || (resetSeen && !link.wasDestroyed) || link.closedAt === undefined) return [];
  if (link.conversedAt === undefined || link.closedAt >= drainsAt) return [];
  const isTold = stalled !== undefined || character.name === "slowHead";
  const since = stalled ? stalled.calledAt : dueSince(link, character);
  const at = isTold ? link.wroteAt : link.closedAt;
  const ms = at - since;
  return ms < due || ms > due + TOLERANCE_MS ? [`It ended a stalling client after ${ms} ms for ${due}`] : [];
}

/** How long content may stall of which all that ever comes has come with the head. */
function stallMs(ask: Ask): number {
  const { contentRate, contentGap } = DEFAULT_DEADLINES;
  const octets = ask.end - ask.contentStart;
  return Math.min(contentGap, Math.max(contentRate.afterMs, (octets / contentRate.bytesPerSecond) * 1000));
}

function describe({ request, deed, calls, hooks, outcome }: Ask): string {
  const told = outcome === undefined ? "" : `, told ${outcome.status} ${outcome.completed} ${outcome.error}`;
  return `${request.method} with ${request.octets} octets, ${deed.reader}, ${deed.style}: ${calls} calls, ${hooks} hooks${told}`;
}
