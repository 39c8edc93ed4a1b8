/** The simulation itself: it goes right, goes the same way twice, and finds each fault that is planted. */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { FAULTS } from "./faults.ts";
import { World, type WorldOptions } from "./world.ts";

/** How large the worlds are here: `deno task simulate` has larger ones, and many. */
const EXCHANGES = 2000;

/** A planted fault must show in one of so many worlds. */
const WORLDS = 8;

async function run(seed: number, options: Partial<WorldOptions> = {}): Promise<World> {
  const world = new World({ seed, exchanges: EXCHANGES, ...options });
  await world.run();
  return world;
}

Deno.test("simulated worlds go right", async (t) => {
  for (const seed of [1, 2, 3, 4, 5]) {
    await t.step(`seed ${seed}`, async () => {
      const world = await run(seed);
      assertEquals(world.faults, []);
      assert(world.tally.total("requests") > 100, "hardly anything was asked");
    });
  }
});

Deno.test("a seed determines all that happens", async () => {
  const [one, again, other] = [await run(7), await run(7), await run(8)];
  assertEquals(String(again.hash), String(one.hash));
  assertEquals(again.clock.events, one.clock.events);
  assertEquals(again.tally.counts, one.tally.counts);
  assertNotEquals(String(other.hash), String(one.hash));
});

Deno.test("the simulation finds each fault that is planted", async (t) => {
  for (const [fault, { shows, cast }] of Object.entries(FAULTS)) {
    await t.step(fault, async () => {
      const faults: string[] = [];
      for (let seed = 1; seed <= WORLDS && !faults.some((what) => shows.test(what)); seed++) {
        faults.push(...(await run(seed, { exchanges: 300, cast, fault })).faults);
      }
      assert(faults.some((what) => shows.test(what)), `only found: ${faults.join("\n")}`);
    });
  }
});

Deno.test("the simulation leaves the clock as it was", async () => {
  const { setTimeout: before, setInterval: alsoBefore } = globalThis;
  const now = performance.now();
  await run(9);
  assertEquals(globalThis.setTimeout, before);
  assertEquals(globalThis.setInterval, alsoBefore);
  assert(performance.now() - now < 60_000, "the simulated time went on");
});
