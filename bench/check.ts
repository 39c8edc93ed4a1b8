/**
 * No leaf gets slower unseen: each is held against http-parser-js (the writer against `encode`) in one run, and the
 * ratio against the one that was recorded. Ratios, no times: they are the same on a fast machine and on a busy one.
 *
 * ```sh
 * deno task bench:check              # fails if a ratio is more than a quarter below the recorded one
 * deno task bench:check --record     # records the ratios, after work that was meant to change them
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { exchangeCases } from "./leaves/exchange_cases.ts";
import { chunkCases, headCases } from "./leaves/leaf_cases.ts";
import type { LeafCase } from "./leaves/leaf_case.ts";
import { writerCases } from "./leaves/writer_cases.ts";
import { duel } from "./support/duel.ts";
import { toTable } from "./support/table.ts";

/** Ratios by the name of the leaf. */
type Ratios = Record<string, number>;

/** How much of a recorded ratio must be there. */
const TOLERATED = 0.75;

/** What is recorded is the lowest of so many: engines compile the same code better in one run than in another. */
const RECORDED_RUNS = 5;

/** A ratio that is too low is measured again: a machine may be disturbed for a while, a slow leaf is slow each time. */
const TRIES = 4;

const RECORDED = new URL("recorded_ratios.json", import.meta.url);

if (import.meta.main) Deno.exit(main(Deno.args));

/** Gives the exit code. */
function main(args: string[]): number {
  const { record } = parseArgs(args, { boolean: ["record"] });
  const cases = [...headCases(), ...chunkCases(), ...writerCases(), ...exchangeCases()];
  const comparable = cases.filter(({ entries }) => entries.length > 1);
  const recorded: Ratios = record ? {} : JSON.parse(Deno.readTextFileSync(RECORDED));
  const measured = record ? measureLowest(comparable) : measure(comparable, recorded);
  const slow = findSlow(recorded, measured);
  const rows = Object.entries(measured).map(([name, ratio]) => [
    name,
    ratio.toFixed(2),
    recorded[name]?.toFixed(2) ?? "",
    slow.includes(name) ? "too slow" : "",
  ]);
  console.log(toTable(["leaf", "times as fast", "recorded", ""], rows));
  if (record) Deno.writeTextFileSync(RECORDED, `${JSON.stringify(measured, rounded, 2)}\n`);
  if (slow.length > 0) console.error(`Slower than recorded by more than a quarter: ${slow.join(", ")}`);
  return slow.length > 0 ? 1 : 0;
}

/**
 * Tells which ratios are too low, and which are missing.
 *
 * @param recorded What was recorded
 * @param measured What was measured
 * @returns The names
 */
export function findSlow(recorded: Ratios, measured: Ratios): string[] {
  return Object.keys(recorded).filter((name) => !((measured[name] ?? 0) >= recorded[name]! * TOLERATED));
}

function measure(cases: readonly LeafCase[], recorded: Ratios): Ratios {
  const measured: Ratios = {};
  let rest = cases;
  for (let attempt = 0; attempt < TRIES && rest.length > 0; attempt++) {
    for (const leaf of rest) measured[leaf.group] = Math.max(measured[leaf.group] ?? 0, ratioOf(leaf));
    const slow = findSlow(recorded, measured);
    rest = cases.filter(({ group }) => slow.includes(group));
  }
  return measured;
}

function measureLowest(cases: readonly LeafCase[]): Ratios {
  const lowest: Ratios = {};
  for (let run = 0; run < RECORDED_RUNS; run++) {
    for (const leaf of cases) lowest[leaf.group] = Math.min(lowest[leaf.group] ?? Infinity, ratioOf(leaf));
  }
  return lowest;
}

/** Of the best batches: those that nothing else on the machine has disturbed. */
function ratioOf({ entries }: LeafCase): number {
  const [ours, theirs] = duel(entries.map(({ run }) => run)).map(({ best }) => best) as [number, number];
  return theirs / ours;
}

function rounded(_name: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * 100) / 100 : value;
}
