/**
 * All campaigns on one runtime, one attack after the other, each tried again when it fails, on new servers: the wait of
 * other clients is measured on a machine that others may use, too.
 *
 * @module
 */

import { startOwn, type Subject } from "../contract/runtimes.ts";
import { descriptorLimit } from "../support/process_facts.ts";
import type { RuntimeName } from "../support/runtimes.ts";
import { type Attack, type Campaign, pause } from "./attack.ts";
import { AttackerProcess } from "./attacker_process.ts";
import { CAMPAIGNS, WARM_UP } from "./campaigns.ts";
import { endure, type Fault, judge, listenToQuiet, type Measures, MOST_GROWTH, type Target } from "./trial.ts";

/** How much to do. */
export interface Effort {
  /** How long clients come again, in ms. */
  readonly lastsMs: number;
  /** How long a server is measured that nobody attacks, in ms. */
  readonly quietMs: number;
  /** How many times as many clients attack. */
  readonly times: number;
  /** The only row of the table whose attacks are led; all if it is not given. */
  readonly row?: string | undefined;
  /** Whether an attack is tried again for a figure that is over its bound, too. */
  readonly judgesFigures: boolean;
}

/** What came of an attack. */
export interface Result {
  /** The attack. */
  readonly attack: Attack;
  /** How many clients there were at once. */
  readonly clients: number;
  /** What was measured in the last try. */
  readonly measures: Measures;
  /** What was wrong in each try; the last is empty if it is well. */
  readonly tries: readonly (readonly Fault[])[];
}

/** The servers of a campaign. */
interface Scene {
  /** The one that is attacked. */
  readonly subject: Subject;
  /** One like it that is not; see `Target`. */
  readonly twin: Subject | undefined;
  /** Whether they speak TLS. */
  readonly tls: boolean;
  /** The 99th percentile of what clients wait while nobody attacks, in ms; NaN where others are kept out. */
  readonly quiet: number;
  /** Ends them. */
  readonly servers: AsyncDisposableStack;
}

/** Receives the results one after the other. */
export type OnResult = (result: Result) => Promise<void> | void;

/**
 * The environment of a server. V8 doubles the room for young objects, up to 3 x 16 MiB, in steps that any load may bring:
 * 10,000 connections had Deno grow by 105 to 130 MiB with it and by 60 to 70 without. What is held is what counts.
 */
const ENVIRONMENT = { DENO_V8_FLAGS: "--max-semi-space-size=1", NODE_OPTIONS: "--max-semi-space-size=1" } as const;

/** How often an attack is tried at most. */
const TRIES = 3;

/** How long a server is warmed up, in ms. */
const WARM_UP_MS = 1000;

/** How long behind its first answer a server may open what it needs itself, in ms: Deno opens a pair of sockets then. */
const SETTLING_MS = 500;

/** Descriptors that the attacker needs beside its connections, and leaves to the server. */
const SPARE = 1000;

/**
 * Leads all campaigns against servers on a runtime.
 *
 * @param runtime The runtime
 * @param effort How much to do
 * @param onResult Told of each attack
 * @throws {Error} If a server does not live through it, or complains
 */
export async function leadCampaigns(runtime: RuntimeName, effort: Effort, onResult: OnResult): Promise<void> {
  await using attacker = new AttackerProcess();
  const isWanted = ({ id }: Attack): boolean => effort.row === undefined || id === effort.row;
  for (const campaign of CAMPAIGNS) {
    if (campaign.attacks.some(isWanted)) await lead(campaign, isWanted, runtime, effort, attacker, onResult);
  }
}

async function lead(
  campaign: Campaign,
  isWanted: (attack: Attack) => boolean,
  runtime: RuntimeName,
  effort: Effort,
  attacker: AttackerProcess,
  onResult: OnResult,
): Promise<void> {
  let scene = await setUp(campaign, runtime, effort, attacker);
  try {
    for (const [index, attack] of campaign.attacks.entries()) {
      if (!isWanted(attack)) continue;
      const clients = affordable(attack, effort.times);
      const mostGrowth = MOST_GROWTH + clients * (campaign.growthPerClient?.[runtime] ?? 0);
      const tries: Fault[][] = [];
      let measures: Measures;
      for (;;) {
        const target: Target = { subject: scene.subject, twin: scene.twin, tls: scene.tls, mostGrowth };
        const work = { campaign: campaign.name, index, tls: false, clients, lastsMs: effort.lastsMs };
        measures = await endure(target, scene.quiet, () => attacker.attack({ ...work, port: target.subject.port }));
        tries.push(judge(attack, measures, target));
        const isWell = tries.at(-1)!.every(({ isFigure }) => isFigure && !effort.judgesFigures);
        if (isWell || tries.length === TRIES) break;
        // A server that has grown, or has kept something, is not to be measured from there.
        await leave(scene);
        scene = await setUp(campaign, runtime, effort, attacker);
      }
      await onResult({ attack, clients, measures, tries });
    }
    // It serves again, whatever was done to it.
    await listenToQuiet(scene.subject, scene.tls, 0);
  } finally {
    await leave(scene);
  }
}

/** Starts the servers of a campaign, warms them up, and listens to what is quiet. */
async function setUp(
  { wishes, descriptors }: Campaign,
  runtime: RuntimeName,
  effort: Effort,
  attacker: AttackerProcess,
): Promise<Scene> {
  const tls = wishes.tls ?? false;
  await using servers = new AsyncDisposableStack();
  const start = async (options: { descriptors?: number }): Promise<Subject> =>
    servers.use(await startOwn(runtime, wishes, { env: ENVIRONMENT, ...options }));
  const subject = await start(descriptors === undefined ? {} : { descriptors });
  const twin = descriptors === undefined ? await start({}) : undefined;
  for (const { port } of twin ? [subject, twin] : []) {
    await attacker.attack({ port, campaign: WARM_UP.name, index: 0, tls, clients: 32, lastsMs: WARM_UP_MS });
  }
  const quiet = await listenToQuiet(subject, tls, twin ? effort.quietMs : 0);
  if (twin === undefined) await pause(SETTLING_MS);
  return { subject, twin, tls, quiet: twin ? quiet : NaN, servers: servers.move() };
}

/** Ends the servers. What they report goes to `onError`; what stands on standard error was caught by nobody. */
async function leave({ subject, servers }: Scene): Promise<void> {
  await servers.disposeAsync();
  if (subject.stderr() !== "") throw new Error(`The server complains: ${subject.stderr()}`);
}

/** As many clients as there are descriptors for, at most. */
function affordable({ clients, comesOnce }: Attack, times: number): number {
  // Of those that come once there are enough.
  const wanted = comesOnce ? clients : clients * times;
  const limit = descriptorLimit("self") - SPARE;
  return limit < wanted ? limit : wanted;
}
