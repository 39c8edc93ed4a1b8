/**
 * Restarts servers under load, one after the other, and holds what the clients saw against what the servers took.
 *
 * A socket is `handed on` when a supervisor holds it and each server is given its descriptor: the next server serves
 * before the last one ends. It is `closed` when each server opens and closes it itself, and the next one can only come
 * once the last one has let it go.
 *
 * @module
 */

import type { RuntimeName } from "../support/runtimes.ts";
import { ListeningSocket } from "../support/listening_socket.ts";
import { startSubject, type Subject } from "../support/subject.ts";
import { pause } from "../contract/octet_client.ts";
import type { Report } from "./restart_app.ts";
import type { RestartWishes } from "./restart_subject.ts";
import { ask, emptyTally, type Manner, type Tally } from "./strict_client.ts";

/** What becomes of the listening socket. */
export type SocketFate = "handed on" | "closed";

/** What to do. */
export interface RestartPlan {
  /** The runtime of the servers. */
  readonly runtime: RuntimeName;
  /** What becomes of the listening socket. */
  readonly socket: SocketFate;
  /** How often a server is replaced. */
  readonly restarts: number;
  /** How a server is ended. @default {"SIGTERM"} */
  readonly signal?: Deno.Signal;
}

/** What came of it. */
export interface Outcome extends Tally {
  /** How many servers were replaced. */
  readonly restarts: number;
  /** What must not be: requests that were accepted and have no answer, and whatever else contradicts. */
  readonly faults: readonly string[];
}

const SUBJECT = new URL("restart_subject.ts", import.meta.url);

/** The grace of each server's end, in ms: longer than clients think, so that idle ones ask once more. */
const GRACE = 60;

/** How long each server serves before it is replaced, in ms. */
const TERM = 40;

/** How long the next answer may take after a restart, in ms. */
const PATIENCE = 10_000;

/** The clients, of each manner so many. */
const MANNERS: readonly (Manner & { readonly clients: number })[] = [
  { depth: 1, requests: Infinity, clients: 2 },
  { depth: 1, requests: Infinity, thinks: 20, clients: 4 },
  { depth: 8, requests: Infinity, clients: 2 },
  { depth: 8, requests: 40, clients: 2 },
  { depth: 1, requests: 1, clients: 2 },
];

/**
 * Restarts servers under load.
 *
 * @param plan What to do
 * @returns What came of it
 */
export async function restartUnderLoad(plan: RestartPlan): Promise<Outcome> {
  using socket = plan.socket === "handed on" ? new ListeningSocket() : undefined;
  const wishes: RestartWishes = { grace: GRACE, ...(socket && { fd: socket.fd }) };
  const start = (port: number): Promise<Subject> =>
    startSubject(plan.runtime, SUBJECT, { port, args: [JSON.stringify(wishes)] });
  const servers: Subject[] = [await start(0)];
  const { port } = servers[0]!;
  const tally = emptyTally();
  const stop = new AbortController();
  const asking = MANNERS.flatMap((manner) =>
    Array.from({ length: manner.clients }, () => ask(port, manner, tally, stop.signal))
  );
  try {
    for (let i = 0; i < plan.restarts; i++) {
      await pause(TERM);
      const last = servers.at(-1)!;
      if (plan.socket === "closed") await last.stop();
      servers.push(await start(port));
      last.kill(plan.signal ?? "SIGTERM");
      if (!await isAnswered(tally)) tally.broken.push(`nobody was answered in ${PATIENCE} ms after restart ${i + 1}`);
    }
    stop.abort();
    await Promise.all(asking);
  } finally {
    stop.abort();
    await Promise.all(servers.map((server) => server.stop()));
  }
  return { ...tally, restarts: servers.length - 1, faults: await faultsOf(servers, tally) };
}

/** Waits for one more answer. */
async function isAnswered({ answered }: Tally): Promise<boolean> {
  const before = answered.size;
  for (const end = performance.now() + PATIENCE; performance.now() < end; await pause(1)) {
    if (answered.size > before) return true;
  }
  return false;
}

/** Holds both sides against each other. */
async function faultsOf(servers: readonly Subject[], tally: Tally): Promise<string[]> {
  const faults = [...tally.broken];
  const taken = new Set<number>();
  for (const server of servers) {
    const { code } = await server.status;
    if (code !== 0 || server.stderr() !== "") faults.push(`a server ended with ${code}: ${server.stderr()}`);
    const line = server.lines.find((line) => line.startsWith("report "));
    const report: Report = line === undefined ? { taken: [], completed: [] } : JSON.parse(line.slice(7));
    if (line === undefined) faults.push("a server ended without a report");
    for (const id of report.taken) {
      if (taken.has(id)) faults.push(`request ${id} was taken twice`);
      taken.add(id);
      if (!tally.answered.has(id)) faults.push(`request ${id} was accepted and has no answer`);
    }
    if (report.completed.length !== report.taken.length) {
      faults.push(`a server took ${report.taken.length} requests and completed ${report.completed.length}`);
    }
  }
  for (const id of tally.answered) if (!taken.has(id)) faults.push(`request ${id} has an answer and was not taken`);
  return faults;
}

/**
 * Says in a line what came of it.
 *
 * @param outcome What came of it
 * @returns The line
 */
export function describeOutcome(outcome: Outcome): string {
  const { restarts, answered, unanswered, refused, resets, resetsBeforeAnswer, connections, faults } = outcome;
  return `${restarts} restarts, ${connections} connections, ${answered.size} requests answered, ` +
    `${unanswered.size} not taken, ${resets} resets (${resetsBeforeAnswer} before any answer), ` +
    `${refused} connects refused, ${faults.length} lost`;
}
