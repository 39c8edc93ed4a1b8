/**
 * The other client: it asks steadily, on a connection that it keeps and on new ones, and takes note of how long each
 * answer took.
 *
 * @module
 */

import { RawClient } from "../support/raw_client.ts";
import { pause } from "./attack.ts";

/** How often it asks on the connection that it keeps, in ms. */
const KEPT_EVERY = 10;

/** How often it asks on a new one. */
const NEW_EVERY = 40;

/** How long an answer may take at most: then it has not come. */
const PATIENCE = 5000;

/** The end of the answer. */
const HELLO = "Hello, World!\r\n";

/** Where to ask. */
export interface Place {
  /** The port on the loopback. */
  readonly port: number;
  /** Whether TLS is spoken. */
  readonly tls: boolean;
}

/**
 * Asks until it is told to stop.
 *
 * @param place Where
 * @param lasts Whether to go on
 * @returns How long each answer took, in ms, of a new connection with the time to connect
 * @throws {Error} If an answer does not come
 */
export async function probe(place: Place, lasts: () => boolean): Promise<number[]> {
  const latencies: number[] = [];
  using kept = await RawClient.connect(place.port, place.tls);
  const asks = pace(KEPT_EVERY, lasts, latencies, () => ask(kept));
  const connects = pace(NEW_EVERY, lasts, latencies, async () => {
    using client = await RawClient.connect(place.port, place.tls);
    await ask(client);
  });
  await Promise.all([asks, connects]);
  return latencies;
}

/** What an answer that is late holds up counts from when it was due; that our own timer is late counts not. */
async function pace(everyMs: number, lasts: () => boolean, latencies: number[], task: () => Promise<void>) {
  for (let due = performance.now(); lasts(); due += everyMs) {
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    const from = wait > 0 ? performance.now() : due;
    await task();
    latencies.push(performance.now() - from);
  }
}

async function ask(client: RawClient): Promise<void> {
  client.get("/");
  await client.until(HELLO, PATIENCE);
}
