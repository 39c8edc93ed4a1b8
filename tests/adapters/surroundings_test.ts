import { assert, assertEquals } from "@std/assert";
import { systemSurroundings } from "../../adapters/surroundings.ts";

const { after, defer, now } = systemSurroundings;

Deno.test("defer runs each task once, in order, and in a later turn", async () => {
  const order: number[] = [];
  const all = new Promise<void>((resolve) => {
    for (let i = 0; i < 1000; i++) defer(() => order.push(i));
    defer(resolve);
  });
  await Promise.resolve();
  assertEquals(order, []);
  await all;
  assertEquals(order, Array.from({ length: 1000 }, (_, i) => i));
});

Deno.test("defer lets I/O in between, however much is deferred", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [client, server] = await Promise.all([Deno.connect({ port: listener.addr.port }), listener.accept()]);
  let isBusy = true;
  // Fifty tasks of 50 us that come back for ever, as endless answers do.
  const work = (): void => {
    for (const until = performance.now() + 0.05; performance.now() < until;);
    if (isBusy) defer(work);
  };
  for (let i = 0; i < 50; i++) defer(work);
  const block = new Uint8Array(1);
  const waits: number[] = [];
  for (let i = 0; i < 20; i++) {
    const started = performance.now();
    await client.write(block);
    await server.read(block);
    waits.push(performance.now() - started);
  }
  isBusy = false;
  await new Promise<void>((resolve) => defer(resolve));
  client.close();
  server.close();
  waits.sort((a, b) => a - b);
  assert((waits[10] as number) < 10, `half of the reads waited for more than ${waits[10]} ms`);
});

Deno.test("defer lets new connections in, even between tasks that take a while", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let isBusy = true;
  // Ten tasks of a millisecond, as clients make them that pipeline without end.
  const work = (): void => {
    for (const until = performance.now() + 1; performance.now() < until;);
    if (isBusy) defer(work);
  };
  for (let i = 0; i < 10; i++) defer(work);
  const block = new Uint8Array(1);
  const waits: number[] = [];
  for (let i = 0; i < 10; i++) {
    const started = performance.now();
    const [client, server] = await Promise.all([Deno.connect({ port: listener.addr.port }), listener.accept()]);
    await client.write(block);
    await server.read(block);
    waits.push(performance.now() - started);
    client.close();
    server.close();
  }
  isBusy = false;
  await new Promise<void>((resolve) => defer(resolve));
  waits.sort((a, b) => a - b);
  assert((waits[5] as number) < 40, `half of them waited for more than ${waits[5]} ms`);
});

Deno.test("defer goes on after a task that fails", async () => {
  const failures: unknown[] = [];
  const onError = (event: ErrorEvent): void => {
    event.preventDefault();
    failures.push(event.error.message);
  };
  addEventListener("error", onError);
  defer(() => {
    throw new Error("No luck");
  });
  await new Promise<void>((resolve) => defer(resolve));
  removeEventListener("error", onError);
  assertEquals(failures, ["No luck"]);
});

Deno.test("after waits, can be cancelled, and takes Infinity for never", async () => {
  const started = now();
  after(5, () => {
    throw new Error("It was cancelled");
  })();
  after(Infinity, () => {})();
  after(2 ** 40, () => {})();
  await new Promise<void>((resolve) => after(20, resolve));
  assert(now() - started >= 19);
});
