/**
 * What the bench of start-up times runs: the JavaScript that is written for it, and the greeting of ours.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { HELLO } from "../../bench/rivals/content.ts";
import { commandOf, moduleOf, RUNTIMES, SLUICE_GREETING } from "../../bench/support/catalog.ts";
import { JavaScriptFolder, reachable, toJavaScript } from "../../bench/support/javascript.ts";
import { contentOf, exchangeOnce } from "../../bench/support/probe.ts";
import { ServerProcess } from "../../bench/support/server_process.ts";

Deno.test("toJavaScript removes types and lets JavaScript import JavaScript", () => {
  const rows: [source: string, script: string][] = [
    ["let a: string = b as string;", "let a = b;"],
    ['import type { A } from "./a.ts";', ""],
    ['import { a, type B } from "./a.ts";', 'import { a, } from "./a.js";'],
    ['import "../a/b.ts"; export * from "./c.ts";', 'import "../a/b.js"; export * from "./c.js";'],
    ['const a = await import("./a.ts");', 'const a = await import("./a.js");'],
    ['import { a } from "a.ts"; const b = "./b.ts";', 'import { a } from "a.ts"; const b = "./b.ts";'],
  ];
  for (const [source, script] of rows) {
    // Types leave blanks, so that lines and columns stay.
    assertEquals(toJavaScript(source).replace(/ +/g, " ").replaceAll(" ;", ";").trim(), script);
  }
  assertThrows(() => toJavaScript("enum A { B }"), SyntaxError);
});

Deno.test("reachable finds what modules import, once each, and nothing outside of the project", () => {
  const graph = new Map([
    ["a.ts", ["b.ts", "node:fs", "npm:/c@1.0.0"]],
    ["b.ts", ["a.ts", "d.ts"]],
    ["d.ts", []],
    ["e.ts", ["a.ts"]],
    ["node:fs", []],
  ]);
  assertEquals([...reachable(graph, ["a.ts"])], ["a.ts", "b.ts", "d.ts"]);
  assertThrows(() => reachable(graph, ["f.ts"]), Error, "there is no module f.ts");
});

Deno.test("ours greets as the rivals do, as TypeScript and as JavaScript", async () => {
  const contestants = RUNTIMES.map((runtime) => ({ runtime, contestant: SLUICE_GREETING[runtime] }));
  await using javaScript = await JavaScriptFolder.write(contestants.map(({ contestant }) => moduleOf(contestant)));
  for (const { runtime, contestant } of contestants) {
    for (const written of [undefined, javaScript]) {
      await using server = await ServerProcess.start(await commandOf(runtime, contestant, [], written), 0);
      const answer = await exchangeOnce(server.port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      assertEquals(contentOf(answer), HELLO);
    }
  }
});
