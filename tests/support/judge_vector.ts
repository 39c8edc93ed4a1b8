/**
 * Judges what a connection makes of a vector: that it has the outcome which the vector states, that it sees no
 * difference in how the octets come, and that it tells of each message, and refuses, at the first octet that allows it.
 *
 * @module
 */

import { AssertionError, equal } from "@std/assert";
import type { RequestHead } from "../../core/parse/request_head.ts";
import type { ResponseHead } from "../../core/parse/response_head.ts";
import { receiveOctets, type SeenResponse, summaryOfResponses } from "./receive_octets.ts";
import {
  type Seen,
  type SeenMessage,
  type SeenRequest,
  serveOctets,
  type ServeOptions,
  summaryOf,
} from "./serve_octets.ts";
import { piecesOf } from "./splits.ts";
import type { ExpectedMessage, Vector } from "./vectors.ts";

/** How octets come. */
type Arrival = Pick<ServeOptions, "poisoned" | "poison" | "ends" | "endsAtOnce">;

/** What was seen, in either role. */
interface Outcome extends Omit<Seen, "requests"> {
  readonly messages: readonly (SeenRequest | SeenResponse)[];
}

/** How much of a value an error shows. */
const SHOWN = 300;
/** Claims that every message is held to, whether it makes them or not. */
const ALWAYS_CHECKED = ["persistent", "closes", "minor", "continue", "upgrade", "trailers", "length", "content"];

/**
 * Checks that a vector has the outcome that it states.
 *
 * @param vector The vector
 * @param octets Its octets
 * @param arrival How they come
 * @throws {AssertionError} If it has not
 */
export function checkOutcome(vector: Vector, octets: Uint8Array = vector.octets, arrival: Arrival = {}): void {
  const { messages, error, endsInHead } = outcomeOf(vector, [octets], arrival);
  const expected = [...vector.requests, ...vector.responses];
  const whole = messages.filter(({ isWhole }) => isWhole);
  expectEqual("messages", whole.map(({ head }) => lineOf(head)), expected.map(({ line }) => line));
  const refusal = error && { status: error.status, code: error.code };
  expectEqual(`refusal (${error?.message})`, refusal, vector.refusal);
  expectEqual("ends in head", endsInHead, vector.endsInHead);
  for (const [index, message] of whole.entries()) checkMessage(message, expected[index]!);
}

/**
 * Makes what is seen of a vector comparable.
 *
 * @param vector The vector
 * @param pieces Its octets as they come
 * @param arrival How they come
 * @returns Plain data without positions in pieces
 */
export function summaryOfVector(vector: Vector, pieces: readonly Uint8Array[], arrival: Arrival = {}): unknown {
  const options = { limits: vector.limits, protocol: vector.protocol, ...arrival };
  return vector.asked === undefined
    ? summaryOf(serveOctets(pieces, options))
    : summaryOfResponses(receiveOctets(pieces, vector.asked, options));
}

/**
 * Checks that octets which come one by one are refused, or complete a message, with the very octet with which the same
 * octets in one piece do so, and not only when more has come.
 *
 * @param vector The vector
 * @throws {AssertionError} If it is not so
 */
export function checkPromptness(vector: Vector): void {
  const { messages, error, errorPiece } = outcomeOf(vector, piecesOf(vector.octets, 1), { ends: false });
  const upTo = (count: number) => outcomeOf(vector, [vector.octets.subarray(0, count)], { ends: false });
  if (error) expectEqual("refused an octet before", upTo(errorPiece - 1).error?.message, undefined);
  const whole = messages.filter(({ isWhole }) => isWhole);
  for (const [index, { wholePiece }] of whole.entries()) {
    const before = upTo(wholePiece - 1).messages.filter(({ isWhole }) => isWhole);
    expectEqual("messages an octet before", before.length, index);
  }
  const inOne = upTo(vector.octets.length);
  expectEqual("refusal before the end", error?.message, inOne.error?.message);
  expectEqual("messages before the end", whole.length, inOne.messages.filter(({ isWhole }) => isWhole).length);
}

function outcomeOf(vector: Vector, pieces: readonly Uint8Array[], arrival: Arrival): Outcome {
  const options = { limits: vector.limits, protocol: vector.protocol, ...arrival };
  if (vector.asked === undefined) {
    const { requests, ...seen } = serveOctets(pieces, options);
    return { ...seen, messages: requests };
  }
  const { responses, ...seen } = receiveOctets(pieces, vector.asked, options);
  return { ...seen, messages: responses };
}

function lineOf(head: RequestHead | ResponseHead): string {
  return "method" in head ? `${head.method} ${head.target}` : String(head.status);
}

/** What a vector does not claim has to be as the README says. */
function checkMessage(message: SeenRequest | SeenResponse, expected: ExpectedMessage): void {
  const { head, content, trailers } = message;
  const { claims } = expected;
  if (claims.has("persistent") === claims.has("closes")) {
    throw new AssertionError("it claims neither persistent nor closes, or both");
  }
  expectEqual("persistent", "persistent" in message ? message.persistent : head.persistent, claims.has("persistent"));
  expectEqual("minor", head.minorVersion, Number(claims.get("minor") ?? 1));
  expectEqual("trailers", trailers.length, Number(claims.get("trailers") ?? 0));
  if (claims.has("length")) expectEqual("length", content.length, Number(claims.get("length")));
  else expectEqual("content", content, claims.get("content") ?? "");
  if ("expectsContinue" in head) {
    expectEqual("continue", head.expectsContinue, claims.has("continue"));
    expectEqual("upgrade", head.upgrade, claims.get("upgrade"));
  }
  if ("chunkSizes" in message) {
    expectEqual("sum of the chunks", message.chunkSizes.reduce((sum, size) => sum + size, 0), content.length);
  }
  for (const [name, value] of claims) checkClaim(message, name, value);
}

function checkClaim(message: SeenRequest | SeenResponse, name: string, value: string): void {
  const { head, fields, trailers } = message;
  if (name.startsWith("field:")) return expectEqual(name, joined(fields, name.slice(6)), value);
  if (name.startsWith("trailer:")) return expectEqual(name, joined(trailers, name.slice(8)), value);
  if (name === "fields") return expectEqual(name, fields.length, Number(value));
  if (ALWAYS_CHECKED.includes(name)) return;
  const told = claimable(head);
  if (!Object.hasOwn(told, name)) throw new AssertionError(`${name} is no claim`);
  expectEqual(name, told[name], value);
}

/** What else may be claimed of a head. */
function claimable(head: RequestHead | ResponseHead): Readonly<Record<string, string | undefined>> {
  if (!("method" in head)) return { reason: head.reason };
  const { form, authority, scheme, pathAndQuery } = head.targetParts;
  return { host: head.host, form, authority, scheme, path: pathAndQuery };
}

/** Not by `FieldSection.get`: the look-up is not to judge itself. */
function joined(lines: SeenMessage["fields"], wanted: string): string | undefined {
  const values = lines.filter(([name]) => name.toLowerCase() === wanted.toLowerCase()).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(", ");
}

/** Shows the beginning of what differs: the difference of two long contents takes seconds to find. */
function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (equal(actual, expected)) return;
  const shown = [actual, expected].map((value) => String(JSON.stringify(value)).slice(0, SHOWN));
  throw new AssertionError(`${what}: ${shown[0]} instead of ${shown[1]}`);
}
