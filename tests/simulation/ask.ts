/**
 * One exchange of the simulation: what is asked, what the application does about it, and what was seen of it on both
 * sides. `expectation.ts` says what the answer must be.
 *
 * @module
 */

import type { Outcome } from "../../core/gateway/environ.ts";

/** The place of a request that is the last of its client, however many there are. */
export const LAST = 1_000_000;

/** How a request is put. */
export interface RequestShape {
  /** The method. */
  readonly method: string;
  /** The version: 0 for HTTP/1.0. */
  readonly minor: 0 | 1;
  /** Where the content ends. */
  readonly framing: "none" | "length" | "chunked";
  /** Octets of content. */
  readonly octets: number;
  /** Octets of each chunk, but the last one. */
  readonly chunk: number;
  /** Whether there is a trailer section. */
  readonly hasTrailers: boolean;
  /** Whether the client waits for a 100 (Continue). */
  readonly expects: boolean;
  /** The value of Connection, if there is one. */
  readonly connection: "" | "close" | "keep-alive";
  /** Octets of a field that nobody needs. */
  readonly padding: number;
  /** What becomes of the second half of the content: it does not come, its side ends instead, or it is no chunk. */
  readonly spoil: "" | "stalls" | "ends" | "garbage";
}

/** What an application does. */
export interface Deed {
  /** How it answers: a name in `STYLES`, or a refusal's of `REFUSALS`. */
  readonly style: string;
  /** How it reads the content before: a name in `READERS`. */
  readonly reader: string;
  /** The status it gives. */
  readonly status: number;
  /** Octets of content it gives. */
  readonly size: number;
  /** In how many pieces, where the style has them. */
  readonly pieces: number;
  /** Whether it announces the length. */
  readonly isAnnounced: boolean;
  /** Whether it says `connection: close`. */
  readonly closes: boolean;
  /** Whether it asks for `signal` and `closing`. */
  readonly watches: boolean;
  /** How one of its hooks fails, if one does. */
  readonly hook: "" | "throws" | "rejects";
  /** How long it sleeps, where the style does, in ms. */
  readonly ms: number;
}

/** One exchange. */
export class Ask {
  /** Its number in its world. */
  readonly id: number;
  /** The number of its client. */
  readonly client: number;
  /** Its place among the requests of its client. */
  readonly index: number;
  /** How the request is put. */
  readonly request: RequestShape;
  /** What the application does. */
  readonly deed: Deed;
  /** Where in all that the client sends it starts; set when it is sent. */
  start = -1;
  /** Where its content starts. */
  contentStart = -1;
  /** Where it ends. */
  end = -1;
  /** How often the application was called with it. */
  calls = 0;
  /** How often its first hook ran. */
  hooks = 0;
  /** How often `onExchange` was told of it. */
  records = 0;
  /** How many iterators were begun. */
  iterators = 0;
  /** How many times `return()` of an iterator was called. */
  returns = 0;
  /** Octets of content that the application has read. */
  read = 0;
  /** Octets of content that the application has given to the gateway. */
  given = 0;
  /** How many octets the port had taken when the application was called. */
  takenBefore = 0;
  /** When the application was called. */
  calledAt = 0;
  /** When its sleep was ended early. */
  releasedAt = 0;
  /** How it ended, as the first hook was told. */
  outcome: Outcome | undefined = undefined;
  /** `environ.signal`, if it was asked for. */
  signal: AbortSignal | undefined = undefined;
  /** What the client made of it. */
  fate: "unsent" | "waiting" | "answered" | "refused" | "broken" | "lost" = "unsent";

  /**
   * Makes an `Ask`.
   *
   * @param id Its number
   * @param client Its client's number
   * @param index Its place
   * @param request The request
   * @param deed What is done about it
   */
  constructor(id: number, client: number, index: number, request: RequestShape, deed: Deed) {
    this.id = id;
    this.client = client;
    this.index = index;
    this.request = request;
    this.deed = deed;
  }

  /**
   * Tells up to where the request's octets are consumed at least: what lies behind is unread.
   *
   * @returns The place in all that the client sends
   */
  get consumed(): number {
    const { framing, chunk } = this.request;
    if (framing === "none") return this.contentStart;
    if (framing === "length") return this.contentStart + this.read;
    return this.contentStart + this.read + Math.floor(this.read / chunk) * (chunk.toString(16).length + 4);
  }
}
