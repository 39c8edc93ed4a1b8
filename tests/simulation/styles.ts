/**
 * The ways in which the applications of the simulation answer, each with what its answer looks like from outside.
 *
 * @module
 */

import type { Environ } from "../../core/gateway/environ.ts";
import { FLUSH, INPUT_PENDING, type Item, type Piece } from "../../core/gateway/piece.ts";
import type { Result, StartResponse, Write } from "../../core/gateway/types.ts";
import { fetchApp } from "../../core/middleware/fetch_app.ts";
import { TimeoutError } from "../../core/errors.ts";
import type { FieldsInit } from "../../core/fields.ts";
import type { Ask } from "./ask.ts";
import { allOf, fieldsOf, octetsOf, pieces } from "./given.ts";
import { readChunkItem, readOn } from "./readers.ts";

/** What a style is given. */
export interface Call {
  /** The exchange. */
  readonly ask: Ask;
  /** What the gateway tells the application. */
  readonly environ: Environ;
  /** The gateway's own. */
  readonly startResponse: StartResponse;
  /** Calls it with the status and the fields of the exchange. */
  readonly start: (fields?: FieldsInit, error?: unknown) => Write;
  /** Those who wait for a signal, by their number. */
  readonly waiting: Set<number>;
  /** Takes note that a sleep was ended early. */
  readonly released: () => void;
}

/** A way to answer. */
export interface Style {
  /**
   * What goes out: `whole` content has a length; `stream` is chunked, or ends with the connection; `nothing` is
   * content by no means; any number is the status of the server's own answer instead, which closes; `broken` ends in
   * the middle, with an abort.
   */
  readonly form: "whole" | "stream" | "nothing" | "broken" | "tunnel" | number;
  /** How many interim responses beside 100 go out. */
  readonly informs?: number;
  /** Whether it asks for a 100 (Continue) that nobody waits for. */
  readonly continues?: boolean;
  /** Whether there are trailers where they can be. */
  readonly hasTrailers?: boolean;
  /** Whether it sleeps or waits, so that a client that ends its side gets a 503. */
  readonly sleeps?: boolean;
  /** Whether its head goes out before content is there. */
  readonly isEager?: boolean;
  /** Whether it reads the content itself. */
  readonly reads?: boolean;
  /** Answers. */
  readonly answer: (call: Call) => Result | Promise<Result>;
}

/** An error of an application that is meant to fail. */
export class MeantError extends Error {
  /** The class's name, `MeantError`. */
  override readonly name: string = "MeantError";
}

/** How long an application of the style `late` has, in ms. */
export const LATE_MS = 700;

const fetchText = fetchApp((_request, environ) => {
  const ask = askOf(environ);
  return toResponse(ask, allOf(ask));
});

const fetchReads = fetchApp(async (request, environ) => {
  const ask = askOf(environ);
  readOn(ask, new TextEncoder().encode(await request.text()));
  return toResponse(ask, allOf(ask));
});

const fetchStream = fetchApp((_request, environ) => {
  const ask = askOf(environ);
  const all = pieces(ask);
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    const { done, value } = all.next();
    if (done) controller.close();
    else controller.enqueue(typeof value === "string" ? new TextEncoder().encode(value) : value);
  };
  return toResponse(ask, new ReadableStream({ pull }));
});

/** By name. */
export const STYLES: Readonly<Record<string, Style>> = {
  string: { form: "whole", answer: ({ ask, start }) => (start(), allOf(ask)) },
  octets: { form: "whole", answer: ({ ask, start }) => (start(), octetsOf(ask)) },
  single: { form: "whole", answer: ({ ask, start }) => (start(), [allOf(ask)]) },
  nothing: { form: "nothing", answer: ({ start }) => void start() },
  array: { form: "stream", answer: ({ ask, start }) => (start(), ["", ...pieces(ask)]) },
  generator: {
    form: "stream",
    *answer({ ask, start }): Generator<Item, void> {
      start();
      yield* pieces(ask);
    },
  },
  mixed: {
    form: "stream",
    *answer({ ask, environ, start }): Generator<Item, void> {
      yield "";
      yield Promise.resolve(ask.id);
      if (environ.result !== ask.id) throw new TypeError(`The result is ${environ.result}`);
      start();
      for (const piece of pieces(ask)) {
        yield piece;
        yield FLUSH;
        yield "";
        try {
          yield Promise.reject(new MeantError("Thrown in"));
        } catch (error) {
          if (environ.exception !== error) throw new TypeError("The exception is another one");
        }
      }
    },
  },
  naps: {
    form: "stream",
    sleeps: true,
    *answer({ ask, environ, start }): Generator<Item, void> {
      yield environ.signals.sleep(ask.deed.ms);
      start();
      for (const piece of pieces(ask)) {
        yield piece;
        yield environ.signals.sleep(10, { throughHalfClose: true });
      }
    },
  },
  pending: {
    form: "stream",
    reads: true,
    *answer({ ask, environ, start }): Generator<Item, void> {
      yield INPUT_PENDING;
      for (const piece of environ.input.available()) {
        if (piece === INPUT_PENDING) yield piece;
        else readOn(ask, piece);
      }
      start();
      yield* pieces(ask);
    },
  },
  pendingChunks: {
    form: "stream",
    reads: true,
    *answer({ ask, environ, start }): Generator<Item, void> {
      for (const item of environ.input.availableChunks()) {
        if (item === INPUT_PENDING) yield item;
        else readChunkItem(ask, item);
      }
      start();
      yield* pieces(ask);
    },
  },
  asyncGenerator: {
    form: "stream",
    isEager: true,
    async *answer({ ask, start }): AsyncGenerator<Piece | typeof FLUSH, void> {
      await null;
      start();
      yield FLUSH;
      for (const piece of pieces(ask)) {
        yield piece;
        await null;
        yield "";
      }
    },
  },
  promise: {
    form: "whole",
    answer: async ({ ask, start }) => {
      await null;
      start();
      return allOf(ask);
    },
  },
  write: {
    form: "stream",
    answer: async ({ ask, start }) => {
      const write = start();
      for (const piece of pieces(ask)) await write(piece);
    },
  },
  writeAndString: {
    form: "stream",
    answer: ({ ask, start }) => {
      const write = start();
      const all = [...pieces(ask)];
      for (const piece of all.slice(0, -1)) write(piece);
      return all.at(-1);
    },
  },
  sleep: {
    form: "whole",
    sleeps: true,
    answer: async ({ ask, environ, start }) => {
      await environ.signals.sleep(ask.deed.ms);
      start();
      return allOf(ask);
    },
  },
  wait: {
    form: "whole",
    sleeps: true,
    answer: async ({ ask, environ, start, waiting }) => {
      waiting.add(ask.id);
      try {
        const id = await environ.signals.wait(ask.id, { timeout: ask.deed.ms, weak: ask.id % 2 === 0 });
        if (id !== ask.id) throw new TypeError(`The signal brought ${id}`);
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
      } finally {
        waiting.delete(ask.id);
      }
      start();
      return allOf(ask);
    },
  },
  send: {
    form: "whole",
    answer: async ({ ask, environ, start, waiting }) => {
      const [name = -1] = waiting;
      waiting.delete(name);
      const told = await environ.signals.send(name, name);
      if (told !== (name < 0 ? 0 : 1)) throw new TypeError(`${told} were told`);
      start();
      return allOf(ask);
    },
  },
  inform: {
    form: "whole",
    informs: 2,
    answer: ({ ask, environ, start }) => {
      environ.inform(103, { link: "</a>; rel=preload" });
      environ.inform(102);
      start();
      return allOf(ask);
    },
  },
  continues: {
    form: "whole",
    continues: true,
    answer: ({ ask, environ, start }) => {
      environ.input.sendContinue({ "x-id": `${ask.id}` });
      start();
      return allOf(ask);
    },
  },
  trailers: {
    form: "stream",
    hasTrailers: true,
    *answer({ ask, environ, start }): Generator<Item, void> {
      environ.trailers(() => ({ "x-id": `${ask.id}` }));
      start();
      yield* pieces(ask);
    },
  },
  gathers: {
    form: "stream",
    *answer({ ask, environ, start }): Generator<Item, void> {
      environ.minimumChunkSize = 4096;
      start();
      yield* pieces(ask);
    },
  },
  restarts: {
    form: "whole",
    answer: ({ ask, start }) => {
      start({ "x-id": "wrong" });
      start(undefined, new MeantError("Said again"));
      return allOf(ask);
    },
  },
  excess: {
    form: "whole",
    answer: ({ ask, start }) => {
      start({ "x-id": `${ask.id}`, "content-length": `${ask.deed.size}` });
      return [allOf(ask), "and more"];
    },
  },
  fetchText: { form: "whole", answer: ({ environ, startResponse }) => bridged(fetchText(environ, startResponse)) },
  fetchReads: {
    form: "whole",
    reads: true,
    answer: ({ environ, startResponse }) => bridged(fetchReads(environ, startResponse)),
  },
  fetchStream: { form: "stream", answer: ({ environ, startResponse }) => bridged(fetchStream(environ, startResponse)) },
  throws: {
    form: 500,
    answer: () => {
      throw new MeantError("Thrown");
    },
  },
  rejects: {
    form: 500,
    answer: async ({ start }) => {
      start();
      await null;
      throw new MeantError("Rejected");
    },
  },
  unstarted: { form: 500, answer: ({ ask }) => allOf(ask) },
  badField: { form: 500, answer: ({ ask, start }) => (start({ "x-a": "a\r\nb" }), allOf(ask)) },
  badItem: { form: 500, answer: ({ start }) => (start(), [42 as unknown as Piece]) },
  late: {
    form: 503,
    answer: async ({ environ, start, released }) => {
      environ.deadlines.set({ application: LATE_MS });
      try {
        await environ.signals.sleep(100_000, { throughHalfClose: true });
      } finally {
        released();
      }
      start();
      return "too late";
    },
  },
  breaks: {
    form: "broken",
    *answer({ ask, start }): Generator<Item, void> {
      start();
      yield* pieces(ask);
      throw new MeantError("Thrown in the middle");
    },
  },
  breaksLater: {
    form: "broken",
    async *answer({ ask, environ, start }): AsyncGenerator<Piece, void> {
      start();
      yield* pieces(ask);
      await environ.signals.sleep(ask.deed.ms, { throughHalfClose: true });
      throw new MeantError("Thrown in the middle");
    },
  },
  short: {
    form: "broken",
    answer: ({ ask, start }) => {
      start({ "x-id": `${ask.id}`, "content-length": `${ask.deed.size + 10}` });
      return ["", allOf(ask)];
    },
  },
  tunnel: { form: "tunnel", answer: echo },
  connect: { form: "tunnel", answer: echo },
};

/** Where `serving` leaves it. */
function askOf(environ: Environ): Ask {
  return environ.state.ask as Ask;
}

/** A Response of the Fetch standard takes no body with these statuses. */
function toResponse(ask: Ask, body: string | ReadableStream<Uint8Array>): Response {
  const { status } = ask.deed;
  return new Response([204, 205, 304].includes(status) ? null : body, { status, headers: fieldsOf(ask) });
}

/** The bridge is an asynchronous application. */
function bridged(result: Result | PromiseLike<Result>): Promise<Result> {
  return result as Promise<Result>;
}

/** Sends back what comes, until the peer ends its side. */
async function echo({ environ }: Call): Promise<void> {
  const tunnel = environ.upgrade();
  for await (const bytes of tunnel) await tunnel.write(bytes);
  tunnel.end();
}
