/**
 * The time and the turns of the event loop, as every runtime has them.
 *
 * @module
 */

import type { Surroundings } from "../core/gateway/port.ts";

/** What a timer may be set to; a longer one fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Globals that not every runtime has. */
const { setImmediate } = globalThis as { setImmediate?: (task: () => void) => unknown };

/**
 * The surroundings of the runtime.
 *
 * @example
 * ```ts
 * import { systemSurroundings } from "./surroundings.ts";
 * import { assert } from "@std/assert";
 *
 * const started = systemSurroundings.now();
 * await new Promise<void>((resolve) => systemSurroundings.defer(resolve));
 * assert(systemSurroundings.now() >= started);
 * ```
 */
export const systemSurroundings: Surroundings = {
  now: () => performance.now(),
  unixTime: () => Date.now(),
  // A turn costs 0.6 to 1.5 us by setImmediate, twice that by MessageChannel, and 1 to 2 ms by setTimeout.
  defer: setImmediate === undefined ? deferByMessage() : (task) => void setImmediate(task),
  after,
};

function after(ms: number, task: () => void): () => void {
  if (ms === Infinity) return () => {};
  let timer = setTimeout(run, Math.min(ms, LONGEST_TIMER));
  let rest = Math.max(0, ms - LONGEST_TIMER);
  return () => clearTimeout(timer);

  function run(): void {
    if (rest === 0) return task();
    timer = setTimeout(run, Math.min(rest, LONGEST_TIMER));
    rest = Math.max(0, rest - LONGEST_TIMER);
  }
}

/** Browsers have no setImmediate; a message is the next best turn. */
function deferByMessage(): Surroundings["defer"] {
  let tasks: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const due = tasks;
    tasks = [];
    for (const task of due) task();
  };
  return (task) => {
    if (tasks.push(task) === 1) port2.postMessage(null);
  };
}
