/**
 * The soak of one server: loads it with episodes for a while, samples what it holds, and looks what is left behind.
 *
 * @module
 */

import { OctetClient, pause } from "../contract/octet_client.ts";
import type { RuntimeName } from "../support/runtimes.ts";
import { startSubject, type Subject } from "../support/subject.ts";
import { EPISODES, type Stage } from "./episodes.ts";
import { growthOf, leftBehind, MOST_GROWTH, type Sample } from "./samples.ts";
import type { State } from "./soak_subject.ts";

/**
 * The environment of a server, in which resident memory tells what is held and not the highest need there ever was. V8
 * doubles the room for young objects, up to 3 x 16 MiB, in steps that come minutes apart under so little load; glibc's
 * malloc keeps what is freed for its next use, in an arena for each thread.
 */
const ENVIRONMENT = {
  DENO_V8_FLAGS: "--expose-gc,--max-semi-space-size=1",
  NODE_OPTIONS: "--max-semi-space-size=1",
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "65536",
  MALLOC_TRIM_THRESHOLD_: "65536",
} as const;

/** What to do. */
export interface SoakPlan {
  /** The runtime of the server. */
  readonly runtime: RuntimeName;
  /** How long the load lasts, in ms. */
  readonly ms: number;
  /** The time between two samples, in ms. */
  readonly intervalMs: number;
  /** How long the server may take until nothing is left of its load, in ms. @default {15000} */
  readonly patienceMs?: number;
  /** Whether the server is to leak, which has to be noticed. @default {false} */
  readonly leaks?: boolean;
}

/** What came of it. */
export interface SoakResult {
  /** The runtime of the server. */
  readonly runtime: RuntimeName;
  /** The samples under load. */
  readonly samples: readonly Sample[];
  /** The sample before the load. */
  readonly first: Sample;
  /** The sample after it. */
  readonly last: Sample;
  /** How often each episode took place. */
  readonly episodes: ReadonlyMap<string, number>;
  /** How many answers were taken and checked. */
  readonly answers: number;
  /** How much memory grew after the warm-up, in octets a minute. */
  readonly growth: number;
  /** What went wrong, the growth left out: a short soak cannot tell it. */
  readonly faults: readonly string[];
}

const SUBJECT = new URL("soak_subject.ts", import.meta.url);

/** How many episodes take place at a time. */
const LANES = 6;

/** Before the first sample each episode takes place so often: what is opened once for all is no leak. */
const REHEARSALS = 2;

/** How long what closes last may take, a linger and all, in ms. */
const SETTLING = 1500;

/** So many samples may differ from the one before, until a server is taken for one that finds no rest. */
const MOST_UNSTEADY = 10;

/** How long the connection of a sample may take to go, in ms. */
const ASKED = 50;

/** Of what goes wrong again and again, so much is told. */
const MOST_FAULTS = 20;

/**
 * Soaks a server.
 *
 * @param plan What to do
 * @returns What came of it
 */
export async function soak(plan: SoakPlan): Promise<SoakResult> {
  const subject = await startSubject(plan.runtime, SUBJECT, { env: ENVIRONMENT });
  const load = new Load(subject);
  try {
    await load.rehearse();
    await pause(SETTLING);
    const first = await steady(subject);
    const startedAt = performance.now();
    const end = startedAt + plan.ms;
    const samples: Sample[] = [];
    const lanes = Array.from({ length: LANES }, () => load.play(end));
    if (plan.leaks) await ask(subject, "/soak/leak");
    while (performance.now() < end) {
      await pause(Math.min(plan.intervalMs, Math.max(0, end - performance.now())));
      samples.push(await sample(subject, startedAt));
    }
    await Promise.all(lanes);
    const last = await settled(subject, first, plan.patienceMs ?? 15_000);
    const { code } = await subject.stop();
    const faults = [...load.faults, ...leftBehind(first, last)];
    if (code !== 0) faults.push(`the server ended with ${code}`);
    if (subject.stderr() !== "") faults.push(`the server wrote ${subject.stderr().slice(0, 300)}`);
    const { episodes, answers } = load;
    return { runtime: plan.runtime, samples, first, last, episodes, answers, growth: growthOf(samples), faults };
  } finally {
    await subject.stop(0);
  }
}

/**
 * Says what a soak of some minutes holds against a server.
 *
 * @param result What came of it
 * @returns All that went wrong, the growth too
 */
export function verdictOf({ growth, faults }: SoakResult): string[] {
  if (growth < MOST_GROWTH) return [...faults];
  return [...faults, `memory grows by ${(growth / 1_048_576).toFixed(2)} MiB a minute`];
}

/** The clients. */
class Load {
  readonly #stage: Omit<Stage, "id">;
  readonly episodes: Map<string, number> = new Map();
  readonly faults: string[] = [];
  answers = 0;
  #lastId = 0;

  constructor({ port, lines }: Subject) {
    const tls = lines.find((line) => line.startsWith("tls "));
    this.#stage = { port, tls: Number(tls?.slice(4)) };
  }

  async rehearse(): Promise<void> {
    for (let i = 0; i < REHEARSALS; i++) {
      for (const name of Object.keys(EPISODES)) await this.#run(name);
    }
  }

  /** Plays episodes, each as often as any other, in an order that changes. */
  async play(end: number): Promise<void> {
    const names = Object.keys(EPISODES);
    // A step that has no divisor in common with their number comes to each of them.
    for (let at = this.#lastId; performance.now() < end; at += 7) await this.#run(names[at % names.length]!);
  }

  async #run(name: string): Promise<void> {
    const id = ++this.#lastId;
    try {
      this.answers += await EPISODES[name]!({ ...this.#stage, id });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.faults.length < MOST_FAULTS) this.faults.push(`${name}: ${reason.split("\n")[0]}`);
    }
    this.episodes.set(name, (this.episodes.get(name) ?? 0) + 1);
  }
}

async function sample(subject: Subject, startedAt: number): Promise<Sample> {
  const state: State = JSON.parse(await ask(subject, "/soak/state"));
  // What the system tells is looked at when the question itself is gone.
  await pause(ASKED);
  return { ms: performance.now() - startedAt, ...state, ...held(subject.pid) };
}

async function ask({ port }: Subject, target: string): Promise<string> {
  using client = await OctetClient.connect(port);
  await client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  const { content } = await client.answer();
  await client.readToEnd();
  return content;
}

/** Samples until two in a row tell the same: what closes last has closed. */
async function steady(subject: Subject): Promise<Sample> {
  let last = await sample(subject, performance.now());
  let changes: string[] = [];
  for (let i = 0; i < MOST_UNSTEADY; i++) {
    await pause(SETTLING);
    const now = await sample(subject, performance.now());
    changes = leftBehind(last, now);
    if (changes.length === 0) return now;
    last = now;
  }
  throw new Error(`Cannot soak: the server finds no rest before the load: ${changes.join(", ")}`);
}

/** Samples until all is as it was, or patience is over. */
async function settled(subject: Subject, first: Sample, patienceMs: number): Promise<Sample> {
  const startedAt = performance.now();
  for (;;) {
    const now = await sample(subject, startedAt);
    if (leftBehind(first, now).length === 0 || performance.now() > startedAt + patienceMs) return now;
    await pause(200);
  }
}

/** What the system tells of a process. Linux only. */
function held(pid: number): Pick<Sample, "memory" | "descriptors"> {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return {
    memory: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024,
    descriptors: [...Deno.readDirSync(`/proc/${pid}/fd`)].length,
  };
}
