/**
 * Tests of the leaf for Connection.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { parseConnectionOptions } from "../../../core/parse/connection_options.ts";
import { refusalOf } from "../../support/refusal.ts";

const OPTIONS: readonly [value: string | undefined, found: string][] = [
  [undefined, ""],
  ["", ""],
  [" ,\t,, ", ""],
  ["close", "close"],
  ["Close", "close"],
  ["CLOSE ", "close"],
  ["keep-alive", "keepAlive"],
  ["Keep-Alive", "keepAlive"],
  ["upgrade", "upgrade"],
  ["keep-alive, Upgrade", "keepAlive upgrade"],
  ["keep-alive,close", "close keepAlive"],
  [",close\t,,x", "close"],
  ["closed", ""],
  ["x-close, te, http2-settings", ""],
];

Deno.test("parseConnectionOptions finds the options that are heeded", async (t) => {
  for (const [value, found] of OPTIONS) {
    await t.step(JSON.stringify(value) ?? "no field", () => {
      const options = Object.entries(parseConnectionOptions(value)).filter(([, isThere]) => isThere);
      assertEquals(options.map(([name]) => name).join(" "), found);
    });
  }
});

Deno.test("parseConnectionOptions refuses an option that is no token", async (t) => {
  for (
    const value of ["close;", "clo se", '"close"', "a, b/c", "close\x0b", "\xa0close", "keep-alive; timeout=5", "a=b"]
  ) {
    await t.step(JSON.stringify(value), () => {
      assertEquals(refusalOf(() => parseConnectionOptions(value)), "bad-field-line");
    });
  }
});

Deno.test("parseConnectionOptions costs no more for white space than for other octets", () => {
  // A quadratic trim takes some 350 ms for each of them.
  const value = `a${"\t".repeat(32_000)}b`;
  const start = performance.now();
  for (let i = 0; i < 20; i++) assertEquals(refusalOf(() => parseConnectionOptions(value)), "bad-field-line");
  assert(performance.now() - start < 2000);
});
