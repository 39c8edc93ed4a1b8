/**
 * `deno task simulate`: worlds, one seed after the other, until enough exchanges have been seen or one world goes wrong.
 * That one prints its seed and the command that runs it again, as small as it still goes wrong.
 *
 * Without arguments it is one small world. `--total N` runs worlds until N exchanges were served, `--seed N` says with
 * which to begin, `--exchanges N` how large each one is, `--jobs N` how many run side by side, `--cast NAME` the only
 * character of the clients, `--fault NAME` what is broken on purpose, and `--trace` prints each event.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import type { Job, Report } from "./simulate_worker.ts";
import { Tally } from "./tally.ts";
import { World } from "./world.ts";

/** How large a world is. */
const EXCHANGES = 10_000;

/** How often a smaller world is looked for. */
const SHRINKS = 12;

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs worlds and gives the exit code. */
async function main(args: string[]): Promise<number> {
  const flags = parseArgs(args, {
    string: ["seed", "exchanges", "total", "jobs", "cast", "fault"],
    boolean: ["trace"],
  });
  const number = (name: "seed" | "exchanges" | "total" | "jobs", least: number): number => {
    const value = Number(flags[name] ?? least);
    if (!Number.isInteger(value) || value < 1) {
      throw new TypeError(`Cannot simulate: --${name} ${flags[name]} is no count`);
    }
    return value;
  };
  const job: Job = {
    seed: number("seed", 1),
    step: 1,
    exchanges: number("exchanges", EXCHANGES),
    total: number("total", 1),
    cast: flags.cast,
    fault: flags.fault,
  };
  if (flags.trace) return await trace(job);
  const started = performance.now();
  const reports = await Promise.all(share(job, number("jobs", 1)).map(work));
  return await conclude(reports, job, performance.now() - started);
}

/** Parts a job: each worker takes every so manieth seed, so that how many there are is all that changes the seeds. */
function share(job: Job, jobs: number): Job[] {
  const total = Math.ceil(job.total / jobs);
  return Array.from({ length: jobs }, (_, at) => ({ ...job, seed: job.seed + at, step: jobs, total }));
}

function work(job: Job): Promise<Report> {
  const worker = new Worker(new URL("./simulate_worker.ts", import.meta.url), { type: "module" });
  return new Promise<Report>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Report>) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(job);
  }).finally(() => worker.terminate());
}

async function conclude(reports: Report[], job: Job, ms: number): Promise<number> {
  const tally = new Tally();
  for (const { counts } of reports) tally.add(counts);
  const worlds = reports.reduce((total, report) => total + report.worlds, 0);
  const failures = reports.flatMap(({ failure }) => failure ?? []);
  console.log(String(tally));
  console.log(`hash ${reports.map(({ hash }) => hash).join(" ")}, ${(ms / 1000).toFixed(1)} s`);
  for (const { seed, faults } of failures) {
    const exchanges = await shrink(seed, job);
    console.log(`\nSeed ${seed} goes wrong:\n${faults.join("\n")}`);
    const also = (["cast", "fault"] as const).map((name) => job[name] === undefined ? "" : ` --${name} "${job[name]}"`);
    console.log(`Again: deno task simulate --seed ${seed} --exchanges ${exchanges}${also.join("")} --trace`);
  }
  console.log(`${tally.total("records")} exchanges in ${worlds} worlds, ${failures.length} gone wrong`);
  return failures.length === 0 ? 0 : 1;
}

/** Looks for a smaller world of the same seed that goes wrong, too. */
async function shrink(seed: number, { exchanges, cast, fault }: Job): Promise<number> {
  let wrong = exchanges;
  let right = 0;
  for (let i = 0; i < SHRINKS && wrong - right > 1; i++) {
    const tried = Math.max(1, i < 4 ? wrong >> 2 : (wrong + right) >> 1);
    const world = new World({ seed, exchanges: tried, cast, fault });
    await world.run();
    if (world.faults.length > 0) wrong = tried;
    else right = Math.max(right, tried);
  }
  return wrong;
}

/** Runs one world and tells each event. */
async function trace({ seed, exchanges, cast, fault }: Job): Promise<number> {
  const log = (line: string): void => console.log(line);
  const world = new World({ seed, exchanges, log, cast, fault });
  await world.run();
  console.log([...world.faults, `hash ${world.hash}, ${world.faults.length} gone wrong`].join("\n"));
  return world.faults.length === 0 ? 0 : 1;
}
