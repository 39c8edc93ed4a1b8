import { assertEquals, assertThrows } from "@std/assert";
import { readLcov, totalCoverage } from "./lcov.ts";

const REPORT = `SF:/a.ts
FN:1,run
FNDA:3,run
FNF:1
FNH:1
BRDA:2,1,0,3
BRDA:2,1,1,0
BRDA:4,2,0,-
BRDA:4,2,1,-
BRF:4
BRH:1
DA:1,3
DA:2,3
DA:10,0
DA:9,0
LF:4
LH:2
end_of_record
SF:/b.ts
DA:1,1
end_of_record
`;

Deno.test("readLcov tells lines and branches of each file, and which were missed, in order", () => {
  assertEquals(readLcov(REPORT), [
    { path: "/a.ts", lines: 4, missedLines: [9, 10], branches: 4, missedBranches: [2, 4, 4] },
    { path: "/b.ts", lines: 1, missedLines: [], branches: 0, missedBranches: [] },
  ]);
});

Deno.test("readLcov takes what stands twice for run if it is so once", () => {
  const twice = "SF:/a.ts\nDA:1,0\nDA:2,0\nBRDA:1,0,0,-\nend_of_record\n" +
    "SF:/a.ts\nDA:1,2\nDA:2,0\nBRDA:1,0,0,1\nend_of_record\n";
  assertEquals(readLcov(twice), [
    { path: "/a.ts", lines: 2, missedLines: [2], branches: 1, missedBranches: [] },
  ]);
});

Deno.test("readLcov refuses what is no report", async (test) => {
  const malformed = ["DA:1,1", "SF:/a\nend_of_record\nDA:1,1", "SF:/a\nDA:1", "SF:/a\nDA:x,1", "SF:/a\nBRDA:1,0,1"];
  for (const text of malformed) {
    await test.step(JSON.stringify(text), () => void assertThrows(() => readLcov(text), SyntaxError, "Cannot read"));
  }
});

Deno.test("totalCoverage weighs files by their lines and branches", () => {
  assertEquals(totalCoverage(readLcov(REPORT)), { lines: 60, branches: 25 });
  assertEquals(totalCoverage([]), { lines: 100, branches: 100 });
});
