/**
 * D-28: a server that is to end while clients do all they can to keep it.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { startOwn } from "../contract/runtimes.ts";
import { RawClient } from "../support/raw_client.ts";
import type { RuntimeName } from "../support/runtimes.ts";
import { DEADLINES, drip, flood, pause, post } from "./attack.ts";
import { LATEST_END } from "./trial.ts";

/** How many of each kind there are. */
const EACH = 5;

/** None of these ends by itself: only the shutdown's deadline is short. */
const { shutdown } = DEADLINES;

/** What clients do, each of which would keep a connection. */
const KINDS: readonly ((client: RawClient) => Promise<unknown>)[] = [
  () => Promise.resolve(),
  (client) => drip(client, "G"),
  async (client) => {
    await client.send(post("/discard", "Content-Length: 100000"));
    await drip(client, "x");
  },
  async (client) => {
    await client.send(post("/take?octets=10", "Content-Length: 4000000000"));
    await flood(client, "x".repeat(65_536));
  },
  async (client) => {
    client.pause();
    client.get("/watched");
    await drip(client, "x");
  },
  async (client) => {
    client.pause();
    await flood(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000));
  },
];

/**
 * Shuts a server down under siege: it answers what friends have asked for, and ends within its deadline.
 *
 * @param runtime The runtime
 * @returns How long it took, in ms
 */
export async function endInSiege(runtime: RuntimeName): Promise<number> {
  await using subject = await startOwn(runtime, { lint: false, shutdown: { deadline: shutdown } });
  using friend = await RawClient.connect(subject.port);
  friend.get("/sleep?ms=1000");
  const clients = await Promise.all(Array.from({ length: EACH * KINDS.length }, () => RawClient.connect(subject.port)));
  const besieging = clients.map((client, index) => KINDS[index % KINDS.length]!(client));
  await pause(300);
  const started = performance.now();
  subject.kill("SIGTERM");
  const answer = await friend.until("slept 1000\n");
  assertMatch(answer, /^HTTP\/1\.1 200 [^]*\r\nconnection: close\r\n/i);
  // One that would never end fails by its exit code.
  const bound = setTimeout(() => subject.kill(), shutdown + 5 * LATEST_END);
  const { code } = await subject.status;
  clearTimeout(bound);
  const took = performance.now() - started;
  clients.forEach((client) => client[Symbol.dispose]());
  await Promise.all(besieging);
  assertEquals(code, 0);
  assertEquals(subject.stderr(), "");
  assert(took < shutdown + LATEST_END, `It took ${took} ms to end`);
  return took;
}
