/**
 * Promises that the peer settles and that nobody has to await.
 *
 * @module
 */

/**
 * Lets a promise be left alone: what became of the client must not end the process as an unhandled rejection.
 *
 * @param promise The promise
 * @returns The same; who awaits it is told as before
 */
export function ignorable<T>(promise: Promise<T>): Promise<T> {
  promise.then(undefined, nothing);
  return promise;
}

function nothing(): void {}
