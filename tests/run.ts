/**
 * All tests: what `deno task test` runs. First the tests that need no clock of their own, in parallel; then those that
 * measure real sockets and processes, one file at a time, so that none of them disturbs the time of another; then the
 * examples in the documentation. Arguments (files, `--filter`, ...) go to `deno test`; with files, only these run.
 *
 * The last line is `N passed, M failed`, steps counted as tests. The exit code is 1 if any failed, or if none ran.
 *
 * @module
 */

import { runtime } from "./support/runtimes.ts";

/** What one run of `deno test` came to. */
interface Counts {
  passed: number;
  failed: number;
  ignored: number;
}

// Paths from the project's folder; those that do not exist are left out.
const ALONE = ["tests/contract", "tests/adapters", "tests/cli", "tests/restarts", "tests/soak", "tests/abuse"];
const DOCUMENTED = ["mod.ts", "core", "adapters", "cli", "bench", "README.md"];

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs all and gives the exit code. */
async function main(args: string[]): Promise<number> {
  Deno.chdir(new URL("..", import.meta.url));
  const total: Counts = { passed: 0, failed: 0, ignored: 0 };
  try {
    // Before the tests, so that no test's time holds a download.
    await Promise.all([runtime("node"), runtime("bun")]);
    for (const run of runs(args)) add(total, await runTests(run));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    total.failed++;
  }
  // What a filter leaves out is in the reports as ignored, too.
  if (total.ignored > 0 && args.length === 0) console.log(`${total.ignored} ignored`);
  if (total.passed + total.failed === 0) console.error("No test ran");
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** The arguments of each run of `deno test`. */
function runs(args: string[]): string[][] {
  if (args.some((arg) => !arg.startsWith("-") && exists(arg))) return [args];
  const alone = ALONE.filter(exists);
  const all = [
    ["--parallel", ...alone.map((path) => `--ignore=${path}`), ...args, "tests"],
    ["--doc", "--parallel", ...args, ...DOCUMENTED.filter(exists)],
  ];
  if (alone.length > 0) all.splice(1, 0, [...args, ...alone]);
  return all;
}

/** Runs `deno test`, whose output is seen as it comes, and counts by its report. */
async function runTests(args: string[]): Promise<Counts> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--allow-all", "--permit-no-files", `--junit-path=${report}`, ...args],
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn().status;
    const counts = countReport(await Deno.readTextFile(report));
    // A file that does not type check, or fails outside of a test, is in no report.
    if (!success && counts.failed === 0) counts.failed = 1;
    return counts;
  } finally {
    await Deno.remove(report);
  }
}

/**
 * Counts the tests and steps of a JUnit report.
 *
 * @param xml The report; empty when `deno test` came to no test.
 * @returns The counts.
 */
export function countReport(xml: string): Counts {
  const counts: Counts = { passed: 0, failed: 0, ignored: 0 };
  for (const [testcase] of xml.matchAll(/<testcase\b[^>]*\/>|<testcase\b[^>]*>.*?<\/testcase>/gs)) {
    if (/<(?:failure|error)\b/.test(testcase)) counts.failed++;
    else if (/<skipped\b/.test(testcase)) counts.ignored++;
    else counts.passed++;
  }
  return counts;
}

function add(total: Counts, counts: Counts): void {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.ignored += counts.ignored;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
