/**
 * The chunked decoder (RFC 9112, section 7.1): finds the runs of data in a block and copies none of them.
 *
 * It keeps only where it stands: in a line, in data, behind data, in the trailers. The octets stay with the caller, who
 * hands in what is unread each time and drops what lies before `position`.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { FieldSection, mayBeTrailer, NO_FIELDS } from "../fields.ts";
import * as octets from "../octets.ts";
import { badChunk, type ChunkSize, parseChunkLine } from "./chunk_line.ts";
import {
  bareLf,
  createFieldMarks,
  NEED_MORE,
  scanFieldLines,
  sliceFieldLines,
  withoutUnderscoreNames,
} from "./field_lines.ts";
import { type SectionWatch, watchTrailers } from "./section_watch.ts";
import { DEFAULT_PARSE_SETTINGS, type ParseSettings } from "./settings.ts";

// Constants of the module's own, see `octets.ts`.
const { CR, LF } = octets;

/** What the decoder found: a run of data, the need of more octets, or the end. */
export type ContentStep = "run" | "more" | "end";

type Place = "line" | "data" | "data-end" | "trailers" | "done";

/** Octets of framing that each chunk may have for nothing. */
const FREE_FRAMING = 16;
/** And so many for each octet of data. */
const FRAMING_PER_OCTET = 2;

const fieldMarks = createFieldMarks();

/**
 * Decodes a chunked body.
 *
 * @example
 * ```ts
 * import { ChunkedDecoder } from "@sluice/sluice/core";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new TextEncoder().encode("5\r\nhello\r\n0\r\n\r\n");
 * const decoder = new ChunkedDecoder();
 * decoder.begin();
 * assertEquals(decoder.next(bytes, 0, bytes.length), "run");
 * assertEquals(new TextDecoder().decode(bytes.subarray(decoder.position, decoder.runEnd)), "hello");
 * decoder.take(5);
 * assertEquals(decoder.next(bytes, decoder.position, bytes.length), "end");
 * assertEquals(decoder.position, bytes.length);
 * ```
 */
export class ChunkedDecoder implements ChunkSize {
  readonly #settings: ParseSettings;
  readonly #trailerWatch: SectionWatch;
  #place: Place = "line";
  #debt = 0;
  /** Where the octets that are not done with start. After `run`: where the run starts. */
  position = 0;
  /** After `run`: where the run ends. */
  runEnd = 0;
  /** The size that the current chunk's line told. */
  chunkSize = 0;
  /** How many octets of the current chunk's data are still to be taken. */
  chunkRest = 0;
  /** The trailer section, once the end was found. */
  trailers: FieldSection = NO_FIELDS;

  /**
   * Makes a `ChunkedDecoder`.
   *
   * @param settings Bounds and decoder
   */
  constructor(settings: ParseSettings = DEFAULT_PARSE_SETTINGS) {
    this.#settings = settings;
    this.#trailerWatch = watchTrailers(settings);
  }

  /** Starts a new body. */
  begin(): void {
    this.#place = "line";
    this.#debt = 0;
    this.chunkSize = 0;
    this.chunkRest = 0;
    this.trailers = NO_FIELDS;
    this.#trailerWatch.end();
  }

  /** Whether a run just found is the first of its chunk. */
  get atChunkStart(): boolean {
    return this.chunkRest === this.chunkSize;
  }

  /**
   * Goes on to the next run of data, or to the end.
   *
   * @param bytes The block that holds the octets
   * @param start Where the unread ones start
   * @param end Where they end
   * @returns `run`: data lies from `position` to `runEnd`; take some of it before the next call. `more`: keep what is
   * from `position` on. `end`: the body ends at `position`
   * @throws {ProtocolError} `bad-chunk`, `bad-line-end`, `bad-field-line`, `fields-too-large`
   */
  next(bytes: Uint8Array, start: number, end: number): ContentStep {
    this.position = start;
    if (this.#place === "data-end" && !this.#passDataEnd(bytes, end)) return "more";
    if (this.#place === "line" && !this.#passLine(bytes, end)) return "more";
    if (this.#place === "data") {
      if (this.position >= end) return "more";
      this.runEnd = Math.min(end, this.position + this.chunkRest);
      return "run";
    }
    if (this.#place === "trailers" && !this.#passTrailers(bytes, end)) return "more";
    return "end";
  }

  /**
   * Takes octets of the run that was found.
   *
   * @param count How many, at most the run's
   */
  take(count: number): void {
    this.position += count;
    this.chunkRest -= count;
    if (this.chunkRest === 0) this.#place = "data-end";
  }

  #passLine(bytes: Uint8Array, end: number): boolean {
    const dataStart = parseChunkLine(bytes, this.position, end, this.#settings.limits.chunkLine, this);
    if (dataStart === NEED_MORE) return false;
    // The line, and the line end behind the data.
    this.#owe(dataStart - this.position + 2);
    this.chunkRest = this.chunkSize;
    this.position = dataStart;
    this.#place = this.chunkSize === 0 ? "trailers" : "data";
    return true;
  }

  /** Endless framing with next to no data is an attack; legal one-octet chunks are not. */
  #owe(framing: number): void {
    this.#debt = Math.max(0, this.#debt + framing - FREE_FRAMING - FRAMING_PER_OCTET * this.chunkSize);
    if (this.#debt > this.#settings.limits.chunkDebt) throw badChunk("too much framing for too little data");
  }

  /** Behind the data stands CRLF and nothing else. */
  #passDataEnd(bytes: Uint8Array, end: number): boolean {
    const at = this.position;
    if (at >= end) return false;
    if (bytes[at] !== CR) throw bytes[at] === LF ? bareLf() : badChunk("its data goes on behind its size");
    if (at + 1 >= end) return false;
    if (bytes[at + 1] !== LF) {
      throw new ProtocolError("bad-line-end", "Cannot parse chunk: CR without LF behind its data");
    }
    this.position = at + 2;
    this.#place = "line";
    return true;
  }

  #passTrailers(bytes: Uint8Array, end: number): boolean {
    const { trailerSection, trailerLines } = this.#settings.limits;
    const start = this.position;
    const watch = this.#trailerWatch;
    if (watch.watching && !watch.ready(bytes, start, end)) return false;
    const sectionEnd = scanFieldLines(bytes, start, end, trailerSection, trailerLines, fieldMarks);
    if (sectionEnd === NEED_MORE) {
      if (!watch.watching) watch.begin();
      return false;
    }
    watch.end();
    if (fieldMarks.count > 0) {
      const text = this.#settings.decodeOctets(bytes, start, sectionEnd);
      this.trailers = this.#keptTrailers(sliceFieldLines(text, start, fieldMarks));
    }
    this.position = sectionEnd;
    this.#place = "done";
    return true;
  }
  /** RFC 9110, section 6.5.1: what had to be known before the content is not taken from behind it. */
  #keptTrailers(flat: string[]): FieldSection {
    const named = this.#settings.protocol.dropUnderscoreNames ? withoutUnderscoreNames(flat) : flat;
    return new FieldSection(named.filter((_, index) => mayBeTrailer(named[index & ~1]!)));
  }
}
