/**
 * Reads coverage reports in lcov's format, as far as `deno coverage --lcov` writes it: for each file its lines (`DA`)
 * and its branches (`BRDA`), with how often each was run.
 *
 * @module
 */

/** How much of a file was run. */
export interface FileCoverage {
  /** The file's path, as the report has it. */
  readonly path: string;
  /** Lines with code. */
  readonly lines: number;
  /** Those that no test ran, in order. */
  readonly missedLines: readonly number[];
  /** Branches: two for a condition. */
  readonly branches: number;
  /** The lines of those that no test took, in order, a line for each. */
  readonly missedBranches: readonly number[];
}

/** What several files come to. */
export interface CoverageTotal {
  /** Lines that were run, in per cent. */
  readonly lines: number;
  /** Branches that were taken, in per cent. */
  readonly branches: number;
}

/** A record while it is read; the same line or branch may stand in it more than once, and is run if it is so once. */
interface Draft {
  readonly lines: Map<number, number>;
  readonly branches: Map<string, number>;
}

/**
 * Reads a report.
 *
 * @param report The report's text
 * @returns The files, in the report's order
 * @throws {SyntaxError} For a line that is malformed or stands outside of a record
 */
export function readLcov(report: string): FileCoverage[] {
  const drafts = new Map<string, Draft>();
  let draft: Draft | undefined;
  for (const line of report.split("\n")) {
    const [, key, value] = /^([A-Z]+):(.*)$/.exec(line) ?? [];
    if (key === "SF") drafts.set(value!, draft = drafts.get(value!) ?? { lines: new Map(), branches: new Map() });
    else if (line === "end_of_record") draft = undefined;
    else if (key === "DA" || key === "BRDA") readCount(draft, key, line);
  }
  return [...drafts].map(([path, { lines, branches }]) => ({
    path,
    lines: lines.size,
    missedLines: missed([...lines]),
    branches: branches.size,
    missedBranches: missed([...branches].map(([name, count]) => [Number.parseInt(name), count])),
  }));
}

/**
 * Adds files up.
 *
 * @param files The files
 * @returns The per cents; 100 where there is nothing to run
 */
export function totalCoverage(files: readonly FileCoverage[]): CoverageTotal {
  const sum = (count: (file: FileCoverage) => number): number => files.reduce((sum, file) => sum + count(file), 0);
  return {
    lines: perCent(sum((file) => file.missedLines.length), sum((file) => file.lines)),
    branches: perCent(sum((file) => file.missedBranches.length), sum((file) => file.branches)),
  };
}

function readCount(draft: Draft | undefined, key: "DA" | "BRDA", line: string): void {
  // `-` stands for a branch whose condition was never come to.
  const match = key === "DA" ? /^DA:(\d+),(\d+)(?:,[^,]*)?$/.exec(line) : /^BRDA:(\d+,[^,]+,[^,]+),(\d+|-)$/.exec(line);
  if (!draft || !match) throw new SyntaxError(`Cannot read coverage report: "${line}"`);
  const count = match[2] === "-" ? 0 : Number(match[2]);
  if (key === "DA") add(draft.lines, Number(match[1]), count);
  else add(draft.branches, match[1]!, count);
}

function add<Key>(counts: Map<Key, number>, key: Key, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function missed(counts: readonly (readonly [line: number, count: number])[]): number[] {
  return counts.filter(([, count]) => count === 0).map(([line]) => line).sort((a, b) => a - b);
}

function perCent(missed: number, all: number): number {
  return all === 0 ? 100 : 100 * (all - missed) / all;
}
