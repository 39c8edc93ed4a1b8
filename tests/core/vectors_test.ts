/**
 * Every vector against `ServerConnection`, however its octets arrive.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Seen, type SeenRequest, serveOctets, type ServeOptions, summaryOf } from "../support/serve_octets.ts";
import { poisonedBlocks, splitsOf } from "../support/splits.ts";
import { type ExpectedRequest, parseVector, readVectors, type Vector } from "../support/vectors.ts";

const VECTORS: readonly Vector[] = readVectors();

Deno.test("ServerConnection reads each vector as stated", async (t) => {
  for (const vector of VECTORS) {
    await t.step(`${vector.name}: ${vector.rule}`, () => checkOutcome(serveOctets([vector.octets], vector), vector));
  }
});

Deno.test("ServerConnection sees no difference in how a vector arrives", async (t) => {
  for (const vector of VECTORS) {
    await t.step(vector.name, () => {
      const options: ServeOptions = { limits: vector.limits, protocol: vector.protocol };
      const whole = summaryOf(serveOctets([vector.octets], options));
      for (const { name, pieces } of splitsOf(vector.octets)) {
        assertEquals(summaryOf(serveOctets(pieces, options)), whole, name);
      }
      for (const block of poisonedBlocks(vector.octets)) {
        const name = `as a view among octets 0x${block[0]!.toString(16)}`;
        assertEquals(summaryOf(serveOctets([block], { ...options, poisoned: true })), whole, name);
      }
    });
  }
});

Deno.test("The vectors are two hundred at least, and each is one of its kind", () => {
  assert(VECTORS.length >= 200, `there are ${VECTORS.length}`);
  const seen = new Map<string, string>();
  for (const { name, octets, limits, protocol } of VECTORS) {
    const key = JSON.stringify([[...octets], limits, protocol]);
    assertEquals(seen.get(key), undefined, `${name} is the same as another`);
    seen.set(key, name);
  }
});

const RIGHT = "# rule: r\n# section: RFC 9112, 3.2\n# refuse: 400 bad-host\nGET\\r\\n\n";

const MALFORMED: readonly [what: string, name: string, text: string, why: string][] = [
  ["a header line without name", "9112-3.2-a.http", `# r\n${RIGHT}`, "is no header line"],
  ["an unknown header", "9112-3.2-a.http", `# x: r\n${RIGHT}`, `"x" is no header`],
  ["no rule", "9112-3.2-a.http", RIGHT.replace("# rule: r\n", ""), "it does not say its rule"],
  ["a section in other words", "9112-3.2-a.http", RIGHT.replace(", 3", " section 3"), "is no section"],
  ["a name of another section", "9112-3.1-a.http", RIGHT, "its name does not start with its section"],
  ["a name of a longer section", "9112-3.2.1-a.http", RIGHT, "its name does not start with its section"],
  ["an unknown limit", "9112-3.2-a.http", `# limits: x=1\n${RIGHT}`, `"x" is not one of them`],
  ["an unknown protocol option", "9112-3.2-a.http", `# protocol: x\n${RIGHT}`, `"x" is not one of them`],
  ["no refusal", "9112-3.2-a.http", RIGHT.replace("# refuse: 400 bad-host\n", ""), "it stands in the wrong folder"],
  ["a claim that is none", "9112-3.2-a.http", `# request: GET / a="b\n${RIGHT}`, "is no claim"],
  ["a bad escape", "9112-3.2-a.http", `${RIGHT}\\q`, "escapes nothing"],
  ["a bare brace", "9112-3.2-a.http", `${RIGHT}{a*b}`, "a brace is not spelled out"],
  ["an octet that is none", "9112-3.2-a.http", `${RIGHT}\u0100`, "is no octet"],
];

Deno.test("parseVector refuses a malformed vector", async (t) => {
  assertEquals(parseVector("refuse/9112-3.2-a.http", "refuse", RIGHT).refusal, { status: 400, code: "bad-host" });
  for (const [what, name, text, why] of MALFORMED) {
    await t.step(what, () => {
      assertThrows(() => parseVector(`refuse/${name}`, "refuse", text), Error, why);
    });
  }
});

function checkOutcome(seen: Seen, vector: Vector): void {
  const whole = seen.requests.filter((request) => request.isWhole);
  const lines = whole.map(({ head }) => `${head.method} ${head.target}`);
  assertEquals(lines, vector.requests.map((request) => request.line));
  const refusal = seen.error && { status: seen.error.status, code: seen.error.code };
  assertEquals(refusal, vector.refusal, seen.error?.message);
  assertEquals(seen.endsInHead, vector.endsInHead);
  for (const [index, request] of whole.entries()) checkRequest(request, vector.requests[index]!);
}

/** What a vector does not claim has to be as the README says. */
function checkRequest(request: SeenRequest, expected: ExpectedRequest): void {
  const { head, content, trailers } = request;
  const { claims } = expected;
  assert(claims.has("persistent") !== claims.has("closes"), "it claims neither persistent nor closes, or both");
  assertEquals(head.persistent, claims.has("persistent"), "persistent");
  assertEquals(head.minorVersion, Number(claims.get("minor") ?? 1), "minor");
  assertEquals(head.expectsContinue, claims.has("continue"), "continue");
  assertEquals(head.upgrade, claims.get("upgrade"), "upgrade");
  assertEquals(trailers.length, Number(claims.get("trailers") ?? 0), "trailers");
  if (claims.has("length")) assertEquals(content.length, Number(claims.get("length")), "length");
  else assertEquals(content, claims.get("content") ?? "", "content");
  for (const [name, value] of claims) checkClaim(request, name, value);
}

function checkClaim(request: SeenRequest, name: string, value: string): void {
  const { head, fields, trailers } = request;
  const { form, authority, pathAndQuery } = head.targetParts;
  if (name.startsWith("field:")) return assertEquals(joined(fields, name.slice(6)), value, name);
  if (name.startsWith("trailer:")) return assertEquals(joined(trailers, name.slice(8)), value, name);
  switch (name) {
    case "fields":
      return assertEquals(fields.length, Number(value), name);
    case "host":
      return assertEquals(head.host, value, name);
    case "form":
      return assertEquals(form as string, value, name);
    case "authority":
      return assertEquals(authority, value, name);
    case "path":
      return assertEquals(pathAndQuery, value, name);
    default: {
      const isChecked = ["persistent", "closes", "minor", "continue", "upgrade", "trailers", "length", "content"];
      assert(isChecked.includes(name), `${name} is no claim`);
    }
  }
}

/** Not by `FieldSection.get`: the look-up is not to judge itself. */
function joined(lines: SeenRequest["fields"], wanted: string): string | undefined {
  const values = lines.filter(([name]) => name.toLowerCase() === wanted.toLowerCase()).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(", ");
}
