/**
 * The same malformed and unusual requests against the three runtimes, whole and in small pieces: the rows of `table.ts`,
 * each against the demo application and a fetch handler, and the vectors against the handler. What the vectors state to
 * the octet is tested in `vectors_contract_test.ts`.
 *
 * @module
 */

import { textOf } from "../support/octet_text.ts";
import { readVectors, type Vector } from "../support/vectors.ts";
import { type RuntimeName, RUNTIMES, startShared } from "./runtimes.ts";
import { type Case, isUseful, WAYS } from "./judge.ts";
import { TABLE } from "./table.ts";
import { tryCases } from "./try_cases.ts";

/** What a subject serves. */
type Served = "demo" | "fetch";

const SERVED: readonly Served[] = ["demo", "fetch"];

/** Methods that a fetch handler cannot be given (Fetch, "forbidden method" and "normalize a method"). */
const NO_FETCH_METHOD = /^(?:CONNECT|TRACE|TRACK)$/i;
const NORMALISED_METHOD = /^(?:DELETE|GET|HEAD|OPTIONS|POST|PUT)$/i;

/** On clear text, https is for another server (RFC 9110, section 7.4). */
const MISDIRECTED = /^\S+ https:/i;

/** Node.js warns of the method `patch`, which is legal. */
const WARNING = /^\(node:\d+\) \[UNDICI-FETCH-patch\]|^\(Use `node/;

for (const runtime of RUNTIMES) {
  for (const served of SERVED) {
    Deno.test(`${runtime}: ${served} gives only permitted answers to the table`, async (t) => {
      await runAll(t, runtime, served, casesOfTable(served));
    });
  }
  Deno.test(`${runtime}: fetch gives only permitted answers to the vectors`, async (t) => {
    await runAll(t, runtime, "fetch", casesOfVectors());
  });
}

async function runAll(
  t: Deno.TestContext,
  runtime: RuntimeName,
  served: Served,
  cases: readonly Case[],
): Promise<void> {
  await using subject = await startShared(runtime, served);
  const { port } = subject;
  await tryCases(t, cases.flatMap((of) => WAYS.filter((way) => isUseful(of, way)).map((way) => ({ of, way, port }))));
  await t.step("the server is alive, and was silent", () => {
    const lines = subject.stderr().split("\n").filter((line) => line !== "" && !WARNING.test(line));
    if (lines.length > 0) throw new Error(`it wrote: ${lines.join("\n").slice(0, 1000)}`);
  });
}

function casesOfTable(served: Served): Case[] {
  return Object.entries(TABLE).flatMap(([group, rows]) =>
    rows.map((row) => ({
      ...row,
      name: `${group}: ${row.name}`,
      outcome: served === "fetch" ? row.fetch ?? row.outcome : row.outcome,
    }))
  );
}

/** Subjects have the default limits and options, so vectors that need others are left to `vectors_contract_test.ts`. */
function casesOfVectors(): Case[] {
  return readVectors()
    .filter(({ asked }) => asked === undefined)
    .filter(({ limits, protocol }) => Object.keys(limits).length + Object.keys(protocol).length === 0)
    .map((vector) => ({
      name: vector.name,
      octets: toReadPath(textOf(vector.octets)),
      outcome: outcomeOf(vector),
      methods: vector.requests.map((request) => request.line.split(" ")[0]!),
    }));
}

/** Content is judged by who reads it, so that it is sent where it is read. */
function toReadPath(text: string): string {
  return text.replace(/^((?:\r\n)?POST) \/ /, "$1 /discard ");
}

/** The client ends its side behind each vector. */
function outcomeOf(vector: Vector): string {
  const statuses: string[] = [];
  for (const { line, claims } of vector.requests) {
    statuses.push(permitted(line));
    // RFC 9112, section 9.6: nothing behind the answer that closes.
    if (claims.has("closes")) return [...statuses, "ends"].join(" ");
    if (line.startsWith("CONNECT ") || MISDIRECTED.test(line)) return [...statuses, "ends"].join(" ");
  }
  if (vector.refusal) statuses.push(String(vector.refusal.status));
  return [...statuses, "ends"].join(" ");
}

function permitted(line: string): string {
  const method = line.split(" ")[0]!;
  if (line === "OPTIONS *") return "204";
  if (method === "CONNECT") return "501";
  if (MISDIRECTED.test(line)) return "421";
  if (NO_FETCH_METHOD.test(method)) return "501";
  if (NORMALISED_METHOD.test(method) && method !== method.toUpperCase()) return "501";
  // A host that is one in HTTP may be none in a URL.
  return "200|400";
}
