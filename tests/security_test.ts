/**
 * Holds SECURITY.md to what there is: each promise names tests that exist, each bound that it names is one, and the
 * supported version is ours.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { DEFAULT_DEADLINES, DEFAULT_LIMITS } from "../core/limits.ts";

const ROOT: URL = new URL("../", import.meta.url);
const SECURITY = await Deno.readTextFile(new URL("SECURITY.md", ROOT));

Deno.test("SECURITY.md: each promise names tests that exist", async (test) => {
  const rows = [...SECURITY.matchAll(/^\| (.+?) +\| (`tests\/.+?) *\|$/gm)];
  assert(rows.length >= 10, `only ${rows.length} promises were found`);
  for (const [, promise, tests] of rows) {
    await test.step(promise!, async () => {
      const paths = [...tests!.matchAll(/`([^`]+)`/g)].map(([, path]) => path!);
      await Promise.all(paths.map((path) => Deno.stat(new URL(path, ROOT))));
    });
  }
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
