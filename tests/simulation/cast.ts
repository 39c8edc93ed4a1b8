/**
 * The cast: the characters of the clients, how many there are of each, and what each of them sends.
 *
 * @module
 */

import { Ask, type Deed, LAST, type RequestShape } from "./ask.ts";
import { BARE, drawLong, drawPlain, drawWild, type Place, PLAIN } from "./draw.ts";
import { type NetworkShape, quickShape, roughShape } from "./network_shape.ts";
import type { Random } from "../support/random.ts";
import { REFUSALS } from "./refusals.ts";

/** How a client is. */
export interface Character {
  /** Its name. */
  readonly name: string;
  /** How its octets travel. */
  readonly shape: NetworkShape;
  /** What it sends: each batch at once, the next one when all is answered. */
  readonly batches: readonly (readonly Ask[])[];
  /** How it reads. */
  readonly reading: "prompt" | "slow" | "never";
  /** Into about how many parts it cuts what it sends; 0 for none. */
  readonly cuts: number;
  /** Whether each request is a part of its own, that does not wait for the answer to the one before. */
  readonly isApart: boolean;
  /** How long it waits between two parts at most, in ms. */
  readonly gap: number;
  /** How long it waits between two batches at most. */
  readonly thinks: number;
  /** How long it waits at most until it ends its side behind the server's. */
  readonly lingers: number;
  /** How it ends. */
  readonly finale: "polite" | "halfCloses" | "stays" | "leaves" | "resets";
  /** When it leaves or resets at the latest. */
  readonly patience: number;
  /** How long its TLS handshake takes; undefined on clear text, Infinity if it never ends. */
  readonly handshakeMs: number | undefined;
  /** Whether each request comes at once. */
  readonly isPrompt: boolean;
  /** When the server has to have ended the connection, in ms from when it was given the last octet or took the last. */
  readonly due?: number;
}

/** What characters are made of. */
export interface Casting {
  /** Chance. */
  readonly random: Random;
  /** The client's number. */
  readonly client: number;
  /** Gives an ask its number. */
  readonly number: () => number;
}

type Drawn = (random: Random, id: number, place: Place) => Ask;

/** The characters by name, each with how often it comes. */
const CHARACTERS: Readonly<Record<string, readonly [weight: number, make: (of: Casting) => Partial<Character>]>> = {
  steady: [30, (of) => ({ batches: plainBatches(of, of.random.between(1, 5), 16) })],
  single: [6, (of) => ({ batches: plainBatches(of, of.random.between(1, 20), 1) })],
  wild: [25, (of) => ({ batches: batchesOf(of, drawWild, of.random.between(1, 5), 4) })],
  rough: [18, (of) => ({ ...rough(of.random), batches: batchesOf(of, drawWild, of.random.between(1, 3), 4) })],
  roughPlain: [8, (of) => ({ ...rough(of.random), batches: batchesOf(of, drawPlain, 2, 8) })],
  pipeliner: [5, (of) => ({ shape: roughShape(of.random), isApart: true, gap: 20, batches: plainBatches(of, 2, 10) })],
  slow: [2, (of) => ({ reading: "slow", shape: shallow(of.random), batches: batchesOf(of, drawLong, 1, 2) })],
  long: [2, (of) => ({ batches: batchesOf(of, drawLong, 1, 2) })],
  flood: [0.2, (of) => ({ shape: { ...quickShape(of.random), takesAtOnce: true }, batches: [flood(of)] })],
  halfCloser: [5, (of) => ({ ...mixed(of), finale: "halfCloses" })],
  leaver: [3, (of) => ({ ...mixed(of), finale: "leaves" })],
  resetter: [4, (of) => ({ ...mixed(of), finale: "resets" })],
  silent: [0.5, () => ({ batches: [], due: 65_000 })],
  stays: [1, (of) => ({ batches: plainBatches(of, 2, 4), finale: "stays", due: 65_000 })],
  refused: [3, refused],
  slowHead: [
    0.5,
    (of) => ({ batches: [...plainBatches(of, 1, 3), [single(of, { style: "slowHead" }, BARE)]], due: 10_000 }),
  ],
  spoilt: [2, spoilt],
  tunnel: [1.5, tunnel],
  deaf: [0.7, (of) => ({ batches: [makeAsks(of, drawLong, 2)], reading: "never", shape: narrow(of.random) })],
  tls: [2, (of) => ({ ...mixed(of), handshakeMs: of.random.between(0, 2000) })],
  handshake: [0.5, () => ({ batches: [], handshakeMs: Infinity, due: 10_000 })],
};

const TOTAL = Object.values(CHARACTERS).reduce((total, [weight]) => total + weight, 0);

/**
 * Draws the character of a client.
 *
 * @param of What it is made of
 * @param only The name of the one that is wanted, if only one is
 * @returns It
 */
export function drawCharacter(of: Casting, only?: string): Character {
  let mark = (of.random.word() / 4_294_967_296) * TOTAL;
  const drawn = Object.entries(CHARACTERS).find(([name, [weight]]) =>
    only === undefined ? (mark -= weight) < 0 : name === only
  );
  if (drawn === undefined) throw new RangeError(`Cannot cast "${only}": there is no such character`);
  const [name, [, make]] = drawn;
  const made: Partial<Character> = make(of);
  return {
    shape: quickShape(of.random),
    batches: [],
    reading: "prompt",
    cuts: 0,
    isApart: false,
    gap: 0,
    thinks: 100,
    lingers: of.random.pick([0, 0, 10, 3000]),
    finale: "polite",
    patience: of.random.pick([5, 50, 500]),
    handshakeMs: undefined,
    isPrompt: made.cuts === undefined && made.shape === undefined,
    ...made,
    name,
  };
}

function makeAsks({ random, client, number }: Casting, draw: Drawn, count: number, first = 0): Ask[] {
  return Array.from({ length: count }, (_, at) => draw(random, number(), { client, index: first + at }));
}

function batchesOf(of: Casting, draw: Drawn, count: number, most: number): Ask[][] {
  let index = 0;
  return Array.from({ length: count }, () => {
    const asks = makeAsks(of, draw, of.random.between(1, most), index);
    index += asks.length;
    return asks;
  });
}

function plainBatches(of: Casting, count: number, most: number): Ask[][] {
  return batchesOf(of, drawPlain, count, most);
}

/** One that stands last. */
function single(of: Casting, deed: Partial<Deed>, request: RequestShape): Ask {
  return new Ask(of.number(), of.client, LAST, request, { ...PLAIN, ...deed });
}

function rough(random: Random): Pick<Character, "shape" | "cuts" | "gap"> {
  const cuts = random.pick([0, 3, 10]);
  return { shape: roughShape(random), cuts, gap: cuts > 0 ? random.pick([0, 5, 100]) : 0 };
}

function mixed(of: Casting): Partial<Character> {
  const { random } = of;
  const how = random.chance(0.5) ? rough(random) : {};
  return { ...how, batches: batchesOf(of, random.chance(0.5) ? drawWild : drawPlain, random.between(1, 3), 6) };
}

/** A client that sends far more requests than are answered, behind one that sleeps. */
function flood(of: Casting): Ask[] {
  const draw: Drawn = (random, id, place) => {
    const isFirst = place.index === 0;
    const deed = isFirst ? { ...PLAIN, style: "sleep", ms: 500 } : { ...PLAIN, size: random.between(0, 2000) };
    return new Ask(id, place.client, place.index, { ...BARE, padding: 400 }, deed);
  };
  return makeAsks(of, draw, 400);
}

/** A socket that takes little at once, yet takes a block within the deadline. */
function shallow(random: Random): NetworkShape {
  return { ...roughShape(random), capacity: random.pick([16_384, 65_536]), splits: false };
}

/** A socket that takes little, so that a client that does not read shows. */
function narrow(random: Random): NetworkShape {
  return { ...quickShape(random), capacity: 30_000, takesAtOnce: false };
}

function refused(of: Casting): Partial<Character> {
  const names = Object.keys(REFUSALS).filter((name) => name !== "slowHead");
  const batch = [
    ...makeAsks(of, drawPlain, of.random.between(0, 5)),
    single(of, { style: of.random.pick(names) }, BARE),
  ];
  return { ...(of.random.chance(0.5) ? rough(of.random) : {}), batches: [batch] };
}

/** Content that does not come to its end, while the application reads it. */
function spoilt(of: Casting): Partial<Character> {
  const { random } = of;
  const spoil = random.pick(["stalls", "ends", "garbage"] as const);
  const framing = spoil === "garbage" ? "chunked" : random.pick(["length", "chunked"] as const);
  const octets = random.pick([10, 1000, 5000, 40_000]);
  const request: RequestShape = { ...BARE, method: "POST", framing, octets, chunk: random.pick([7, 1000]), spoil };
  const reader = random.pick(["bytes", "read", "pieces", "chunks", "exact"]);
  const first = makeAsks(of, drawPlain, random.between(0, 3));
  const last = single(of, { style: "string", reader }, request);
  return { batches: first.length > 0 ? [first, [last]] : [[last]] };
}

function tunnel(of: Casting): Partial<Character> {
  const { random } = of;
  const style = random.pick(["tunnel", "connect"]);
  const before = batchesOf(of, drawPlain, 1, 3);
  const request = { ...BARE, method: style === "connect" ? "CONNECT" : "GET" };
  const last = single(of, { style, size: random.between(0, 100_000) }, request);
  return { ...(random.chance(0.5) ? rough(random) : {}), batches: [...before, [last]] };
}
