/**
 * The abuse table with more clients and more time than the tests take: `deno task abuse [--seconds N] [--times N]
 * [--only RUNTIME] [--row ID]`. It prints the table of tests/README.md; the exit code is 1 if a bound does not hold.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { circumstances, describeCircumstances } from "../../bench/support/machine.ts";
import { RUNTIMES } from "../contract/runtimes.ts";
import { type Results, toMarkdown, toText } from "./report.ts";
import { endInSiege } from "./siege.ts";
import { type Effort, leadCampaigns, type Result } from "./war.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Attacks all and gives the exit code. */
async function main(args: string[]): Promise<number> {
  const { seconds, times, only, row } = parseArgs(args, {
    string: ["seconds", "times", "only", "row"],
    // Others ask 125 times a second: of a thousand answers the 99th percentile is no longer the third worst.
    default: { seconds: "8", times: "2" },
  });
  const lastsMs = Number(seconds) * 1000;
  const effort: Effort = { lastsMs, quietMs: lastsMs, times: Number(times), row, judgesFigures: true };
  if (!(effort.lastsMs > 0 && effort.times >= 1)) throw new RangeError("--seconds and --times are numbers above 0");
  const all: Results[] = [];
  for (const runtime of RUNTIMES.filter((name) => only === undefined || name === only)) {
    const results: Result[] = [];
    await leadCampaigns(runtime, effort, (result) => {
      console.error(
        `${runtime}: ${result.attack.id}: ${result.attack.name}\n  ${toText(result).replaceAll("\n", "\n  ")}`,
      );
      results.push(result);
    });
    all.push({ runtime, results, siegeMs: await endInSiege(runtime) });
  }
  console.log(`${toMarkdown(all)}\n\n${describeCircumstances(await circumstances("abuse", args))}`);
  return all.some(({ results }) => results.some(({ tries }) => tries.at(-1)!.length > 0)) ? 1 : 0;
}
