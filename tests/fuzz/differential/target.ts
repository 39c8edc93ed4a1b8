/**
 * The differential target: the same octets to ours, llhttp and http-parser-js. Each disagreement that is not one of the
 * known classes is a finding.
 *
 * @module
 */

import type { Target } from "../target.ts";
import { VECTOR_SEEDS } from "../targets/connections.ts";
import { REQUEST_WORDS } from "../words.ts";
import { classify } from "./classes.ts";
import { compare, type Disagreement } from "./compare.ts";
import { readByHttpParserJs } from "./http_parser_js.ts";
import { Llhttp } from "./llhttp.ts";
import { readOurs } from "./ours.ts";
import type { Transcript } from "./transcript.ts";

/** A disagreement between parsers in none of the known classes. */
export class NewDisagreement extends Error {
  override readonly name = "NewDisagreement";
}

/**
 * Makes the target. It starts a child when it is made ready first.
 *
 * @returns It
 */
export function differentialTarget(): Target {
  let llhttp: Llhttp | undefined;
  const byLlhttp = new Map<string, Transcript>();
  return {
    name: "differential",
    seeds: VECTOR_SEEDS,
    words: REQUEST_WORDS,
    async prepare(inputs) {
      llhttp ??= await Llhttp.start();
      byLlhttp.clear();
      const transcripts = await llhttp.read(inputs);
      inputs.forEach((input, index) => byLlhttp.set(input, transcripts[index]!));
    },
    run: (input) => judge(input, byLlhttp.get(input)!),
    async close() {
      await llhttp?.close();
      llhttp = undefined;
    },
  };
}

/**
 * Holds the three against each other.
 *
 * @param input The octets
 * @param byLlhttp What llhttp made of them
 * @returns The classes of the disagreements
 * @throws {NewDisagreement} For a disagreement that is in no class
 */
export function judge(input: string, byLlhttp: Transcript): string {
  const ours = readOurs(input);
  const disagreements = [
    compare(input, ours, "llhttp", byLlhttp),
    compare(input, ours, "http-parser-js", readByHttpParserJs(input)),
  ];
  return disagreements.map((one) => one ? nameOf(one) : "agree").join(", ");
}

function nameOf(disagreement: Disagreement): string {
  const known = classify(disagreement);
  if (known !== undefined) return known;
  const { rival, about, ours, theirs } = disagreement;
  throw new NewDisagreement(`Disagreement with ${rival} about ${about}: ours ${ours}, theirs ${theirs}`);
}
