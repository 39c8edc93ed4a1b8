/**
 * A trial: one attack on a server that runs, and what it does to the server's memory, to its other clients, and to its
 * own connections.
 *
 * @module
 */

import { percentile } from "../../bench/support/stats.ts";
import type { Subject } from "../contract/runtimes.ts";
import { openDescriptors, residentMemory } from "../support/process_facts.ts";
import { type Attack, pause } from "./attack.ts";
import type { AttackReport } from "./attacker.ts";
import { probe } from "./probe.ts";

const MEBIBYTE = 1_048_576;

/** By how much the server's memory may grow, in octets. */
export const MOST_GROWTH: number = 32 * MEBIBYTE;

/** How late behind its deadline a connection may end, in ms. */
export const LATEST_END = 2000;

/** How long descriptors may take to be as many as before, in ms. */
const LATEST_CLOSE = 2000;

/** How often memory is looked at, in ms. */
const LOOK_EVERY = 25;

/** A server that is attacked. */
export interface Target {
  /** The server. */
  readonly subject: Subject;
  /**
   * A second one like it, which nobody attacks: what its clients wait at the same time tells what is owed to the machine.
   * Undefined where others are kept out: the attack takes all that there is.
   */
  readonly twin: Subject | undefined;
  /** Whether they speak TLS. */
  readonly tls: boolean;
  /** By how much its memory may grow, in octets. */
  readonly mostGrowth: number;
}

/** What is not as it has to be. */
export interface Fault {
  /** In words. */
  readonly text: string;
  /** Whether it is a figure that is over its bound. What else the machine does moves figures; nothing may move the rest. */
  readonly isFigure: boolean;
}

/** What was measured in a trial. */
export interface Measures {
  /** The 99th percentile of what clients wait while nobody attacks, in ms: the longer one of before, and of the twin. */
  readonly quiet: number;
  /** The same of the clients of a server that is attacked; NaN when they are kept out. */
  readonly p99: number;
  /** How many answers that is taken of. */
  readonly samples: number;
  /** By how much memory has grown at most, in octets. */
  readonly growth: number;
  /** What the attacker saw. */
  readonly report: AttackReport;
  /** How many descriptors more than before were open when the time for it was over. */
  readonly leftOpen: number;
}

/**
 * Measures a server that nobody attacks.
 *
 * @param subject The server
 * @param tls Whether it speaks TLS
 * @param ms For how long
 * @returns The 99th percentile of what clients wait, in ms
 */
export async function listenToQuiet(subject: Subject, tls: boolean, ms: number): Promise<number> {
  const end = performance.now() + ms;
  return percentile(await probe({ port: subject.port, tls }, () => performance.now() < end), 99);
}

/**
 * Measures a server while it is attacked.
 *
 * @param target The server
 * @param quiet What was measured before
 * @param attack Attacks, and settles with what came of it
 * @returns What was measured
 */
export async function endure(target: Target, quiet: number, attack: () => Promise<AttackReport>): Promise<Measures> {
  const { subject: { port, pid }, twin, tls } = target;
  const descriptors = openDescriptors(pid);
  const before = residentMemory(pid);
  let isOver = false;
  let memory = before;
  const looking = (async () => {
    for (; !isOver; await pause(LOOK_EVERY)) memory = Math.max(memory, residentMemory(pid));
  })();
  const attacking = attack().finally(() => isOver = true);
  const probing = twin ? [probe({ port, tls }, () => !isOver), probe({ port: twin.port, tls }, () => !isOver)] : [];
  const [report, [latencies = [], others = []]] = await Promise.all([attacking, Promise.all(probing), looking]);
  return {
    quiet: Math.max(quiet, percentile(others, 99)),
    p99: percentile(latencies, 99),
    samples: latencies.length,
    growth: memory - before,
    report,
    leftOpen: await leftOpen(pid, descriptors),
  };
}

/**
 * Judges.
 *
 * @param attack The attack
 * @param measures What was measured
 * @param target The server
 * @returns What is not as it has to be
 */
export function judge(attack: Attack, measures: Measures, target: Target): Fault[] {
  const { quiet, p99, samples, growth, report, leftOpen } = measures;
  const faults: Fault[] = [];
  const broken = (text: string): void => void faults.push({ text, isFigure: false });
  const over = (text: string): void => void faults.push({ text, isFigure: true });
  if (report.connections === 0) broken("nobody came");
  if (Object.keys(report.seen).some((end) => !attack.sees.test(end))) {
    broken(`clients saw ${JSON.stringify(report.seen)}, not ${attack.sees}`);
  }
  const latest = (attack.deadline ?? Infinity) + LATEST_END;
  if (report.longestMs > latest) broken(`a connection ended after ${toMs(report.longestMs)} ms, not by ${latest}`);
  if (!(growth <= target.mostGrowth)) {
    over(`memory has grown by ${toMebibytes(growth)} MiB, over ${toMebibytes(target.mostGrowth)}`);
  }
  if (target.twin !== undefined && !(p99 <= 3 * quiet + 5)) {
    over(`others wait ${toMs(p99)} ms (p99 of ${samples}), over 3 x ${toMs(quiet)} + 5`);
  }
  if (leftOpen > 0) broken(`${leftOpen} descriptors are left open`);
  return faults;
}

/**
 * Spells octets as mebibytes.
 *
 * @param octets How many
 * @returns The number
 */
export function toMebibytes(octets: number): string {
  return (octets / MEBIBYTE).toFixed(1);
}

/**
 * Spells milliseconds.
 *
 * @param ms How many
 * @returns The number
 */
export function toMs(ms: number): string {
  return ms.toFixed(ms < 100 ? 1 : 0);
}

/** Waits until as many descriptors are open as before, and tells how many more there are if that does not come. */
async function leftOpen(pid: number, before: number): Promise<number> {
  const end = performance.now() + LATEST_CLOSE;
  for (;;) {
    const more = openDescriptors(pid) - before;
    if (more <= 0 || performance.now() > end) return more;
    await pause(LOOK_EVERY);
  }
}
