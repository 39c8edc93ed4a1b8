/**
 * Fuzzing: what `deno task fuzz` runs.
 *
 * ```sh
 * deno task fuzz --seconds 60 --seed 1              # all targets, the differential one too
 * deno task fuzz --target server --seed 1 --runs 5000   # so many executions of one
 * deno task fuzz --differential --seconds 60        # against other parsers only
 * ```
 *
 * A run is determined by its seed: whatever it finds it finds again, at the same execution of the same target. What is
 * found is made small, printed, and put into `corpus/`, which every later run begins with; `--no-keep` leaves that out.
 * `--keep-code` also keeps inputs that reached new code.
 *
 * The last line is `N executions, M findings`. The exit code is 1 if there are any, 2 for flags that make no sense. An
 * input that takes too long is printed in the same way, and the process killed.
 *
 * A disagreement with another parser that is in no known class is a finding only of `--differential`. Where it comes up
 * beside all else it is a warning, and counted apart: what others make of octets is no fault of ours until somebody has
 * looked, and the way of a seed goes elsewhere with each new vector.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { spell } from "../support/octet_text.ts";
import { Campaign, type Finding } from "./campaign.ts";
import { keepCode, keepInput, readCorpus } from "./corpus.ts";
import { CodeCoverage } from "./coverage.ts";
import { differentialTarget, NewDisagreement } from "./differential/target.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets/mod.ts";
import { Watchdog } from "./watchdog.ts";

/** How long one input may take: a thousand times what the slowest takes, on a machine that does other things too. */
const LIMIT_MS = 5000;
/** How many batches the differential target gets for one of each other: it has the most to say. */
const DIFFERENTIAL_SHARE = 3;

/** What is asked for. */
export interface FuzzPlan {
  /** When it stops, in seconds. */
  readonly seconds: number;
  /** How many executions each target gets at most. */
  readonly runs: number;
  /** What determines the run. */
  readonly seed: number;
  /** The target; undefined for all. */
  readonly target: string | undefined;
  /** Whether finds are put into the corpus. */
  readonly keeps: boolean;
  /** Whether inputs that reach new code are put there, too. */
  readonly keepsCode: boolean;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/**
 * Reads the flags.
 *
 * @param args The flags
 * @returns What is asked for
 * @throws {TypeError} For an unknown flag, or a number that is none
 */
export function parsePlan(args: readonly string[]): FuzzPlan {
  const flags = parseArgs([...args], {
    string: ["seconds", "runs", "seed", "target"],
    boolean: ["differential", "keep", "keep-code"],
    negatable: ["keep"],
    default: { keep: true },
    unknown: (flag: string) => {
      throw new TypeError(`Cannot fuzz: ${flag} is no flag of it`);
    },
  });
  const runs = numberOf("runs", flags.runs, Infinity);
  return {
    seconds: numberOf("seconds", flags.seconds, flags.runs === undefined ? 60 : Infinity),
    runs,
    seed: numberOf("seed", flags.seed, 1),
    target: flags.differential ? "differential" : flags.target,
    keeps: flags.keep,
    keepsCode: flags["keep-code"],
  };
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text)) throw new TypeError(`Cannot fuzz: --${name} ${text} is no whole number`);
  return Number(text);
}

/** Runs all and gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  let plan: FuzzPlan;
  try {
    plan = parsePlan(args);
  } catch (error) {
    console.error((error as Error).message);
    return 2;
  }
  const all = [...TARGETS, differentialTarget()];
  const targets = plan.target === undefined ? all : all.filter(({ name }) => name === plan.target);
  if (targets.length === 0) {
    console.error(`Cannot fuzz: no target is ${plan.target}, only ${all.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  return await fuzz(targets, plan);
}

async function fuzz(targets: readonly Target[], plan: FuzzPlan): Promise<number> {
  await using coverage = await CodeCoverage.start(/\/core\//);
  using watchdog = new Watchdog(LIMIT_MS, plan.keeps);
  const campaigns = targets.map((target) =>
    new Campaign(target, plan.seed, { coverage, kept: readCorpus(target.name), beat: watchdog.beat })
  );
  let findings = 0;
  let warnings = 0;
  const started = performance.now();
  const isOver = (): boolean => performance.now() - started >= plan.seconds * 1000;
  const schedule = campaigns.flatMap((campaign) =>
    campaign.target.prepare ? Array(DIFFERENTIAL_SHARE).fill(campaign) : [campaign]
  ) as Campaign[];
  while (!isOver() && campaigns.some(({ executions }) => executions < plan.runs)) {
    for (const campaign of schedule) {
      if (isOver() || campaign.executions >= plan.runs) continue;
      for (const finding of await campaign.runBatch(plan.runs - campaign.executions)) {
        const isWarning = finding.error instanceof NewDisagreement && plan.target === undefined;
        if (isWarning) warnings++;
        else findings++;
        tell(finding, isWarning ? "WARNING" : "FOUND");
        if (plan.keeps) keepInput(finding.target, finding.input, finding.error.message);
      }
    }
  }
  const seconds = (performance.now() - started) / 1000;
  for (const campaign of campaigns) {
    tellCampaign(campaign);
    if (plan.keepsCode) keepCode(campaign.target.name, campaign.coverers);
    await campaign.target.close?.();
  }
  const executions = campaigns.reduce((total, campaign) => total + campaign.executions, 0);
  console.log(`seed ${plan.seed}, ${seconds.toFixed(1)} s, ${Math.round(executions / seconds)} executions a second`);
  if (warnings > 0) console.log(`${warnings} disagreements of no known class: see deno task fuzz --differential`);
  console.log(`${executions} executions, ${findings} findings`);
  return findings === 0 ? 0 : 1;
}

function tell({ target, seed, execution, input, error }: Finding, how: "FOUND" | "WARNING"): void {
  console.log(`${how} in ${target}: ${error.message}`);
  if (!/^(?:Outcomes differ|It does not hold|Disagreement)/.test(error.message)) console.log(error.stack);
  console.log(`  input: ${spell(input)}`);
  console.log(`  again: deno task fuzz --target ${target} --seed ${seed} --runs ${execution}`);
}

function tellCampaign({ target, executions, code, outcomes, discovered }: Campaign): void {
  const numbers = [executions, code, outcomes, discovered.length].map((number) => String(number).padStart(8));
  console.log(
    `${target.name.padEnd(24)}${numbers[0]} runs${numbers[1]} code${numbers[2]} outcomes${numbers[3]} inputs found`,
  );
}
