/**
 * The import rule and the globals rule: who may import whom, and what core may use of the global scope. They keep the
 * core free of sockets, timers, clocks and runtimes, so that it runs on any transport and in a browser as it is.
 *
 * The rules are functions over a module graph and over sources, and are first tried on ones that break them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { findForbiddenGlobals } from "./support/globals.ts";
import { findCycles, findForbiddenImports, type Graph, readGraph, sourceFiles } from "./support/module_graph.ts";

const ROOT: URL = new URL("../", import.meta.url);

Deno.test("import rule: each module imports only what its place allows", async () => {
  assertEquals(findForbiddenImports(await readGraph(ROOT)), []);
});

Deno.test("import rule: core and adapters have no cycle", async () => {
  assertEquals(findCycles(await readGraph(ROOT)), []);
});

Deno.test("import rule: core uses only the globals that every runtime has", async () => {
  const found: string[] = [];
  const files = await sourceFiles(ROOT, ["core"]);
  for (const file of files) {
    found.push(...findForbiddenGlobals(file, await Deno.readTextFile(new URL(file, ROOT))));
  }
  assertEquals(found, []);
  assertEquals(files.length > 0, true, "no source was found");
});

const IMPORTS: readonly [from: string, to: string, allowed: boolean][] = [
  ["core/fields.ts", "core/octets.ts", true],
  ["core/octets.ts", "core/parse/head.ts", false],
  ["core/parse/head.ts", "core/errors.ts", true],
  ["core/parse/head.ts", "core/parse/target.ts", true],
  ["core/parse/head.ts", "core/write/send_buffer.ts", false],
  ["core/write/send_buffer.ts", "core/parse/head.ts", false],
  ["core/write/send_buffer.ts", "core/connection/lifecycle.ts", false],
  ["core/connection/lifecycle.ts", "core/write/send_buffer.ts", true],
  ["core/connection/lifecycle.ts", "core/gateway/types.ts", false],
  ["core/gateway/exchange.ts", "core/connection/lifecycle.ts", true],
  ["core/gateway/exchange.ts", "core/middleware/lint.ts", false],
  ["core/middleware/lint.ts", "core/gateway/types.ts", true],
  ["core/middleware/lint.ts", "core/mod.ts", false],
  ["core/websocket/frame.ts", "core/octets.ts", true],
  ["core/websocket/frame.ts", "core/parse/head.ts", false],
  ["core/websocket/frame.ts", "core/gateway/types.ts", false],
  ["core/websocket/websocket_app.ts", "core/gateway/types.ts", true],
  ["core/websocket/websocket_app.ts", "core/websocket/frame.ts", true],
  ["core/gateway/exchange.ts", "core/websocket/frame.ts", false],
  ["core/helpers/anything.ts", "core/octets.ts", false],
  ["core/octets.ts", "core/helpers.ts", false],
  ["core/mod.ts", "core/middleware/lint.ts", true],
  ["core/mod.ts", "adapters/deno.ts", false],
  ["core/mod.ts", "node:buffer", false],
  ["core/mod.ts", "npm:/anything@1.0.0", false],
  ["core/mod.ts", "vendor/std/cli/mod.ts", false],
  ["adapters/node.ts", "core/mod.ts", true],
  ["adapters/node.ts", "adapters/server.ts", true],
  ["adapters/node.ts", "node:net", true],
  ["adapters/node.ts", "npm:/anything@1.0.0", false],
  ["adapters/node.ts", "cli/serve.ts", false],
  ["mod.ts", "adapters/deno.ts", true],
  ["mod.ts", "core/mod.ts", true],
  ["mod.ts", "cli/serve.ts", false],
  ["cli/serve.ts", "vendor/std/cli/mod.ts", true],
  ["cli/serve.ts", "tests/run.ts", false],
  ["cli/demo/app.ts", "core/mod.ts", true],
  ["cli/demo/app.ts", "cli/demo/pages.ts", true],
  ["cli/demo/app.ts", "cli/serve.ts", false],
  ["cli/demo/app.ts", "vendor/std/cli/mod.ts", false],
  ["bench/subjects/node.ts", "adapters/node.ts", true],
  ["bench/subjects/node.ts", "cli/demo/app.ts", true],
  ["bench/subjects/node.ts", "npm:/hono@4.0.0", false],
  ["bench/compare.ts", "npm:/hono@4.0.0", true],
];

Deno.test("findForbiddenImports finds what is planted", async (t) => {
  for (const [from, to, allowed] of IMPORTS) {
    await t.step(`${from} -> ${to}`, () => {
      const expected = allowed ? [] : [`${from} must not import ${to}`];
      assertEquals(findForbiddenImports(new Map([[from, [to]]])), expected);
    });
  }
});

const CYCLES: readonly [graph: [string, string[]][], cycles: string[]][] = [
  [[["core/a.ts", ["core/b.ts", "core/c.ts"]], ["core/b.ts", ["core/c.ts"]], ["core/c.ts", []]], []],
  [[["core/a.ts", ["core/a.ts"]]], ["core/a.ts -> core/a.ts"]],
  [
    [["mod.ts", ["core/a.ts"]], ["core/a.ts", ["core/b.ts"]], ["core/b.ts", ["adapters/c.ts"]], [
      "adapters/c.ts",
      ["core/a.ts"],
    ]],
    ["core/a.ts -> core/b.ts -> adapters/c.ts -> core/a.ts"],
  ],
];

Deno.test("findCycles finds what is planted", async (t) => {
  for (const [entries, cycles] of CYCLES) {
    const graph: Graph = new Map(entries);
    await t.step(JSON.stringify(entries), () => assertEquals(findCycles(graph), cycles));
  }
});

const SOURCES: readonly [source: string, file: string, found: string[]][] = [
  ["const now = Date.now();", "core/a.ts", ["Date.now"]],
  [`const now = Date["now"]();`, "core/a.ts", ["Date[...]"]],
  ["const { now } = Date;", "core/a.ts", ["Date as a value"]],
  ["const now = new Date();", "core/a.ts", ["new Date()"]],
  ["const now = Date();", "core/a.ts", ["Date as a value"]],
  ["const date = new Date(0).toUTCString(), at = Date.UTC(1970), isDate = date instanceof Date;", "core/a.ts", []],
  ["function f(date: Date): number { return date.getTime(); }", "core/a.ts", []],
  ["AbortSignal.timeout(5); AbortSignal.any([]);", "core/a.ts", ["AbortSignal.timeout"]],
  ["const signal: AbortSignal = new AbortController().signal;", "core/a.ts", []],
  ["setTimeout(f, 1); function f() { queueMicrotask(f); }", "core/a.ts", ["setTimeout", "queueMicrotask"]],
  ["globalThis.setTimeout; self; window;", "core/a.ts", ["globalThis", "self", "window"]],
  ["setInterval; setImmediate; performance.now(); console.log(1);", "core/a.ts", [
    "setInterval",
    "setImmediate",
    "performance",
    "console",
  ]],
  ["process.env; Deno.args; Bun.gc; Buffer.from(``); fetch(``);", "core/a.ts", [
    "process",
    "Deno",
    "Bun",
    "Buffer",
    "fetch",
  ]],
  ["type A = Deno.Conn; let x: Buffer; let y: typeof process;", "core/a.ts", ["Deno", "Buffer", "process"]],
  ["eval(``); new Function(``); import(`./b.ts`); require(``);", "core/a.ts", [
    "eval",
    "Function",
    "import()",
    "require",
  ]],
  ["// setTimeout\n/* Deno */ const a = `fetch`, b = /process/, c = 'Bun';", "core/a.ts", []],
  ["const a = `${setTimeout}`;", "core/a.ts", ["setTimeout"]],
  ["class A { fetch: string = ``; process(): string { return this.fetch; } #timer?: number }", "core/a.ts", []],
  [
    "const a = { fetch: 1, process() {}, get Deno(): number { return 1; } }; a.fetch; export { a as Bun };",
    "core/a.ts",
    [],
  ],
  ["const a = { fetch };", "core/a.ts", ["fetch"]],
  [`import { performance as clock, type process } from "./b.ts"; clock.now(); let p: process;`, "core/a.ts", []],
  ["function f(fetch: () => void, { process: [Bun] }: X, ...Deno: Y[]): void { fetch(); Bun; Deno; }", "core/a.ts", [
    "X",
    "Y",
  ]],
  ["interface X { process: number; fetch(console: string): void } type Y<T> = { [K in keyof T]: K };", "core/a.ts", []],
  ["export class A<T, U extends Bun> { a: T | undefined; b: U | undefined; c: V | undefined; }", "core/a.ts", ["V"]],
  ["outer: for (;;) { try { continue outer; } catch (error) { throw error; } }", "core/a.ts", []],
  [
    "type E<T> = T extends (infer U)[] ? U : never; type L = [first: string]; type I = import('./b.ts').B;",
    "core/a.ts",
    [],
  ],
  ["export * as all from './b.ts'; export { fetch } from './b.ts';", "core/a.ts", []],
  ["let a: Request;", "core/gateway/a.ts", ["Request"]],
  ["let a: Request = new Request(``), b: ReadableStream, c: Response, d: Headers;", "core/middleware/a.ts", []],
  ["crypto.subtle; new CompressionStream(`deflate-raw`);", "core/middleware/a.ts", ["crypto", "CompressionStream"]],
  ["crypto.subtle.digest; new DecompressionStream(`deflate-raw`);", "core/websocket/a.ts", []],
  ["crypto.randomUUID();", "core/websocket/a.ts", ["crypto.randomUUID"]],
  ["new TextEncoder().encode(new URL(``).href); new TextDecoder();", "core/a.ts", []],
  ["const a: Record<string, readonly Uint8Array[]> = {}; Object.freeze(a); undefined; NaN;", "core/a.ts", []],
];

Deno.test("findForbiddenGlobals finds what is planted", async (t) => {
  for (const [source, file, names] of SOURCES) {
    await t.step(`${file}: ${source}`, () => {
      const found = findForbiddenGlobals(file, source).map((line) => line.replace(/^.*: /, ""));
      assertEquals(found, names);
    });
  }
});
