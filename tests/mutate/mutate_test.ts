/**
 * The operators on samples: each finds what it is for, and nothing else. The linker, and the list of equivalents.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { judgeSurvivors, lineOf, parseEquivalents } from "./equivalents.ts";
import { compile, EndlessError, link, type Linked } from "./linker.ts";
import { changed, keyOf } from "./mutant.ts";
import { mutantsOf } from "./operators.ts";

const SAMPLES: readonly [source: string, mutants: readonly string[]][] = [
  ["function f() { if (a) throw b; }", ["a => true", "a => false"]],
  ["function f() { if (a) return; else throw b; }", ["a => true", "a => false", "throw b; => ;"]],
  ["function f() { while (a) b(); }", ["a => false", "b(); => ;"]],
  ["function f() { for (;;) b(); }", ["b(); => ;"]],
  ["function f() { for (; a; ) { b = 1; } }", ["a => false", "b = 1; => ;"]],
  ["function f() { return a ? b : c; }", ["a => true", "a => false"]],
  ["function f(): boolean { return a; }", ["a => true", "a => false"]],
  ["function f(): boolean { return true; }", []],
  ["function f() { return a.filter((b) => b); }", ["b => true", "b => false"]],
  ["function f() { return a && b; }", ["a && b => (a)", "a && b => (b)"]],
  ["function f() { return a || b; }", ["a || b => (a)", "a || b => (b)"]],
  ["function f() { return a < b; }", ["< => <="]],
  ["function f() { return a >= b; }", [">= => >"]],
  ["function f() { const c = a === b; }", ["a === b => true", "a === b => false"]],
  ["function f() { c ||= a === b; }", ["c ||= a === b; => ;", "a === b => true", "a === b => false"]],
  ["function f() { return a + 1; }", ["a + 1 => a"]],
  ["function f() { return a + b; }", []],
  ["function f() { return Math.min(a, b); }", ["Math.min(a, b) => (a)", "Math.min(a, b) => (b)"]],
  ["function f() { switch (a) { case 1: case 'b': } }", ["1 => -1", `'b' => "never"`]],
  ["const A = 7;", ["7 => 8", "7 => 6"]],
  ["function f() { const a = 7; }", []],
  ["const A = [b, c];", ["b, => ", "c => "]],
  ["const A = [0x30, 0x39];", ["0x30 => 49", "0x30 => 47", "0x39 => 58", "0x39 => 56"]],
  ["const A = g('xy', B);", ["'xy', => ", "B => ", "x => ", "y => "]],
  ["const A = new Set([b]);", ["b => "]],
  ["const A: B = 'x'; type C = 1 | 2; interface D { e: 3 }", []],
  ["import { a } from 'b';", []],
  ["const A = /^a$/i;", ["^ => ", "$ => ", "i => "]],
  ["const A = /a+b*c?/;", ["+ => *", "* => {0,1}", "? => "]],
  ["const A = /a{1,4}b{2}/;", [
    "{1,4} => {0,4}",
    "{1,4} => {2,4}",
    "{1,4} => {1,5}",
    "{1,4} => {1,3}",
    "{2} => {3}",
    "{2} => {1}",
  ]],
  ["const A = /[a-f\\-.]x[^b]/;", ["a-f => ", "\\- => ", ". => "]],
  ["const A = /a(?:b|c|d)/;", ["b| => ", "|c => ", "|d => "]],
];

Deno.test("mutantsOf takes out each check, and nothing else", async (t) => {
  for (const [source, expected] of SAMPLES) {
    await t.step(source, () => {
      assertEquals(mutantsOf("a.ts", source).map(({ from, to }) => `${from} => ${to}`), expected);
    });
  }
});

Deno.test("mutantsOf tells where a mutant stands, and gives each a name of its own", () => {
  const source = "const A = 1;\nclass B {\n  c() {\n    if (d) e();\n    if (d) f();\n  }\n}\n";
  const mutants = mutantsOf("a.ts", source);
  const second = mutants.filter(({ from, to }) => from === "d" && to === "true")[1]!;
  assertEquals([second.line, second.within, second.nth, second.operator], [5, "c", 1, "condition always true"]);
  assertEquals(changed(source, second), source.replace("if (d) f", "if (true) f"));
  assertEquals(new Set(mutants.map(keyOf)).size, mutants.length);
});

Deno.test("mutantsOf looks at the declarations that are wanted", () => {
  const source = "const A = 1;\nfunction b() { c(); }\n";
  assertEquals(mutantsOf("a.ts", source, new Set(["b"])).map(({ from }) => from), ["c();"]);
});

const MODULES = new Map([
  [
    "a/entry.ts",
    `import { twice } from "../b.ts";\nimport { four } from "four";\nexport const EIGHT: number = twice(four);`,
  ],
  ["b.ts", `export function twice(value: number): number { return value * 2; }`],
  ["loop.ts", "export function loop(turns: number) { for (let i = 0; i < turns; i++); }"],
]);

function linkSample(entry: string, sources: ReadonlyMap<string, string> = MODULES): Linked {
  return link(new Map([...sources].map(([path, text]) => [path, compile(text)])), entry, { four: { four: 4 } }, 100);
}

Deno.test("link gives what a module exports, with any module changed", () => {
  assertEquals(linkSample("a/entry.ts").exports["EIGHT"], 8);
  const tripled = new Map(MODULES).set("b.ts", MODULES.get("b.ts")!.replace("* 2", "* 3"));
  assertEquals(linkSample("a/entry.ts", tripled).exports["EIGHT"], 12);
});

Deno.test("link counts the turns of loops, and ends those that go on", () => {
  const linked = linkSample("loop.ts");
  const loop = linked.exports["loop"] as (turns: number) => void;
  loop(60);
  assertEquals(linked.steps(), 60);
  assertThrows(() => loop(60), EndlessError);
  linked.resetSteps();
  loop(100);
  assertEquals(linked.steps(), 100);
});

Deno.test("parseEquivalents reads what lineOf writes, below a reason", () => {
  const names = mutantsOf("a.ts", "function f() { if (a) b(); if (a) c(); }");
  const text = `# Because.\n${names.map(lineOf).join("\n")}\n`;
  assertEquals(parseEquivalents(text).map(keyOf), names.map(keyOf));
  assertThrows(() => parseEquivalents(lineOf(names[0]!)), SyntaxError, "has no reason");
  assertThrows(() => parseEquivalents("# Because.\na.ts: b"), SyntaxError, "names no mutant");
});

Deno.test("judgeSurvivors tells who is not listed, and what is listed in vain", () => {
  const [first, second, third] = mutantsOf("a.ts", "function f() { if (a) b(); }");
  assertEquals(judgeSurvivors([first!, second!], [second!, third!]), { survivors: [first!], stale: [third!] });
});
