/**
 * The content decoder: one face over the four framings (RFC 9112, section 6.3). It finds runs of content in a block and
 * copies none of them.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { type FieldSection, NO_FIELDS } from "../fields.ts";
import { type Framing, NO_FRAMING } from "../message.ts";
import { ChunkedDecoder, type ContentStep } from "./chunked.ts";
import { DEFAULT_PARSE_SETTINGS, type ParseSettings } from "./settings.ts";

/** Decodes the content of the messages of one connection, one after the other. */
export class ContentDecoder {
  readonly #settings: ParseSettings;
  /** Made for the first chunked message: most connections never have one. */
  #chunked: ChunkedDecoder | undefined;
  #framing: Framing = NO_FRAMING;
  #lengthRest = 0;
  #isFirstRun = false;
  /** Octets of content taken. */
  taken = 0;
  /** Where the octets that are not done with start. After `run`: where the run starts. */
  position = 0;
  /** After `run`: where the run ends. */
  runEnd = 0;

  /**
   * Makes a `ContentDecoder`.
   *
   * @param settings Bounds and decoder
   */
  constructor(settings: ParseSettings = DEFAULT_PARSE_SETTINGS) {
    this.#settings = settings;
  }

  /**
   * Starts a new message.
   *
   * @param framing Where its body ends
   * @throws {ProtocolError} `content-too-large` if it says that it is
   */
  begin(framing: Framing): void {
    this.#framing = framing;
    this.#lengthRest = framing.kind === "length" ? framing.length : 0;
    this.#isFirstRun = true;
    this.taken = 0;
    if (framing.kind === "chunked") {
      this.#chunked ??= new ChunkedDecoder(this.#settings);
      this.#chunked.begin();
    }
    if (this.#lengthRest > this.#settings.limits.content) throw tooLarge(this.#settings.limits.content);
  }

  /** Forgets the message that is over: an idle connection is not to hold its trailers. */
  forget(): void {
    this.#framing = NO_FRAMING;
    if (this.#chunked) this.#chunked.trailers = NO_FIELDS;
  }

  /** How much content is still to come as far as is known: Infinity for chunked and close. */
  get rest(): number {
    const { kind } = this.#framing;
    return kind === "chunked" || kind === "close" ? Infinity : this.#lengthRest;
  }

  /** The trailer section, once the end was found. */
  get trailers(): FieldSection {
    return this.#framing.kind === "chunked" ? this.#chunked!.trailers : NO_FIELDS;
  }

  /** The declared size of the chunk that the run found is in; by length, all the content is one chunk. */
  get chunkSize(): number {
    if (this.#framing.kind === "chunked") return this.#chunked!.chunkSize;
    return this.#framing.kind === "length" ? this.#framing.length : 0;
  }

  /** Whether the run found is the first of its chunk. */
  get atChunkStart(): boolean {
    return this.#framing.kind === "chunked" ? this.#chunked!.atChunkStart : this.#isFirstRun;
  }

  /**
   * Goes on to the next run of content, or to the end.
   *
   * @param bytes The block that holds the octets
   * @param start Where the unread ones start
   * @param end Where they end
   * @param isLast Whether the peer has ended: nothing comes behind `end`
   * @returns `run`: content lies from `position` to `runEnd`. `more`: keep what is from `position` on. `end`: the body
   * ends at `position`
   * @throws {ProtocolError} What the chunked decoder throws, `content-too-large`, `unexpected-eof`
   */
  next(bytes: Uint8Array, start: number, end: number, isLast: boolean): ContentStep {
    const step = this.#framing.kind === "chunked" ? this.#nextChunked(bytes, start, end) : this.#nextPlain(start, end);
    if (step !== "more" || !isLast) return step;
    if (this.#framing.kind === "close") return "end";
    throw new ProtocolError("unexpected-eof", "Cannot read content: the peer ended before its end");
  }

  /**
   * Takes octets of the run that was found.
   *
   * @param count How many, at most the run's
   */
  take(count: number): void {
    this.position += count;
    this.taken += count;
    this.#isFirstRun = false;
    if (this.#framing.kind === "chunked") this.#chunked!.take(count);
    else this.#lengthRest -= count;
  }

  #nextChunked(bytes: Uint8Array, start: number, end: number): ContentStep {
    const chunked = this.#chunked!;
    const step = chunked.next(bytes, start, end);
    this.position = chunked.position;
    this.runEnd = chunked.runEnd;
    // Told before the data is there: a chunk that will not fit is not waited for.
    if (step !== "end" && this.taken + chunked.chunkRest > this.#settings.limits.content) {
      throw tooLarge(this.#settings.limits.content);
    }
    return step;
  }

  #nextPlain(start: number, end: number): ContentStep {
    this.position = start;
    const isEndless = this.#framing.kind === "close";
    if (!isEndless && this.#lengthRest === 0) return "end";
    if (start >= end) return "more";
    const { content } = this.#settings.limits;
    // What is within the limit is given first, so that it does not matter in which pieces the rest came.
    if (isEndless && this.taken >= content) throw tooLarge(content);
    this.runEnd = Math.min(end, start + (isEndless ? content - this.taken : this.#lengthRest));
    return "run";
  }
}

function tooLarge(limit: number): ProtocolError {
  return new ProtocolError("content-too-large", `Cannot take content: more than ${limit} octets`);
}
