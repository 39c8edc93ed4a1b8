/** How the adapter for Deno goes on when accepting fails. */

import { assert, assertEquals } from "@std/assert";
import { serve } from "../../adapters/deno.ts";
import { RawClient } from "../support/raw_client.ts";

/** A listening socket whose first calls of `accept` fail. */
function failing(faults: Error[]): Deno.Listener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accept = listener.accept.bind(listener);
  listener.accept = () => {
    const fault = faults.shift();
    return fault === undefined ? accept() : Promise.reject(fault);
  };
  return listener;
}

/** A listening socket that many clients have connected to already; `accepted` tells how many of them were taken. */
function crowded(clients: number): { listener: Deno.Listener; accepted(): number } {
  let accepted = 0;
  const pending = Promise.withResolvers<Deno.Conn>();
  // It may be closed before anybody waits for it.
  pending.promise.catch(() => {});
  const silent = {
    setNoDelay() {},
    read: () => new Promise<null>(() => {}),
    close() {},
  } as unknown as Deno.Conn;
  const listener = {
    addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    accept(): Promise<Deno.Conn> {
      if (accepted === clients) return pending.promise;
      accepted++;
      return Promise.resolve(silent);
    },
    close: () => pending.reject(new Deno.errors.BadResource("Listener has been closed")),
    ref() {},
    unref() {},
  } as unknown as Deno.Listener;
  return { listener, accepted: () => accepted };
}

/** Serves with such a socket; gives how long the first answer took, and what was reported. */
async function firstAnswer(faults: Error[]): Promise<{ tookMs: number; reported: unknown[] }> {
  const listener = failing(faults);
  const reported: unknown[] = [];
  const started = performance.now();
  await using _server = serve((_environ, startResponse) => {
    startResponse(200);
    return "hello";
  }, { listener, onError: (error) => void reported.push(error) });
  using client = await RawClient.connect((listener.addr as Deno.NetAddr).port);
  client.get("/");
  await client.until("hello");
  return { tookMs: performance.now() - started, reported };
}

Deno.test("Deno's accept is not held up by clients that left before it", async () => {
  const faults = [
    new Deno.errors.NotConnected("Transport endpoint is not connected (os error 107)"),
    new Deno.errors.ConnectionAborted("Software caused connection abort (os error 103)"),
    new Deno.errors.ConnectionReset("Connection reset by peer (os error 104)"),
  ];
  const { tookMs, reported } = await firstAnswer(Array.from({ length: 60 }, (_, index) => faults[index % 3]!));
  assert(tookMs < 1000, `the next client waited for ${tookMs} ms`);
  assertEquals(reported, []);
});

Deno.test("Deno's accept pauses when descriptors run out, says so once, and goes on", async () => {
  const faults = Array.from({ length: 5 }, () => new Error("Too many open files (os error 24)"));
  const { tookMs, reported } = await firstAnswer(faults);
  assert(tookMs > 5 + 10 + 20 + 40 + 80 - 5, `it tried five times within ${tookMs} ms`);
  assertEquals(reported.length, 1);
});

Deno.test("Deno's accept lets others have their turn while many clients connect", async () => {
  const { listener, accepted } = crowded(20);
  await using server = serve(() => "", { listener });
  // More than 20 accepts could wait for.
  for (let i = 0; i < 1000; i++) await Promise.resolve();
  assertEquals(accepted(), 2);
  let turns = 0;
  for (; accepted() < 20; turns++) await new Promise<void>((resolve) => setTimeout(resolve, 0));
  assert(turns > 0);
  await server.shutdown({ deadline: 0 });
});
