/**
 * Runs worlds in a thread of its own.
 *
 * @module
 */

import { Tally } from "./tally.ts";
import { TraceHash } from "./trace_hash.ts";
import { World } from "./world.ts";

/** Which worlds to run. */
export interface Job {
  /** The first seed. */
  readonly seed: number;
  /** How far it is to the next one. */
  readonly step: number;
  /** How large each world is. */
  readonly exchanges: number;
  /** How many exchanges are enough. */
  readonly total: number;
  /** The only character of the clients. */
  readonly cast: string | undefined;
  /** What is broken on purpose. */
  readonly fault: string | undefined;
}

/** What came of it. */
export interface Report {
  /** How many worlds there were. */
  readonly worlds: number;
  /** What happened, in numbers. */
  readonly counts: Record<string, Record<string, number>>;
  /** What happened, as a number. */
  readonly hash: string;
  /** The seed that went wrong, if one did, and how. */
  readonly failure: { readonly seed: number; readonly faults: string[] } | undefined;
}

/** A worker's own scope, as far as it is used here. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Job>) => void;
  postMessage(report: Report): void;
}

const scope = globalThis as unknown as WorkerScope;
scope.onmessage = async ({ data }) => scope.postMessage(await runWorlds(data));

/** Runs worlds until enough exchanges were served, or one goes wrong. */
async function runWorlds(job: Job): Promise<Report> {
  const tally = new Tally();
  const hash = new TraceHash();
  let worlds = 0;
  for (let { seed } = job; tally.total("records") < job.total; seed += job.step) {
    const { exchanges, cast, fault } = job;
    const world = new World({ seed, exchanges, cast, fault });
    await world.run();
    worlds++;
    tally.add(world.tally.counts);
    hash.add(String(world.hash), seed);
    if (world.faults.length > 0) {
      return { worlds, counts: tally.counts, hash: String(hash), failure: { seed, faults: world.faults } };
    }
  }
  return { worlds, counts: tally.counts, hash: String(hash), failure: undefined };
}
