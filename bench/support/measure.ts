/**
 * Measures a scenario on one runtime: all its servers are started and warmed up, then each is driven in every round, so
 * that what the machine does meanwhile is done to all of them.
 *
 * @module
 */

import type { RuntimeName } from "../../tests/support/runtimes.ts";
import { commandOf, type Contestant } from "./catalog.ts";
import { SERVER_CORE } from "./cores.ts";
import { type Load, type LoadResult, LoadTool, runTool } from "./load.ts";
import { contentOf, exchangeOnce } from "./probe.ts";
import { ACTIVE, type Scenario } from "./scenarios.ts";
import { ServerProcess } from "./server_process.ts";
import { median, spread } from "./stats.ts";
import { hasWrk, runWrk } from "./wrk.ts";

/** How long to measure. */
export interface Effort {
  /** How often each server is driven. */
  readonly rounds: number;
  /** For how long each time, in s; bodies take the time they take. */
  readonly seconds: number;
  /** For how long before it counts. */
  readonly warmUpSeconds: number;
  /** Octets of a large body. */
  readonly octets: number;
}

/** What came of a server in a scenario: medians over the rounds. */
export interface Result {
  readonly scenario: string;
  readonly runtime: RuntimeName;
  readonly server: string;
  readonly role: Contestant["role"];
  /** Requests a second; for large bodies MiB a second. */
  readonly perSecond: number;
  /** The server's time on the processor, in us a request; for large bodies in us a MiB. Undefined where unknown. */
  readonly cpuMicros: number | undefined;
  /** How far the rounds lie apart, as a part of the median. */
  readonly spread: number;
}

/** A server in the race. */
interface Racer {
  readonly contestant: Contestant;
  readonly server: ServerProcess;
  readonly perSecond: number[];
  readonly cpuMicros: number[];
}

const MIB = 1_048_576;

/**
 * Measures.
 *
 * @param scenario What
 * @param runtime Where
 * @param effort How long
 * @returns What came of each server
 * @throws {Error} If a server does not start, or answers wrongly
 */
export async function measure(scenario: Scenario, runtime: RuntimeName, effort: Effort): Promise<Result[]> {
  await using started = new AsyncDisposableStack();
  const racers: Racer[] = [];
  for (const contestant of scenario.contestants(runtime)) {
    const server = started.use(await ServerProcess.start(await commandOf(runtime, contestant), SERVER_CORE));
    await checkAnswer(scenario, server, contestant);
    if (scenario.idle) started.use(await holdIdle(scenario, server));
    if (scenario.kind === "requests") await drive(scenario, server, effort, effort.warmUpSeconds);
    racers.push({ contestant, server, perSecond: [], cpuMicros: [] });
  }
  for (let round = 0; round < effort.rounds; round++) {
    // Each round begins with another one.
    const order = racers.map((_, index) => racers[(index + round) % racers.length]!);
    for (const racer of order) await race(scenario, racer, effort);
  }
  return racers.map(({ contestant, perSecond, cpuMicros }) => ({
    scenario: scenario.name,
    runtime,
    server: contestant.name,
    role: contestant.role,
    perSecond: median(perSecond),
    cpuMicros: cpuMicros.some(Number.isNaN) ? undefined : median(cpuMicros),
    spread: spread(perSecond),
  }));
}

async function race(scenario: Scenario, racer: Racer, effort: Effort): Promise<void> {
  const before = racer.server.cpuMs();
  const { requests, seconds } = await drive(scenario, racer.server, effort, effort.seconds);
  const units = scenario.kind === "requests" ? requests : effort.octets / MIB;
  racer.perSecond.push(units / seconds);
  racer.cpuMicros.push((racer.server.cpuMs() - before) * 1000 / units);
}

function drive(scenario: Scenario, server: ServerProcess, effort: Effort, seconds: number): Promise<LoadResult> {
  const { request, kind, depth = 1 } = scenario;
  const load: Load = { port: server.port, request, connections: ACTIVE, depth, seconds };
  if (kind !== "requests") return runTool({ work: kind, ...load, octets: effort.octets });
  return hasWrk ? runWrk(load) : runTool({ work: "closed", ...load });
}

/** A fast wrong answer is worth nothing. */
async function checkAnswer(scenario: Scenario, server: ServerProcess, { name }: Contestant): Promise<void> {
  if (scenario.kind !== "requests") return;
  const answer = await exchangeOnce(server.port, scenario.request.head + scenario.request.body);
  if (answer.startsWith("HTTP/1.1 200 ") && contentOf(answer).startsWith(scenario.expects)) return;
  throw new Error(`Cannot measure ${scenario.name}: ${name} answers ${JSON.stringify(answer.slice(0, 200))}`);
}

async function holdIdle(scenario: Scenario, server: ServerProcess): Promise<LoadTool> {
  const { request, idle = 0 } = scenario;
  const tool = await LoadTool.start({
    ...{ work: "idle", port: server.port, request, connections: idle, depth: 1, seconds: 0 },
  });
  await tool.result();
  return tool;
}

/** Latencies at a given pace, in ms: medians over the rounds. */
export interface LatencyResult {
  readonly runtime: RuntimeName;
  readonly server: string;
  /** Requests a second. */
  readonly pace: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** What our own tool keeps up with; half of what the servers can do is more. */
const MOST_PACE = 20_000;

/**
 * Measures latencies at the same pace for each server: half of what the slowest of them can do, as far as the load
 * tool can do that.
 *
 * @param scenario What
 * @param runtime Where
 * @param effort How long
 * @returns What came of each server
 */
export async function measureLatency(
  scenario: Scenario,
  runtime: RuntimeName,
  effort: Effort,
): Promise<LatencyResult[]> {
  await using started = new AsyncDisposableStack();
  const racers: { server: ServerProcess; name: string; rounds: number[][] }[] = [];
  let pace = MOST_PACE;
  for (const contestant of scenario.contestants(runtime)) {
    const server = started.use(await ServerProcess.start(await commandOf(runtime, contestant), SERVER_CORE));
    const { requests, seconds } = await drive(scenario, server, effort, effort.warmUpSeconds);
    pace = Math.min(pace, Math.floor(requests / seconds / 2));
    racers.push({ server, name: contestant.name, rounds: [] });
  }
  for (let round = 0; round < effort.rounds; round++) {
    for (const { server, rounds } of racers) {
      const load = { port: server.port, request: scenario.request, connections: ACTIVE, depth: 1 };
      const { p50, p99, p999 } = await runTool({
        ...{ work: "paced", perSecond: pace, seconds: effort.seconds },
        ...load,
      });
      rounds.push([p50!, p99!, p999!]);
    }
  }
  return racers.map(({ name, rounds }) => {
    const [p50, p99, p999] = [0, 1, 2].map((index) => median(rounds.map((round) => round[index]!)));
    return { runtime, server: name, pace, p50: p50!, p99: p99!, p999: p999! };
  });
}
