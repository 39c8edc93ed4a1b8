/**
 * The server comparison as tables and plots.
 *
 * @module
 */

import type { RuntimeName } from "../../tests/support/runtimes.ts";
import { RUNTIME_NAMES, RUNTIMES } from "./catalog.ts";
import { type Circumstances, describeCircumstances } from "./machine.ts";
import type { LatencyResult, Result } from "./measure.ts";
import type { Scenario } from "./scenarios.ts";
import { barCharts, type Panel, type Tone } from "./svg.ts";
import { toNumber, toTable } from "./table.ts";

const TONES: Readonly<Record<Result["role"], Tone>> = {
  sluice: "ours",
  native: "rival",
  framework: "other",
  raw: "ceiling",
};

/** A number of a result. */
type Pick = (result: Result) => number | undefined;

/**
 * Says in a line what came of a scenario.
 *
 * @param scenario The scenario
 * @param results Its results on one runtime
 * @returns The line
 */
export function reportResults(scenario: Scenario, results: readonly Result[]): string {
  const servers = results.map(({ server, perSecond, cpuMicros, spread }) =>
    `${server} ${toNumber(perSecond)} (${toNumber(cpuMicros)} us, ±${(spread * 50).toFixed(0)}%)`
  );
  const { runtime } = results[0]!;
  return `${runtime} ${scenario.name}, ratio ${toNumber(ratioOf(results))}: ${servers.join(", ")}`;
}

/**
 * Tells how ours compares with the native server.
 *
 * @param results Results of one scenario on one runtime
 * @returns How many times as fast ours is; undefined if one of both is missing
 */
export function ratioOf(results: readonly Result[]): number | undefined {
  const ours = results.find(({ role }) => role === "sluice");
  const native = results.find(({ role }) => role === "native");
  return ours && native && ours.perSecond / native.perSecond;
}

/**
 * Lays out all that was measured.
 *
 * @param scenarios The scenarios
 * @param results Their results
 * @param latencies Latencies
 * @param measuredAt Where and when
 * @returns Markdown
 */
export function resultTables(
  scenarios: readonly Scenario[],
  results: readonly Result[],
  latencies: readonly LatencyResult[],
  measuredAt: Circumstances,
): string {
  const requests = scenarios.filter(({ kind }) => kind === "requests");
  const bodies = scenarios.filter(({ kind }) => kind !== "requests");
  const parts: string[] = [describeCircumstances(measuredAt)];
  for (const runtime of RUNTIMES) {
    const own = results.filter((result) => result.runtime === runtime);
    const ownLatencies = latencies.filter((latency) => latency.runtime === runtime);
    if (own.length + ownLatencies.length === 0) continue;
    parts.push(`### ${RUNTIME_NAMES[runtime]}`, `![Requests a second](./plots/${runtime}.svg)`);
    parts.push(...tablesOf("Requests a second", "CPU time a request, us", requests, own));
    parts.push(...tablesOf("Large bodies, MiB a second", "CPU time a MiB, us", bodies, own));
    parts.push(...latencyTable(ownLatencies));
  }
  return parts.join("\n\n");
}

function tablesOf(
  title: string,
  cpuTitle: string,
  scenarios: readonly Scenario[],
  results: readonly Result[],
): string[] {
  const some = scenarios.filter(({ name }) => results.some(({ scenario }) => scenario === name));
  if (some.length === 0) return [];
  return [
    tableOf(title, some, results, ({ perSecond }) => perSecond),
    tableOf(cpuTitle, some, results, ({ cpuMicros }) => cpuMicros),
  ];
}

/** A row for each scenario, a column for each server, and how ours compares with the native one. */
function tableOf(title: string, scenarios: readonly Scenario[], results: readonly Result[], pick: Pick): string {
  const servers = [...new Set(results.map(({ server }) => server))].filter((server) =>
    results.some((result) => result.server === server && scenarios.some(({ name }) => name === result.scenario))
  );
  const rows = scenarios.map(({ name, title }) => {
    const own = results.filter(({ scenario }) => scenario === name);
    const cells = servers.map((server) => {
      const result = own.find((each) => each.server === server);
      return result === undefined ? "" : toNumber(pick(result));
    });
    const ours = own.find(({ role }) => role === "sluice");
    const native = own.find(({ role }) => role === "native");
    const ratio = ours && native ? toNumber(pick(ours)! / pick(native)!) : "";
    return [title, ...cells, ratio];
  });
  return toTable([title, ...servers, "sluice / native"], rows);
}

function latencyTable(latencies: readonly LatencyResult[]): string[] {
  if (latencies.length === 0) return [];
  const title = `Latency at ${toNumber(latencies[0]!.pace)} requests a second, ms`;
  const rows = latencies.map(({ server, p50, p99, p999 }) => [server, toNumber(p50), toNumber(p99), toNumber(p999)]);
  return [toTable([title, "50 %", "99 %", "99.9 %"], rows)];
}

/**
 * Draws a plot for each runtime into `bench/plots/`.
 *
 * @param scenarios The scenarios
 * @param results Their results
 */
export async function drawResults(scenarios: readonly Scenario[], results: readonly Result[]): Promise<void> {
  const folder = new URL("../plots/", import.meta.url);
  await Deno.mkdir(folder, { recursive: true });
  for (const runtime of RUNTIMES) {
    const panels = scenarios.map((scenario) => toPanel(scenario, runtime, results)).filter(({ bars }) =>
      bars.length > 1
    );
    if (panels.length === 0) continue;
    const title = `${RUNTIME_NAMES[runtime]}: requests (MiB of large bodies) a second`;
    await Deno.writeTextFile(new URL(`${runtime}.svg`, folder), barCharts(title, panels));
  }
}

function toPanel({ name, title }: Scenario, runtime: RuntimeName, results: readonly Result[]): Panel {
  const bars = results.filter((result) => result.scenario === name && result.runtime === runtime);
  return {
    title,
    bars: bars.map(({ server, role, perSecond }) => ({
      label: server,
      value: perSecond,
      text: toNumber(perSecond),
      tone: TONES[role],
    })),
  };
}
