/**
 * `deno task soak [--minutes M] [--runtime deno|node|bun]`: soaks a server on each runtime, side by side, and prints what
 * came of it. If it was all three, the table goes into tests/README.md and the chart into tests/soak.svg. The exit code
 * is 1 if anything was found.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { circumstances, describeCircumstances } from "../../bench/support/machine.ts";
import { replacePart } from "../../bench/support/readme.ts";
import { RUNTIMES } from "../contract/runtimes.ts";
import { chartOf, tableOf } from "./report.ts";
import { soak, verdictOf } from "./soak.ts";

const README = new URL("../README.md", import.meta.url);
const CHART = new URL("../soak.svg", import.meta.url);

/** How many samples are taken of a server, as far as they do not come closer than a second. */
const SAMPLES = 120;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
  const { minutes, runtime } = parseArgs(args, {
    string: ["minutes", "runtime"],
    default: { minutes: "1" },
  });
  const ms = Number(minutes) * 60_000;
  const runtimes = RUNTIMES.filter((name) => runtime === undefined || name === runtime);
  if (!(ms > 0) || runtimes.length === 0) {
    console.error("Cannot soak: --minutes wants a number over 0, --runtime deno, node or bun");
    return 2;
  }

  const intervalMs = Math.max(1000, ms / SAMPLES);
  const results = await Promise.all(runtimes.map((name) => soak({ runtime: name, ms, intervalMs })));
  const said = describeCircumstances(await circumstances("soak", args));
  const table = `${said}\n\n${tableOf(results)}`;
  console.log(table);
  if (runtime === undefined) {
    await Deno.writeTextFile(CHART, chartOf(results));
    const part = `${table}\n\n![Memory over time](soak.svg)`;
    await Deno.writeTextFile(README, replacePart(await Deno.readTextFile(README), "soak", part));
    await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", README.pathname] }).output();
  }
  return results.every((result) => verdictOf(result).length === 0) ? 0 : 1;
}
