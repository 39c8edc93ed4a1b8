import { assert, assertEquals } from "@std/assert";
import { FLUSH, type Item, type Piece } from "../../../core/gateway/piece.ts";
import type { App } from "../../../core/gateway/types.ts";
import { settled } from "../../support/fake_surroundings.ts";
import { get, Talk } from "../../support/talk.ts";

/** A generator that yields the same without end; `steps` counts. */
function endless(item: () => Item, steps: { count: number }): App {
  return function* (_environ, startResponse) {
    startResponse(200);
    for (;;) {
      steps.count++;
      yield item();
    }
  };
}

const TURNS: readonly [name: string, item: () => Item, steps: number][] = [
  ["pieces", () => "x", 128],
  ["pieces of octets", () => new Uint8Array(1), 128],
  ["large strings", () => "x".repeat(16_384), 4],
  ["64 KiB at once", () => "x".repeat(65_536), 1],
  ["large octets", () => new Uint8Array(20_000), 4],
  ["empty pieces", () => "", 1],
  ["settled promises", () => Promise.resolve(), 64],
  ["failed promises", () => Promise.reject(new Error("Fails")).catch(() => {}), 64],
  ["flushes", () => FLUSH, 64],
];

Deno.test("a turn of a generator ends after 128 pieces, 64 KiB or 64 promises and goes on by defer", async (t) => {
  for (const [name, item, expected] of TURNS) {
    await t.step(name, async () => {
      const steps = { count: 0 };
      const talk = new Talk(endless(item, steps));
      talk.send(get());
      await settled();
      // The promise that ends a turn was asked for in it.
      const isPromise = typeof item() === "object" && !(item() instanceof Uint8Array);
      const first = isPromise ? expected : steps.count;
      assertEquals(first, expected);
      for (let turn = 2; turn < 10; turn++) {
        assert(talk.surroundings.deferred > 0, "it goes on by defer");
        const before = steps.count;
        talk.surroundings.turn();
        await settled();
        assert(steps.count > before && steps.count <= before + expected, `${steps.count - before} steps in a turn`);
      }
      talk.lose();
    });
  }
});

Deno.test("a turn of an asynchronous generator ends after 64 items or 64 KiB", async (t) => {
  const cases: [name: string, piece: Piece | typeof FLUSH, steps: number][] = [
    ["pieces", "x", 64],
    ["large pieces", "x".repeat(16_384), 4],
    ["empty pieces", "", 64],
    ["flushes", FLUSH, 64],
  ];
  for (const [name, piece, expected] of cases) {
    await t.step(name, async () => {
      let steps = 0;
      const talk = new Talk(async function* (_environ, startResponse): AsyncGenerator<Piece | typeof FLUSH, void> {
        startResponse(200);
        for (;;) {
          steps++;
          yield piece;
        }
      });
      talk.send(get());
      for (let turn = 1; turn < 10; turn++) {
        await settled();
        assert(steps <= expected * turn + turn, `${steps} steps in ${turn} turns`);
        assert(talk.surroundings.deferred > 0);
        talk.surroundings.turn();
      }
      assert(steps > expected * 4);
      talk.lose();
    });
  }
});

Deno.test("requests that the first turn has left are answered 64 a turn", () => {
  let served = 0;
  const talk = new Talk((_environ, startResponse) => {
    served++;
    startResponse(200);
    return "x".repeat(500);
  });
  talk.send(get().repeat(300));
  // 64 KiB.
  const first = served;
  assert(first > 64 && first < 130, `${first} in the first turn`);
  for (let expected = first + 64; expected < 300; expected += 64) {
    talk.surroundings.turn();
    assertEquals(served, expected);
  }
  talk.surroundings.turn();
  assertEquals([served, talk.surroundings.deferred], [300, 0]);
  // What comes after all is answered has a whole turn again.
  talk.send(get().repeat(300));
  assertEquals(served, 300 + first);
});

Deno.test("requests of one read whose answers are awaited are answered 64 a turn", async () => {
  let served = 0;
  const talk = new Talk(async (_environ, startResponse) => {
    served++;
    await undefined;
    startResponse(200);
    return "ok";
  });
  talk.send(get().repeat(300));
  for (let turn = 1; turn < 5; turn++) {
    await settled();
    // The first one was begun by the read itself.
    assertEquals(served, 64 * turn + 1);
    talk.surroundings.turn();
  }
  await settled();
  assertEquals([served, talk.surroundings.deferred], [300, 0]);
});

Deno.test("C-3: many endless generators interleave, and a hello beside them is answered at once", async () => {
  const steps = Array.from({ length: 50 }, () => ({ count: 0 }));
  const talks = steps.map((counter) => new Talk(endless(() => "x".repeat(1000), counter)));
  for (const talk of talks) talk.send(get());
  for (let round = 0; round < 20; round++) {
    for (const talk of talks) talk.surroundings.turn();
    await settled();
    const counts = steps.map(({ count }) => count);
    assert(Math.max(...counts) - Math.min(...counts) <= 64, "none runs ahead of the others");
    const hello = new Talk((_environ, startResponse) => {
      startResponse(200);
      return "hello";
    });
    hello.send(get());
    assert(hello.sent.endsWith("hello"));
  }
  assert(steps.every(({ count }) => count >= 20 * 60));
  for (const talk of talks) talk.lose();
});

Deno.test("requests of one read whose answers are large wait for a later turn", async () => {
  let asked = 0;
  const talk = new Talk((_environ, startResponse) => {
    asked++;
    startResponse(200);
    return "x".repeat(20_000);
  });
  talk.send(get().repeat(20));
  assert(asked <= 5, `${asked} in a turn`);
  assertEquals(talk.surroundings.deferred, 1);
  talk.send(get());
  talk.send(get());
  assertEquals(talk.surroundings.deferred, 1, "what comes meanwhile plans no further turn");
  const before = asked;
  talk.surroundings.turn();
  assert(asked > before && asked <= before + 5);
  await talk.rest();
  assertEquals(asked, 22);
  assertEquals(talk.moves, []);
});

Deno.test("many small requests of one read are answered in it", () => {
  let asked = 0;
  const talk = new Talk((_environ, startResponse) => {
    asked++;
    startResponse(200);
  });
  talk.send(get().repeat(500));
  assertEquals(asked, 500);
  assertEquals(talk.port.writes.length, 1);
});

Deno.test("a connection that is lost between turns does nothing in the next", async () => {
  const steps = { count: 0 };
  const talk = new Talk(endless(() => "x", steps));
  talk.send(get());
  talk.lose();
  await talk.rest();
  assertEquals(steps.count, 128);
  assertEquals(talk.surroundings.deferred, 0);
});

Deno.test("requests that wait for a later turn are not served once the client is lost", async () => {
  let served = 0;
  const talk = new Talk((_environ, startResponse) => {
    served++;
    startResponse(200);
    return "x".repeat(40_000);
  });
  talk.send(get().repeat(5));
  assertEquals([served, talk.surroundings.deferred], [2, 1]);
  talk.lose();
  await talk.rest();
  assertEquals(served, 2);
});
