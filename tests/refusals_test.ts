import { assert, assertEquals, assertThrows } from "@std/assert";
import { nameRefusal, readRefusals, writeRefusals } from "./support/refusal_table.ts";
import { readVectors } from "./support/vectors.ts";

const README = await Deno.readTextFile(new URL("../core/README.md", import.meta.url));

Deno.test("what we refuse that others accept: each row's answer is its vector's, and somebody serves it", async (test) => {
  const vectors = new Map(readVectors().map((vector) => [nameRefusal(vector.name), vector]));
  const rows = readRefusals(README);
  assert(rows.length >= 30, `only ${rows.length} rows were found`);
  for (const { vector, answer, servers } of rows) {
    await test.step(vector, () => {
      const refusal = vectors.get(vector)?.refusal;
      assert(refusal, "there is no such vector");
      assertEquals(answer, `${refusal.status} ${refusal.code}`);
      assert(servers.includes("serves"), `nobody serves it: ${servers.join(", ")}`);
    });
  }
});

Deno.test("nameRefusal keeps the word of a variant, and leaves what is accepted alone", () => {
  assertEquals(nameRefusal("refuse/9112-3-a.http"), "9112-3-a");
  assertEquals(nameRefusal("refuse/9112-3-a.http with /b.http"), "9112-3-a with /b.http");
  assertEquals(nameRefusal("accept/9112-3-a.http"), "accept/9112-3-a.http");
});

Deno.test("writeRefusals writes three cells of each row and nothing else", () => {
  const text =
    "# A\n\n## What we refuse that others accept\n\n| a | `400 bad-host` | 1 | 2 | 3 | b | `c` |\n\n## B | `1` |\n";
  const written = writeRefusals(text, (vector) => [vector, "serves", "$&"]);
  assertEquals(written, text.replace("| 1 | 2 | 3 |", "| c | serves | $$& |"));
  assertEquals(readRefusals(written), [{ answer: "400 bad-host", servers: ["c", "serves", "$&"], vector: "c" }]);
  assertThrows(() => readRefusals("# A\n"), Error, "Cannot find");
});
