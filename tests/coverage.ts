/**
 * How much of `core/` its tests run: `deno task coverage`. It prints lines and branches of each file and in all, ends
 * with `core: lines A %, branches B %`, and exits with 1 under 98 % of lines or 95 % of branches, or when a test fails.
 *
 * Only tests that run the core in this process count, and only those that do the same each time: what a property test
 * comes by is chance.
 *
 * @module
 */

import { type FileCoverage, readLcov, totalCoverage } from "./support/lcov.ts";

/** What the core's tests must reach, in per cent. */
const LEAST = { lines: 98, branches: 95 };

/** The files of tests that count: all of the core's but those whose inputs are drawn by lot. */
const COUNTED = /(?<!properties)_test\.ts$/;

/** What makes a file more than types and a list of exports. */
const DECLARATION = /^(?:export )?(?:default )?(?:abstract )?(?:async )?(?:function|class|const|let)\b/m;

if (import.meta.main) Deno.exit(await main());

/** Measures, prints, and gives the exit code. */
async function main(): Promise<number> {
  Deno.chdir(new URL("..", import.meta.url));
  const folder = await Deno.makeTempDir();
  try {
    const tests = [...listFiles("tests/core").filter((path) => COUNTED.test(path)), "tests/adapters/memory_test.ts"];
    // One module that imports them all runs in one isolate: starting one for each file would cost more than all tests.
    await Deno.writeTextFile(
      `${folder}/all_test.ts`,
      tests.map((path) => `import "${new URL(`../${path}`, import.meta.url)}";\n`).join(""),
    );
    const options = ["--allow-all", "--no-check", "--config=deno.json", "--reporter=dot"];
    const coverage = [`--coverage=${folder}/raw`, "--coverage-raw-data-only"];
    await deno("test", ...options, ...coverage, `${folder}/all_test.ts`);
    const core = new URL("../core/", import.meta.url).href;
    return tell(readLcov(await deno("coverage", "--lcov", `--include=^${RegExp.escape(core)}`, `${folder}/raw`)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Prints the table and the totals. */
function tell(measured: readonly FileCoverage[]): number {
  const root = Deno.cwd();
  const files = measured.map((file) => ({ ...file, path: file.path.slice(root.length + 1) }));
  const known = new Set(files.map((file) => file.path));
  const unseen = listFiles("core").filter((path) => !known.has(path) && DECLARATION.test(Deno.readTextFileSync(path)));
  for (const file of files) console.log(fileLine(file));
  for (const path of unseen) console.log(`${path}: no test loads it`);
  const { lines, branches } = totalCoverage(files);
  console.log(`core: lines ${lines.toFixed(2)} %, branches ${branches.toFixed(2)} %`);
  return lines >= LEAST.lines && branches >= LEAST.branches && unseen.length === 0 ? 0 : 1;
}

function fileLine(file: FileCoverage): string {
  const { lines, branches } = totalCoverage([file]);
  const missed = [
    file.missedLines.length > 0 ? `lines ${file.missedLines.join(" ")}` : "",
    file.missedBranches.length > 0 ? `branches in ${[...new Set(file.missedBranches)].join(" ")}` : "",
  ].filter((text) => text !== "");
  const numbers = `${lines.toFixed(1).padStart(5)} %  ${branches.toFixed(1).padStart(5)} %`;
  return `${file.path.padEnd(44)}${numbers}${missed.length > 0 ? `  missed: ${missed.join(", ")}` : ""}`;
}

function listFiles(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? listFiles(path) : path.endsWith(".ts") ? [path] : [];
  });
}

/** Runs this Deno; what it writes is shown only if it fails. */
async function deno(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const [out, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (success) return out!;
  console.error(out, errors);
  throw new Error(`Cannot measure: deno ${args[0]} failed`);
}
