/**
 * Loaded before a server, it collects garbage when the process gets SIGUSR2: what is measured is what is held.
 *
 * @module
 */

import process from "node:process";

/** What the runtimes have for it: V8 with `--expose-gc`, and Bun. */
const { gc, Bun } = globalThis as { gc?: () => void; Bun?: { gc(isSynchronous: boolean): void } };

process.on("SIGUSR2", () => {
  // Twice: what has a finalizer goes with the second.
  for (let i = 0; i < 2; i++) {
    gc?.();
    Bun?.gc(true);
  }
});
