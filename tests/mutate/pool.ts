/**
 * Tries mutants in workers, one a processor.
 *
 * @module
 */

import type { Vector } from "../support/vectors.ts";
import type { Mutant } from "./mutant.ts";
import type { Answer, Question } from "./worker.ts";

/** A mutant that takes longer than this, in ms, hangs where no loop is counted: it is killed. */
const PATIENCE = 60_000;

/**
 * Tries mutants.
 *
 * @param mutants The mutants; undefined stands for the sources as they are
 * @param vectors The vectors, those that kill most first
 * @param all Whether every vector is tried
 * @param onAnswer Is called with each answer as it comes
 * @returns The answers, in the order of the mutants
 */
export async function tryAll(
  mutants: readonly (Mutant | undefined)[],
  vectors: readonly Vector[],
  all: boolean,
  onAnswer: (answer: Answer) => void = () => {},
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    let worker: Worker | undefined;
    while (next < mutants.length) {
      const index = next++;
      worker ??= startWorker(vectors);
      const answer = await ask(worker, { index, mutant: mutants[index], all });
      answers[index] = answer ?? { index, killers: ["(hangs)"], reason: `It took more than ${PATIENCE} ms` };
      if (!answer) worker = void worker.terminate();
      onAnswer(answers[index]);
    }
    worker?.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(navigator.hardwareConcurrency, mutants.length) }, lane));
  return answers;
}

function startWorker(vectors: readonly Vector[]): Worker {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module" });
  worker.postMessage(vectors);
  return worker;
}

/** Gives undefined if no answer comes in time. */
async function ask(worker: Worker, question: Question): Promise<Answer | undefined> {
  const answered = Promise.withResolvers<Answer | undefined>();
  worker.onmessage = ({ data }: MessageEvent<Answer>) => answered.resolve(data);
  worker.onerror = (event) => answered.reject(event.error ?? new Error(event.message));
  const timer = setTimeout(() => answered.resolve(undefined), PATIENCE);
  try {
    worker.postMessage(question);
    return await answered.promise;
  } finally {
    clearTimeout(timer);
  }
}
