import { assertEquals } from "@std/assert";
import { toLine } from "../../cli/command_error.ts";

const ROWS: readonly [thrown: unknown, line: string][] = [
  [new Error("a"), "a"],
  [new Error("\n  a\n  b"), "a"],
  [new TypeError(""), "TypeError"],
  [new Error("\x1b[0m\x1b[1mred\x1b[0m alert"), "red alert"],
  ["text", "text"],
  [undefined, "undefined"],
  ["", "unknown error"],
];

Deno.test("toLine says in one line", async (t) => {
  for (const [thrown, line] of ROWS) {
    await t.step(`${thrown}`, () => assertEquals(toLine(thrown), line));
  }
});
