/**
 * Every vector against `ServerConnection`, or `ClientConnection`, however its octets arrive.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { checkOutcome, checkPromptness, summaryOfVector } from "../support/judge_vector.ts";
import { piecesOf, poisonedBlocks, poisonsFor, splitsOf } from "../support/splits.ts";
import { parseVector, readVectors, variantsOf, type Vector } from "../support/vectors.ts";

const VECTORS: readonly Vector[] = readVectors();

Deno.test("A connection reads each vector as stated", async (t) => {
  for (const vector of VECTORS) await t.step(`${vector.name}: ${vector.rule}`, () => checkOutcome(vector));
});

Deno.test("A connection sees no difference in how a vector arrives", async (t) => {
  for (const vector of VECTORS) {
    await t.step(vector.name, () => {
      const whole = summaryOfVector(vector, [vector.octets]);
      for (const { name, pieces } of splitsOf(vector.octets)) {
        assertEquals(summaryOfVector(vector, pieces), whole, name);
      }
      assertEquals(summaryOfVector(vector, [vector.octets], { endsAtOnce: true }), whole, "with the end");
      for (const block of poisonedBlocks(vector.octets)) {
        const name = `as a view among octets 0x${block[0]!.toString(16)}`;
        assertEquals(summaryOfVector(vector, [block], { poisoned: true }), whole, name);
      }
      for (const poison of poisonsFor(vector.octets)) {
        const name = `octet by octet before octets 0x${poison.toString(16)}`;
        assertEquals(summaryOfVector(vector, piecesOf(vector.octets, 1), { poison }), whole, name);
      }
    });
  }
});

Deno.test("A connection refuses a vector, or tells of what is whole, at the first octet that allows it", async (t) => {
  for (const vector of VECTORS) await t.step(vector.name, () => checkPromptness(vector));
});

Deno.test("The vectors are three hundred at least, and each is one of its kind", () => {
  const files = new Set(VECTORS.map(({ name }) => name.replace(/ with .*/, "")));
  assert(files.size >= 300, `there are ${files.size}`);
  const seen = new Map<string, string>();
  for (const { name, octets, limits, protocol, asked } of VECTORS) {
    const key = JSON.stringify([[...octets], limits, protocol, asked]);
    assertEquals(seen.get(key), undefined, `${name} is the same as another`);
    seen.set(key, name);
  }
});

const RIGHT = "# rule: r\n# section: RFC 9112, 3.2\n# catches: c\n# refuse: 400 bad-host\nGET\\r\\n\n";

const MALFORMED: readonly [what: string, name: string, text: string, why: string][] = [
  ["a header line without name", "9112-3.2-a.http", `# r\n${RIGHT}`, "is no header line"],
  ["an unknown header", "9112-3.2-a.http", `# x: r\n${RIGHT}`, `"x" is no header`],
  ["no rule", "9112-3.2-a.http", RIGHT.replace("# rule: r\n", ""), "it does not say its rule"],
  ["a response to a server", "9112-3.2-a.http", `# response: 200\n${RIGHT}`, "it expects what its peer does not send"],
  [
    "nothing that it catches",
    "9112-3.2-a.http",
    RIGHT.replace("# catches: c\n", ""),
    "it does not say what it catches",
  ],
  ["a section in other words", "9112-3.2-a.http", RIGHT.replace(", 3", " section 3"), "is no section"],
  ["a name of another section", "9112-3.1-a.http", RIGHT, "its name does not start with its section"],
  ["a name of a longer section", "9112-3.2.1-a.http", RIGHT, "its name does not start with its section"],
  ["an unknown limit", "9112-3.2-a.http", `# limits: x=1\n${RIGHT}`, `"x" is not one of them`],
  ["an unknown protocol option", "9112-3.2-a.http", `# protocol: x\n${RIGHT}`, `"x" is not one of them`],
  ["no refusal", "9112-3.2-a.http", RIGHT.replace("# refuse: 400 bad-host\n", ""), "it stands in the wrong folder"],
  ["a claim that is none", "9112-3.2-a.http", `# request: GET / a="b\n${RIGHT}`, "is no claim"],
  ["a bad escape", "9112-3.2-a.http", `${RIGHT}\\q`, "escapes nothing"],
  ["a bare brace", "9112-3.2-a.http", `${RIGHT}{a*b}`, "a brace is not spelled out"],
  ["an octet that is none", "9112-3.2-a.http", `${RIGHT}\u0100`, "is no octet"],
];

Deno.test("parseVector refuses a malformed vector", async (t) => {
  assertEquals(parseVector("refuse/9112-3.2-a.http", "refuse", RIGHT).refusal, { status: 400, code: "bad-host" });
  for (const [what, name, text, why] of MALFORMED) {
    await t.step(what, () => {
      assertThrows(() => parseVector(`refuse/${name}`, "refuse", text), Error, why);
    });
  }
});

Deno.test("variantsOf makes a vector of each word", () => {
  assertEquals(variantsOf("a.http", "# each: b \\\\\n# rule: r\nx{each}y{each}"), [
    ["a.http with b", "# rule: r\nxbyb"],
    ["a.http with \\\\", "# rule: r\nx\\\\y\\\\"],
  ]);
  assertEquals(variantsOf("a.http", RIGHT), [["a.http", RIGHT]]);
  assertThrows(() => variantsOf("a.http", `# each: b c\n${RIGHT}`), SyntaxError, "it has no place for each");
});
