/**
 * The process of the attacker: it reads its work as lines of JSON and prints what came of each as a line of JSON. It has
 * a process of its own so that what it computes is not taken for the server's slowness.
 *
 * @module
 */

import { getPriority, setPriority } from "node:os";
import { TextLineStream } from "@std/streams";
import { RawClient } from "../support/raw_client.ts";
import type { Attack } from "./attack.ts";
import { findAttack } from "./campaigns.ts";

/** What is to be done. */
export interface AttackWork {
  /** The port on the loopback. */
  readonly port: number;
  /** The campaign that the attack belongs to. */
  readonly campaign: string;
  /** Its place there. */
  readonly index: number;
  /** How many clients attack at once. */
  readonly clients: number;
  /** Whether they speak TLS. */
  readonly tls: boolean;
  /** How long they come again, in ms. */
  readonly lastsMs: number;
}

/** What came of it. */
export interface AttackReport {
  /** How many connections there were. */
  readonly connections: number;
  /** How often which end was seen. */
  readonly seen: Readonly<Record<string, number>>;
  /** The longest that the server kept a connection from its beginning, in ms; 0 where the client ends it. */
  readonly longestMs: number;
}

/** How many connections are opened at once: the server's queue is not endless. */
const OPENED_AT_ONCE = 50;

/** How long the end of a connection is waited for behind its deadline, in ms: longer than is good. */
const PATIENCE = 4000;

/** By how much its priority is lower than the server's. */
const MEEKNESS = 10;

/** How many are opening, and those that wait for them. */
let opening = 0;
const waiting: (() => void)[] = [];

if (import.meta.main) await main();

async function main(): Promise<void> {
  // An attacker computes on a machine of its own: on this one it must not take the cores of the server and of others.
  setPriority(Math.min(getPriority() + MEEKNESS, 19));
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) console.log(JSON.stringify(await attack(JSON.parse(line))));
}

async function attack(work: AttackWork): Promise<AttackReport> {
  const attack = findAttack(work.campaign, work.index);
  const started = performance.now();
  const lasts = (): boolean => performance.now() - started < work.lastsMs;
  const seen: Record<string, number> = {};
  let connections = 0;
  let longestMs = 0;
  const come = async (): Promise<void> => {
    const { end, tookMs } = await comeOnce(work, attack, lasts);
    connections++;
    seen[end] = (seen[end] ?? 0) + 1;
    if (attack.deadline !== undefined) longestMs = Math.max(longestMs, tookMs);
  };
  await Promise.all(Array.from({ length: work.clients }, async () => {
    do await come(); while (lasts() && !attack.comesOnce);
  }));
  return { connections, seen, longestMs };
}

/** One connection, from its beginning to its end. */
async function comeOnce(
  work: AttackWork,
  attack: Attack,
  lasts: () => boolean,
): Promise<{ end: string; tookMs: number }> {
  let started = performance.now();
  const isOpen = await beginOpening();
  try {
    using client = await RawClient.connect(work.port, work.tls);
    started = performance.now();
    if (!attack.opensWithAttack) isOpen();
    started = await attack.attack(client, lasts) ?? started;
    isOpen();
    if (attack.deadline !== undefined) await client.ending(attack.deadline + PATIENCE);
    return { end: describe(client), tookMs: performance.now() - started };
  } catch (error) {
    return { end: String(error), tookMs: performance.now() - started };
  } finally {
    isOpen();
  }
}

/** Waits until there are few enough that open, and gives what tells that this one does no longer. */
async function beginOpening(): Promise<() => void> {
  if (opening >= OPENED_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  opening++;
  let isOpening = true;
  return () => {
    if (!isOpening) return;
    isOpening = false;
    opening--;
    waiting.shift()?.();
  };
}

/** The statuses that came, as far as the client has them still, and how the server ended. */
function describe({ text, state }: RawClient): string {
  const statuses = text.matchAll(/(?:^|\n)HTTP\/1\.1 (\d{3}) /g);
  return [...[...statuses].map(([, status]) => status), state].join(" ");
}
