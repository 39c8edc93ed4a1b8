/**
 * The engine: mutates inputs, runs them, and keeps those that reach new code or have a new outcome. All it
 * does is determined by the seed, the target and the kept inputs; time only says when it stops.
 *
 * @module
 */

import { Random } from "../support/random.ts";
import { type CodeCoverage, CodeSeen } from "./coverage.ts";
import { minimise } from "./minimise.ts";
import { mutate } from "./mutate.ts";
import { numberOf, type Target } from "./target.ts";

/** How many inputs run between two looks at the coverage, which costs a millisecond. */
const BATCH = 256;
/** How many outcomes are told apart; an outcome that holds something of the input must not fill the memory. */
const MAX_OUTCOMES = 4096;
/** Of the inputs kept, the last so many are mutated as often as all together. */
const RECENT = 32;

/** What an oracle did not like. */
export interface Finding {
  /** The target's name. */
  readonly target: string;
  /** The seed of the run. */
  readonly seed: number;
  /** Which execution of this target it was, the first one being 1. */
  readonly execution: number;
  /** The smallest input that fails so. */
  readonly input: string;
  /** What was thrown. */
  readonly error: Error;
}

/** Told of the input that is about to run, and of undefined when none is. */
export type Beat = (target: string, input: string | undefined) => void;

/** What a campaign may be given. */
export interface CampaignOptions {
  /** Tells the code that runs; without it only outcomes count. */
  readonly coverage?: CodeCoverage | undefined;
  /** Inputs kept from before. */
  readonly kept?: readonly string[];
  /** Is told what runs. */
  readonly beat?: Beat;
}

/** The fuzzing of one target. */
export class Campaign {
  readonly target: Target;
  readonly #seed: number;
  readonly #random: Random;
  readonly #coverage: CodeCoverage | undefined;
  readonly #beat: Beat;
  readonly #inputs: string[];
  readonly #seen: CodeSeen = new CodeSeen();
  readonly #outcomes: Set<string> = new Set();
  readonly #kinds: Set<string> = new Set();
  /** How many of the first inputs have run as they are. */
  #begun = 0;
  /** Inputs that mutation found and that reach something new. */
  readonly discovered: string[] = [];
  /** Those of them that reach new code; the others have a new outcome. */
  readonly coverers: string[] = [];
  /** How many inputs have run. */
  executions = 0;

  /**
   * Makes a `Campaign`.
   *
   * @param target What is fuzzed
   * @param seed What determines all
   * @param options What may be given
   */
  constructor(target: Target, seed: number, options: CampaignOptions = {}) {
    this.target = target;
    this.#seed = seed;
    // Each target has chance of its own, so that it runs the same without the others.
    this.#random = new Random(seed ^ numberOf(target.name));
    this.#coverage = options.coverage;
    this.#beat = options.beat ?? (() => {});
    this.#inputs = [...target.seeds, ...options.kept ?? []];
    if (this.#inputs.length === 0) throw new TypeError(`Cannot fuzz ${target.name}: it has no seed`);
  }

  /** How many characters of source have run. */
  get code(): number {
    return this.#seen.size;
  }

  /** How many outcomes there were. */
  get outcomes(): number {
    return this.#outcomes.size;
  }

  /**
   * Runs a batch of inputs.
   *
   * @param most How many at most
   * @returns What was found, each kind of failure once
   */
  async runBatch(most: number = BATCH): Promise<Finding[]> {
    const batch = Array.from({ length: Math.min(BATCH, most) }, () => this.#nextInput());
    const failures: [input: string, error: Error, execution: number][] = [];
    const fresh = new Set<string>();
    await this.target.prepare?.(batch);
    for (const input of batch) {
      this.executions++;
      const result = this.#run(input);
      if (result instanceof Error) {
        failures.push([input, result, this.executions]);
      } else if (!this.#outcomes.has(result) && this.#outcomes.size < MAX_OUTCOMES) {
        this.#outcomes.add(result);
        fresh.add(input);
      }
    }
    for (const input of await this.#findCoverers(batch)) {
      fresh.add(input);
      if (!this.#inputs.includes(input)) this.coverers.push(input);
    }
    for (const input of fresh) this.#keep(input);
    // Last, for it makes the target ready for other inputs.
    const findings: Finding[] = [];
    for (const failure of failures) {
      const finding = await this.#examine(...failure);
      if (finding) findings.push(finding);
    }
    return findings;
  }

  /** First all that are there as they are, then mutations. */
  #nextInput(): string {
    if (this.#begun < this.#inputs.length - this.discovered.length) return this.#inputs[this.#begun++]!;
    const other = (): string => this.#random.pick(this.#inputs);
    const base = this.#random.chance(0.5) ? other() : this.#random.pick(this.#inputs.slice(-RECENT));
    return mutate(base, this.#random, { words: this.target.words, other });
  }

  #run(input: string): string | Error {
    this.#beat(this.target.name, input);
    try {
      return this.target.run(input);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      this.#beat(this.target.name, undefined);
    }
  }

  /** Only when a batch has reached something new its halves run once more, and theirs: to look costs more than to run. */
  async #findCoverers(batch: readonly string[]): Promise<string[]> {
    const coverage = this.#coverage;
    if (!coverage) return [];
    const code = await coverage.take();
    if (!this.#seen.isNew(code)) return [];
    if (batch.length === 1) return this.#seen.add(code) ? [...batch] : [];
    const coverers: string[] = [];
    const middle = Math.ceil(batch.length / 2);
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
      for (const input of half) this.#run(input);
      coverers.push(...await this.#findCoverers(half));
    }
    return coverers;
  }

  #keep(input: string): void {
    if (this.#inputs.includes(input)) return;
    this.#inputs.push(input);
    this.discovered.push(input);
  }

  /** Of the same kind one is enough. */
  async #examine(input: string, error: Error, execution: number): Promise<Finding | undefined> {
    const kind = kindOf(error);
    if (this.#kinds.has(kind)) return undefined;
    this.#kinds.add(kind);
    const { name } = this.target;
    const smallest = await minimise(input, async (shorter) => {
      await this.target.prepare?.([shorter]);
      const result = this.#run(shorter);
      return result instanceof Error && kindOf(result) === kind;
    });
    await this.target.prepare?.([smallest]);
    const again = this.#run(smallest);
    return {
      target: name,
      seed: this.#seed,
      execution,
      input: smallest,
      error: again instanceof Error ? again : error,
    };
  }
}

/** Failures that differ only in numbers and quoted texts are one. */
function kindOf(error: Error): string {
  const [line = ""] = error.message.split("\n");
  return `${error.name} ${line.replace(/"(?:[^"\\]|\\.)*"|\d+/g, "_")}`;
}
