/**
 * Exchanges from a seed, for the clients and servers of each runtime: what is asked, how the request is framed, and what
 * is to be answered. Runs on each runtime.
 *
 * The request tells the server what to answer, in the field `x-answer`; the answer tells what the server saw, in
 * `x-seen`. So neither side needs to know the seed of the other.
 *
 * @module
 */

import { Random } from "../support/random.ts";

/** An answer that is asked for. */
export interface PlannedAnswer {
  readonly status: number;
  /** How its content is framed, as far as the server lets one choose. */
  readonly framing: "length" | "chunked";
  /** Its content: ASCII, so that a character is an octet. */
  readonly content: string;
  /** A field of its own. */
  readonly mark: string;
  /** A trailer; only with `chunked`, and only servers that can send it do. */
  readonly trailer: string | undefined;
}

/** An exchange. */
export interface PlannedExchange {
  readonly method: string;
  readonly target: string;
  /** A field of its own. */
  readonly mark: string;
  readonly framing: "none" | "length" | "chunked";
  readonly content: string;
  /** A trailer; only with `chunked`, and only clients that can send it do. */
  readonly trailer: string | undefined;
  /** Whether the client waits for a 100 (Continue). */
  readonly expects: boolean;
  readonly answer: PlannedAnswer;
}

/** What a server saw of a request. */
export interface SeenRequest {
  readonly method: string;
  readonly target: string;
  readonly mark: string | undefined;
  readonly content: string;
  readonly trailer: string | undefined;
}

/** What a client saw of an answer. */
export interface SeenAnswer {
  readonly status: number;
  readonly mark: string | undefined;
  readonly content: string;
  readonly trailer: string | undefined;
  /** What the server told that it saw. */
  readonly seen: SeenRequest;
}

const SIZES = [0, 1, 2, 15, 16, 17, 255, 256, 1000];
/** Such as no fetch changes on its way. */
const TARGETS = ["/", "/a/b?c=d", "/%41%20b", "/a?x=1&y=%26", "/a;b=c", "/~a/.b", "/a,b@c:d"];
/** Octets that field values may have between others. */
const VALUE_OCTETS = "abcXYZ019 !#$%&'()*+-./:;<=>?@[]^_`{|}~,";

/**
 * Plans exchanges.
 *
 * @param seed What determines them
 * @param count How many
 * @returns The exchanges
 */
export function planExchanges(seed: number, count: number): PlannedExchange[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => planExchange(random));
}

function planExchange(random: Random): PlannedExchange {
  const method = random.pick(["GET", "GET", "HEAD", "POST", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
  const framing = ["POST", "PUT", "PATCH"].includes(method) ? random.pick(["length", "chunked"] as const) : "none";
  const content = framing === "none" ? "" : text(random, random.pick(SIZES));
  const status = random.pick([200, 200, 200, 201, 404, 503, 204, 304]);
  const answerFraming = random.pick(["length", "chunked"] as const);
  const hasContent = status !== 204 && status !== 304 && method !== "HEAD";
  const answerContent = hasContent ? text(random, random.pick(SIZES)) : "";
  return {
    method,
    target: random.pick(TARGETS),
    mark: value(random),
    framing,
    content,
    trailer: framing === "chunked" && random.chance(0.5) ? value(random) : undefined,
    expects: content !== "" && random.chance(0.3),
    answer: {
      status,
      framing: answerFraming,
      content: answerContent,
      mark: value(random),
      // Ours frames empty content by its length, so that there is no place for trailers.
      trailer: answerContent !== "" && answerFraming === "chunked" && random.chance(0.5) ? value(random) : undefined,
    },
  };
}

function text(random: Random, length: number): string {
  return Array.from({ length }, () => random.pick([..."abc \r\n0"])).join("");
}

/** Neither end is white space: that would not arrive. */
function value(random: Random): string {
  return `<${Array.from({ length: random.between(0, 12) }, () => random.pick([...VALUE_OCTETS])).join("")}>`;
}

/**
 * Gives what a client is to see.
 *
 * @param plan The exchange
 * @param trailers Whether the client can send trailers and see them, and the server too
 * @returns What it is to see
 */
export function expectedAnswer(plan: PlannedExchange, trailers: boolean): SeenAnswer {
  const { method, target, mark, content, answer } = plan;
  return {
    status: answer.status,
    mark: answer.mark,
    content: answer.content,
    trailer: trailers ? answer.trailer : undefined,
    seen: { method, target, mark, content, trailer: trailers ? plan.trailer : undefined },
  };
}

/**
 * Writes what is told in a field: JSON within visible ASCII.
 *
 * @param told What is told
 * @returns The value
 */
export function tellInField(told: unknown): string {
  return encodeURIComponent(JSON.stringify(told));
}

/**
 * Reads what is told in a field.
 *
 * @param field The value
 * @returns What is told
 */
export function readFromField<T>(field: string | undefined | null): T {
  return JSON.parse(decodeURIComponent(field ?? "null")) as T;
}
