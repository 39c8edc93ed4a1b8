/**
 * The watchdog: a worker that looks at what runs, and ends the process when one input takes too long. An endless loop
 * lets no timer of its own thread run.
 *
 * @module
 */

import type { Beat } from "./campaign.ts";

/** What both threads see: three numbers, then the target's name and the input. */
export interface SharedView {
  /** How many inputs began, whether one runs, the length of the name, the length of the input. */
  readonly numbers: Int32Array;
  /** The name, and behind it the input. */
  readonly octets: Uint8Array;
}

/** What the other thread is given. */
export interface WatchOrder {
  /** What both see. */
  readonly memory: SharedArrayBuffer;
  /** How long one input may take, in ms. */
  readonly limitMs: number;
  /** Whether one that takes longer is put into the corpus. */
  readonly keeps: boolean;
}

/** Where in `numbers` it stands how many inputs began. */
export const BEGUN = 0;
/** Where it stands whether one runs. */
export const IS_RUNNING = 1;
/** Where the length of the name stands. */
export const NAME_LENGTH = 2;
/** Where the length of the input stands. */
export const INPUT_LENGTH = 3;

const NUMBERS = 4;
const MAX_OCTETS = 65_536;
const encoder = new TextEncoder();

/**
 * Lays the view over shared memory.
 *
 * @param memory The memory
 * @returns The view
 */
export function viewOf(memory: SharedArrayBuffer): SharedView {
  return { numbers: new Int32Array(memory, 0, NUMBERS), octets: new Uint8Array(memory, NUMBERS * 4) };
}

/** Watches what runs. */
export class Watchdog implements Disposable {
  readonly #worker: Worker;
  readonly #view: SharedView;

  /**
   * Begins to watch.
   *
   * @param limitMs How long one input may take
   * @param keeps Whether one that takes longer is put into the corpus
   */
  constructor(limitMs: number, keeps: boolean) {
    const memory = new SharedArrayBuffer(NUMBERS * 4 + MAX_OCTETS);
    this.#view = viewOf(memory);
    this.#worker = new Worker(new URL("watchdog_worker.ts", import.meta.url), { type: "module" });
    this.#worker.postMessage({ memory, limitMs, keeps } satisfies WatchOrder);
  }

  /** Tells it what runs. */
  readonly beat: Beat = (target, input) => {
    const { numbers, octets } = this.#view;
    if (input !== undefined) {
      const { written } = encoder.encodeInto(target, octets);
      numbers[NAME_LENGTH] = written;
      numbers[INPUT_LENGTH] = input.length;
      for (let i = 0; i < input.length; i++) octets[written + i] = input.charCodeAt(i);
      Atomics.add(numbers, BEGUN, 1);
    }
    Atomics.store(numbers, IS_RUNNING, input === undefined ? 0 : 1);
  };

  /** Ends it. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
