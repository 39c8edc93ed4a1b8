import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connect } from "../../../adapters/memory.ts";
import { fetchApp } from "../../../core/middleware/fetch_app.ts";
import { talk, toText } from "./fetch_talk.ts";

Deno.test("fetchApp tells the handler when the client is lost, and cancels what it streams", async () => {
  const log: string[] = [];
  const gone = Promise.withResolvers<void>();
  let signal: AbortSignal | undefined;
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    cancel: (reason) => {
      log.push(`cancelled: ${reason instanceof Error}`);
      gone.resolve();
    },
  });
  await using connection = connect(fetchApp((request) => {
    signal = request.signal;
    return new Response(endless);
  }));
  connection.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  await connection.read();
  assertEquals(signal?.aborted, false);
  connection.abort();
  await soon(gone.promise);
  assertEquals([signal?.aborted, log], [true, ["cancelled: true"]]);
});

Deno.test("fetchApp cancels a body that waits, at once", async () => {
  const gone = Promise.withResolvers<void>();
  const silent = new ReadableStream({ cancel: () => gone.resolve() });
  await using connection = connect(fetchApp(() => new Response(silent)));
  connection.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  // The head does not wait for a body that does.
  assertStringIncludes(toText((await connection.read())!), "transfer-encoding: chunked");
  connection.abort();
  await soon(gone.promise);
});

Deno.test("fetchApp answers HEAD at once though the body waits, and cancels it", async () => {
  const gone = Promise.withResolvers<void>();
  const silent = new ReadableStream({ cancel: () => gone.resolve() });
  await using connection = connect(fetchApp(() => new Response(silent)));
  connection.write("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
  assertStringIncludes(toText((await connection.read())!), "transfer-encoding: chunked");
  await soon(gone.promise);
});

Deno.test("fetchApp cancels the body of a Response that comes when the client has left", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const gone = Promise.withResolvers<void>();
  const handled = Promise.withResolvers<void>();
  await using connection = connect(fetchApp(() => {
    handled.resolve();
    return promise;
  }));
  connection.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  await handled.promise;
  connection.abort();
  resolve(new Response(new ReadableStream({ cancel: () => gone.resolve() })));
  await soon(gone.promise);
});

Deno.test("fetchApp fires no signal on success", async () => {
  const signals: AbortSignal[] = [];
  await talk((request) => {
    signals.push(request.signal);
    return new Response("ok");
  }, "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals(signals.map((signal) => signal.aborted), [false, false]);
});

Deno.test("fetchApp asks a body for no more than the client takes", async () => {
  let pulled = 0;
  const endless = new ReadableStream({
    pull: (controller) => {
      pulled += 1000;
      controller.enqueue(new Uint8Array(1000));
    },
  });
  await using connection = connect(fetchApp(() => new Response(endless)));
  connection.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  await settled(() => pulled);
  const first = pulled;
  assert(first < 300_000, `${first} octets were made for nobody`);
  await connection.read();
  await settled(() => pulled);
  assert(pulled > first);
});

Deno.test("fetchApp reads content no faster than the handler", async () => {
  const finish = Promise.withResolvers<void>();
  let body: ReadableStream<Uint8Array<ArrayBuffer>> | null = null;
  await using connection = connect(fetchApp(async (request) => {
    body = request.body;
    await finish.promise;
    return new Response("ok");
  }));
  connection.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10000000\r\n\r\n");
  connection.write(new Uint8Array(1_000_000));
  const reader = body!.getReader();
  const { value } = await reader.read();
  // What lies unread in the core is bounded by `readAhead`, and one read gives no more.
  assert(value!.length < 300_000, `${value!.length} octets came at once`);
  finish.resolve();
});

/** Waits until a count has stood still for some turns of the event loop. */
async function settled(count: () => number): Promise<void> {
  for (let still = 0, last = count(); still < 20; still++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (count() !== last) [still, last] = [0, count()];
  }
}

/** Waits, but not for ever: a test that hangs tells nothing. */
async function soon<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("it did not happen within 2 s")), 2000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
