/**
 * Ours and its rivals side by side, over real sockets, in one run: requests a second, the server's time on the processor
 * for each, large bodies, latencies.
 *
 * ```sh
 * deno task bench:servers                             # all: half an hour; rewrites bench/README.md and its plots
 * deno task bench:servers --quick                     # each for a second, once; only prints
 * deno task bench:servers --only plain,busy,deno      # these scenarios on these runtimes; only prints
 * deno task bench:servers --rounds 7 --seconds 4
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import type { RuntimeName } from "../tests/support/runtimes.ts";
import { RUNTIMES } from "./support/catalog.ts";
import { circumstances, OWN_TOOL } from "./support/machine.ts";
import { type Effort, type LatencyResult, measure, measureLatency, type Result } from "./support/measure.ts";
import { installPackages } from "./support/packages.ts";
import { writePart, writeResults } from "./support/readme.ts";
import { drawResults, reportResults, resultTables } from "./support/server_report.ts";
import { REQUEST_SCENARIOS, type Scenario, transferScenarios } from "./support/scenarios.ts";
import { hasWrk } from "./support/wrk.ts";

const HELP = `Usage: deno task bench:servers [--rounds N] [--seconds S] [--only NAME,...] [--quick]

--only takes scenarios (${[...REQUEST_SCENARIOS, ...transferScenarios(0)].map(({ name }) => name).join(", ")}, latency)
and runtimes (${RUNTIMES.join(", ")}).
`;

const MIB = 1_048_576;

/** What is asked for. */
interface Plan {
  readonly effort: Effort;
  readonly scenarios: readonly Scenario[];
  readonly latencyOf: Scenario | undefined;
  readonly runtimes: readonly RuntimeName[];
  /** Whether it is a run whose numbers may be shown. */
  readonly isWhole: boolean;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Gives the exit code. */
async function main(args: string[]): Promise<number> {
  const plan = toPlan(args);
  if (plan === undefined) {
    console.log(HELP);
    return 2;
  }
  await installPackages();
  const results: Result[] = [];
  const latencies: LatencyResult[] = [];
  for (const runtime of plan.runtimes) {
    for (const scenario of plan.scenarios) {
      const measured = await measure(scenario, runtime, plan.effort);
      console.log(reportResults(scenario, measured));
      results.push(...measured);
    }
    if (plan.latencyOf) latencies.push(...await measureLatency(plan.latencyOf, runtime, plan.effort));
  }
  const measuredAt = await circumstances(
    "bench:servers",
    args,
    hasWrk ? `wrk (bodies and latencies: ${OWN_TOOL})` : OWN_TOOL,
  );
  const tables = resultTables(plan.scenarios, results, latencies, measuredAt);
  console.log(`\n${tables}`);
  if (!plan.isWhole) return 0;
  await writeResults("servers", { ...measuredAt, effort: plan.effort, results, latencies });
  await drawResults(plan.scenarios, results);
  await writePart("servers", tables);
  return 0;
}

/** Undefined for arguments that say nothing, or ask for help. */
function toPlan(args: string[]): Plan | undefined {
  const given = parseArgs(args, { string: ["rounds", "seconds", "only"], boolean: ["quick", "help"] });
  const isQuick = given.quick;
  const effort: Effort = {
    rounds: Number(given.rounds ?? (isQuick ? 1 : 5)),
    seconds: Number(given.seconds ?? (isQuick ? 1 : 2)),
    warmUpSeconds: isQuick ? 1 : 2,
    octets: (isQuick ? 64 : 1024) * MIB,
  };
  const all = [...REQUEST_SCENARIOS, ...transferScenarios(effort.octets)];
  const names = given.only?.split(",") ?? [];
  const isKnown = (name: string): boolean =>
    name === "latency" || RUNTIMES.some((runtime) => runtime === name) ||
    all.some((scenario) => scenario.name === name);
  if (given.help || !(effort.rounds >= 1) || !(effort.seconds > 0) || !names.every(isKnown)) return undefined;
  const runtimes = RUNTIMES.filter((runtime) => names.includes(runtime));
  const asksForScenarios = names.length > runtimes.length;
  return {
    effort,
    runtimes: runtimes.length > 0 ? runtimes : RUNTIMES,
    scenarios: asksForScenarios ? all.filter(({ name }) => names.includes(name)) : all,
    latencyOf: !asksForScenarios || names.includes("latency") ? pairOf("string") : undefined,
    isWhole: !isQuick && names.length === 0,
  };
}

/** The scenario, ours and the native server only. */
function pairOf(name: string): Scenario {
  const scenario = REQUEST_SCENARIOS.find((each) => each.name === name)!;
  const isOfPair = ({ role }: { role: string }): boolean => role === "sluice" || role === "native";
  return { ...scenario, contestants: (runtime) => scenario.contestants(runtime).filter(isOfPair) };
}
