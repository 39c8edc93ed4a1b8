/**
 * A worker that tries mutants: it links the corpus with each and tells which vectors kill it.
 *
 * @module
 */

import * as assert from "@std/assert";
import type { Vector } from "../support/vectors.ts";
import type { Look } from "./corpus.ts";
import { compile, link, type Linked, readSources } from "./linker.ts";
import { changed, type Mutant } from "./mutant.ts";

/** What a worker is asked. */
export interface Question {
  /** Which mutant of the list it is. */
  readonly index: number;
  /** The mutant; undefined tries the sources as they are. */
  readonly mutant: Mutant | undefined;
  /** Whether every vector is tried, and not only up to the first that kills. */
  readonly all: boolean;
}

/** What it answers. */
export interface Answer {
  /** Which mutant it was. */
  readonly index: number;
  /** The names of the vectors that kill it; the first one only, unless all are wanted. */
  readonly killers: readonly string[];
  /** Why, for the first one. */
  readonly reason: string;
}

declare const self: {
  onmessage: (event: MessageEvent<Question | readonly Vector[]>) => void;
  postMessage(answer: Answer): void;
};

const ROOT = new URL("../../", import.meta.url);
const ENTRY = "tests/mutate/corpus.ts";
/** More than twice what any vector takes. What takes more is endless, or no longer linear. */
export const MAX_STEPS = 200_000;

/** Stands for the killer of a mutant that does not even load. */
const NO_VECTOR = "none";

/** So many of the vectors that killed last are tried first: neighbours die of the same. */
const RECENT = 16;

const sources = readSources(ENTRY, ROOT);
const compiled = new Map([...sources].map(([path, text]) => [path, compile(text)]));
let vectors: readonly Vector[] = [];

self.onmessage = ({ data }: MessageEvent<Question | readonly Vector[]>) => {
  if (Array.isArray(data)) vectors = data;
  else self.postMessage(answer(data as Question));
};

function answer({ index, mutant, all }: Question): Answer {
  let linked: Linked;
  try {
    linked = linkWith(mutant);
  } catch (error) {
    return { index, killers: [NO_VECTOR], reason: String(error) };
  }
  const fail = (look: Look, vector: Vector): string | undefined => {
    linked.resetSteps();
    try {
      look(vector);
    } catch (error) {
      return `${look.name}: ${error instanceof Error ? error.message : error}`;
    }
    return undefined;
  };
  const looks = linked.exports["LOOKS"] as readonly Look[];
  return { index, ...(all ? everyKiller(looks, fail) : firstKiller(looks, fail)) };
}

/** Why a vector fails a look; undefined if it does not. */
type Fail = (look: Look, vector: Vector) => string | undefined;

/** Tries what killed the last ones in all its looks first, then all others look by look: the first is the cheapest. */
function firstKiller(looks: readonly Look[], fail: Fail): Omit<Answer, "index"> {
  const tries = [
    ...vectors.slice(0, RECENT).flatMap((vector) => looks.map((look) => [look, vector] as const)),
    ...looks.flatMap((look) => vectors.slice(RECENT).map((vector) => [look, vector] as const)),
  ];
  for (const [look, vector] of tries) {
    const reason = fail(look, vector);
    if (reason === undefined) continue;
    vectors = [vector, ...vectors.filter((other) => other !== vector)];
    return { killers: [vector.name], reason };
  }
  return { killers: [], reason: "" };
}

/** By the first look that any vector fails: the others tell little more, and take long. */
function everyKiller(looks: readonly Look[], fail: Fail): Omit<Answer, "index"> {
  for (const look of looks) {
    const killers = vectors.filter((vector) => fail(look, vector) !== undefined).map(({ name }) => name);
    if (killers.length > 0) return { killers, reason: look.name };
  }
  return { killers: [], reason: "" };
}

function linkWith(mutant: Mutant | undefined): Linked {
  const modules = mutant === undefined
    ? compiled
    : new Map(compiled).set(mutant.file, compile(changed(sources.get(mutant.file)!, mutant)));
  return link(modules, ENTRY, { "@std/assert": assert }, MAX_STEPS);
}
