/**
 * `deno task restarts [--restarts N] [--runtime deno|node|bun]`: restarts servers under load, both ways, and says what
 * came of it. The exit code is 1 if a request was lost.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { RUNTIMES } from "../contract/runtimes.ts";
import { describeOutcome, restartUnderLoad } from "./restart.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
  const { restarts, runtime } = parseArgs(args, {
    string: ["restarts", "runtime"],
    default: { restarts: "100" },
  });

  let lost = 0;
  for (const name of RUNTIMES.filter((name) => runtime === undefined || name === runtime)) {
    for (const socket of ["handed on", "closed"] as const) {
      const outcome = await restartUnderLoad({ runtime: name, socket, restarts: Number(restarts) });
      console.log(`${name}, the socket is ${socket}: ${describeOutcome(outcome)}`);
      outcome.faults.forEach((fault) => console.error(fault));
      lost += outcome.faults.length;
    }
  }
  return lost === 0 ? 0 : 1;
}
