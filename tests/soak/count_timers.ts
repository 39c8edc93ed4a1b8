/**
 * Counts the timers that are set and have neither run nor been cleared. It stands before all that sets timers: what is
 * imported later finds these functions.
 *
 * @module
 */

/** A timer: an object on Node.js and Bun, a number on Deno. */
type Timer = ReturnType<typeof setTimeout>;

const live: Set<Timer> = new Set();
const { setTimeout: setOnce, setInterval: setRepeated, clearTimeout: clearOnce, clearInterval: clearRepeated } =
  globalThis;

// deno-lint-ignore no-explicit-any -- the arguments of others, handed on
globalThis.setTimeout = ((task: (...args: any[]) => void, ms?: number, ...args: any[]): Timer => {
  const timer: Timer = setOnce(() => {
    live.delete(timer);
    task(...args);
  }, ms);
  live.add(timer);
  return timer;
}) as typeof setTimeout;

// deno-lint-ignore no-explicit-any -- the arguments of others, handed on
globalThis.setInterval = ((task: (...args: any[]) => void, ms?: number, ...args: any[]): Timer => {
  const timer = setRepeated(task, ms, ...args);
  live.add(timer);
  return timer;
}) as typeof setInterval;

// Each of the two clears what the other's twin has set.
globalThis.clearTimeout = (timer) => clear(timer as Timer, clearOnce);
globalThis.clearInterval = (timer) => clear(timer as Timer, clearRepeated);

function clear(timer: Timer, clearIt: typeof clearTimeout): void {
  live.delete(timer);
  clearIt(timer as never);
}

/**
 * Tells how many timers are set.
 *
 * @returns The number
 */
export function liveTimers(): number {
  return live.size;
}
