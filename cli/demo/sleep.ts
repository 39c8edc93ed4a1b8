/**
 * A pause for applications.
 *
 * @module
 */

/**
 * Waits. It ends early, without an error, when the signal fires: then nobody waits for the answer, and no timer stays
 * behind.
 *
 * @param ms How long, in milliseconds
 * @param signal Ends it
 * @returns Settles when the time is over
 */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
