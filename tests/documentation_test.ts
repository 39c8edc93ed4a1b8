/**
 * Holds tables of the documentation to what they say. That of what came from where: each promise has its row, and each
 * test that a row names exists and names the row. That of the demo: each path has its row. And tests/README.md has no gap.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { linesNamed, namesIn, readTests } from "./support/named_tests.ts";

const ROOT: URL = new URL("../", import.meta.url);
const TABLE = "README.md";

/** How many promises each of the systems has, by the letter of its rows. */
const PROMISES: Readonly<Record<string, number>> = { A: 18, E: 8, C: 7, S: 23, M: 9 };

/** A row of the table. */
interface Row {
  readonly id: string;
  readonly here: string;
  readonly tests: readonly string[];
}

function parseRows(text: string): Row[] {
  return [...text.matchAll(/^\| ([A-Z]-\d+) +\|(.*)\|$/gm)].map(([, id, rest]) => {
    const [promise, here, tests, ...more] = rest!.split(/(?<!\\)\|/).map((cell) => cell.trim());
    assert(promise && here && tests !== undefined && more.length === 0, `${id} has not four columns`);
    return { id: id!, here, tests: namesIn(tests) };
  });
}

Deno.test("documentation: each promise has one row, in order", async () => {
  const expected = Object.entries(PROMISES).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}-${index + 1}`)
  );
  const rows = parseRows(await Deno.readTextFile(new URL(TABLE, ROOT)));
  assertEquals(rows.map(({ id }) => id), expected);
});

Deno.test("documentation: each row names tests that exist, one of them by its number, or says what is missing", async (t) => {
  const sources = await readTests(ROOT);
  for (const { id, here, tests } of parseRows(await Deno.readTextFile(new URL(TABLE, ROOT)))) {
    await t.step(id, () => {
      const lines = tests.map((name) => {
        const found = linesNamed(sources, name);
        assertEquals(found.length, 1, `${found.length} tests begin with ${name}`);
        return found[0]!;
      });
      const isMissing = /^(?:Not yet|No meaning here): /.test(here);
      assertEquals(tests.length === 0, isMissing);
      assert(isMissing || lines.some((line) => new RegExp(`\\b${id}\\b`).test(line)), `no test names ${id}`);
    });
  }
});

Deno.test("documentation: README counts the rows", async () => {
  const rows = parseRows(await Deno.readTextFile(new URL(TABLE, ROOT)));
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const counted = [...readme.matchAll(/^\| .*?\| ([A-Z])-1 to [A-Z]-(\d+) +\|(.*)\|$/gm)].map((
    [, letter, , cells],
  ) => [letter, ...cells!.split("|").map(Number)]);
  assertEquals(
    counted,
    Object.keys(PROMISES).map((letter) => {
      const own = rows.filter(({ id }) => id.startsWith(letter));
      const none = own.filter(({ here }) => here.startsWith("No meaning here")).length;
      const later = own.filter(({ here }) => /\bNot yet: /.test(here)).length;
      return [letter, own.length - none - later, later, none];
    }),
  );
});

Deno.test("documentation: each path of the demo has its row", async () => {
  const app = await Deno.readTextFile(new URL("cli/demo/app.ts", ROOT));
  const rows = (await Deno.readTextFile(new URL("cli/README.md", ROOT))).match(/^\| `\/.*$/gm)!.join("\n");
  const paths = [...app.matchAll(/^ {2}"(\/[^"]*)": /gm)].map(([, path]) => path!);
  assert(paths.length > 15, "no path was found");
  assertEquals(paths.filter((path) => !new RegExp(`\`${path}[\`?]`).test(rows)), []);
});

Deno.test("documentation: tests/README.md has a text in each section, and nothing that waits for one", async () => {
  assertEquals(gapsOf(await Deno.readTextFile(new URL("tests/README.md", ROOT))), []);
});

Deno.test("documentation: a place held for figures and a section without text are gaps", () => {
  const text =
    "# A\n\n## B\n\nB_FIGURES\n\n## C\n\nTABLE\n\n## D\n\n## E\n\n<!-- begin e -->\n<!-- end e -->\n\n## F\n\nf\n";
  assertEquals(gapsOf(text), ["B_FIGURES", "TABLE", "<!-- begin e -->", "## D", "## E"]);
});

/** What is still to be filled in: words that hold a place, marks with nothing between them, and sections without text. */
function gapsOf(text: string): string[] {
  const held = text.match(/\b[A-Z]+_FIGURES\b|^TABLE$/gm) ?? [];
  const empty = [...text.matchAll(/^(<!-- begin (.+) -->)\s+<!-- end \2 -->$/gm)].map(([, mark]) => mark!);
  const sections = text.split(/^(?=## )/m).slice(1).map((section) => section.replaceAll(/^<!--.*-->$/gm, "").trim());
  return [...held, ...empty, ...sections.filter((section) => !section.includes("\n"))];
}
