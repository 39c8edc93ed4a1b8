/** 100 restarts under load on the three runtimes lose no request that was accepted; and the proof that a loss shows. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { NEEDS_LINUX } from "../support/needs_linux.ts";
import { describeOutcome, restartUnderLoad } from "./restart.ts";

/** By how long each takes to start. */
const RESTARTS = { deno: 40, node: 20, bun: 40 } as const;

for (const runtime of ["deno", "node", "bun"] as const) {
  Deno.test(
    `${runtime}: ${RESTARTS[runtime]} restarts on a socket that is handed on lose nothing and refuse nobody`,
    NEEDS_LINUX,
    async () => {
      const outcome = await restartUnderLoad({ runtime, socket: "handed on", restarts: RESTARTS[runtime] });
      assertEquals(outcome.faults, []);
      // Not one client has noticed but by the answers that say close.
      assertEquals([outcome.refused, outcome.resets], [0, 0], describeOutcome(outcome));
      assert(outcome.answered.size > 10 * RESTARTS[runtime], describeOutcome(outcome));
    },
  );

  Deno.test(`${runtime}: 4 restarts with a socket that is closed lose nothing that was accepted`, async () => {
    const outcome = await restartUnderLoad({ runtime, socket: "closed", restarts: 4 });
    assertEquals(outcome.faults, []);
    // Who was reset had waited in the queue of the socket: it was accepted by nobody.
    assertEquals(outcome.resets, outcome.resetsBeforeAnswer, describeOutcome(outcome));
    assert(outcome.refused > 0, describeOutcome(outcome));
  });
}

Deno.test("a server that is killed under load loses requests, which is told", NEEDS_LINUX, async () => {
  const outcome = await restartUnderLoad({ runtime: "deno", socket: "handed on", restarts: 1, signal: "SIGKILL" });
  assertMatch(outcome.faults.join("\n"), /a server ended with 137: \n(?:.*\n)*a server ended without a report/);
  assertMatch(outcome.faults.join("\n"), /has an answer and was not taken/);
});
