/**
 * Holds the tables of `tests/vectors/README.md` to what exists: each vector and each test that a row names is there, and
 * each vector stands in a row.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { linesNamed, namesIn, readTests } from "../support/named_tests.ts";
import { readVectors } from "../support/vectors.ts";

const ROOT: URL = new URL("../../", import.meta.url);
const README: URL = new URL("tests/vectors/README.md", ROOT);

/** How many rows each table has: one that is lost is missed. */
const ROWS: Readonly<Record<string, number>> = { Requirements: 37, Smuggling: 21, Decisions: 30, Threats: 14 };

/** A row of a table. */
interface Row {
  readonly topic: string;
  readonly vectors: readonly string[];
  readonly tests: readonly string[];
}

/** The rows of each table, by its heading. What is named like a vector is one, all else is a test. */
async function readTables(): Promise<Map<string, Row[]>> {
  const text = await Deno.readTextFile(README);
  return new Map(
    Object.keys(ROWS).map((heading) => {
      const section = text.split(`\n### ${heading}\n`)[1]?.split("\n#")[0] ?? "";
      // The first two lines are the heads of the columns.
      const lines = section.split("\n").filter((line) => line.startsWith("|")).slice(2);
      return [heading, lines.map((line) => parseRow(line, heading === "Requirements" ? 2 : 1))];
    }),
  );
}

function parseRow(line: string, topics: number): Row {
  const cells = line.split("|").slice(1, -1).map((cell) => cell.trim());
  const names = namesIn(cells.slice(topics).join(" "));
  return {
    topic: cells.slice(0, topics).join(": "),
    vectors: names.filter((name) => /^\d{4}-/.test(name)),
    tests: names.filter((name) => !/^\d{4}-/.test(name)),
  };
}

/** The names of vectors that a reference stands for; it may end in `*`. */
function find(names: readonly string[], reference: string): string[] {
  return names.filter((name) => reference.endsWith("*") ? name.startsWith(reference.slice(0, -1)) : name === reference);
}

function vectorNames(): string[] {
  return [...new Set(readVectors().map(({ name }) => name.replace(/^\w+\/|\.http.*$/g, "")))];
}

Deno.test("the tables of the vectors name what exists", async (t) => {
  const names = vectorNames();
  const sources = await readTests(ROOT);
  for (const [heading, rows] of await readTables()) {
    assertEquals(rows.length, ROWS[heading], `rows of ${heading}`);
    for (const { topic, vectors, tests } of rows) {
      await t.step(`${heading}: ${topic}`, () => {
        assert(vectors.length + tests.length > 0, "it names nothing");
        for (const reference of vectors) assert(find(names, reference).length > 0, `there is no ${reference}`);
        for (const test of tests) assertEquals(linesNamed(sources, test).length, 1, `tests that begin with ${test}`);
      });
    }
  }
});

Deno.test("each vector stands in a table", async () => {
  const names = vectorNames();
  const rows = [...(await readTables()).values()].flat();
  const found = new Set(rows.flatMap(({ vectors }) => vectors.flatMap((reference) => find(names, reference))));
  assertEquals(names.filter((name) => !found.has(name)), []);
});
