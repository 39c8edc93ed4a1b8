import { assertEquals } from "@std/assert";
import type { RuntimeName } from "../support/runtimes.ts";
import { startSubject } from "../support/subject.ts";

const RUNTIMES: readonly RuntimeName[] = ["deno", "node", "bun"];

for (const name of RUNTIMES) {
  const file = new URL(`../../bench/subjects/${name}.ts`, import.meta.url);

  Deno.test(`subject ${name}.ts serves the demo, quietly, and ends in order`, async () => {
    await using subject = await startSubject(name, file);
    const response = await fetch(`http://127.0.0.1:${subject.port}/`);
    assertEquals(await response.text(), "Hello, World!\r\n");
    const status = await subject.stop();
    assertEquals([status.code, subject.stderr(), subject.lines], [0, "", [`listening ${subject.port}`]]);
  });

  Deno.test(`subject ${name}.ts serves a fetch handler`, async () => {
    await using subject = await startSubject(name, file, { args: ["fetch"] });
    const url = `http://127.0.0.1:${subject.port}/a?b`;
    const response = await fetch(url, { method: "BREW", body: "12345" });
    assertEquals(await response.text(), `BREW ${url} 5\n`);
    // Bun leaves naming the type of a text to its own server.
    assertEquals(response.headers.get("content-type"), "text/plain;charset=UTF-8");
    assertEquals((await subject.stop()).code, 0);
  });
}
