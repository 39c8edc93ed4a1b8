/**
 * The abuse table, over real sockets on each runtime: whatever one hostile client does, it gets the answer that is due,
 * its connection ends within its deadline and two seconds, no descriptor stays open, and the server lives on without a
 * word on standard error. Memory and the wait of others are printed: on a machine that does other things they are over
 * their bounds by chance, so it is `deno task abuse`, on a quiet one, that fails by them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { RUNTIMES } from "../contract/runtimes.ts";
import { endInSiege } from "./siege.ts";
import { toText } from "./report.ts";
import { type Effort, leadCampaigns } from "./war.ts";

const EFFORT: Effort = { lastsMs: 800, quietMs: 1500, times: 1, judgesFigures: false };

for (const runtime of RUNTIMES) {
  Deno.test({
    name: `${runtime}: abuse`,
    // Memory and descriptors are read from /proc.
    ignore: Deno.build.os !== "linux",
    fn: async (t) => {
      await leadCampaigns(runtime, EFFORT, async (result) => {
        const { attack, clients, tries } = result;
        const scaled = clients < attack.clients ? `, ${clients} of ${attack.clients} clients: descriptors are few` : "";
        await t.step(`${attack.id}: ${attack.name}${scaled}`, () => {
          console.log(toText(result));
          assertEquals(tries.at(-1)!.filter(({ isFigure }) => !isFigure), []);
        });
      });
      await t.step("D-28: shutdown under load", async () => console.log(`${Math.round(await endInSiege(runtime))} ms`));
    },
  });
}
