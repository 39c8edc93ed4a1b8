/**
 * Reads a CPU profile as the engines' inspectors give it.
 *
 * @module
 */

/** What is used of a profile. */
export interface CpuProfile {
  /** The functions on the stacks that were seen. */
  readonly nodes: readonly ProfileNode[];
  /** The topmost one of each sample. */
  readonly samples?: readonly number[];
  /** The time before each sample, in us. */
  readonly timeDeltas?: readonly number[];
}

/** A function as called from a certain stack. */
export interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly hitCount?: number;
}

/** How much of the time a function took itself. */
export interface SelfTime {
  /** The part of all time that was not idle. */
  readonly share: number;
  /** The function. */
  readonly name: string;
  /** Its file and line. */
  readonly place: string;
}

/** What is no work. */
const IDLE = new Set(["(idle)", "(root)"]);

/**
 * Sums up the time that each function took itself, wherever it was called from.
 *
 * @param profile The profile
 * @returns The functions, the one that took most first
 */
export function selfTimes(profile: CpuProfile): SelfTime[] {
  const timeOf = timesById(profile);
  const times = new Map<string, { name: string; place: string; time: number }>();
  let total = 0;
  for (const { id, callFrame } of profile.nodes) {
    const name = callFrame.functionName || "(anonymous)";
    const time = timeOf.get(id) ?? 0;
    if (IDLE.has(name) || time === 0) continue;
    const place = placeOf(callFrame.url, callFrame.lineNumber);
    const entry = times.get(`${name} ${place}`) ?? { name, place, time: 0 };
    entry.time += time;
    total += time;
    times.set(`${name} ${place}`, entry);
  }
  return [...times.values()]
    .map(({ name, place, time }) => ({ share: time / total, name, place }))
    .sort((a, b) => b.share - a.share);
}

function timesById({ nodes, samples, timeDeltas }: CpuProfile): Map<number, number> {
  const times = new Map<number, number>();
  if (samples === undefined) {
    for (const { id, hitCount = 0 } of nodes) times.set(id, hitCount);
    return times;
  }
  samples.forEach((id, index) => times.set(id, (times.get(id) ?? 0) + (timeDeltas?.[index] ?? 1)));
  return times;
}

/** The last two folders say enough. Lines count from 0 in a profile. */
function placeOf(url: string, line: number): string {
  return url === "" ? "" : `${url.split("/").slice(-2).join("/")}:${line + 1}`;
}
