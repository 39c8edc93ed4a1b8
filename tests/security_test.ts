/**
 * Holds SECURITY.md to what there is: each promise names tests that exist, each bound and each attack that it names is
 * one, and the supported version is ours.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { DEFAULT_DEADLINES, DEFAULT_LIMITS } from "../core/limits.ts";
import { sourceFiles } from "./support/module_graph.ts";
import { namesIn } from "./support/named_tests.ts";

const ROOT: URL = new URL("../", import.meta.url);
/** The row of the table of threats to which an attack belongs: its own member, an argument, or the name of a step. */
const ATTACK = /"D-(\d\d)[":]/g;
const SECURITY = await Deno.readTextFile(new URL("SECURITY.md", ROOT));

Deno.test("SECURITY.md: each promise names files of tests, or folders that hold some", async (test) => {
  const rows = [...SECURITY.matchAll(/^\| (.+?) +\| (`tests\/.+?) *\|$/gm)];
  assert(rows.length >= 10, `only ${rows.length} promises were found`);
  for (const [, promise, cell] of rows) {
    await test.step(promise!, async () => {
      const files = await Promise.all(namesIn(cell!).map((name) => testsOf(name)));
      assertEquals(namesIn(cell!).filter((_, index) => files[index]!.length === 0), []);
    });
  }
});

Deno.test("SECURITY.md: what is neither a file of tests nor a folder with one shows nothing", async () => {
  assertEquals(await testsOf("tests/security_test.ts"), ["tests/security_test.ts"]);
  assertEquals(await testsOf("tests/soak"), ["tests/soak/soak_test.ts"]);
  for (const name of ["tests/README.md", "tests/run.ts", "tests/fuzz/targets", "tests/vectors", "tests/no_test.ts"]) {
    assertEquals(await testsOf(name), [], name);
  }
});

Deno.test("SECURITY.md: each attack that it names is one, in a range too", async () => {
  const folder = await sourceFiles(ROOT, ["tests/abuse"]);
  const sources = await Promise.all(folder.map((file) => Deno.readTextFile(new URL(file, ROOT))));
  const known = new Set(sources.flatMap((source) => [...source.matchAll(ATTACK)].map(([, row]) => Number(row))));
  const named = [...SECURITY.matchAll(/D-(\d\d)(?: to D-(\d\d))?/g)].flatMap(([, first, last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index)
  );
  assert(named.length >= 20, `only ${named.length} attacks were found`);
  assertEquals(named.filter((row) => !known.has(row)), []);
});

Deno.test("SECURITY.md: the bounds that it names are bounds", () => {
  const lists = [...SECURITY.matchAll(/`(limits|deadlines)`[^:|]*: (`[^|]+)\|/g)];
  assertEquals(lists.map(([, of]) => of), ["limits", "deadlines"]);
  for (const [, of, list] of lists) {
    const known = Object.keys(of === "limits" ? DEFAULT_LIMITS : DEFAULT_DEADLINES);
    const named = [...list!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
    assert(named.length > 5, `too few of ${of}`);
    assertEquals(named.filter((name) => !known.includes(name)), []);
  }
});

Deno.test("SECURITY.md: our version is supported", () => {
  const minor = config.version.replace(/\.\d+$/, ".x");
  assert(new RegExp(`^\\| ${RegExp.escape(minor)} +\\| yes`, "m").test(SECURITY), `${minor} is not`);
});

/** The files of tests that a path of the project stands for: itself, or those in it. */
async function testsOf(path: string): Promise<string[]> {
  return (await sourceFiles(ROOT, [path])).filter((file) => /_test\.ts$/.test(file));
}
