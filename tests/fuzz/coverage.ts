/**
 * Which code has run, told by V8 itself through `node:inspector`.
 *
 * V8 tells ranges of source text with counts, and leaves out those that have the count of the range around them, so the
 * same block is told in different ways. What is kept is therefore which characters of the source have run.
 *
 * @module
 */

import { type Profiler, Session } from "node:inspector";

/** The functions that have run at one time. */
export type CodeRun = readonly FunctionRun[];

/** What ran of one function. */
export interface FunctionRun {
  /** Names the function. */
  readonly name: string;
  /** Names what ran of it. */
  readonly shape: string;
  /** Ranges of characters, each behind the one around it. */
  readonly ranges: readonly Profiler.CoverageRange[];
}

/** Tells the code that ran since it was asked last. */
export class CodeCoverage implements AsyncDisposable {
  readonly #session: Session = new Session();
  readonly #sources: RegExp;

  private constructor(sources: RegExp) {
    this.#sources = sources;
  }

  /**
   * Begins to count.
   *
   * @param sources The addresses of the files that count
   * @returns The counting
   */
  static async start(sources: RegExp): Promise<CodeCoverage> {
    const coverage = new CodeCoverage(sources);
    coverage.#session.connect();
    await coverage.#post("Profiler.enable");
    // Without the counts V8 tells a block once, and loses those that run first in optimised code.
    await coverage.#post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    return coverage;
  }

  /**
   * Gives what ran since the last call.
   *
   * @returns The code
   */
  async take(): Promise<CodeRun> {
    const { result } = await this.#post("Profiler.takePreciseCoverage") as Profiler.TakePreciseCoverageReturnType;
    return result.filter(({ url }) => this.#sources.test(url)).flatMap(({ scriptId, functions }) =>
      functions.map(({ ranges }) => ({
        name: `${scriptId}:${ranges[0]!.startOffset}`,
        shape: ranges.map(({ startOffset, endOffset, count }) => `${startOffset}${count > 0 ? "+" : "-"}${endOffset}`)
          .join(),
        ranges,
      }))
    );
  }

  /** Ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#post("Profiler.stopPreciseCoverage");
    this.#session.disconnect();
  }

  #post(method: string, parameters: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#session.post(method, parameters, (error, result) => error ? reject(error) : resolve(result));
    });
  }
}

/** The code that has run so far. */
export class CodeSeen {
  readonly #functions: Map<string, Uint8Array> = new Map();
  /** Shapes that hold nothing new: nearly all that come. */
  readonly #shapes: Set<string> = new Set();
  /** How many characters of source have run. */
  size = 0;

  /**
   * Tells whether code ran that had not run before.
   *
   * @param code What ran
   * @returns Whether some of it is new
   */
  isNew(code: CodeRun): boolean {
    return code.some((run) => this.#countNew(run, false) > 0);
  }

  /**
   * Adds code that ran.
   *
   * @param code The code
   * @returns Whether some of it had not run before
   */
  add(code: CodeRun): boolean {
    const before = this.size;
    for (const run of code) this.size += this.#countNew(run, true);
    return this.size > before;
  }

  #countNew({ name, shape, ranges }: FunctionRun, isKept: boolean): number {
    const key = `${name} ${shape}`;
    if (this.#shapes.has(key)) return 0;
    const { startOffset: start, endOffset: end } = ranges[0]!;
    const ran = new Uint8Array(end - start);
    for (const { startOffset, endOffset, count } of ranges) {
      ran.fill(count > 0 ? 1 : 0, startOffset - start, endOffset - start);
    }
    const seen = this.#functions.get(name) ?? new Uint8Array(end - start);
    const fresh = ran.reduce((sum, one, at) => sum + (one === 1 && seen[at] === 0 ? 1 : 0), 0);
    if (isKept) {
      ran.forEach((one, at) => seen[at]! |= one);
      this.#functions.set(name, seen);
    }
    if (isKept || fresh === 0) this.#shapes.add(key);
    return fresh;
  }
}
