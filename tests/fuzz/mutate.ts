/**
 * Mutations that know the grammar: words of it are put in, lines are repeated, moved and dropped, numbers are changed,
 * and two inputs are joined.
 *
 * @module
 */

import type { Random } from "../support/random.ts";

/** Longer inputs are cut. */
const MAX_INPUT = 2048;
/** How many mutations one input gets at most. */
const MAX_MUTATIONS = 4;
/** Octets that some class or other treats alone. */
const OCTETS = "\0\t\n\v\f\r \"#%&'()*+,-./09:;<=>?@AFGZ[\\]^_`afgz{|}~\x7f\x80\x85\xa0\xc3\xff";
/** Numbers round which something changes. */
const NUMBERS = ["0", "1", "2", "7", "9", "00", "10", "a", "F", "fff", "100", "255", "256", "4294967296", "-1", "+1"];

/** What mutations choose from. */
export interface Material {
  /** Words of the grammar. */
  readonly words: readonly string[];
  /** Gives another input. */
  readonly other: () => string;
}

type Mutation = (text: string, random: Random, material: Material) => string;

const MUTATIONS: readonly Mutation[] = [
  (text, random, { words }) => put(text, place(text, random), random.pick(words)),
  (text, random, { words }) => replaceRun(text, random, random.pick(words)),
  (text, random) => put(text, place(text, random), random.pick([...OCTETS])),
  (text, random) => put(text, place(text, random), String.fromCharCode(random.between(0, 255))),
  (text, random) => replaceRun(text, random, random.pick([...OCTETS]), 1),
  (text, random) => replaceRun(text, random, String.fromCharCode(random.between(0, 255)), 1),
  (text, random) => replaceRun(text, random, "", 1),
  (text, random) => replaceRun(text, random, ""),
  repeatRun,
  flipBit,
  changeNumber,
  changeCase,
  editLines,
  editLines,
  (text, random, { other }) => join(text, other(), random),
  (text, _random, { other }) => text + other(),
];

/**
 * Changes an input a little.
 *
 * @param text The input
 * @param random Chance
 * @param material What to choose from
 * @returns Another input
 */
export function mutate(text: string, random: Random, material: Material): string {
  let mutated = text;
  for (let left = random.between(1, MAX_MUTATIONS); left > 0; left--) {
    mutated = random.pick(MUTATIONS)(mutated, random, material);
  }
  return mutated.slice(0, MAX_INPUT);
}

function place(text: string, random: Random): number {
  return random.between(0, text.length);
}

function put(text: string, at: number, word: string): string {
  return text.slice(0, at) + word + text.slice(at);
}

function replaceRun(text: string, random: Random, word: string, length: number = random.between(1, 12)): string {
  const at = place(text, random);
  return text.slice(0, at) + word + text.slice(at + length);
}

function repeatRun(text: string, random: Random): string {
  const at = place(text, random);
  const run = text.slice(at, at + random.between(1, 16));
  return put(text, at, run.repeat(random.pick([1, 1, 2, 8, 40])));
}

function flipBit(text: string, random: Random): string {
  if (text === "") return text;
  const at = random.between(0, text.length - 1);
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << random.between(0, 7))) +
    text.slice(at + 1);
}

function changeNumber(text: string, random: Random): string {
  const numbers = [...text.matchAll(/[0-9a-fA-F]+/g)];
  if (numbers.length === 0) return text;
  const { index, 0: digits } = random.pick(numbers);
  return text.slice(0, index) + random.pick(NUMBERS) + text.slice(index + digits.length);
}

function changeCase(text: string, random: Random): string {
  const at = place(text, random);
  const run = text.slice(at, at + random.between(1, 8));
  const changed = run === run.toLowerCase() ? run.toUpperCase() : run.toLowerCase();
  // Beyond Latin-1 a change of case would make more than octets of it.
  return changed.length === run.length && /^[\0-\xff]*$/.test(changed)
    ? text.slice(0, at) + changed + text.slice(at + run.length)
    : text;
}

/** Repeats, drops or moves a line. */
function editLines(text: string, random: Random): string {
  const lines = text.split(/(?<=\n)/);
  const from = random.between(0, lines.length - 1);
  const line = lines[from]!;
  if (random.chance(0.5)) lines.splice(from, 1);
  if (random.chance(0.7)) lines.splice(random.between(0, lines.length), 0, line);
  return lines.join("");
}

function join(text: string, other: string, random: Random): string {
  return text.slice(0, place(text, random)) + other.slice(place(other, random));
}
