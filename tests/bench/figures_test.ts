/**
 * The benches' figures: medians, tables, plots, the parts of a page, CPU profiles.
 *
 * @module
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { findSlow } from "../../bench/check.ts";
import { parseLlhttp } from "../../bench/leaves.ts";
import { replacePart } from "../../bench/support/readme.ts";
import { selfTimes } from "../../bench/support/self_times.ts";
import { median, percentile, spread } from "../../bench/support/stats.ts";
import { barCharts } from "../../bench/support/svg.ts";
import { toNumber, toTable } from "../../bench/support/table.ts";

Deno.test("median gives the value in the middle", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 10, 1, 2]), 3);
  assertEquals(median([]), NaN);
});

Deno.test("percentile gives the least value that so many are not above", () => {
  const values = Array.from({ length: 1000 }, (_, index) => 1000 - index);
  assertEquals([50, 99, 99.9, 100].map((percent) => percentile(values, percent)), [500, 990, 999, 1000]);
  assertEquals(percentile([7], 50), 7);
  assertEquals(percentile([], 50), NaN);
});

Deno.test("spread gives the distance as a part of the median", () => {
  assertEquals(spread([9, 10, 12]), 0.3);
  assertEquals(spread([]), 0);
});

Deno.test("toTable lays out the first column to the left and the others to the right", () => {
  assertEquals(toTable(["leaf", "ns"], [["head", "1"], ["a long one", "23456"]]).split("\n"), [
    "| leaf       |    ns |",
    "| ---------- | ----: |",
    "| head       |     1 |",
    "| a long one | 23456 |",
  ]);
});

Deno.test("toNumber keeps three digits", () => {
  const texts = [0.4567, 1.234, 12.34, 123.4, 123_456, NaN, undefined].map(toNumber);
  assertEquals(texts, ["0.46", "1.23", "12.3", "123", "123,456", "-", "-"]);
});

Deno.test("barCharts draws each bar to the scale of its panel and escapes names", () => {
  const svg = barCharts("a & b", [
    { title: "first", bars: [{ label: "<x>", value: 10, text: "10", tone: "ours" }] },
    {
      title: "second",
      bars: [
        { label: "y", value: 1000, text: "1,000", tone: "rival" },
        { label: "z", value: 500, text: "500", tone: "other" },
      ],
    },
  ]);
  const lengths = [...svg.matchAll(/class="(ours|rival|other)" x="[\d.]+" y="\d+" width="(\d+)"/g)].map((match) =>
    Number(match[2])
  );
  assertEquals(lengths[0], lengths[1]);
  assertEquals(lengths[2]! * 2, lengths[1]);
  assertStringIncludes(svg, "&#60;x&#62;");
  assertStringIncludes(svg, ">a &#38; b<");
});

Deno.test("replacePart replaces what stands between its comments and nothing else", () => {
  const text = "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n<!-- begin y -->\n<!-- end y -->\n";
  const once = replacePart(text, "x", "new\n");
  assertEquals(once, "a\n<!-- begin x -->\n\nnew\n\n<!-- end x -->\nb\n<!-- begin y -->\n<!-- end y -->\n");
  assertEquals(replacePart(once, "x", "new"), once);
  assertThrows(() => replacePart(text, "z", "new"), Error, "Cannot write the part z");
});

Deno.test("selfTimes sums a function over all stacks and leaves idle time out", () => {
  const frame = (functionName: string, url = "file:///a/b/c.ts") => ({ functionName, url, lineNumber: 4 });
  const nodes = [
    { id: 1, callFrame: frame("(root)", "") },
    { id: 2, callFrame: frame("(idle)", "") },
    { id: 3, callFrame: frame("work") },
    { id: 4, callFrame: frame("work") },
    { id: 5, callFrame: frame("rest") },
  ];
  const expected = [{ share: 0.75, name: "work", place: "b/c.ts:5" }, { share: 0.25, name: "rest", place: "b/c.ts:5" }];
  assertEquals(selfTimes({ nodes, samples: [3, 2, 4, 5], timeDeltas: [10, 99, 20, 10] }), expected);
  const counted = nodes.map((node) => ({ ...node, hitCount: [0, 9, 1, 2, 1][node.id - 1]! }));
  assertEquals(selfTimes({ nodes: counted }), expected);
});

Deno.test("findSlow names the leaves below three quarters of what was recorded, and missing ones", () => {
  const recorded = { head: 8, chunks: 4, writer: 2 };
  assertEquals(findSlow(recorded, { head: 6, chunks: 2.99, other: 0 }), ["chunks", "writer"]);
  assertEquals(findSlow(recorded, { head: NaN, chunks: 40, writer: 1.5 }), ["head"]);
});

Deno.test("parseLlhttp reads the lines of llhttp.ts", () => {
  const report = "minimal head: sluice 100 ns, llhttp 465 ns, ratio 4.65\nnot a line\n" +
    "browser head: sluice 300 ns, llhttp 900 ns, ratio 3.00\n";
  assertEquals(parseLlhttp(report), [
    { leaf: "minimal head", sluice: 100, rival: "llhttp", rivalTime: 465 },
    { leaf: "browser head", sluice: 300, rival: "llhttp", rivalTime: 900 },
  ]);
});
