/**
 * Every vector over sockets, on the three runtimes: whole, octet by octet, and cut at each of three places. The answers
 * are those that the vector states, in order, with what was read of each request; then the connection is kept, or closed,
 * as it states.
 *
 * Vectors of servers are for `ClientConnection`, and have no server to go to.
 *
 * @module
 */

import { textOf } from "../support/octet_text.ts";
import { startSubject } from "../support/subject.ts";
import { readVectors, type Vector } from "../support/vectors.ts";
import { type Case, WAYS_OF_VECTORS } from "./judge.ts";
import { RUNTIMES } from "./runtimes.ts";
import { tryCases } from "./try_cases.ts";
import { toldBy } from "./vector_answer.ts";

const VECTORS: readonly Vector[] = readVectors().filter(({ asked }) => asked === undefined);
const CASES: ReadonlyMap<Vector, Case> = new Map(VECTORS.map((vector) => [vector, caseOf(vector)]));
/** Each set of options that a vector asks for, once. */
const OPTIONS: readonly string[] = [...new Set(VECTORS.map(optionsOf))];

for (const runtime of RUNTIMES) {
  Deno.test(`${runtime}: every vector has its answers over a socket`, async (t) => {
    const file = new URL("vectors_subject.ts", import.meta.url);
    await using subject = await startSubject(runtime, file, { args: [`[${OPTIONS}]`], forbidden: /./ });
    const line = subject.lines.find((line) => line.startsWith("ports "))!;
    const ports = JSON.parse(line.slice("ports ".length)) as number[];
    await tryCases(
      t,
      VECTORS.flatMap((vector) => {
        const port = ports[OPTIONS.indexOf(optionsOf(vector))]!;
        return WAYS_OF_VECTORS.map((way) => ({ of: CASES.get(vector)!, way, port }));
      }),
    );
  });
}

function optionsOf({ limits, protocol }: Vector): string {
  return JSON.stringify({ limits, protocol });
}

function caseOf(vector: Vector): Case {
  return {
    name: vector.name,
    octets: textOf(vector.octets),
    outcome: outcomeOf(vector),
    methods: vector.requests.map(({ line }) => line.split(" ")[0]!),
    contents: vector.requests.map((request) =>
      statusOf(request.line, request.claims) === 200 ? toldBy(request) : undefined
    ),
  };
}

function outcomeOf({ requests, refusal, endsInHead }: Vector): string {
  const statuses: number[] = [];
  for (const { line, claims } of requests) {
    const status = statusOf(line, claims);
    statuses.push(status);
    // What the gateway itself refuses is the last, as what closes is.
    if (claims.has("closes") || status >= 400) return [...statuses, "close"].join(" ");
  }
  if (refusal) statuses.push(refusal.status);
  // Only the end of the client's side tells that nothing more comes.
  const isIncomplete = endsInHead || refusal?.code === "unexpected-eof";
  return [...statuses, isIncomplete ? "ends" : refusal ? "close" : "keep"].join(" ");
}

/** What is no business of the parser: who answers `OPTIONS *`, takes CONNECT, or https on clear text. */
function statusOf(line: string, claims: ReadonlyMap<string, string>): number {
  if (line === "OPTIONS *") return 204;
  if (line.startsWith("CONNECT ")) return 501;
  return claims.get("scheme") === "https" ? 421 : 200;
}
