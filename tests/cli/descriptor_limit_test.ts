import { assertEquals } from "@std/assert";
import { connectionLimit, parseConnectionLimit } from "../../cli/descriptor_limit.ts";

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max processes             1024                 2048                 processes
Max open files            SOFT                 1048576              files
Max locked memory         65536                65536                bytes
`;

const ROWS: readonly [text: string, limit: number | undefined][] = [
  [LIMITS.replace("SOFT", "1024"), 480],
  [LIMITS.replace("SOFT", "20  "), 1],
  [LIMITS.replace("SOFT", "unlimited"), undefined],
  ["", undefined],
];

Deno.test("parseConnectionLimit reads", async (t) => {
  for (const [text, limit] of ROWS) {
    await t.step(JSON.stringify(text.slice(-160)), () => assertEquals(parseConnectionLimit(text), limit));
  }
});

Deno.test("connectionLimit asks nobody on Deno", () => {
  assertEquals(connectionLimit(), undefined);
});
