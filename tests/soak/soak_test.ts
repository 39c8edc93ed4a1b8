/** The parts of the soak, and a soak of a few seconds on each runtime; what minutes show, `deno task soak` does. */

import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { RUNTIMES } from "../contract/runtimes.ts";
import { NEEDS_LINUX } from "../support/needs_linux.ts";
import { EPISODES } from "./episodes.ts";
import { chartOf, tableOf } from "./report.ts";
import { growthOf, leftBehind, type Sample, slopeOf } from "./samples.ts";
import { soak, type SoakResult, verdictOf } from "./soak.ts";

const MIB = 1_048_576;
const QUIET: Sample = { ms: 0, memory: 50 * MIB, heap: 9 * MIB, descriptors: 20, timers: 1, begun: 7, ended: 7 };

Deno.test("slopeOf() fits by least squares", () => {
  assertEquals(slopeOf([[0, 1], [1, 3], [2, 5]]), 2);
  assertAlmostEquals(slopeOf([[0, 0], [1, 3], [2, 3]]), 1.5);
  assertEquals(slopeOf([[3, 5]]), NaN);
});

Deno.test("growthOf() leaves the warm-up out", () => {
  const samples = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((minute) => ({
    ...QUIET,
    ms: minute * 60_000,
    memory: (minute < 4 ? minute * 20 : 80 + minute) * MIB,
  }));
  assertAlmostEquals(growthOf(samples), MIB);
});

Deno.test("leftBehind() tells what is not as it was", () => {
  assertEquals(leftBehind(QUIET, { ...QUIET, begun: 90, ended: 90 }), []);
  assertEquals(leftBehind(QUIET, { ...QUIET, descriptors: 21, timers: 3, begun: 8 }), [
    "descriptors: 20 at first, 21 at last",
    "timers: 1 at first, 3 at last",
    "exchanges: 8 begun, 7 ended",
  ]);
});

Deno.test("verdictOf() holds growth against a server, and that it cannot be told", () => {
  const result: SoakResult = {
    runtime: "deno",
    samples: [QUIET, { ...QUIET, ms: 60_000 }],
    first: QUIET,
    last: QUIET,
    episodes: new Map([["churn", 3]]),
    answers: 15,
    growth: 0.4 * MIB,
    faults: [],
  };
  assertEquals(verdictOf(result), []);
  assertEquals(verdictOf({ ...result, growth: 0.75 * MIB }), ["memory grows by 0.75 MiB a minute"]);
  assertEquals(verdictOf({ ...result, growth: NaN, faults: ["a"] }), ["a", "memory grows by NaN MiB a minute"]);
  assertMatch(tableOf([result]), /\| deno +\| 3 +\| 15 +\| 7 +\| 50 to 50 MiB, 0.40 MiB a minute/);
  assertMatch(chartOf([result]), /<polyline class="memory" points="72,\d[\d.]* 804,\d[\d.]*"\/>/);
});

Deno.test("a few seconds of soak find nothing on any runtime", NEEDS_LINUX, async () => {
  const results = await Promise.all(RUNTIMES.map((runtime) => soak({ runtime, ms: 2000, intervalMs: 500 })));
  for (const { runtime, faults, episodes, answers, samples, last } of results) {
    assertEquals(faults, [], runtime);
    assertEquals([...episodes.keys()].sort(), Object.keys(EPISODES).sort());
    assert(
      answers > 100 && last.ended > answers && samples.length >= 1,
      `${runtime}: ${answers} answers, ${last.ended} exchanges, ${samples.length} samples`,
    );
  }
});

Deno.test("the soak notices a server that leaks", NEEDS_LINUX, async () => {
  const { faults } = await soak({ runtime: "bun", ms: 500, intervalMs: 500, patienceMs: 3000, leaks: true });
  assertMatch(
    faults.join("\n"),
    /^descriptors: (\d+) at first, \d+ at last\ntimers: 1 at first, 2 at last\nexchanges: (\d+) begun, \d+ ended$/,
  );
});
