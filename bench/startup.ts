/**
 * How long servers take from the start of their process to their first answer, ours and the rivals'.
 *
 * ```sh
 * deno task bench:startup              # rewrites bench/README.md
 * deno task bench:startup --quick      # three times each; only prints
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import type { RuntimeName } from "../tests/support/runtimes.ts";
import { commandOf, CONTESTANTS, RUNTIME_NAMES, RUNTIMES } from "./support/catalog.ts";
import { SERVER_CORE } from "./support/cores.ts";
import { circumstances, describeCircumstances } from "./support/machine.ts";
import { installPackages } from "./support/packages.ts";
import { writePart, writeResults } from "./support/readme.ts";
import { ServerProcess } from "./support/server_process.ts";
import { median } from "./support/stats.ts";
import { toNumber, toTable } from "./support/table.ts";

/** What came of a server. */
interface StartResult {
  readonly runtime: RuntimeName;
  readonly server: string;
  /** From the start to the first answer, the median, in ms. */
  readonly ms: number;
}

if (import.meta.main) await main(Deno.args);

async function main(args: string[]): Promise<void> {
  const { quick } = parseArgs(args, { boolean: ["quick"] });
  await installPackages();
  const results: StartResult[] = [];
  for (const runtime of RUNTIMES) results.push(...await measure(runtime, quick ? 3 : 15));
  const measuredAt = await circumstances("bench:startup", args);
  const servers = [...new Set(results.map(({ server }) => server))];
  const rows = servers.map((server) => [
    server,
    ...RUNTIMES.map((runtime) => {
      const result = results.find((each) => each.server === server && each.runtime === runtime);
      return result ? toNumber(result.ms) : "";
    }),
  ]);
  const text = [
    "Milliseconds from the start of the process to its first answer.",
    describeCircumstances(measuredAt),
    toTable(["server", ...RUNTIMES.map((runtime) => RUNTIME_NAMES[runtime])], rows),
  ].join("\n\n");
  console.log(text);
  if (quick) return;
  await writeResults("startup", { ...measuredAt, results });
  await writePart("startup", text);
}

async function measure(runtime: RuntimeName, rounds: number): Promise<StartResult[]> {
  const contestants = CONTESTANTS[runtime];
  const times = contestants.map((): number[] => []);
  // The first round fills caches, the runtime's and the system's.
  for (let round = -1; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      await using server = await ServerProcess.start(await commandOf(runtime, contestant), SERVER_CORE);
      if (round >= 0) times[index]!.push(server.startMs);
    }
  }
  return contestants.map(({ name }, index) => ({ runtime, server: name, ms: median(times[index]!) }));
}
