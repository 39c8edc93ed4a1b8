/**
 * Real clients against each runtime: `fetch`, and `node:http` with its agent, 100 (Continue), trailers and upgrade.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Agent, type ClientRequest, get, type IncomingMessage, request, type RequestOptions } from "node:http";
import { get as getSecurely } from "node:https";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { runtime as startCommand } from "../support/runtimes.ts";
import type { Seen } from "./node_peer.ts";
import { runChecks, RUNTIMES, startOwn, startShared, type Subject } from "./runtimes.ts";

const MIB = 1_048_576;
const CERTIFICATE = Deno.readTextFileSync(new URL("../support/localhost.crt", import.meta.url));

const CHECKS: Record<string, (subject: Subject) => Promise<void>> = {
  "fetch: paths, one after the other": async ({ port }) => {
    for (let i = 0; i < 20; i++) {
      const response = await fetch(`http://127.0.0.1:${port}/?${i}`);
      assertEquals([response.status, await response.text()], [200, "Hello, World!\r\n"]);
      assert(!Number.isNaN(Date.parse(response.headers.get("date") ?? "")));
    }
    const statuses = [200, 204, 205, 304, 404, 418, 503];
    for (const status of statuses) {
      const response = await fetch(`http://127.0.0.1:${port}/status/${status}`);
      assertEquals([response.status, await response.text()], [status, ""]);
    }
    assertEquals((await fetch(`http://127.0.0.1:${port}/nothing`).then(read)).status, 404);
    assertEquals((await fetch(`http://127.0.0.1:${port}/error`).then(read)).status, 500);
  },

  "fetch: 100 at once": async ({ port }) => {
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    const texts = await Promise.all(numbers.map(async (i) => {
      const response = await fetch(`http://127.0.0.1:${port}/echo`, { method: "POST", body: `${i}` });
      return await response.text();
    }));
    assertEquals(texts, numbers.map(String));
  },

  "fetch: HEAD, and methods with content": async ({ port }) => {
    const head = await fetch(`http://127.0.0.1:${port}/profile/string`, { method: "HEAD" });
    assertEquals([head.headers.get("content-length"), await head.text()], ["2048", ""]);
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const response = await fetch(`http://127.0.0.1:${port}/discard`, { method, body: "hello" });
      assertEquals(await response.text(), "bytes=5\n");
    }
  },

  "fetch: streams content both ways": async ({ port }) => {
    const chunks = Array.from({ length: 64 }, (_, i) => new Uint8Array(16_384).fill(i));
    const body = ReadableStream.from(chunks);
    const response = await fetch(`http://127.0.0.1:${port}/echo`, { method: "POST", body });
    const content = new Uint8Array(await response.arrayBuffer());
    assertEquals([content.length, content[0], content.at(-1)], [MIB, 0, 63]);
    const stream = await fetch(`http://127.0.0.1:${port}/stream?pieces=100&size=65536`);
    assertEquals((await stream.arrayBuffer()).byteLength, 6_553_600);
  },

  "fetch: an answer that breaks off is an error": async ({ port }) => {
    const response = await fetch(`http://127.0.0.1:${port}/error-late`);
    assertEquals(response.status, 200);
    await assertRejects(() => response.text());
  },

  "fetch: one that is given up leaves the server healthy": async ({ port }) => {
    for (let i = 0; i < 10; i++) {
      const controller = new AbortController();
      const response = await fetch(`http://127.0.0.1:${port}/stream?pieces=100000&size=65536`, {
        signal: controller.signal,
      });
      const reader = response.body!.getReader();
      await reader.read();
      controller.abort();
      await reader.closed.catch(() => {});
    }
    assertEquals((await fetch(`http://127.0.0.1:${port}/`).then(read)).text, "Hello, World!\r\n");
  },

  "node:http: an agent keeps its connection": async ({ port }) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number>();
    for (let i = 0; i < 20; i++) {
      const answer = await ask({ port, agent, path: `/environ?${i}` });
      const environ = JSON.parse(answer.text);
      assertEquals(environ.queryString, String(i));
      ports.add(environ.remote.port);
    }
    assertEquals(ports.size, 1);
    agent.destroy();
  },

  "node:http: content by length and in chunks": async ({ port }) => {
    const agent = new Agent({ keepAlive: true });
    const content = "x".repeat(MIB);
    const byLength = await ask(
      { port, agent, path: "/echo", method: "POST", headers: { "content-length": MIB } },
      content,
    );
    assertEquals([byLength.text === content, byLength.headers["content-length"]], [true, String(MIB)]);
    const inChunks = await ask(
      { port, agent, path: "/echo", method: "POST", headers: { "transfer-encoding": "chunked" } },
      content,
    );
    assertEquals([inChunks.text === content, inChunks.headers["transfer-encoding"]], [true, "chunked"]);
    const counted = await ask(
      { port, agent, path: "/uploader/", method: "PUT", headers: { "content-length": MIB } },
      content,
    );
    assertEquals(counted.text, `chunks=0 declared=${MIB} received=${MIB}\n`);
    agent.destroy();
  },

  "node:http: 100 (Continue)": async ({ port }) => {
    const headers = { "expect": "100-continue", "content-length": 5 };
    let continued = 0;
    const answer = await ask({ port, path: "/discard", method: "POST", headers }, undefined, (outgoing) => {
      outgoing.on("continue", () => {
        continued++;
        outgoing.end("hello");
      });
      outgoing.flushHeaders();
    });
    assertEquals([answer.text, continued], ["bytes=5\n", 1]);
  },

  "node:http: an answer without 100 ends what waited for it": async ({ port }) => {
    const headers = { "expect": "100-continue", "content-length": 5 };
    let continued = 0;
    const answer = await ask({ port, path: "/unread", method: "POST", headers }, undefined, (outgoing) => {
      outgoing.on("continue", () => continued++);
      outgoing.flushHeaders();
    });
    assertEquals([answer.text, continued, answer.headers.connection], ["unread\n", 0, "close"]);
  },

  "node:http: trailers both ways": async ({ port }) => {
    const answer = await ask(
      { port, path: "/trailers", method: "POST", headers: { trailer: "x-sum" } },
      undefined,
      (outgoing) => {
        outgoing.write("hello");
        outgoing.addTrailers({ "x-sum": "abc" });
        outgoing.end();
      },
    );
    assertEquals(answer.text, "trailers\n");
    assertEquals(answer.headers["transfer-encoding"], "chunked");
  },

  "node:http: 103 (Early Hints) is passed over": async ({ port }) => {
    const answer = await ask({ port, path: "/hints" });
    assertEquals([answer.status, answer.text], [200, "hints\n"]);
  },

  "node:http: upgrade": async ({ port }) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const outgoing = request({
      host: "127.0.0.1",
      port,
      path: "/upgrade",
      headers: { connection: "upgrade", upgrade: "echo" },
    });
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => reject(new Error(`it is answered with ${incoming.statusCode}`)));
    outgoing.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Uint8Array) => {
      assertEquals(incoming.statusCode, 101);
      let text = new TextDecoder().decode(head);
      socket.on("data", (bytes: Uint8Array) => {
        text += new TextDecoder().decode(bytes);
        if (text === "hello") socket.end(" world");
      });
      socket.on("end", () => resolve(text));
      socket.on("error", reject);
      socket.write("hello");
    });
    outgoing.end();
    assert(["hello", "hello world"].includes(await promise));
  },

  "node:http: methods of any kind": async ({ port }) => {
    for (const method of ["PROPFIND", "MKCOL", "M-SEARCH", "TRACE", "PURGE"]) {
      assertEquals(JSON.parse((await ask({ port, path: "/environ", method })).text).method, method);
    }
    const head = await ask({ port, path: "/", method: "HEAD" });
    assertEquals([head.headers["content-length"], head.text], ["15", ""]);
  },
};

/** What Node.js has to see. */
const SEEN: Seen = {
  connections: 1,
  echoed: [MIB, MIB],
  continued: [1, "bytes=5\n"],
  hints: [[103], "hints\n"],
  trailers: [{ "x-length": "9" }, "abc"],
  upgraded: "hello world",
  late: "ECONNRESET",
};

for (const runtime of RUNTIMES) {
  Deno.test(`${runtime}: Node.js as a client`, async () => {
    await using subject = await startShared(runtime);
    const [command, ...leading] = await startCommand("node");
    const file = fileURLToPath(new URL("node_peer.ts", import.meta.url));
    const { stdout, stderr } = await new Deno.Command(command!, { args: [...leading, file, String(subject.port)] })
      .output();
    const decoder = new TextDecoder();
    assertEquals(decoder.decode(stderr), "");
    assertEquals(JSON.parse(decoder.decode(stdout)), SEEN);
  });

  Deno.test(`${runtime}: real clients`, async (t) => {
    // fetch and agents keep connections of their own beyond a step.
    await runChecks(t, runtime, CHECKS, { sanitizeResources: false, sanitizeOps: false });
  });

  Deno.test(`${runtime}: real clients over TLS`, async () => {
    await using subject = await startOwn(runtime, { tls: true });
    using client = Deno.createHttpClient({ caCerts: [CERTIFICATE] });
    for (let i = 0; i < 5; i++) {
      const response = await fetch(`https://localhost:${subject.port}/environ?${i}`, { client });
      const environ = await response.json();
      assertEquals([environ.urlScheme, environ.queryString], ["https", String(i)]);
    }
    const agent = { ca: CERTIFICATE, agent: false as const };
    const text = await new Promise<string>((resolve, reject) => {
      getSecurely({ host: "localhost", port: subject.port, path: "/", ...agent }, (incoming) => {
        collect(incoming).then(resolve, reject);
      }).on("error", reject);
    });
    assertEquals(text, "Hello, World!\r\n");
  });
}

/** What came back. */
interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

function ask(options: RequestOptions, content?: string, drive?: (outgoing: ClientRequest) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = (content === undefined && drive === undefined ? get : request)(
      { host: "127.0.0.1", ...options },
      (incoming) => {
        collect(incoming).then(
          (text) => resolve({ status: incoming.statusCode, headers: incoming.headers, text }),
          reject,
        );
      },
    );
    outgoing.on("error", reject);
    if (drive !== undefined) drive(outgoing);
    else if (content !== undefined) outgoing.end(content);
  });
}

function collect(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    incoming.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    incoming.on("error", reject);
    incoming.on("end", async () => resolve(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).text()));
  });
}

async function read(response: Response): Promise<{ status: number; text: string }> {
  return { status: response.status, text: await response.text() };
}
