/**
 * The leaves beside their rivals, as a table in `bench/README.md`.
 *
 * ```sh
 * deno task bench:leaves
 * ```
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { runtime } from "../tests/support/runtimes.ts";
import { exchangeCases } from "./leaves/exchange_cases.ts";
import type { LeafCase } from "./leaves/leaf_case.ts";
import { chunkCases, headCases } from "./leaves/leaf_cases.ts";
import { writerCases } from "./leaves/writer_cases.ts";
import { duel } from "./support/duel.ts";
import { circumstances, describeCircumstances } from "./support/machine.ts";
import { writePart, writeResults } from "./support/readme.ts";
import { toNumber, toTable } from "./support/table.ts";

/** What came of a leaf, in ns a call. */
interface LeafResult {
  readonly leaf: string;
  readonly sluice: number;
  readonly rival: string;
  /** NaN where there is none. */
  readonly rivalTime: number;
  /** What cannot be done without, where that is measured. */
  readonly least?: number;
}

if (import.meta.main) await main(Deno.args);

async function main(args: string[]): Promise<void> {
  const cases = [...headCases(), ...chunkCases(), ...writerCases(), ...exchangeCases()];
  const results = [...cases.map(measure), ...parseLlhttp(await runLlhttp())];
  const measuredAt = await circumstances("bench:leaves", args);
  const rows = results.map(({ leaf, sluice, rival, rivalTime, least }) => [
    leaf,
    toNumber(sluice),
    rival,
    toNumber(rivalTime),
    toNumber(rivalTime / sluice),
    toNumber(least),
  ]);
  const text = [
    "Nanoseconds a call; llhttp on Node.js through its own binding, all else on Deno.",
    describeCircumstances(measuredAt),
    toTable(["leaf", "sluice", "rival", "takes", "times as fast", "at the least"], rows),
  ].join("\n\n");
  console.log(text);
  await writeResults("leaves", { ...measuredAt, results: results.map((result) => ({ ...result })) });
  await writePart("leaves", text);
}

function measure({ group, entries, least }: LeafCase): LeafResult {
  const [ours, theirs] = entries;
  const runs = [ours, theirs, least].map((entry) => entry?.run);
  const paces = duel(runs.filter((run) => run !== undefined)).map((pace) => pace.median);
  const [sluice, rivalTime, leastTime] = runs.map((run) => run === undefined ? NaN : paces.shift()!);
  return { leaf: group, sluice: sluice!, rival: theirs?.name ?? "", rivalTime: rivalTime!, least: leastTime! };
}

async function runLlhttp(): Promise<string> {
  const [command, ...args] = await runtime("node");
  const file = fileURLToPath(new URL("llhttp.ts", import.meta.url));
  const { stdout } = await new Deno.Command(command!, { args: [...args, file], stderr: "inherit" }).output();
  return new TextDecoder().decode(stdout);
}

/**
 * Reads what `llhttp.ts` prints.
 *
 * @param report Its output
 * @returns What came of each leaf
 */
export function parseLlhttp(report: string): LeafResult[] {
  const lines = report.matchAll(/^(.+): sluice ([\d.]+) ns, llhttp ([\d.]+) ns, ratio [\d.]+$/gm);
  return [...lines].map(([, leaf, sluice, llhttp]) => ({
    leaf: leaf!,
    sluice: Number(sluice),
    rival: "llhttp",
    rivalTime: Number(llhttp),
  }));
}
