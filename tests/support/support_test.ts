/**
 * Tests of what the other tests stand on: the runtimes, the subjects and the counting of `tests/run.ts`.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { toText } from "@std/streams";
import { countReport } from "../run.ts";
import { runtime, type RuntimeName } from "./runtimes.ts";
import { startSubject } from "./subject.ts";

const RUNTIMES: readonly RuntimeName[] = ["deno", "node", "bun"];
const SAMPLE: URL = new URL("sample_subject.ts", import.meta.url);

Deno.test("runtime gives one command to all who ask at once", async () => {
  for (const name of RUNTIMES) {
    const [first, second] = await Promise.all([runtime(name), runtime(name)]);
    assertEquals(first, second);
  }
});

Deno.test("startSubject starts a TypeScript file under each runtime", async (t) => {
  for (const name of RUNTIMES) {
    await t.step(name, async () => {
      const subject = await startSubject(name, SAMPLE, { args: ["a", "b"], env: { SAMPLE: name } });
      assert(subject.port > 0);
      assertNotEquals(subject.pid, Deno.pid);
      assertEquals(subject.lines, [`listening ${subject.port}`]);
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: subject.port });
      assertEquals(await toText(connection.readable), `a b ${name}`);
      assertEquals(subject.stderr(), "");
      const status = await subject.stop();
      assert(!status.success);
      assertEquals(await subject.stop(), status);
    });
  }
});

Deno.test("startSubject says what a subject wrote that ends before it listens", async (t) => {
  for (const name of RUNTIMES) {
    await t.step(name, async () => {
      const error = await assertRejects(() => startSubject(name, SAMPLE, { args: ["fail"] }), Error);
      assertStringIncludes(error.message, "it ended with 3 before it listened");
      assertStringIncludes(error.message, "no luck today");
    });
  }
});

Deno.test("startSubject ends a subject that does not listen in time", async () => {
  await assertRejects(
    () => startSubject("deno", SAMPLE, { args: ["hang"], timeoutMs: 300 }),
    Error,
    `it did not print "listening PORT" within 300 ms`,
  );
});

Deno.test("startSubject fails whoever stops a subject that wrote what is forbidden", async (t) => {
  for (const name of RUNTIMES) {
    await t.step(name, async () => {
      const subject = await startSubject(name, SAMPLE, { args: ["mutter"], forbidden: /\bsomething\b/ });
      const error = await assertRejects(() => subject.stop(), Error);
      assertStringIncludes(error.message, "there is something");
      const other = await startSubject(name, SAMPLE, { args: ["mutter"], forbidden: /\bnothing\b/ });
      await other.stop();
    });
  }
});

const REPORTS: readonly [xml: string, passed: number, failed: number, ignored: number][] = [
  ["", 0, 0, 0],
  [`<testsuites tests="0"></testsuites>`, 0, 0, 0],
  [`<testcase name="a" line="1">\n</testcase><testcase name="a &gt; step"/>`, 2, 0, 0],
  [`<testcase name="a"><failure message="x">x &lt;testcase&gt;</failure></testcase><testcase name="b"/>`, 1, 1, 0],
  [`<testcase name="a"><error/></testcase><testcase name="b"><skipped/></testcase>`, 0, 1, 1],
];

Deno.test("countReport counts tests and steps", async (t) => {
  for (const [xml, passed, failed, ignored] of REPORTS) {
    await t.step(xml || "(empty)", () => assertEquals(countReport(xml), { passed, failed, ignored }));
  }
});
