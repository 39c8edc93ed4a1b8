/**
 * What a soak came to, as a chart and in Markdown.
 *
 * @module
 */

import { lineChart } from "./line_chart.ts";
import type { Sample } from "./samples.ts";
import { type SoakResult, verdictOf } from "./soak.ts";

const MIB = 1_048_576;

/**
 * Draws the memory of each server over time.
 *
 * @param results What came of each
 * @returns The SVG
 */
export function chartOf(results: readonly SoakResult[]): string {
  return lineChart(
    "Memory under mixed load with faults",
    results.map(({ runtime, samples }) => ({
      title: runtime,
      lines: [
        { label: "resident memory, MiB", tone: "memory", points: pointsOf(samples, "memory") },
        { label: "JavaScript heap, MiB", tone: "heap", points: pointsOf(samples, "heap") },
      ],
    })),
  );
}

/**
 * Puts the results into a table.
 *
 * @param results What came of each
 * @returns The Markdown
 */
export function tableOf(results: readonly SoakResult[]): string {
  const rows = results.map((result) => {
    const { runtime, samples, first, last, episodes, answers, growth } = result;
    const memory = `${mib(samples[0]?.memory)} to ${mib(samples.at(-1)?.memory)} MiB`;
    const verdict = verdictOf(result);
    return [
      runtime,
      [...episodes.values()].reduce((sum, count) => sum + count, 0),
      answers,
      last.ended,
      `${memory}, ${(growth / MIB).toFixed(2)} MiB a minute`,
      `${first.descriptors}, ${last.descriptors}`,
      `${first.timers}, ${last.timers}`,
      verdict.length === 0 ? "nothing" : verdict.join("; "),
    ].join(" | ");
  });
  return [
    "| server | episodes | answers checked | exchanges | resident memory | descriptors before, after | timers | found |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
  ].join("\n");
}

function pointsOf(samples: readonly Sample[], name: "memory" | "heap"): [number, number][] {
  return samples.map((sample) => [sample.ms / 60_000, sample[name] / MIB]);
}

function mib(octets: number = NaN): string {
  return (octets / MIB).toFixed(0);
}
