/**
 * How long servers take from the start of their process to their first answer, ours and the rivals'. On Node.js and Bun
 * all run as the JavaScript that their users have of them; ours as TypeScript too.
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
import {
  commandOf,
  type Contestant,
  CONTESTANTS,
  moduleOf,
  RUNTIME_NAMES,
  RUNTIMES,
  SLUICE_GREETING,
} from "./support/catalog.ts";
import { SERVER_CORE } from "./support/cores.ts";
import { JavaScriptFolder } from "./support/javascript.ts";
import { circumstances, describeCircumstances } from "./support/machine.ts";
import { installPackages } from "./support/packages.ts";
import { writePart, writeResults } from "./support/readme.ts";
import { type ServerCommand, ServerProcess } from "./support/server_process.ts";
import { median } from "./support/stats.ts";
import { toNumber, toTable } from "./support/table.ts";

/** A server as it is started. */
interface Start {
  readonly name: string;
  readonly command: ServerCommand;
}

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
  await using javaScript = await JavaScriptFolder.write(
    RUNTIMES.flatMap((runtime) => contestantsOn(runtime).map(moduleOf)),
  );
  for (const runtime of RUNTIMES) {
    results.push(...await measure(runtime, await startsOn(runtime, javaScript), quick ? 3 : 15));
  }
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

/** Ours greets and no more, as the rivals' small files do. */
function contestantsOn(runtime: RuntimeName): Contestant[] {
  return CONTESTANTS[runtime].map((contestant) => {
    return contestant.role === "sluice" ? SLUICE_GREETING[runtime] : contestant;
  });
}

/** Deno's users have the sources, and Deno keeps what it made of them. */
async function startsOn(runtime: RuntimeName, javaScript: JavaScriptFolder): Promise<Start[]> {
  const written = runtime === "deno" ? undefined : javaScript;
  const starts: Start[] = [];
  for (const contestant of contestantsOn(runtime)) {
    starts.push({ name: contestant.name, command: await commandOf(runtime, contestant, [], written) });
    if (contestant.role !== "sluice" || written === undefined) continue;
    starts.push({ name: `${contestant.name}, sources`, command: await commandOf(runtime, contestant) });
  }
  return starts;
}

async function measure(runtime: RuntimeName, starts: readonly Start[], rounds: number): Promise<StartResult[]> {
  const times = starts.map((): number[] => []);
  // The first round fills caches, the runtime's and the system's.
  for (let round = -1; round < rounds; round++) {
    for (let turn = 1; turn <= starts.length; turn++) {
      // Each round begins with another one.
      const index = (round + turn) % starts.length;
      await using server = await ServerProcess.start(starts[index]!.command, SERVER_CORE);
      if (round >= 0) times[index]!.push(server.startMs);
    }
  }
  return starts.map(({ name }, index) => ({ runtime, server: name, ms: median(times[index]!) }));
}
