import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connect, exchange, ResetError } from "../../../adapters/memory.ts";
import type { Environ } from "../../../core/gateway/environ.ts";
import { fetchApp, type FetchHandler } from "../../../core/middleware/fetch_app.ts";

/** An answer, taken apart. */
interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
}

/** Sends a request, given as text of one character an octet, and gives the answer. */
async function ask(handler: FetchHandler, request: string): Promise<Answer> {
  return toAnswer(await talk(handler, request));
}

/** Sends octets and gives all that comes back, up to a reset if there is one. */
async function talk(handler: FetchHandler, octets: string): Promise<string> {
  try {
    return toText(await exchange(fetchApp(handler), toBytes(octets)));
  } catch (error) {
    if (error instanceof ResetError) return toText(error.received);
    throw error;
  }
}

function toAnswer(text: string): Answer {
  const end = text.indexOf("\r\n\r\n");
  const [line = "", ...lines] = text.slice(0, end).split("\r\n");
  const fields = lines.map((field) => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
  });
  return { status: Number(line.slice(9, 12)), reason: line.slice(13), fields, body: text.slice(end + 4) };
}

function valueOf(answer: Answer, name: string): string | undefined {
  return answer.fields.find((field) => field[0] === name)?.[1];
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function toText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

const METHODS: readonly [method: string, status: number][] = [
  ["GET", 200],
  ["HEAD", 200],
  ["POST", 200],
  ["PUT", 200],
  ["DELETE", 200],
  ["OPTIONS", 200],
  ["PATCH", 200],
  ["QUERY", 200],
  ["BREW", 200],
  ["brew", 200],
  // Fetch does not normalise it.
  ["patch", 200],
  ["Patch", 200],
  ["!#$%&'*+-.^_`|~09aZ", 200],
  ["get", 501],
  ["Get", 501],
  ["head", 501],
  ["post", 501],
  ["Put", 501],
  ["delete", 501],
  ["options", 501],
  ["TRACE", 501],
  ["trace", 501],
  ["TRACK", 501],
  ["Track", 501],
  ["connect", 501],
];

Deno.test("fetchApp answers methods", async (t) => {
  for (const [method, status] of METHODS) {
    await t.step(method, async () => {
      const answer = await ask(
        (request) => new Response(null, { headers: { "x-method": request.method } }),
        `${method} / HTTP/1.1\r\nhost: a\r\n\r\n`,
      );
      assertEquals(answer.status, status);
      if (status === 200) assertEquals(valueOf(answer, "x-method"), method);
    });
  }
});

const URLS: readonly [target: string, host: string, url: string | undefined][] = [
  ["/", "a", "http://a/"],
  ["/a?b=c", "example.com:8080", "http://example.com:8080/a?b=c"],
  ["//host/x", "a", "http://a//host/x"],
  ["/http://b/", "a", "http://a/http://b/"],
  ["/@b/", "a", "http://a/@b/"],
  ["/%zz?%zz", "a", "http://a/%zz?%zz"],
  ["/a/../b", "a", "http://a/b"],
  ["/", "[::1]:80", "http://[::1]/"],
  ["http://b/x", "a", "http://b/x"],
  ["/", "1.2.3.256", undefined],
  ["/", "a%2fb", undefined],
  ["/", "a%b", undefined],
  ["/", "4294967296", undefined],
  ["/", "%00", undefined],
];

Deno.test("fetchApp builds the URL, or answers 400", async (t) => {
  for (const [target, host, url] of URLS) {
    await t.step(`${target} at ${host}`, async () => {
      const answer = await ask(
        (request) => new Response(request.url),
        `GET ${target} HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
      );
      if (url === undefined) assertEquals(answer.status, 400);
      else assertEquals([answer.status, answer.body], [200, url]);
    });
  }
});

Deno.test("fetchApp hands over the fields, obs-text too, and joins cookie lines by semicolons", async () => {
  const given: Record<string, string | null> = {};
  await ask(
    (request) => {
      for (const name of ["host", "x-a", "cookie", "connection"]) given[name] = request.headers.get(name);
      return new Response();
    },
    "GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nCookie: a=1\r\nx-a: \xe9\r\ncookie: b=2\r\nConnection: close\r\n\r\n",
  );
  assertEquals(given, { "host": "a", "x-a": "1, \xe9", "cookie": "a=1; b=2", "connection": "close" });
});

const CONTENTS: readonly [request: string, body: string | null][] = [
  ["POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello", "hello"],
  ["POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello"],
  ["POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", ""],
  ["DELETE / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx", "x"],
  ["POST / HTTP/1.1\r\nhost: a\r\n\r\n", null],
  ["POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n", null],
  ["GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello", null],
];

Deno.test("fetchApp gives the content", async (t) => {
  for (const [request, body] of CONTENTS) {
    await t.step(JSON.stringify(request), async () => {
      let given: string | null | undefined;
      const answer = await ask(async (request) => {
        given = request.body === null ? null : await request.text();
        return new Response("ok");
      }, request);
      assertEquals([answer.status, given], [200, body]);
    });
  }
});

Deno.test("fetchApp drains the content of GET: the next request is found behind it", async () => {
  const get = "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello";
  const text = await talk(() => new Response("ok"), get + get);
  assertEquals(text.split("HTTP/1.1 200 OK").length, 3);
});

Deno.test("fetchApp gives the content to a reader that brings its own buffer", async () => {
  const pieces: string[] = [];
  await ask(async (request) => {
    const reader = request.body!.getReader({ mode: "byob" });
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(4));
      if (done) break;
      pieces.push(toText(value));
    }
    return new Response();
  }, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabcdef");
  assertEquals(pieces.join(""), "abcdef");
  assert(pieces.every((piece) => piece.length <= 4));
});

Deno.test("fetchApp lets a request be cloned", async () => {
  const answer = await ask(async (request) => {
    const clone = request.clone();
    return new Response([clone.method, await clone.text(), await request.text(), clone.signal.aborted].join(" "));
  }, "BREW / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi");
  assertEquals(answer.body, "BREW hi hi false");
});

Deno.test("fetchApp hands over the environ", async () => {
  let environ: Environ | undefined;
  await ask((_request, given) => {
    environ = given;
    return new Response();
  }, "GET /a/../b HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals(environ?.target, "/a/../b");
});

Deno.test("fetchApp drops what is about the connection, and what Connection names", async () => {
  const headers = new Headers({
    "connection": "X-Private, keep-alive",
    "keep-alive": "timeout=5",
    "proxy-connection": "keep-alive",
    "te": "trailers",
    "trailer": "x",
    "transfer-encoding": "gzip",
    "upgrade": "h2c",
    "x-private": "1",
    "x-public": "2",
  });
  const answer = await ask(() => new Response("ok", { headers }), "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  const names = answer.fields.map(([name]) => name).sort();
  assertEquals(answer.status, 200);
  assertEquals(names, ["content-length", "content-type", "date", "x-public"]);
});

Deno.test("fetchApp keeps Upgrade in 426, which must have it", async () => {
  const response = (): Response => new Response(null, { status: 426, headers: { upgrade: "websocket" } });
  const answer = await ask(response, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals([answer.status, valueOf(answer, "upgrade")], [426, "websocket"]);
});

Deno.test("fetchApp honours connection: close", async () => {
  const get = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
  const response = (): Response => new Response("ok", { headers: { connection: "Close" } });
  const text = await talk(response, get + get);
  assertEquals(text.split("HTTP/1.1 200 OK").length, 2);
  assertEquals(valueOf(toAnswer(text), "connection"), "close");
});

Deno.test("fetchApp sends each Set-Cookie in a line of its own", async () => {
  const headers: [string, string][] = [["set-cookie", "a=1, b"], ["set-cookie", "c=2"], ["x-a", "1"], ["x-a", "2"]];
  const answer = await ask(() => new Response(null, { headers }), "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  const of = (name: string): string[] => answer.fields.filter((field) => field[0] === name).map((field) => field[1]);
  assertEquals(of("set-cookie"), ["a=1, b", "c=2"]);
  assertEquals(of("x-a"), ["1, 2"]);
});

/** A body of chunks, one for each pull, and what became of it. */
function bodyOf(chunks: readonly unknown[], log: string[] = []): ReadableStream<Uint8Array<ArrayBuffer>> {
  const rest = [...chunks];
  return new ReadableStream({
    pull(controller): void {
      const chunk = rest.shift();
      log.push("pull");
      if (chunk === undefined) controller.close();
      else if (chunk instanceof Error) controller.error(chunk);
      else controller.enqueue(typeof chunk === "string" ? toBytes(chunk) : chunk as Uint8Array<ArrayBuffer>);
    },
    cancel(): void {
      log.push("cancel");
    },
  }, { highWaterMark: 0 });
}

const FRAMINGS: readonly [what: string, response: () => Response, length: string | undefined, body: string][] = [
  ["a text", () => new Response("hello"), "5", "hello"],
  ["an empty text", () => new Response(""), "0", ""],
  ["no body", () => new Response(null), "0", ""],
  ["JSON", () => Response.json({ a: 1 }), "7", `{"a":1}`],
  ["octets", () => new Response(toBytes("\xff\x00")), "2", "\xff\x00"],
  ["a stream of one chunk", () => new Response(bodyOf(["hello"])), "5", "hello"],
  ["a stream of none", () => new Response(bodyOf([])), "0", ""],
  ["a stream of two", () => new Response(bodyOf(["he", "llo"])), undefined, "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"],
  [
    "a stream with a length",
    () => new Response(bodyOf(["he", "llo"]), { headers: { "content-length": "5" } }),
    "5",
    "hello",
  ],
];

Deno.test("fetchApp frames", async (t) => {
  for (const [what, response, length, body] of FRAMINGS) {
    await t.step(what, async () => {
      const answer = await ask(response, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
      assertEquals([answer.status, valueOf(answer, "content-length"), answer.body], [200, length, body]);
    });
  }
});

Deno.test("fetchApp answers HEAD with the fields of GET, and cancels the rest of the body", async () => {
  const log: string[] = [];
  const text = await ask(() => new Response("hello"), "HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
  const stream = await ask(() => new Response(bodyOf(["a", "b", "c"], log)), "HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals([text.body, valueOf(text, "content-length")], ["", "5"]);
  assertEquals([stream.body, log.at(-1)], ["", "cancel"]);
});

for (const status of [204, 205, 304]) {
  Deno.test(`fetchApp answers ${status} without content`, async () => {
    const answer = await ask(() => new Response(null, { status }), "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    assertEquals([answer.status, answer.body], [status, ""]);
  });
}

Deno.test("fetchApp sends the reason phrase", async () => {
  const answer = await ask(() => new Response(null, { statusText: "Fine" }), "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals(answer.reason, "Fine");
});

Deno.test("fetchApp leaves a reason phrase out that is not ASCII", async () => {
  const answer = await ask(() => new Response(null, { statusText: "\xe9" }), "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals([answer.status, answer.reason], [200, "OK"]);
});

async function usedResponse(): Promise<Response> {
  const response = new Response("used");
  await response.text();
  return response;
}

const FAULTS: readonly [what: string, handler: FetchHandler][] = [
  ["an error thrown", () => {
    throw new Error("no");
  }],
  ["a rejection", () => Promise.reject(new Error("no"))],
  ["no Response", () => undefined as unknown as Response],
  ["a text instead of a Response", () => "text" as unknown as Response],
  ["Response.error()", () => Response.error()],
  ["a body that was read", usedResponse],
  ["a field with obs-text", () => new Response("x", { headers: { "x-a": "\xe9" } })],
  ["a length that is none", () => new Response("x", { headers: { "content-length": "x" } })],
  ["a body that fails at once", () => new Response(bodyOf([new Error("no")]))],
  ["a body of strings", () => new Response(bodyOf([{}]))],
];

Deno.test("fetchApp answers 500 to", async (t) => {
  for (const [what, handler] of FAULTS) {
    await t.step(what, async () => {
      const answer = await ask(handler, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
      assertEquals(answer.status, 500);
    });
  }
});

Deno.test("fetchApp cancels a body that cannot be sent", async () => {
  const log: string[] = [];
  const response = (): Response => new Response(bodyOf(["a", "b", "c"], log), { headers: { "x-a": "\xe9" } });
  assertEquals((await ask(response, "GET / HTTP/1.1\r\nhost: a\r\n\r\n")).status, 500);
  assertEquals(log.at(-1), "cancel");
});

Deno.test("fetchApp leaves an answer without its end when the body fails", async () => {
  const response = (): Response => new Response(bodyOf(["he", "llo", new Error("no")]));
  const answer = await ask(response, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  assertEquals(answer.body.includes("0\r\n\r\n"), false);
});

Deno.test("fetchApp lets broken content be the client's fault", async () => {
  const answer = await ask(
    async (request) => new Response(await request.text()),
    "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
  );
  assertEquals(answer.status, 400);
});

Deno.test("fetchApp sends 100 (Continue) when the handler reads, and only then", async () => {
  const request = "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nhi";
  const reading = await talk(async (request) => new Response(await request.text()), request);
  const ignoring = await talk(() => new Response("no"), request);
  assertStringIncludes(reading, "hi");
  assertEquals(ignoring.includes("100 Continue"), false);
});

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
  await gone.promise;
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
  await gone.promise;
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
  await gone.promise;
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
