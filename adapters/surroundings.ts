/**
 * The time and the turns of the event loop, as every runtime has them.
 *
 * @module
 */

import type { Surroundings } from "../core/gateway/port.ts";

/** What a timer may be set to; a longer one fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** How long tasks run before I/O may come in between, in ms. */
const SLICE = 0.05;

/** How long turns may follow each other on Deno before I/O gets a turn of its own, in ms. */
const STRETCH = 4;

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
  defer: chooseDefer(),
  after,
};

/** A turn costs 0.6 to 1.5 us by setImmediate, twice that by MessageChannel, and 1 to 2 ms by setTimeout. */
function chooseDefer(): Surroundings["defer"] {
  if (setImmediate === undefined) return deferByMessage();
  return "Deno" in globalThis ? deferInSlices(setImmediate) : (task) => void setImmediate(task);
}

/**
 * Deno looks for I/O only at every 61st turn as long as each turn asks for the next one. So turns must be short: beside
 * 50 endless answers a request waited for 180 ms when each turn ran all that was deferred, and waits for 10 now. And a
 * task may be longer than a slice: beside ten clients that pipeline without end, new ones waited for 80 ms (p99). So after
 * a stretch of turns the next one is asked for by a timer, until which nothing else is to be done than I/O: that costs
 * nothing that can be measured, and new clients wait for 12 ms.
 */
function deferInSlices(setImmediate: (task: () => void) => unknown): Surroundings["defer"] {
  let waiting: (() => void)[] = [];
  let running: (() => void)[] = [];
  let done = 0;
  let isPlanned = false;
  /** When the stretch is over. */
  let restsAt = 0;
  return (task) => {
    // Nothing was deferred before, so a stretch begins.
    if (!isPlanned && running.length === 0) restsAt = performance.now() + STRETCH;
    waiting.push(task);
    plan();
  };

  function plan(): void {
    if (isPlanned) return;
    isPlanned = true;
    // One client alone keeps nobody waiting for long.
    const isAlone = waiting.length + running.length - done <= 1;
    if (isAlone || performance.now() < restsAt) return void setImmediate(runSlice);
    setTimeout(() => {
      restsAt = performance.now() + STRETCH;
      runSlice();
    }, 0);
  }

  /** What a task defers waits for a later turn. */
  function runSlice(): void {
    isPlanned = false;
    if (running.length === 0) [running, waiting] = [waiting, running];
    const until = performance.now() + SLICE;
    try {
      do running[done++]?.(); while (done < running.length && performance.now() < until);
    } finally {
      if (done === running.length) done = running.length = 0;
      if (running.length + waiting.length > 0) plan();
    }
  }
}

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
