/**
 * The clients of the restarts: keep-alive, pipelined and one request a connection. They take nothing on trust: each
 * answer must be that of the request that is next in order, whole, to the octet. What becomes of each request is noted.
 *
 * @module
 */

import { AnswerError, fieldOf, type RawAnswer } from "../contract/raw_answer.ts";
import { OctetClient, pause } from "../contract/octet_client.ts";
import { contentOf, uploadOf } from "./restart_app.ts";

/** What the clients have seen. */
export interface Tally {
  /** The ids of requests that were answered, each with the one right answer. */
  readonly answered: Set<number>;
  /** The ids of requests whose connection ended before any octet of their answer. */
  readonly unanswered: Set<number>;
  /** What must not be: an answer that is cut off, or not the one that is due. */
  readonly broken: string[];
  /** Connections that were opened. */
  connections: number;
  /** Connects that were refused, and tried again: nobody listened. */
  refused: number;
  /** Connections that ended by a reset instead of in order. */
  resets: number;
  /** Those of them on which not one request had been answered: most were in the queue when its socket was closed. */
  resetsBeforeAnswer: number;
}

/** How a client asks. */
export interface Manner {
  /** How many requests may be without answer at a time. */
  readonly depth: number;
  /** After how many requests it leaves of itself. */
  readonly requests: number;
  /** How long it thinks between an answer and its next request, in ms; undefined for not at all. */
  readonly thinks?: number;
}

/** How long a client waits until it tries again, in ms. */
const RETRY = 2;

/**
 * Makes an empty tally.
 *
 * @returns It
 */
export function emptyTally(): Tally {
  return {
    answered: new Set(),
    unanswered: new Set(),
    broken: [],
    connections: 0,
    refused: 0,
    resets: 0,
    resetsBeforeAnswer: 0,
  };
}

let lastId = 0;

/**
 * Asks, one connection after the other, until it is told to stop.
 *
 * @param port Where
 * @param manner How
 * @param tally What comes of it is added
 * @param stop Ends it, once what is under way has ended
 */
export async function ask(port: number, manner: Manner, tally: Tally, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    let client: OctetClient;
    try {
      client = await OctetClient.connect(port);
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) tally.refused++;
      else if (error instanceof Deno.errors.ConnectionReset) noteReset(tally, 0);
      else throw error;
      await pause(RETRY);
      continue;
    }
    tally.connections++;
    await new Asking(client, manner, tally, stop).run();
  }
}

/** What goes on on one connection. */
class Asking {
  readonly #client: OctetClient;
  readonly #manner: Manner;
  readonly #tally: Tally;
  readonly #stop: AbortSignal;
  /** The ids of requests without answer, in order. */
  readonly #open: number[] = [];
  #asked = 0;
  #answered = 0;
  #isLast = false;

  constructor(client: OctetClient, manner: Manner, tally: Tally, stop: AbortSignal) {
    this.#client = client;
    this.#manner = manner;
    this.#tally = tally;
    this.#stop = stop;
  }

  async run(): Promise<void> {
    using client = this.#client;
    try {
      for (this.#fill(); this.#open.length > 0 && !this.#isLast; this.#fill()) {
        this.#take(await client.answer());
        if (this.#manner.thinks !== undefined) await pause(this.#manner.thinks);
      }
      if (this.#isLast) await this.#readEnd();
    } catch (error) {
      this.#lost(error);
    }
    for (const id of this.#open) this.#tally.unanswered.add(id);
  }

  get #isDone(): boolean {
    return this.#stop.aborted || this.#asked === this.#manner.requests;
  }

  /** Sends as many requests as may be open. Where the connection is lost, reading tells. */
  #fill(): void {
    const { depth, requests } = this.#manner;
    let text = "";
    while (this.#open.length < depth && !this.#isDone && !this.#isLast) {
      const id = ++lastId;
      this.#asked++;
      this.#open.push(id);
      text += toRequest(id, this.#asked === requests && requests === 1);
    }
    if (text !== "") void this.#client.send(text);
  }

  /** Takes an answer, which must be the one that is due. */
  #take(answer: RawAnswer): void {
    const id = this.#open[0]!;
    if (answer.status !== 200 || answer.content !== contentOf(id)) {
      throw new Error(`the answer to ${id} is ${answer.status} ${JSON.stringify(answer.content.slice(0, 60))}`);
    }
    this.#open.shift();
    this.#tally.answered.add(id);
    this.#answered++;
    this.#isLast = fieldOf(answer, "connection") === "close";
  }

  /** Behind an answer that says close, nothing comes but the end. */
  async #readEnd(): Promise<void> {
    const rest = await this.#client.readToEnd();
    if (rest !== "") throw new Error(`behind an answer that says close there is ${JSON.stringify(rest)}`);
    this.#noteReset();
  }

  /** A connection that ends between answers has lost nothing that we see; what the server took, its report tells. */
  #lost(error: unknown): void {
    if (error instanceof AnswerError && this.#client.hasEnded && this.#client.rest === "") return this.#noteReset();
    this.#tally.broken.push(error instanceof Error ? error.message : String(error));
  }

  #noteReset(): void {
    if (this.#client.readError !== undefined) noteReset(this.#tally, this.#answered);
  }
}

function noteReset(tally: Tally, answered: number): void {
  tally.resets++;
  if (answered === 0) tally.resetsBeforeAnswer++;
}

function toRequest(id: number, isLast: boolean): string {
  const content = uploadOf(id);
  const head = `${content === "" ? "GET" : "POST"} /${id} HTTP/1.1\r\nHost: a\r\n${
    isLast ? "Connection: close\r\n" : ""
  }`;
  return content === "" ? `${head}\r\n` : `${head}Content-Length: ${content.length}\r\n\r\n${content}`;
}
