import { assert, assertEquals } from "@std/assert";
import type { Environ } from "../../../core/gateway/environ.ts";
import { INPUT_PENDING } from "../../../core/gateway/piece.ts";
import type { App, Item, Result } from "../../../core/gateway/types.ts";
import { settled } from "../../support/fake_surroundings.ts";
import { answer, DATE, get, post, postChunked, Talk } from "../../support/talk.ts";

/** How many steps a turn has at most, and how many each block that comes in it brings. */
const STEPS = 1024;
const STEPS_RECEIVED = 64;

/** How many reads a turn has at most. */
const READS = STEPS / 8;

const COUNT = 5000;

/** Blocks of a thousand chunks: more than `limits.readAhead`. */
const BLOCKS = 14;
const CHUNKS = "1\r\nx\r\n";
const LAST = "0\r\n\r\n";

/** A way to read all content; `seen` is given the environ. */
type Reading = (environ: Environ) => Promise<unknown>;

const LARGE_READS: Record<string, Reading> = {
  "read()": ({ input }) => input.read(),
  "bytes()": ({ input }) => input.bytes(),
  "readSome()": async ({ input }) => {
    while ((await input.readSome()).length > 0);
  },
};

/** Ways with a read for each octet. */
const SMALL_READS: Record<string, Reading> = {
  "read(1)": async ({ input }) => {
    while ((await input.read(1)).length > 0);
  },
  "chunks()": async ({ input }) => {
    for await (const _ of input.chunks());
  },
  "lines()": async ({ input }) => {
    for await (const _ of input.lines());
  },
};

/** Answers how much there was, once all is read. */
function reading(read: Reading, given: Environ[]): App {
  return async (environ, startResponse): Promise<Result> => {
    given.push(environ);
    await read(environ);
    startResponse(200);
    return String(environ.input.position);
  };
}

/** Reads without promises. */
function generating(what: "available" | "availableChunks", given: Environ[]): App {
  return function* (environ, startResponse): Generator<Item, void> {
    given.push(environ);
    for (const piece of environ.input[what]()) if (piece === INPUT_PENDING) yield INPUT_PENDING;
    startResponse(200);
    yield String(environ.input.position);
  };
}

/** Sends the content in one block, and asserts that no turn takes more than its share, and that all is read. */
async function takesTurns(makeApp: (given: Environ[]) => App, content: string, most = STEPS): Promise<void> {
  const given: Environ[] = [];
  const talk = new Talk(makeApp(given));
  talk.send(content);
  let before = 0;
  for (let turns = 1;; turns++) {
    await settled();
    const { position } = given[0]!.input;
    assert(position - before <= most, `${position - before} octets in turn ${turns}`);
    before = position;
    if (talk.surroundings.deferred === 0) break;
    assertEquals(talk.sent, "", "there is more to read");
    talk.surroundings.turn();
  }
  assertEquals(before, COUNT);
  assert(talk.sent.endsWith(String(COUNT)) || talk.sent.includes(`\r\n${COUNT}\r\n`), talk.sent);
}

Deno.test("a turn of who reads content ends after 1024 runs or 128 reads and goes on by defer", async (t) => {
  const chunked = postChunked(CHUNKS.repeat(COUNT) + LAST);
  for (const [name, read] of Object.entries(LARGE_READS)) {
    await t.step(`${name}, chunks`, () => takesTurns((given) => reading(read, given), chunked));
  }
  const lines = post("\n".repeat(COUNT));
  const chunkedLines = postChunked("1\r\n\n\r\n".repeat(COUNT) + LAST);
  for (const [name, read] of Object.entries(SMALL_READS)) {
    await t.step(
      `${name}, chunks`,
      () => takesTurns((given) => reading(read, given), chunkedLines, READS),
    );
    if (name === "chunks()") continue;
    await t.step(`${name}, by length`, () => takesTurns((given) => reading(read, given), lines, READS));
  }
  for (const what of ["available", "availableChunks"] as const) {
    await t.step(`${what}()`, () => takesTurns((given) => generating(what, given), chunked));
  }
});

Deno.test("what comes in the same turn begins no new one, and reading pauses when much of it lies unread", async () => {
  const given: Environ[] = [];
  const talk = new Talk(reading(LARGE_READS["read()"]!, given));
  talk.send(postChunked(""));
  for (let block = 0; block < BLOCKS; block++) talk.send(CHUNKS.repeat(1000));
  await settled();
  assert(given[0]!.input.position <= STEPS + BLOCKS * STEPS_RECEIVED);
  assertEquals(talk.moves, ["pauseReading"]);
  assertEquals(talk.surroundings.deferred, 1, "one turn is enough");
  await talk.rest();
  assertEquals(talk.moves, ["pauseReading", "resumeReading"]);
  talk.send(LAST);
  await talk.rest();
  assert(talk.sent.endsWith(String(BLOCKS * 1000)));
});

Deno.test("content in large runs is read in the turn that brings it", async () => {
  const block = "x".repeat(65_536);
  for (const [begin, run, end] of [[postChunked(""), `10000\r\n${block}\r\n`, LAST], [post("x", ""), block, ""]]) {
    const given: Environ[] = [];
    const talk = new Talk(reading(LARGE_READS["readSome()"]!, given), { limits: { content: Infinity } });
    const isChunked = end === LAST;
    talk.send(isChunked ? begin! : `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${100 * block.length}\r\n\r\n`);
    for (let runs = 1; runs <= 100; runs++) {
      talk.send(run!);
      await settled();
      assertEquals(given[0]!.input.position, runs * block.length);
    }
    talk.send(end!);
    await settled();
    assert(talk.sent.endsWith(String(100 * block.length)));
    assertEquals([talk.surroundings.deferred, talk.moves], [0, []]);
  }
});

Deno.test("small requests that come one by one never wait for a later turn", async () => {
  const talk = new Talk(reading(LARGE_READS["readSome()"]!, []));
  for (let requests = 1; requests <= 1000; requests++) {
    talk.send(requests % 2 === 0 ? post("hello") : postChunked("5\r\nhello\r\n" + LAST));
    await settled();
    assertEquals(talk.take().slice(-1), "5");
    talk.surroundings.advance(1);
  }
  assertEquals([talk.surroundings.deferred, talk.surroundings.timers], [0, 0]);
});

Deno.test("unread content is read away 1024 runs a turn", async () => {
  const talk = new Talk((_environ, startResponse) => {
    startResponse(200);
    return "ok";
  });
  talk.send(postChunked(CHUNKS.repeat(COUNT) + LAST) + get());
  const kept = answer("200 OK", ["content-length: 2", DATE], "ok");
  assertEquals(talk.take(), kept);
  // The end is a step, too.
  for (let left = COUNT + 1 - STEPS; left > 0; left -= STEPS) {
    assertEquals(talk.take(), "");
    assertEquals(talk.surroundings.turn(), 1);
    await settled();
  }
  assertEquals([talk.take(), talk.surroundings.deferred], [kept, 0]);
});

Deno.test("unread content that comes faster than it is read away pauses reading", async () => {
  const talk = new Talk((_environ, startResponse) => void startResponse(200));
  talk.send(postChunked(""));
  for (let block = 0; block < BLOCKS; block++) talk.send(CHUNKS.repeat(1000));
  assertEquals(talk.moves, ["pauseReading"]);
  await talk.rest();
  assertEquals(talk.moves, ["pauseReading", "resumeReading"]);
  talk.send(LAST + get());
  await talk.rest();
  assertEquals(talk.sent.split("HTTP/1.1 200").length - 1, 2);
});

Deno.test("no deadline of the client's counts while what it has sent waits for a later turn", async () => {
  const given: Environ[] = [];
  const talk = new Talk(reading(LARGE_READS["read()"]!, given));
  talk.send(postChunked(""));
  assert(talk.due < Infinity);
  talk.send(CHUNKS.repeat(1200));
  assertEquals(talk.due, Infinity);
  talk.surroundings.turn();
  await settled();
  assert(talk.due < Infinity, "now it is the client that is waited for");
});

Deno.test("who has read content for 4 ms rests for 2, so that I/O gets a turn of its own", async () => {
  const given: Environ[] = [];
  const talk = new Talk(reading(SMALL_READS["chunks()"]!, given));
  talk.send(postChunked(CHUNKS.repeat(COUNT)));
  const turns: string[] = [];
  while (given[0]!.input.position < COUNT) {
    await settled();
    turns.push(`${talk.surroundings.deferred} turns, ${talk.surroundings.timers} timers`);
    talk.surroundings.turn();
    talk.surroundings.advance(2);
  }
  // The rest is over in the turn behind it.
  const [turn, timer] = ["1 turns, 0 timers", "0 turns, 1 timers"];
  assertEquals(turns.slice(0, 4), [turn, turn, timer, turn]);
  await talk.rest();
  assertEquals([talk.surroundings.deferred, talk.surroundings.timers], [0, 0]);
});

Deno.test("who reads content is not gone on with once the client is lost", async () => {
  const given: Environ[] = [];
  const talk = new Talk(reading(LARGE_READS["read()"]!, given));
  talk.send(postChunked(CHUNKS.repeat(COUNT)));
  const { position } = given[0]!.input;
  talk.lose();
  await talk.rest();
  assertEquals([given[0]!.input.position, talk.surroundings.deferred], [position, 0]);
});
