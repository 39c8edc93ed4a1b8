/**
 * What an attack is made of: what one hostile client does, how many of them there are, and what has to come of it.
 *
 * @module
 */

import type { RawClient } from "../support/raw_client.ts";
import type { SubjectWishes } from "../contract/subject.ts";
import type { RuntimeName } from "../support/runtimes.ts";

/** The deadlines of the servers that are attacked, in ms: short, so that each may pass. */
export const DEADLINES = {
  head: 600,
  idle: 600,
  contentGap: 600,
  contentRate: { bytesPerSecond: 240, afterMs: 600 },
  writeStall: 600,
  tlsHandshake: 600,
  drain: { bytes: 65_536, ms: 300 },
  linger: { bytes: 65_536, ms: 600 },
  application: 1300,
  shutdown: 1500,
} as const;

/** The most content that they take: more than any attack sends, less than one announces. */
export const MOST_CONTENT: number = 2 ** 32;

/** One attack. */
export interface Attack {
  /** The row of the abuse table that it belongs to. */
  readonly id: string;
  /** What the clients do. */
  readonly name: string;
  /** What holds them, for the table. */
  readonly bound: string;
  /** How many do so at once. */
  readonly clients: number;
  /** By when the server has to end such a connection, in ms from its beginning; undefined if the client ends it. */
  readonly deadline?: number;
  /** What each client sees: the statuses of the answers, then how the server ends. */
  readonly sees: RegExp;
  /** Whether each client comes once only, and not again and again as long as the attack lasts. */
  readonly comesOnce?: boolean;
  /**
   * Whether its beginning counts as opening, of which there are only so many at once: connections that are not accepted
   * yet fill the system's queue, which then drops the ones of others, whatever the server does.
   */
  readonly opensWithAttack?: boolean;
  /**
   * What one client does. When that is done, the server has to end the connection, unless the client has.
   *
   * @param client The client, connected
   * @param lasts Tells whether the attack lasts
   * @returns When the deadline begins, as `performance.now()`, if that is not the beginning of the connection
   */
  attack(client: RawClient, lasts: () => boolean): Promise<number | void>;
}

/** Attacks on one server. */
export interface Campaign {
  /** How it is called. */
  readonly name: string;
  /** The options of the server, beside those that all have. */
  readonly wishes: SubjectWishes;
  /** How many descriptors the server may have open: fewer than there are clients, so that others are kept out. */
  readonly descriptors?: number;
  /** By how much memory may grow for each client, in octets, beside what it may grow in all. */
  readonly growthPerClient?: Readonly<Record<RuntimeName, number>>;
  /** The attacks. */
  readonly attacks: readonly Attack[];
}

/**
 * Makes an attack that is refused at once, however much follows.
 *
 * @param id The row
 * @param name What the clients do
 * @param bound What holds them
 * @param status The answer
 * @param begin What each sends first
 * @param block What it sends then, over and over
 * @returns The attack
 */
export function refused(
  id: string,
  name: string,
  bound: string,
  status: number,
  begin: string,
  block: string,
): Attack {
  return {
    id,
    name,
    bound,
    clients: 10,
    deadline: 0,
    sees: new RegExp(`^${status} end$`),
    async attack(client) {
      await client.send(begin);
      await flood(client, block);
    },
  };
}

/** What a client begins with whose request has content. */
export function post(path: string, fields: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`;
}

/**
 * Sends as fast as the server takes it, until the server ends.
 *
 * @param client The client
 * @param block What it sends, over and over
 * @returns When the server took something for the last time
 */
export async function flood(client: RawClient, block: string | Uint8Array): Promise<number> {
  const bytes = typeof block === "string" ? new TextEncoder().encode(block) : block;
  let taken = performance.now();
  while (await client.send(bytes)) taken = performance.now();
  return taken;
}

/**
 * Sends a little at a time, until the server ends.
 *
 * @param client The client
 * @param text What it sends, over and over
 * @param everyMs How often
 */
export async function drip(client: RawClient, text: string, everyMs: number = 100): Promise<void> {
  while (client.state === "open") {
    client.write(text);
    await pause(everyMs);
  }
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
