/**
 * A small load tool, for machines without wrk and for what wrk cannot do: a given pace, connections that stay idle, one
 * large body. It reads its work as a line of JSON and prints a line of JSON.
 *
 * @module
 */

import { Client } from "./client.ts";
import type { LoadWork, ToolResult } from "./load.ts";
import { percentile } from "./stats.ts";

type Work<Name extends LoadWork["work"]> = Extract<LoadWork, { work: Name }>;

/** What a body is sent in. */
const BLOCK = 262_144;

/** How many connections are opened at once: the server's queue is not endless. */
const OPENED_AT_ONCE = 50;

const encoder = new TextEncoder();

/** Out here, so that no garbage collector closes them. */
const idleConnections: Deno.TcpConn[] = [];

if (import.meta.main) {
  const work: LoadWork = JSON.parse(await readLine());
  console.log(JSON.stringify(await run(work)));
  // Whoever asked for idle connections ends this process, or with its own end the input of this one.
  if (work.work === "idle") await Deno.stdin.read(new Uint8Array(1));
  Deno.exit(0);
}

function run(work: LoadWork): Promise<ToolResult> {
  switch (work.work) {
    case "closed":
      return runClosed(work);
    case "paced":
      return runPaced(work);
    case "idle":
      return runIdle(work);
    case "upload":
    case "download":
      return runTransfer(work);
  }
}

async function readLine(): Promise<string> {
  let line = "";
  const decoder = new TextDecoder();
  const block = new Uint8Array(65_536);
  while (!line.endsWith("\n")) line += decoder.decode(block.subarray(0, await Deno.stdin.read(block) ?? 0));
  return line;
}

function openAll({ port, connections }: LoadWork): Promise<Client[]> {
  return Promise.all(Array.from({ length: connections }, () => Client.open(port)));
}

/** Each connection sends its next requests when the last ones are answered. */
async function runClosed(work: Work<"closed">): Promise<ToolResult> {
  const bytes = encoder.encode((work.request.head + work.request.body).repeat(work.depth));
  const clients = await openAll(work);
  const start = performance.now();
  const end = start + work.seconds * 1000;
  let requests = 0;
  await Promise.all(clients.map(async (client) => {
    while (performance.now() < end && requests < (work.requests ?? Infinity)) {
      const sending = client.send(bytes);
      for (let open = work.depth; open > 0;) open -= await client.receive();
      await sending;
      requests += work.depth;
    }
  }));
  return { requests, seconds: (performance.now() - start) / 1000 };
}

/** Requests go out by the clock, answered or not; their time counts from when they were due. */
async function runPaced(work: Work<"paced">): Promise<ToolResult> {
  const bytes = encoder.encode(work.request.head + work.request.body);
  const clients = await openAll(work);
  const due: number[][] = clients.map(() => []);
  const latencies: number[] = [];
  const receiving = clients.map(async (client, index) => {
    for (;;) {
      for (let count = await client.receive(); count > 0; count--) {
        latencies.push(performance.now() - due[index]!.shift()!);
      }
    }
  });
  const failure = Promise.all(receiving);
  const start = performance.now();
  let sent = 0;
  for (let now = start; now < start + work.seconds * 1000; now = performance.now()) {
    for (; start + sent * 1000 / work.perSecond <= now; sent++) {
      const index = sent % clients.length;
      due[index]!.push(start + sent * 1000 / work.perSecond);
      void clients[index]!.send(bytes);
    }
    await Promise.race([failure, new Promise((resolve) => setTimeout(resolve, 1))]);
  }
  const seconds = (performance.now() - start) / 1000;
  // What is still on its way may have a second more.
  await Promise.race([failure, new Promise((resolve) => setTimeout(resolve, 1000))]);
  const [p50, p99, p999] = [50, 99, 99.9].map((percent) => percentile(latencies, percent));
  return { requests: latencies.length, seconds, p50: p50!, p99: p99!, p999: p999! };
}

/** Each connection has one answer, and then stays. */
async function runIdle(work: Work<"idle">): Promise<ToolResult> {
  const bytes = encoder.encode(work.request.head + work.request.body);
  const start = performance.now();
  const kept = idleConnections;
  const block = new Uint8Array(4096);
  while (kept.length < work.connections) {
    const wanted = Math.min(OPENED_AT_ONCE, work.connections - kept.length);
    const opened = await Promise.all(
      Array.from({ length: wanted }, () => Deno.connect({ hostname: "127.0.0.1", port: work.port })),
    );
    for (const connection of opened) {
      await connection.write(bytes);
      if (await connection.read(block) === null) throw new Error("The server closed the connection");
    }
    kept.push(...opened);
  }
  return { requests: kept.length, seconds: (performance.now() - start) / 1000 };
}

/** One connection, one large body. */
async function runTransfer(work: Work<"upload" | "download">): Promise<ToolResult> {
  const start = performance.now();
  const client = await Client.open(work.port);
  await client.send(encoder.encode(work.request.head));
  if (work.work === "upload") await sendBody(client, work);
  while (await client.receive() === 0);
  return { requests: 1, seconds: (performance.now() - start) / 1000 };
}

async function sendBody(client: Client, work: Work<"upload" | "download">): Promise<void> {
  const isChunked = /\r\ntransfer-encoding:/i.test(work.request.head);
  // The first chunk of the body that is given, as often as it takes.
  const piece = isChunked ? work.request.body.slice(0, work.request.body.indexOf("x\r\n") + 3) : "x".repeat(16_384);
  const repeats = BLOCK / 16_384;
  const block = encoder.encode(piece.repeat(repeats));
  for (let sent = 0; sent < work.octets; sent += BLOCK) await client.send(block);
  if (isChunked) await client.send(encoder.encode("0\r\n\r\n"));
}
