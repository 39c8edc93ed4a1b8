/** A server's life, on Deno in this process; what is left behind, the test runner's sanitizers tell. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { serve, serveConnection } from "../../adapters/deno.ts";
import { serve as serveOnNode } from "../../adapters/node.ts";
import type { ServeOptions } from "../../adapters/options.ts";
import type { Server } from "../../adapters/server.ts";
import type { App } from "../../core/gateway/types.ts";
import { RawClient } from "../support/raw_client.ts";

const app: App = async ({ pathInfo, signal }, startResponse) => {
  if (pathInfo === "/sleep") await sleep(200);
  if (pathInfo === "/forever") await new Promise((resolve) => signal.addEventListener("abort", resolve));
  startResponse(200);
  return "hello";
};

function start(options: ServeOptions<Deno.Listener> = {}): Server {
  return serve(app, options.listener || options.path ? options : { hostname: "127.0.0.1", port: 0, ...options });
}

function portOf(server: Server): number {
  return (server.address as Deno.NetAddr).port;
}

Deno.test("serve() listens when it returns, and tells where", async () => {
  const told: unknown[] = [];
  const server = start({ onListen: (listening) => told.push(listening) });
  assertEquals(told, [{ address: server.address }]);
  assertEquals(server.address, { transport: "tcp", hostname: "127.0.0.1", port: portOf(server) });
  await server.ready;
  using client = await RawClient.connect(portOf(server));
  client.get("/");
  await client.until("hello");
  await server.shutdown();
  await server.finished;
});

Deno.test("serve() throws when it cannot listen", async () => {
  await using server = start();
  assertThrows(() => start({ port: portOf(server) }), Deno.errors.AddrInUse);
});

Deno.test("serve() closes what it opened when onListen throws", () => {
  const fail = () => {
    throw new Error("No");
  };
  assertThrows(() => start({ onListen: fail }), Error, "No");
});

Deno.test("Server.ready and Server.finished reject where listening fails later", async () => {
  await using server = start();
  const failed = serveOnNode(app, { hostname: "127.0.0.1", port: portOf(server) });
  assertThrows(() => failed.address, TypeError, "does not listen yet");
  await assertRejects(() => failed.ready, Error, "EADDRINUSE");
  await assertRejects(() => failed.finished, Error, "EADDRINUSE");
  await failed.shutdown();
});

Deno.test("Server.shutdown() before the server listens ends it once it does", async () => {
  const server = serveOnNode(app, { hostname: "127.0.0.1", port: 0 });
  await server.shutdown();
  await server.ready;
  await server.finished;
});

Deno.test("Server.shutdown() is shared, and a later call may bring the deadline forward", async () => {
  const server = start();
  using client = await RawClient.connect(portOf(server));
  client.get("/forever");
  await sleep(50);
  const started = performance.now();
  const first = server.shutdown({ deadline: 60_000 });
  const longer = server.shutdown({ deadline: 120_000 });
  const shorter = server.shutdown({ deadline: 100 });
  await Promise.all([first, longer, shorter, server.finished]);
  const ms = performance.now() - started;
  assert(ms >= 95 && ms < 1000, `took ${ms} ms`);
  await server.shutdown();
});

Deno.test("Server.shutdown() with a deadline of 0 aborts at once", async () => {
  const reasons: unknown[] = [];
  const server = serve(({ signal }) => {
    signal.addEventListener("abort", () => reasons.push(signal.reason));
    return new Promise(() => {});
  }, { hostname: "127.0.0.1", port: 0 });
  using client = await RawClient.connect(portOf(server));
  client.get("/");
  await sleep(50);
  await server.shutdown({ deadline: 0 });
  assertEquals(reasons.map((reason) => (reason as Error).name), ["AbortError"]);
});

Deno.test("Server.shutdown() refuses bad options", async () => {
  await using server = start();
  await assertRejects(() => server.shutdown({ grace: -1 }), RangeError, "grace");
});

Deno.test("a signal begins the shutdown, even one that has fired before", async () => {
  const controller = new AbortController();
  const server = start({ signal: controller.signal });
  using client = await RawClient.connect(portOf(server));
  client.get("/sleep");
  await sleep(50);
  controller.abort();
  await client.until("hello");
  await server.finished;
  await start({ signal: controller.signal }).finished;
});

Deno.test("Symbol.asyncDispose shuts the server down", async () => {
  let finished;
  {
    await using server = start();
    finished = server.finished;
  }
  await finished;
});

Deno.test("Server.unref() and ref() come before and after connections", async () => {
  await using server = start();
  server.unref();
  using client = await RawClient.connect(portOf(server));
  client.get("/");
  await client.until("hello");
  server.ref();
});

Deno.test("E-2: a listener of the caller's is served, and its end is the server's", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const server = start({ listener });
  assertEquals(portOf(server), listener.addr.port);
  using client = await RawClient.connect(portOf(server));
  client.get("/sleep");
  await sleep(50);
  listener.close();
  await client.until("hello");
  await server.finished;
});

Deno.test("a Deno.TlsListener of the caller's is served", async () => {
  const [cert, key] = ["crt", "key"].map((end) => Deno.readTextFileSync(`tests/support/localhost.${end}`));
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: cert as string, key: key as string });
  const seen: unknown[] = [];
  const server = serve(({ tls, urlScheme }, startResponse) => {
    seen.push(tls, urlScheme);
    startResponse(200);
    return "hello";
  }, { listener });
  using plain = await RawClient.connect(portOf(server));
  plain.get("/");
  assert(await plain.ending() !== "open");
  using client = await RawClient.connect(portOf(server), true);
  client.get("/");
  await client.until("hello");
  client.get("/");
  client.endWriting();
  await client.until("hello");
  assertEquals(await client.ending(), "end");
  assertEquals(seen, [{}, "https", {}, "https"]);
  await server.shutdown();
});

Deno.test("a listener without descriptors is tried again, after longer and longer pauses", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accept = listener.accept.bind(listener);
  const tries: number[] = [];
  let isOut = true;
  listener.accept = () => {
    tries.push(performance.now());
    return isOut ? Promise.reject(new Error("Too many open files (os error 24)")) : accept();
  };
  const errors: unknown[] = [];
  const server = start({ listener, onError: (error) => errors.push(error) });
  using client = await RawClient.connect(portOf(server));
  client.get("/");
  await sleep(200);
  isOut = false;
  await client.until("hello");
  assert(tries.length >= 5 && tries.length <= 8, `${tries.length} tries`);
  assertEquals(errors.length, 1);
  isOut = true;
  client.endWriting();
  await client.ending();
  using _next = await RawClient.connect(portOf(server));
  await sleep(50);
  // No pause is left behind, nor waited for.
  await server.shutdown();
});

Deno.test("a file of a socket that nobody listens on is replaced, and goes with the server", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/socket`;
  await new Deno.Command(Deno.execPath(), {
    args: ["eval", `Deno.listen({ transport: "unix", path: ${JSON.stringify(path)} }); Deno.exit()`],
  }).output();
  assert((await Deno.lstat(path)).isSocket);
  const server = start({ path });
  assertThrows(() => server.address, TypeError);
  await server.ready;
  assertEquals(server.address, { transport: "unix", path });
  await assertRejects(() => start({ path }).ready, Deno.errors.AddrInUse);
  using client = await RawClient.connect(path);
  client.get("/");
  await client.until("hello");
  client.endWriting();
  await client.ending();
  await server.shutdown();
  await assertRejects(() => Deno.lstat(path), Deno.errors.NotFound);
  await Deno.writeTextFile(path, "precious");
  await assertRejects(() => start({ path }).finished, Deno.errors.AddrInUse);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("serveConnection() serves one connection until it ends", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using client = await RawClient.connect(listener.addr.port);
  const served = serveConnection(app, await listener.accept());
  client.get("/");
  await client.until("hello");
  client.get("/sleep");
  client.endWriting();
  await client.until("hello");
  await served;
});

Deno.test("serveConnection() ends the connection when the signal fires", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const controller = new AbortController();
  const options = { signal: controller.signal, deadlines: { shutdown: 300 } };
  using busy = await RawClient.connect(listener.addr.port);
  const first = serveConnection(app, await listener.accept(), options);
  using stuck = await RawClient.connect(listener.addr.port);
  const second = serveConnection(app, await listener.accept(), options);
  busy.get("/sleep");
  stuck.get("/forever");
  await sleep(50);
  const started = performance.now();
  controller.abort();
  await busy.until("hello");
  busy.endWriting();
  await Promise.all([first, second]);
  const ms = performance.now() - started;
  assert(ms > 250 && ms < 1300, `took ${ms} ms`);
});

Deno.test("the errors of a single connection never reach the server", async () => {
  const errors: unknown[] = [];
  await using server = start({ onError: (error) => errors.push(error) });
  for (let i = 0; i < 20; i++) {
    using client = await RawClient.connect(portOf(server));
    if (i % 2 === 0) client.get("/sleep");
    client.reset();
  }
  using client = await RawClient.connect(portOf(server));
  client.get("/");
  await client.until("hello");
  assertEquals(errors, []);
});

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
