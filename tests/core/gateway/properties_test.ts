/**
 * Properties of whole conversations: pipelines of valid requests, applications of every style, any split of what comes
 * and any answer of the port's `write`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Environ } from "../../../core/gateway/environ.ts";
import { FLUSH, INPUT_PENDING, type Item, type Piece } from "../../../core/gateway/piece.ts";
import type { App, Result, StartResponse } from "../../../core/gateway/types.ts";
import { octets } from "../../support/octet_text.ts";
import { request, Talk } from "../../support/talk.ts";

const encoder = new TextEncoder();

/** How the answer is given; `pieces` is the content. */
const STYLES: Record<
  string,
  (start: () => ReturnType<StartResponse>, pieces: Piece[], environ: Environ) => Result | Promise<Result>
> = {
  string: (start, pieces) => {
    start();
    return joined(pieces);
  },
  octets: (start, pieces) => {
    start();
    return encoder.encode(joined(pieces));
  },
  array: (start, pieces) => {
    start();
    return pieces;
  },
  nothing: (start) => {
    start();
  },
  promise: async (start, pieces) => {
    await null;
    start();
    return joined(pieces);
  },
  *generator(start, pieces) {
    start();
    yield* pieces;
  },
  *generatorOfMany(start, pieces): Generator<Item, void> {
    yield "";
    yield Promise.resolve();
    start();
    for (const piece of pieces) {
      yield piece;
      yield FLUSH;
      yield "";
      yield Promise.resolve(piece);
    }
  },
  async *asyncGenerator(start, pieces): AsyncGenerator<Piece | typeof FLUSH, void> {
    await null;
    start();
    yield FLUSH;
    for (const piece of pieces) {
      yield piece;
      await null;
    }
  },
  write: async (start, pieces) => {
    const write = start();
    for (const piece of pieces) await write(piece);
  },
  writeAndString: (start, pieces) => {
    const write = start();
    for (const piece of pieces.slice(1)) write(piece);
    return pieces[0];
  },
  informed: (start, pieces, environ) => {
    environ.inform(103, { link: "</a>" });
    start();
    return pieces;
  },
};

/** How the content is read, before anything is answered; gives how much it was. */
const READERS: Record<string, (environ: Environ) => Promise<number> | number> = {
  nothing: () => 0,
  bytes: async ({ input }) => (await input.bytes()).length,
  some: async ({ input }) => {
    let total = 0;
    for await (const piece of input) total += piece.length;
    return total;
  },
  lines: async ({ input }) => (await input.readLines()).reduce((total, line) => total + line.length, 0),
  chunks: async ({ input }) => {
    let total = 0;
    for await (const item of input.chunks()) {
      if (item instanceof Uint8Array) total += item.length;
      else if (item[1] instanceof Uint8Array) total += item[1].length;
    }
    return total;
  },
  half: async ({ input }) => (await input.read(3)).length,
};

/** One request with what is done about it. */
interface Ask {
  readonly id: number;
  readonly method: string;
  readonly minor: 0 | 1;
  readonly framing: "none" | "length" | "chunked";
  readonly content: string;
  readonly expects: boolean;
  readonly connection: string;
  readonly style: string;
  readonly reader: string;
  readonly sizes: number[];
  readonly status: number;
}

const content = fc.oneof(fc.string({ maxLength: 40 }), fc.constant("line\nline\n"), fc.constant("x".repeat(5000)));

const ask: fc.Arbitrary<Omit<Ask, "id">> = fc.record({
  method: fc.constantFrom("GET", "POST", "POST", "HEAD", "PUT"),
  minor: fc.constantFrom(0, 1, 1, 1, 1) as fc.Arbitrary<0 | 1>,
  framing: fc.constantFrom("none", "length", "chunked"),
  content,
  expects: fc.constantFrom(false, false, false, true),
  connection: fc.constantFrom("", "", "", "", "keep-alive", "x-a", "close"),
  style: fc.constantFrom(...Object.keys(STYLES)),
  reader: fc.constantFrom(...Object.keys(READERS)),
  sizes: fc.array(fc.constantFrom(0, 1, 5, 100, 3000, 17_000, 70_000), { maxLength: 5 }),
  status: fc.constantFrom(200, 200, 200, 404, 204, 304, 205),
});

const pipeline = fc.array(ask, { minLength: 1, maxLength: 6 }).map((asks) => asks.map((one, id) => ({ ...one, id })));

function joined(pieces: readonly Piece[]): string {
  return pieces.map((piece) => typeof piece === "string" ? piece : "y".repeat(piece.length)).join("");
}

function spell(one: Ask): string {
  const fields = [`X-Id: ${one.id}`];
  const framing = one.minor === 0 && one.framing === "chunked" ? "length" : one.framing;
  const text = Array.from(one.content, (character) => String.fromCharCode(character.charCodeAt(0) & 0xff)).join("");
  if (one.expects) fields.push("Expect: 100-continue");
  if (one.connection) fields.push(`Connection: ${one.connection}`);
  let body = "";
  if (framing === "length") {
    fields.push(`Content-Length: ${text.length}`);
    body = text;
  } else if (framing === "chunked") {
    fields.push("Transfer-Encoding: chunked");
    for (let at = 0; at < text.length; at += 7) {
      const chunk = text.slice(at, at + 7);
      body += `${chunk.length.toString(16)};at=${at}\r\n${chunk}\r\n`;
    }
    body += "0\r\nx-sum: 1\r\n\r\n";
  }
  return request(`${one.method} /${one.style}/${one.reader} HTTP/1.${one.minor}`, fields, body);
}

/** What was seen beside the octets. */
interface Seen {
  begun: number;
  hooks: number[];
  started: number;
  finished: number;
}

/** Counts that the iterators of applications are closed. */
function counted(result: Result, seen: Seen): Result {
  if (result === undefined || typeof result === "string" || result instanceof Uint8Array || Array.isArray(result)) {
    return result;
  }
  seen.started++;
  const iterable = result as Iterable<Item> & AsyncIterable<Piece>;
  const kind = Symbol.asyncIterator in iterable ? Symbol.asyncIterator : Symbol.iterator;
  const inner = iterable[kind]() as Iterator<Item>;
  const iterator = {
    next: (value: unknown) => inner.next(value as undefined),
    throw: (error: unknown) => inner.throw!(error),
    return: () => {
      seen.finished++;
      return inner.return!();
    },
  };
  return { [kind]: () => iterator } as unknown as Result;
}

function serving(asks: readonly Ask[], seen: Seen): App {
  return (environ, startResponse) => {
    seen.begun++;
    const one = asks[Number(environ.fields.get("x-id"))]!;
    environ.postHooks.push(() => void seen.hooks.push(one.id));
    const style = STYLES[one.style]!;
    const answer = (total: number) => {
      const pieces = one.sizes.map((size, at) => at % 2 === 0 ? "x".repeat(size) : new Uint8Array(size).fill(0x79));
      const start = () => startResponse(one.status, { "x-read": `${total}` });
      const result = style(start, pieces, environ);
      return result instanceof Promise ? result : counted(result, seen);
    };
    const total = READERS[one.reader]!(environ);
    return typeof total === "number" ? answer(total) : total.then(answer);
  };
}

/** How the octets arrive, and what the port does about what is written. */
interface Course {
  readonly cuts: number[];
  /** For each piece: whether everything rests before the next one, and whether an open write is taken. */
  readonly steps: { rests: boolean; drains: boolean }[];
  readonly takes: boolean[];
}

const course: fc.Arbitrary<Course> = fc.record({
  cuts: fc.array(fc.nat({ max: 3000 }), { maxLength: 12 }),
  steps: fc.array(fc.record({ rests: fc.boolean(), drains: fc.boolean() }), { minLength: 1, maxLength: 8 }),
  takes: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
});

const STRAIGHT: Course = { cuts: [], steps: [{ rests: true, drains: true }], takes: [true] };

function piecesOf(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((one, other) => one - other);
  return places.slice(1).map((end, at) => bytes.subarray(places[at], end)).filter((piece) => piece.length > 0);
}

/** Runs a pipeline; `until` ends it early by a loss behind so many pieces. */
async function run(asks: readonly Ask[], how: Course, until = Infinity): Promise<{ talk: Talk; seen: Seen }> {
  const seen: Seen = { begun: 0, hooks: [], started: 0, finished: 0 };
  let writes = 0;
  const talk = new Talk(serving(asks, seen), {
    port: { takes: () => how.takes[writes++ % how.takes.length]! },
    observed: true,
  });
  const pieces = piecesOf(octets(asks.map(spell).join("")), how.cuts);
  for (const [at, piece] of pieces.entries()) {
    if (at >= until) break;
    talk.send(piece);
    const { rests, drains } = how.steps[at % how.steps.length]!;
    if (rests) await talk.rest();
    if (drains && talk.port.isOpen) talk.drain();
  }
  if (until !== Infinity) talk.lose(new Error("Reset"));
  return { talk, seen };
}

Deno.test("a conversation's octets do not depend on how requests come nor on how answers are taken", async () => {
  await fc.assert(
    fc.asyncProperty(pipeline, course, async (asks, how) => {
      const straight = await run(asks, STRAIGHT);
      const other = await run(asks, how);
      for (const { talk, seen } of [straight, other]) {
        await talk.drainAll();
        assertEquals(talk.errors, []);
        assertEquals(seen.hooks, Array.from({ length: seen.begun }, (_, at) => at), "each hook once, in order");
        assertEquals(talk.records.length, seen.begun);
        assert(talk.records.every(({ completed, error }) => completed && error === undefined));
        assertEquals(seen.finished, seen.started, "each iterator is closed once");
        assertEquals(talk.records.reduce((total, { wireBytes }) => total + wireBytes, 0), talk.port.sentOctets);
        assertEquals(talk.port.isPaused, false);
      }
      assertEquals(other.seen.begun, straight.seen.begun);
      assert(other.talk.sent === straight.talk.sent, "other octets");
      for (const { talk } of [straight, other]) {
        talk.end();
        await talk.drainAll();
        assertEquals(talk.port.calls.at(-1), "close");
        assertEquals(talk.due, Infinity);
        assertEquals(talk.surroundings.deferred, 0);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("a conversation that is lost at any moment leaves nothing behind", async () => {
  await fc.assert(
    fc.asyncProperty(pipeline, course, fc.nat({ max: 13 }), async (asks, how, until) => {
      const { talk, seen } = await run(asks, how, until);
      const { length } = talk.port.calls;
      await talk.rest();
      assertEquals(talk.port.calls.length, length, "the port is left alone");
      assertEquals(seen.hooks, Array.from({ length: seen.begun }, (_, at) => at), "each hook once, in order");
      assertEquals(talk.records.length, seen.begun);
      assertEquals(seen.finished, seen.started, "each iterator is closed once");
      assertEquals(talk.errors, []);
      assertEquals(talk.due, Infinity);
    }),
    { numRuns: 300 },
  );
});

Deno.test("a conversation whose client ends at any moment answers all that came whole, and closes", async () => {
  await fc.assert(
    fc.asyncProperty(pipeline, course, fc.nat({ max: 100_000 }), async (asks, how, cut) => {
      const whole = asks.map(spell);
      const bytes = octets(whole.join("")).subarray(0, cut % (whole.join("").length + 1));
      const seen: Seen = { begun: 0, hooks: [], started: 0, finished: 0 };
      let writes = 0;
      const talk = new Talk(serving(asks, seen), {
        port: { takes: () => how.takes[writes++ % how.takes.length]! },
        observed: true,
      });
      for (const [at, piece] of piecesOf(bytes, how.cuts).entries()) {
        talk.send(piece);
        if (how.steps[at % how.steps.length]!.rests) await talk.rest();
      }
      talk.end();
      await talk.drainAll();
      const last = talk.port.calls.at(-1);
      assertEquals(last, "close");
      assertEquals(seen.hooks, Array.from({ length: seen.begun }, (_, at) => at));
      assertEquals(seen.finished, seen.started);
      assertEquals(talk.errors, []);
      let came = 0;
      let complete = 0;
      for (const one of whole) {
        came += one.length;
        if (came <= bytes.length) complete++;
      }
      const answered = talk.records.filter(({ status }) => status !== 400).length;
      const closedBefore = talk.sent.includes("connection: close");
      if (!closedBefore) assert(answered >= complete, `${answered} of ${complete} were answered`);
      for (const { status, completed } of talk.records) assert(completed && status !== 500);
    }),
    { numRuns: 300 },
  );
});

Deno.test("INPUT_PENDING in any place gives the same content", async () => {
  await fc.assert(
    fc.asyncProperty(content, course, async (text, how) => {
      let total = 0;
      const talk = new Talk(function* (environ, startResponse): Generator<Item, void> {
        yield INPUT_PENDING;
        for (const piece of environ.input.available()) {
          if (piece === INPUT_PENDING) yield piece;
          else total += piece.length;
        }
        startResponse(200);
      });
      const body = Array.from(text, (character) => String.fromCharCode(character.charCodeAt(0) & 0xff)).join("");
      for (
        const piece of piecesOf(octets(request("POST / HTTP/1.1", [`Content-Length: ${body.length}`], body)), how.cuts)
      ) {
        talk.send(piece);
        if (how.steps[0]!.rests) await talk.rest();
      }
      await talk.drainAll();
      assertEquals(total, body.length);
      assert(talk.sent.startsWith("HTTP/1.1 200 "));
    }),
    { numRuns: 100 },
  );
});
