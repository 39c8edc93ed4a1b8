/**
 * A strict reader of answers, of its own: it shares no line with the core, and takes nothing but what the model of the
 * exchange allows.
 *
 * @module
 */

import type { Ask } from "./ask.ts";
import type { Expectation } from "./expectation.ts";
import { PATTERN, placeOf } from "./pattern.ts";

/** Whom a reader tells. */
export interface AnswerListener {
  /** A 100 (Continue) has come. */
  continued(ask: Ask): void;
  /** The head of a final response that switches protocols has come; `rest` is the beginning of what follows. */
  switched(ask: Ask, rest: string): void;
  /** A final response has come whole. */
  answered(ask: Ask, answer: Answer): void;
  /** Something came that may not come. */
  wrong(what: string): void;
  /** Whether a 503 may come in the place of an answer for which an application had to sleep. */
  readonly mayGiveUp: boolean;
}

/** A final response. */
export interface Answer {
  /** Its status. */
  readonly status: number;
  /** Octets of content. */
  readonly size: number;
  /** Octets in all, interim responses included. */
  readonly octets: number;
  /** Whether it says `connection: close`, or ends with the connection. */
  readonly closes: boolean;
}

/** An ask that waits for its answer. */
interface Awaited {
  readonly ask: Ask;
  readonly expected: Expectation;
}

/** A head is no longer than this. */
const MOST_HEAD = 1000;
const STATUS_LINE = /^HTTP\/1\.1 ([1-9]\d\d) [\x20-\x7e]*$/;
const FIELD_LINE = /^([a-z0-9-]+): ([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/;
const CHUNK_LINE = /^[1-9a-f][0-9a-f]*$/;

/** Reads the answers on one connection. */
export class AnswerReader {
  readonly #listener: AnswerListener;
  readonly #awaited: Awaited[] = [];
  #text = "";
  #at = 0;
  #state: "head" | "content" | "chunk" | "chunkEnd" | "trailers" | "over" = "head";
  #status = 0;
  #closes = false;
  #framing: Expectation["framing"] = "none";
  #rest = 0;
  #size = 0;
  #octets = 0;
  #continues = 0;
  #informs = 0;
  #trailersSeen = false;

  /**
   * Makes an `AnswerReader`.
   *
   * @param listener Whom it tells
   */
  constructor(listener: AnswerListener) {
    this.#listener = listener;
  }

  /** Whether an answer has begun and not ended. */
  get isWithin(): boolean {
    return this.#state !== "head" || this.#octets > 0 || this.#at < this.#text.length;
  }

  /**
   * Waits for one more answer.
   *
   * @param ask What is asked
   * @param expected What must come
   */
  expect(ask: Ask, expected: Expectation): void {
    this.#awaited.push({ ask, expected });
  }

  /**
   * Takes what came.
   *
   * @param text It, one character an octet
   */
  push(text: string): void {
    this.#text = this.#at === this.#text.length ? text : this.#text.slice(this.#at) + text;
    this.#at = 0;
    while (this.#step());
  }

  /** The server's side ends. */
  end(): void {
    if (this.#framing !== "close" || this.#state !== "content") return;
    const [{ ask, expected }] = this.#awaited as [Awaited];
    if (this.#size !== expected.size) {
      return this.#listener.wrong(`${this.#size} octets until the end for ${expected.size}`);
    }
    this.#answered(ask);
  }

  #step(): boolean {
    const first = this.#awaited[0];
    if (this.#at === this.#text.length && this.#state !== "content") return false;
    if (first === undefined || this.#state === "over") return this.#wrong("octets that nothing asked for");
    switch (this.#state) {
      case "head":
        return this.#readHead(first);
      case "content":
        return this.#readContent(first);
      case "chunk":
        return this.#readChunkLine();
      case "chunkEnd":
        return this.#readChunkEnd();
      case "trailers":
        return this.#readTrailers(first);
    }
  }

  #readHead({ ask, expected }: Awaited): boolean {
    const end = this.#text.indexOf("\r\n\r\n", this.#at);
    if (end < 0) return this.#text.length - this.#at > MOST_HEAD ? this.#wrong("a head without an end") : false;
    const lines = this.#text.slice(this.#at, end).split("\r\n");
    const status = Number(STATUS_LINE.exec(lines[0]!)?.[1]);
    if (!(status >= 100)) return this.#wrong(`the status line "${lines[0]}"`);
    const fields = new Map<string, string>();
    for (let i = 1; i < lines.length; i++) {
      const match = FIELD_LINE.exec(lines[i]!);
      if (match === null || fields.has(match[1]!)) return this.#wrong(`the field line "${lines[i]}"`);
      fields.set(match[1]!, match[2]!);
    }
    this.#octets += end + 4 - this.#at;
    this.#at = end + 4;
    if (status < 200 && status !== 101) return this.#interim(ask, expected, status);
    return this.#begin(ask, expected, status, fields);
  }

  #interim(ask: Ask, expected: Expectation, status: number): boolean {
    if (status === 100) this.#continues++;
    else this.#informs++;
    if (this.#continues > expected.continues || this.#informs > expected.informs) {
      return this.#wrong(`a ${status} too many`);
    }
    if (status === 100) this.#listener.continued(ask);
    return true;
  }

  #begin(ask: Ask, expected: Expectation, status: number, fields: Map<string, string>): boolean {
    this.#status = status;
    this.#closes = fields.get("connection") === "close";
    const isGivenUp = status === 503 && expected.mayGiveUp && this.#listener.mayGiveUp;
    if (status !== expected.status && !isGivenUp) return this.#wrong(`status ${status} for ${expected.status}`);
    if (expected.isTunnel) {
      const rest = this.#text.slice(this.#at);
      this.#at = this.#text.length;
      this.#state = "over";
      this.#listener.switched(ask, rest);
      return false;
    }
    if (!fields.has("date")) return this.#wrong("a head without date");
    if (isGivenUp) return this.#closes ? this.#answered(ask) : this.#wrong("a 503 that does not close");
    if (expected.isOwn && fields.get("x-id") !== `${ask.id}`) return this.#wrong(`the answer ${fields.get("x-id")}`);
    if (this.#continues < expected.continues || this.#informs < expected.informs) {
      return this.#wrong("no interim response");
    }
    return this.#frame(ask, expected, fields);
  }

  #frame(ask: Ask, expected: Expectation, fields: Map<string, string>): boolean {
    const length = fields.get("content-length");
    const coding = fields.get("transfer-encoding");
    this.#framing = expected.framing;
    if (expected.framing === "none") return this.#answered(ask);
    const isRight = expected.framing === "length"
      ? length === `${ask.deed.style === "short" ? expected.size + 10 : expected.size}` && coding === undefined
      : length === undefined && coding === (expected.framing === "chunked" ? "chunked" : undefined);
    if (!isRight) return this.#wrong(`content-length ${length} and transfer-encoding ${coding}`);
    this.#state = expected.framing === "chunked" ? "chunk" : "content";
    this.#rest = expected.framing === "length" ? Number(length) : Infinity;
    return true;
  }

  #readContent({ ask, expected }: Awaited): boolean {
    const count = Math.min(this.#rest, this.#text.length - this.#at);
    if (count === 0) return false;
    const place = placeOf(ask.id) + this.#size;
    const isRight = this.#size + count <= expected.size &&
      PATTERN.startsWith(
        this.#at === 0 && count === this.#text.length ? this.#text : this.#text.slice(this.#at, this.#at + count),
        place,
      );
    if (!isRight) return this.#wrong(`other content within ${this.#size} to ${this.#size + count} of ${expected.size}`);
    this.#at += count;
    this.#octets += count;
    this.#size += count;
    this.#rest -= count;
    if (this.#rest > 0) return false;
    if (this.#framing === "length") return this.#answered(ask);
    this.#state = "chunkEnd";
    return true;
  }

  #readChunkLine(): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    if (line === "0") {
      this.#state = "trailers";
      return true;
    }
    if (!CHUNK_LINE.test(line)) return this.#wrong(`the chunk line "${line}"`);
    this.#rest = parseInt(line, 16);
    this.#state = "content";
    return true;
  }

  #readChunkEnd(): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    this.#state = "chunk";
    return line === "" || this.#wrong(`"${line}" behind a chunk`);
  }

  #readTrailers({ ask, expected }: Awaited): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    if (expected.hasTrailers && !this.#trailersSeen && line === `x-id: ${ask.id}`) return this.#trailersSeen = true;
    if (line !== "" || expected.hasTrailers !== this.#trailersSeen) return this.#wrong(`the trailer "${line}"`);
    if (this.#size !== expected.size) return this.#wrong(`${this.#size} octets in chunks for ${expected.size}`);
    return this.#answered(ask);
  }

  #line(): string | undefined {
    const end = this.#text.indexOf("\r\n", this.#at);
    if (end < 0) {
      if (this.#text.length - this.#at > MOST_HEAD) this.#wrong("a line without an end");
      return undefined;
    }
    const line = this.#text.slice(this.#at, end);
    this.#octets += end + 2 - this.#at;
    this.#at = end + 2;
    return line;
  }

  #answered(ask: Ask): true {
    const answer: Answer = {
      status: this.#status,
      size: this.#size,
      octets: this.#octets,
      closes: this.#closes || this.#framing === "close",
    };
    this.#awaited.shift();
    this.#state = "head";
    this.#framing = "none";
    this.#trailersSeen = false;
    this.#size =
      this.#octets =
      this.#continues =
      this.#informs =
        0;
    this.#listener.answered(ask, answer);
    return true;
  }

  #wrong(what: string): false {
    this.#state = "over";
    this.#at = this.#text.length;
    const [first] = this.#awaited;
    this.#listener.wrong(first ? `${what} in answer ${first.ask.id}` : what);
    return false;
  }
}
