import { describeOutcome, restartUnderLoad } from "./restart.ts";
for (const runtime of ["deno", "node", "bun"] as const) {
  for (const socket of ["handed on", "closed"] as const) {
    const t = performance.now();
    const o = await restartUnderLoad({ runtime, socket, restarts: 10 });
    console.log(runtime, socket, describeOutcome(o), Math.round(performance.now() - t));
    console.log(o.faults.slice(0, 5));
  }
}
