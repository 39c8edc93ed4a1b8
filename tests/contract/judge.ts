/**
 * Sends the octets of a row to a server in several ways and judges what it does.
 *
 * @module
 */

import { octets } from "../support/octet_text.ts";
import type { Asked, RawAnswer } from "./raw_answer.ts";
import { fieldOf } from "./raw_answer.ts";
import { OctetClient } from "./octet_client.ts";
import { piecesOf } from "../support/splits.ts";
import type { Outcome, Row } from "./row.ts";

/** A row with the outcome that one server has to show. */
export interface Case extends Pick<Row, "name" | "octets" | "methods"> {
  /** What the server may do. */
  readonly outcome: Outcome;
  /** The content of each answer, where it is known; undefined for one that may have any. */
  readonly contents?: readonly (string | undefined)[];
}

/** How the octets come. */
export type Way = "whole" | "in pieces" | "followed" | "octet by octet" | "cut early" | "cut halfway" | "cut late";

/** The ways of rows. */
export const WAYS: readonly Way[] = ["whole", "in pieces", "followed"];
/** The ways of vectors. */
export const WAYS_OF_VECTORS: readonly Way[] = ["whole", "octet by octet", "cut early", "cut halfway", "cut late"];

/** Up to here octets are sent one by one; longer ones are cut at three places. */
const SHORT = 240;
/** So many octets at each end of what is longer than twice as much come one by one; what is between comes whole. */
const SINGLE = 300;
/** How long to wait where octets are cut, in ms, so that the server reads what is before by itself. */
const CUT_PAUSE = 2;
/** At how many places octets are cut at most, if they do not come one by one. */
const CUTS = 3;
/** A request whose answer tells it from all others. */
const PROBE = "GET /environ?probe-of-the-table HTTP/1.1\r\nHost: probe\r\n\r\n";

/**
 * Sends the octets of a case and checks what comes back.
 *
 * @param port Where the server listens
 * @param of The case
 * @param way How the octets come
 * @throws {Error} If the server does what it may not
 */
export async function judge(port: number, of: Case, way: Way): Promise<void> {
  const { statuses, ending } = parseOutcome(of.outcome);
  using client = await OctetClient.connect(port);
  // What stands behind a case is answered only if the connection is kept.
  const sent = way === "followed" && ending[0] !== "ends" ? of.octets + PROBE : of.octets;
  const sending = send(client, sent, way, ending[0] === "ends");
  const answers = await readAnswers(client, of, statuses);
  const goesOn = ending.length === 1
    ? ending[0]!
    : fieldOf(answers.at(-1)!, "connection") === "close"
    ? "close"
    : "keep";
  checkInterims(answers, of);
  checkConnectionFields(answers, of, goesOn);
  if (goesOn === "keep") await checkKept(client, way);
  else await checkEnd(client);
  await sending;
}

/** Whether a case is worth this way: where the client ends its side, nothing can follow. */
export function isUseful(of: Case, way: Way): boolean {
  return way !== "followed" || !of.outcome.endsWith("ends");
}

function parseOutcome(outcome: Outcome): { statuses: number[][]; ending: string[] } {
  const words = outcome.split(" ");
  const ending = words.pop()!.split("|");
  return { statuses: words.map((word) => word.split("|").map(Number)), ending };
}

async function send(client: OctetClient, text: string, way: Way, ends: boolean): Promise<void> {
  const bytes = octets(text);
  const pieces = piecesFor(bytes, way);
  // Single octets need no pause: the server reads them while they are written, as they come.
  await client.send(pieces, pieces.length > CUTS + 1 ? 0 : CUT_PAUSE);
  if (ends) await client.endWriting();
}

function piecesFor(bytes: Uint8Array, way: Way): Uint8Array[] {
  switch (way) {
    case "whole":
    case "followed":
      return [bytes];
    case "in pieces":
      return bytes.length <= SHORT ? piecesOf(bytes, 1) : cutAt(bytes, placesOf(bytes));
    case "octet by octet":
      return singly(bytes);
    case "cut early":
      return cutAt(bytes, placesOf(bytes).slice(0, 1));
    case "cut halfway":
      return cutAt(bytes, placesOf(bytes).slice(1, 2));
    case "cut late":
      return cutAt(bytes, placesOf(bytes).slice(2, 3));
  }
}

/** Of long octets, the beginning and the end: in the midst of them nothing changes with each. */
function singly(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length <= 2 * SINGLE) return piecesOf(bytes, 1);
  const [first, middle, last] = cutAt(bytes, [SINGLE, bytes.length - SINGLE]);
  return [...piecesOf(first!, 1), middle!, ...piecesOf(last!, 1)];
}

/** The first place is within the head, where most goes wrong. */
function placesOf(bytes: Uint8Array): number[] {
  return [Math.min(17, bytes.length - 4), Math.floor(bytes.length / 2), bytes.length - 3];
}

function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const bounds = [0, ...places.filter((place) => place > 0), bytes.length];
  return bounds.slice(1).map((bound, index) => bytes.subarray(bounds[index], bound)).filter((piece) =>
    piece.length > 0
  );
}

async function readAnswers(client: OctetClient, of: Case, statuses: readonly number[][]): Promise<RawAnswer[]> {
  const answers: RawAnswer[] = [];
  for (const [index, allowed] of statuses.entries()) {
    const answer = await client.answer(askedOf(of, index));
    if (!allowed.includes(answer.status)) throw new Error(`answer ${index + 1} is ${JSON.stringify(answer.head)}`);
    if (answer.status >= 400 && answer.status < 600 && answer.content.length > 100) {
      throw new Error(`the refusal has content: ${JSON.stringify(answer.content.slice(0, 200))}`);
    }
    const content = of.contents?.[index];
    if (content !== undefined && answer.content !== content) {
      const shown = [answer.content, content].map((text) => JSON.stringify(text.slice(0, 200)));
      throw new Error(`the content of answer ${index + 1} is ${shown[0]} instead of ${shown[1]}`);
    }
    answers.push(answer);
  }
  return answers;
}

function askedOf(of: Case, index: number): Asked {
  const first = /^\r?\n?([A-Z]+) /.exec(of.octets)?.[1] ?? "GET";
  const method = of.methods?.[index] ?? (index === 0 ? first : "GET");
  const isOld = index === 0 && /^[^\r\n]* HTTP\/1\.0\r\n/.test(of.octets);
  return { method, version: isOld ? "1.0" : "1.1" };
}

/** Nothing but a 100, and that only to who waits for it. */
function checkInterims(answers: readonly RawAnswer[], of: Case): void {
  const interim = answers.flatMap((answer) => answer.interim);
  if (interim.length === 0) return;
  const mayCome = interim.length === 1 && interim[0]!.status === 100 && /expect\s*:\s*100-continue/i.test(of.octets);
  if (!mayCome) throw new Error(`an interim response: ${JSON.stringify(interim[0]!.head)}`);
}

/** A client has to be told when a connection closes, save where only what is behind the answer was broken. */
function checkConnectionFields(answers: readonly RawAnswer[], of: Case, ending: string): void {
  for (const [index, answer] of answers.entries()) {
    const connection = fieldOf(answer, "connection") ?? "";
    const closes = /(?:^|, )close$|^close/.test(connection);
    const isLast = index === answers.length - 1;
    if (closes && !(isLast && ending !== "keep")) throw new Error(`answer ${index + 1} says close: ${answer.head}`);
    if (!closes && isLast && ending === "close" && answer.status >= 400) {
      throw new Error(`the last answer does not say close: ${answer.head}`);
    }
    if (askedOf(of, index).version === "1.0" && isLast && (connection === "keep-alive") !== (ending === "keep")) {
      throw new Error(`an HTTP/1.0 client is told ${JSON.stringify(connection)}: ${answer.head}`);
    }
  }
}

/** The next request on the connection gets its own answer, and nothing else comes. */
async function checkKept(client: OctetClient, way: Way): Promise<void> {
  if (way !== "followed") {
    if (client.rest !== "") throw new Error(`more than the answers: ${JSON.stringify(client.rest.slice(0, 300))}`);
    await client.send(PROBE);
  }
  const answer = await client.answer();
  if (answer.status !== 200 || !answer.content.includes("probe-of-the-table")) {
    throw new Error(`the next request is not answered: ${JSON.stringify(answer.head + answer.content.slice(0, 200))}`);
  }
  await client.endWriting();
  await checkEnd(client);
}

async function checkEnd(client: OctetClient): Promise<void> {
  const rest = await client.readToEnd();
  if (rest !== "") throw new Error(`more than the answers: ${JSON.stringify(rest.slice(0, 300))}`);
  if (client.readError !== undefined) throw new Error(`the connection is reset: ${client.readError}`);
}
