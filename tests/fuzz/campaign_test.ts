/**
 * The fuzzer itself: it finds a planted bug, finds it again by its seed, makes it small, and does not hang.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Random } from "../support/random.ts";
import { octets, spell, textOf, unspell } from "../support/octet_text.ts";
import { readVectors } from "../support/vectors.ts";
import { Campaign, type Finding } from "./campaign.ts";
import { keepCode, keepInput, readCorpus } from "./corpus.ts";
import { CodeCoverage } from "./coverage.ts";
import { parsePlan } from "./main.ts";
import { minimise } from "./minimise.ts";
import { mutate } from "./mutate.ts";
import { PLANTED } from "./planted.ts";
import { decodeChunkedPlainly } from "./reference.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets/mod.ts";

/** Far more than it needs to find the bug by code, and far too few to find it by chance: that takes 256^3 times as many as one step. */
const PATIENCE = 60_000;

/** The planted bug where each step has an outcome of its own. */
const TALKATIVE: Target = {
  ...PLANTED,
  run(input) {
    const outcome = PLANTED.run(input);
    let steps = 0;
    while (steps < 3 && input[steps] === "G\0T"[steps]) steps++;
    return `${outcome} ${steps}`;
  },
};

Deno.test("Campaign finds a planted bug by the code that runs, and by that alone", async () => {
  await using coverage = await CodeCoverage.start(/\/fuzz\/planted\.ts$/);
  const found = await hunt(new Campaign(PLANTED, 7, { coverage }), PATIENCE);
  assertEquals(found?.error.message, "The planted bug, behind 3 tests");
  assertEquals(found?.input, "G\0T", "it is made small");
  assertEquals(await hunt(new Campaign(PLANTED, 7), PATIENCE), undefined);
});

Deno.test("Campaign finds a planted bug by outcomes, and again by its seed", async () => {
  const found = await hunt(new Campaign(TALKATIVE, 3), PATIENCE);
  assertEquals([found?.target, found?.seed, found?.input], ["planted", 3, "G\0T"]);
  const again = await hunt(new Campaign(TALKATIVE, found!.seed), found!.execution);
  assertEquals([again?.execution, again?.input], [found?.execution, found?.input]);
  assertEquals(await hunt(new Campaign(TALKATIVE, found!.seed), found!.execution - 1), undefined);
});

Deno.test("Campaign tells each kind of failure once", async () => {
  let runs = 0;
  const always: Target = {
    name: "always",
    seeds: ["a"],
    words: ["b"],
    run: () => {
      throw new Error(`The ${++runs}th failure`);
    },
  };
  const campaign = new Campaign(always, 1);
  assertEquals((await campaign.runBatch()).length, 1);
  assertEquals((await campaign.runBatch()).length, 0);
});

Deno.test("Campaign runs the seeds and what was kept as they are, before anything else", async () => {
  const seen: string[] = [];
  const target: Target = { name: "seen", seeds: ["a", "b"], words: ["w"], run: (input) => `${seen.push(input)}` };
  await new Campaign(target, 1, { kept: ["k"] }).runBatch(4);
  assertEquals(seen.slice(0, 3), ["a", "b", "k"]);
  assertThrows(() => new Campaign({ ...target, seeds: [] }, 1), TypeError, "it has no seed");
});

async function hunt(campaign: Campaign, runs: number): Promise<Finding | undefined> {
  while (campaign.executions < runs) {
    const [finding] = await campaign.runBatch(runs - campaign.executions);
    if (finding) return finding;
  }
  return undefined;
}

Deno.test("The watchdog ends a process whose input takes too long, and says which", async () => {
  const file = fileURLToPath(new URL("endless.ts", import.meta.url));
  const args = ["run", "--allow-all", "--no-check", "--quiet", file];
  const { code, stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "null" }).output();
  assert(code !== 0);
  const text = new TextDecoder().decode(stdout);
  assertMatch(text, /^FOUND in endless: it takes more than 300 ms\n {2}input: GET\\r\\n\n1 executions, 1 findings\n$/);
});

Deno.test("No target finds fault with its seeds nor with what was kept", async (t) => {
  for (const target of TARGETS) {
    await t.step(target.name, () => {
      for (const input of [...target.seeds, ...readCorpus(target.name)]) target.run(input);
    });
  }
});

Deno.test("minimise drops all that the failure does not need", async () => {
  const fails = (input: string): Promise<boolean> => Promise.resolve(/a.*b.*c/.test(input));
  assertEquals(await minimise("xxxaxxxxxxbxxxxxxxxxxxxxxxcxx", fails), "abc");
});

Deno.test("mutate makes octets of octets, and never too many", () => {
  const random = new Random(1);
  const material = { words: ["\r\n", "Host: a\r\n"], other: () => "\xff".repeat(3000) };
  let text = "GET / HTTP/1.1\r\n\r\n";
  for (let i = 0; i < 20_000; i++) {
    text = mutate(text, random, material);
    assert(text.length <= 2048);
    octets(text); // throws if one is none
    if (text === "") text = "5\r\n";
  }
});

Deno.test("spell and unspell are each other's reverse", () => {
  for (const text of ["", "#a", "a #", "a ", "{a*3}", "\\{a*3}", "\\x41", "\0\x7f\x80\xff\r\n\t", '"\\"', "{{}}"]) {
    assertEquals(unspell(spell(text)), text, spell(text));
    assertMatch(spell(text), /^[\x20-\x7e]*$/);
  }
  for (const vector of readVectors()) assertEquals(unspell(spell(textOf(vector.octets))), textOf(vector.octets));
});

Deno.test("decodeChunkedPlainly reads by the grammar", () => {
  assertEquals(decodeChunkedPlainly('2;a="\\"" ; b\r\nhi\r\n00\r\nX: \t v \r\nHost: a\r\n\r\nrest'), [
    "hi",
    42,
    [["X", "v"]],
  ]);
  for (
    const text of ["2\r\nhi\n0\r\n\r\n", "2\nhi\r\n0\r\n\r\n", "g\r\n", "0\r\nX : v\r\n\r\n", "0;\r\n\r\n", "0\r\n"]
  ) {
    assertEquals(decodeChunkedPlainly(text), undefined, text);
  }
});

Deno.test("The flags of the task", () => {
  assertEquals(parsePlan([]), {
    seconds: 60,
    runs: Infinity,
    seed: 1,
    target: undefined,
    keeps: true,
    keepsCode: false,
  });
  assertEquals(parsePlan(["--runs", "5", "--seed", "9", "--target", "server", "--no-keep"]), {
    seconds: Infinity,
    runs: 5,
    seed: 9,
    target: "server",
    keeps: false,
    keepsCode: false,
  });
  assertEquals(parsePlan(["--differential"]).target, "differential");
  for (const args of [["--secods", "1"], ["--seed", "x"], ["--runs", "-1"]]) {
    assertThrows(() => parsePlan(args), TypeError, "Cannot fuzz");
  }
});

Deno.test("What is kept is read again: finds first, then the shortest inputs that reach code, as many as there is room for", () => {
  const folder = new URL(`file://${Deno.makeTempDirSync()}/`);
  try {
    assertEquals(readCorpus("x", folder), []);
    keepInput("x", "find\r\n", "Why\nnot", folder);
    keepCode("x", ["a\0bc", "d", "d", ""], folder);
    assertEquals(readCorpus("x", folder), ["find\r\n", "d", "a\0bc"]);
    keepCode("x", Array.from({ length: 500 }, (_, index) => `n${index}`), folder);
    assertEquals(readCorpus("x", folder).length, 201);
    keepCode("y", ["long".repeat(5000), "short"], folder);
    assertEquals(readCorpus("y", folder), ["short"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
