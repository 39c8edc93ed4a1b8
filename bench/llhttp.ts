/**
 * Request heads: ours beside llhttp, the parser in C that Node.js has built in, on Node.js and through its own binding.
 *
 * ```sh
 * node bench/llhttp.ts            # Node.js 24
 * deno task bench:llhttp          # the same with the Node.js that the tests use
 * ```
 *
 * The last line is `browser head: sluice A ns, llhttp B ns, ratio R`.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import process from "node:process";
import { HEADS, sluiceHeads, sluicePieces, toOctets } from "./leaves/head_cases.ts";
import { sink, takeTurns } from "./leaves/leaf_case.ts";
import { duel } from "./support/duel.ts";

/** What is used of Node's binding of llhttp. */
interface NativeParser {
  initialize(type: number, resource: object): void;
  execute(bytes: Buffer): number | Error;
  [callback: number]: unknown;
}

interface NativeParserClass {
  new (): NativeParser;
  readonly REQUEST: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
}

/** What is said last. */
const LAST = "browser head";

if ("Deno" in globalThis) await runUnderNode();
else compare();

/** Deno has no such binding. */
async function runUnderNode(): Promise<void> {
  const { runtime } = await import("../tests/support/runtimes.ts");
  const [command, ...args] = await runtime("node");
  const { code } = await new Deno.Command(command!, { args: [...args, import.meta.filename!] }).spawn().status;
  process.exitCode = code;
}

function compare(): void {
  const lines = Object.entries(HEADS).map(([name, heads]) => {
    const next = takeTurns(heads);
    const parse = nativeRequests();
    return compareWays(name, sluiceHeads(heads).run, () => parse(next()));
  });
  const some = HEADS[LAST]!.slice(0, 16);
  const next = takeTurns(some.map((head) => toOctets(head)));
  const parse = nativeRequests();
  lines.push(compareWays(`${LAST}, octet by octet`, sluicePieces(some).run, () => next().forEach(parse)));
  lines.sort((a, b) => Number(a.startsWith(`${LAST}:`)) - Number(b.startsWith(`${LAST}:`)));
  console.log(lines.join("\n"));
}

function compareWays(name: string, ours: () => void, theirs: () => void): string {
  const [sluice, llhttp] = duel([ours, theirs]).map((pace) => pace.median) as [number, number];
  const ratio = (llhttp / sluice).toFixed(2);
  return `${name}: sluice ${sluice.toFixed(0)} ns, llhttp ${llhttp.toFixed(0)} ns, ratio ${ratio}`;
}

/** A parser as `node:http` makes it: fields come as strings, those beyond the 32nd by a callback of their own. */
function nativeRequests(): (bytes: Buffer) => void {
  const { HTTPParser } = createRequire(import.meta.url)("_http_common") as { HTTPParser: NativeParserClass };
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {});
  parser[HTTPParser.kOnHeaders] = (fields: string[]) => {
    sink.value = fields;
  };
  parser[HTTPParser.kOnHeadersComplete] = (_major: number, _minor: number, fields: string[] | undefined) => {
    sink.value = fields;
  };
  return (bytes) => {
    const result = parser.execute(bytes);
    if (result !== bytes.length) throw new Error(`llhttp took ${result} of ${bytes.length} octets`);
  };
}
