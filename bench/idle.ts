/**
 * How much memory an idle keep-alive connection holds, ours and the rivals': the resident memory of the server's process
 * before and after 5,000 connections that had one answer each, behind 20,000 exchanges of warm-up, garbage collected
 * both times.
 *
 * ```sh
 * deno task bench:idle                 # rewrites bench/README.md
 * deno task bench:idle --quick         # once; only prints
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { fileURLToPath } from "node:url";
import type { RuntimeName } from "../tests/support/runtimes.ts";
import { commandOf, type Contestant, CONTESTANTS, RUNTIME_NAMES, RUNTIMES } from "./support/catalog.ts";
import { SERVER_CORE } from "./support/cores.ts";
import { LoadTool, runTool } from "./support/load.ts";
import { circumstances, describeCircumstances, OWN_TOOL } from "./support/machine.ts";
import { installPackages } from "./support/packages.ts";
import { writePart, writeResults } from "./support/readme.ts";
import { plainGet } from "./support/requests.ts";
import { ServerProcess } from "./support/server_process.ts";
import { median } from "./support/stats.ts";
import { toNumber, toTable } from "./support/table.ts";

/** How much to do. */
interface Effort {
  readonly connections: number;
  readonly warmUp: number;
  readonly rounds: number;
}

/** What came of a server. */
interface IdleResult {
  readonly runtime: RuntimeName;
  readonly server: string;
  /** Octets a connection, the median of the rounds. */
  readonly octets: number;
}

/** What each runtime needs to collect garbage when it gets a signal. */
const COLLECTOR = fileURLToPath(new URL("support/collect_garbage.ts", import.meta.url));
const FLAGS: Readonly<Record<RuntimeName, readonly string[]>> = {
  deno: ["--v8-flags=--expose-gc", `--preload=${COLLECTOR}`],
  node: ["--expose-gc", `--import=${COLLECTOR}`],
  bun: [`--preload=${COLLECTOR}`],
};

/**
 * How long memory has to settle, three times, in ms: runtimes give it back in their own time. All of it must be over
 * before node:http closes what is idle for 5 s.
 */
const SETTLES = 1000;

const KIB = 1024;

if (import.meta.main) await main(Deno.args);

async function main(args: string[]): Promise<void> {
  const { quick } = parseArgs(args, { boolean: ["quick"] });
  const effort: Effort = { connections: 5000, warmUp: 20_000, rounds: quick ? 1 : 3 };
  await installPackages();
  const results: IdleResult[] = [];
  for (const runtime of RUNTIMES) {
    const contestants = CONTESTANTS[runtime];
    const rounds = contestants.map((): number[] => []);
    for (let round = 0; round < effort.rounds; round++) {
      for (const [index, contestant] of contestants.entries()) {
        rounds[index]!.push(await measure(runtime, contestant, effort));
      }
    }
    contestants.forEach(({ name }, index) => results.push({ runtime, server: name, octets: median(rounds[index]!) }));
  }
  const measuredAt = await circumstances("bench:idle", args, OWN_TOOL);
  const text = toText(results, effort, describeCircumstances(measuredAt));
  console.log(text);
  if (quick) return;
  await writeResults("idle", { ...measuredAt, effort, results });
  await writePart("idle", text);
}

function toText(results: readonly IdleResult[], { connections, warmUp }: Effort, circumstances: string): string {
  const servers = [...new Set(results.map(({ server }) => server))];
  const rows = servers.map((server) => [
    server,
    ...RUNTIMES.map((runtime) => {
      const result = results.find((each) => each.server === server && each.runtime === runtime);
      return result ? toNumber(result.octets / KIB) : "";
    }),
  ]);
  return [
    `KiB for each of ${toNumber(connections)} idle keep-alive connections, after ${toNumber(warmUp)} exchanges.`,
    circumstances,
    toTable(["server", ...RUNTIMES.map((runtime) => RUNTIME_NAMES[runtime])], rows),
  ].join("\n\n");
}

/** Gives octets a connection. */
async function measure(runtime: RuntimeName, contestant: Contestant, effort: Effort): Promise<number> {
  const command = await commandOf(runtime, contestant, FLAGS[runtime]);
  await using server = await ServerProcess.start(command, SERVER_CORE);
  const load = { port: server.port, request: plainGet("/"), depth: 1 };
  await runTool({ work: "closed", ...load, connections: 64, seconds: 60, requests: effort.warmUp });
  const before = await settledMemory(server);
  await using idle = await LoadTool.start({ work: "idle", ...load, connections: effort.connections, seconds: 0 });
  await idle.result();
  const after = await settledMemory(server);
  if (server.descriptors() < effort.connections) {
    throw new Error(`Cannot measure ${contestant.name}: it has closed idle connections`);
  }
  return (after - before) / effort.connections;
}

async function settledMemory(server: ServerProcess): Promise<number> {
  for (let i = 0; i < 2; i++) {
    await new Promise((resolve) => setTimeout(resolve, SETTLES));
    server.signal("SIGUSR2");
  }
  await new Promise((resolve) => setTimeout(resolve, SETTLES));
  return server.memory();
}
