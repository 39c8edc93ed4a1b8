/**
 * `deno task mutate`: takes each single check out of the parser and asks the vectors whether they see it. A mutant that
 * no vector kills, and that `equivalents.txt` does not list, is told with its place and text.
 *
 * `--file TEXT` tries only the files whose path holds the text, `--filter TEXT` only the functions whose name does.
 * `--matrix FILE` tries every vector on every mutant, writes which kill which as JSON, and tells of vectors that kill
 * none. The last line is `N mutants, M killed, K equivalent, S survived`; the exit code is 1 if any survived, if an entry
 * of the list is stale, or if no mutant was made.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { readVectors, type Vector } from "../support/vectors.ts";
import { judgeSurvivors, lineOf, type MutantName, parseEquivalents } from "./equivalents.ts";
import type { Mutant } from "./mutant.ts";
import { tryAll } from "./pool.ts";
import { mutantsOfParser } from "./sources.ts";
import type { Answer } from "./worker.ts";

const ROOT = new URL("../../", import.meta.url);

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
  const { file = "", filter = "", matrix } = parseArgs(args, { string: ["file", "filter", "matrix"] });
  const mutants = mutantsOfParser(ROOT).filter((one) => one.file.includes(file) && one.within.includes(filter));
  const vectors = readVectors();
  const [pristine] = await tryAll([undefined], vectors, false);
  if (pristine!.killers.length > 0) {
    console.log(`Without any change ${pristine!.killers[0]} fails: ${pristine!.reason}`);
    return 1;
  }
  const answers = await tryAll(mutants, vectors, matrix !== undefined, progress(mutants.length));
  const idle = matrix === undefined ? [] : await writeMatrix(matrix, mutants, answers, vectors);
  return report(mutants, answers, idle);
}

/** Tells how far it is, where somebody watches. */
function progress(total: number): () => void {
  let done = 0;
  return () => {
    done++;
    if (Deno.stderr.isTerminal() && done % 20 === 0) {
      Deno.stderr.writeSync(new TextEncoder().encode(`\r${done}/${total}`));
    }
  };
}

function report(mutants: readonly Mutant[], answers: readonly Answer[], idle: readonly string[]): number {
  const alive = mutants.filter((_, index) => answers[index]!.killers.length === 0);
  const { survivors, stale } = judgeSurvivors(alive, entriesFor(mutants));
  for (const mutant of survivors) {
    console.log(`SURVIVED in line ${mutant.line}, ${mutant.operator}\n${lineOf(mutant)}`);
  }
  for (const entry of stale) console.log(`STALE\n${lineOf(entry)}`);
  for (const name of idle) console.log(`IDLE ${name}`);
  const killed = mutants.length - alive.length;
  const count = `${alive.length - survivors.length} equivalent, ${survivors.length} survived`;
  console.log(`${mutants.length} mutants, ${killed} killed, ${count}`);
  return survivors.length + stale.length + idle.length > 0 || mutants.length === 0 ? 1 : 0;
}

/** What the list says of functions that are tried; all of it if all are, so that no entry is too many. */
function entriesFor(mutants: readonly Mutant[]): MutantName[] {
  const entries = parseEquivalents(Deno.readTextFileSync(new URL("equivalents.txt", import.meta.url)));
  if (mutants.length === mutantsOfParser(ROOT).length) return entries;
  const tried = new Set(mutants.map(({ file, within }) => `${file} ${within}`));
  return entries.filter(({ file, within }) => tried.has(`${file} ${within}`));
}

/** Gives the vectors that kill nothing. */
async function writeMatrix(
  path: string,
  mutants: readonly Mutant[],
  answers: readonly Answer[],
  vectors: readonly Vector[],
): Promise<string[]> {
  const rows = answers.map(({ killers }, index) => ({ ...mutants[index]!, killers }));
  await Deno.writeTextFile(path, JSON.stringify(rows, undefined, 1));
  const killers = new Set(answers.flatMap((answer) => answer.killers));
  return vectors.map(({ name }) => name).filter((name) => !killers.has(name));
}
