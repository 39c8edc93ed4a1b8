/**
 * Counts answers in what comes over one connection, without looking at what need not be looked at: the first one tells
 * how long those by length are.
 *
 * @module
 */

import { ContentDecoder } from "../../core/parse/content.ts";
import { parseResponseHead } from "../../core/parse/response_head.ts";

const NOTHING: Uint8Array = new Uint8Array(0);
const LETTER_H = 0x48;
const DIGIT_2 = 0x32;

/** Where "2" stands in `HTTP/1.1 200`. */
const STATUS_CLASS = 9;

/** Counts the answers of one connection, which are all alike. */
export class AnswerCounter {
  readonly #content: ContentDecoder = new ContentDecoder();
  /** What came before and is not done with. */
  #rest: Uint8Array = NOTHING;
  #place: "head" | "octets" | "content" = "head";
  /** How long answers by length are, head and content; 0 as long as that is not known. */
  #length: number = 0;
  /** In `octets`: how many of the answer are still to come. */
  #missing: number = 0;

  /**
   * Counts the answers that end in what came.
   *
   * @param block The block; it is free again on return
   * @param end Where its octets end
   * @returns How many
   * @throws {Error} For an answer that is none, or whose status is not 2xx
   */
  count(block: Uint8Array, end: number): number {
    const bytes = join(this.#rest, block.subarray(0, end));
    let answers = 0;
    let at = 0;
    while (at < bytes.length) {
      if (this.#place === "head") {
        const contentStart = this.#begin(bytes, at);
        if (contentStart < 0) break;
        at = contentStart;
      }
      at = this.#place === "octets" ? this.#pass(bytes, at) : this.#decode(bytes, at);
      if (this.#place !== "head") break;
      answers++;
    }
    this.#rest = at === bytes.length ? NOTHING : bytes.slice(at);
    return answers;
  }

  /** Begins an answer; gives where to go on, or -1 if its head is not whole. */
  #begin(bytes: Uint8Array, start: number): number {
    if (this.#length > 0) {
      if (bytes.length - start <= STATUS_CLASS) return -1;
      if (bytes[start] !== LETTER_H || bytes[start + STATUS_CLASS] !== DIGIT_2) throw new Error("A bad answer came");
      this.#place = "octets";
      this.#missing = this.#length;
      return start;
    }
    const head = parseResponseHead(bytes, start, bytes.length, "GET");
    if (head === undefined) return -1;
    if (head.status < 200 || head.status > 299) throw new Error(`An answer has the status ${head.status}`);
    if (head.framing.kind === "length") {
      this.#place = "octets";
      this.#length = this.#missing = head.octets + head.framing.length;
      return start;
    }
    this.#content.begin(head.framing);
    this.#place = "content";
    return start + head.octets;
  }

  #pass(bytes: Uint8Array, start: number): number {
    const count = Math.min(this.#missing, bytes.length - start);
    this.#missing -= count;
    if (this.#missing === 0) this.#place = "head";
    return start + count;
  }

  #decode(bytes: Uint8Array, start: number): number {
    const content = this.#content;
    let step = content.next(bytes, start, bytes.length, false);
    while (step === "run") {
      content.take(content.runEnd - content.position);
      step = content.next(bytes, content.position, bytes.length, false);
    }
    if (step === "end") this.#place = "head";
    return content.position;
  }
}

function join(rest: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (rest.length === 0) return bytes;
  const joined = new Uint8Array(rest.length + bytes.length);
  joined.set(rest);
  joined.set(bytes, rest.length);
  return joined;
}
