/**
 * Node.js as a client: `node node_peer.ts PORT` asks a server with the demo and prints, as JSON, what Node's own parser
 * made of the answers.
 *
 * @module
 */

import { Agent, type IncomingMessage, request, type RequestOptions } from "node:http";
import process from "node:process";

/** What Node.js saw. */
export interface Seen {
  /** How many connections 30 requests by an agent took. */
  readonly connections: number;
  /** Octets of 1 MiB that came back, by length and in chunks. */
  readonly echoed: readonly number[];
  /** Whether 100 (Continue) came, and the answer behind it. */
  readonly continued: readonly [times: number, text: string];
  /** The interim responses of `/hints`, and its answer. */
  readonly hints: readonly [statuses: number[], text: string];
  /** The trailers of `/trailers`, and the one that was sent. */
  readonly trailers: readonly [trailers: Record<string, string | undefined>, echoed: string | undefined];
  /** What came back through an upgrade that Node.js half-closed. */
  readonly upgraded: string;
  /** What became of `/error-late`. */
  readonly late: string;
}

const port = Number(process.argv[2]);
const MIB = 1_048_576;

const seen: Seen = {
  connections: await countConnections(),
  echoed: [await echo({ "content-length": MIB }), await echo({ "transfer-encoding": "chunked" })],
  continued: await continueOnce(),
  hints: await hint(),
  trailers: await sendTrailers(),
  upgraded: await upgrade(),
  late: await readLate(),
};
console.log(JSON.stringify(seen));

async function countConnections(): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number>();
  for (let i = 0; i < 30; i++) {
    const incoming = await send({ path: "/environ", agent });
    ports.add(JSON.parse(await textOf(incoming)).remote.port);
  }
  agent.destroy();
  return ports.size;
}

async function echo(headers: RequestOptions["headers"]): Promise<number> {
  const incoming = await send({ path: "/echo", method: "POST", headers }, "x".repeat(MIB));
  return (await textOf(incoming)).length;
}

async function continueOnce(): Promise<[number, string]> {
  let times = 0;
  const headers = { "expect": "100-continue", "content-length": 5 };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request({ port, host: "127.0.0.1", path: "/discard", method: "POST", headers }, resolve);
  outgoing.on("error", reject);
  outgoing.on("continue", () => {
    times++;
    outgoing.end("hello");
  });
  outgoing.flushHeaders();
  const text = await textOf(await promise);
  return [times, text];
}

async function hint(): Promise<[number[], string]> {
  const statuses: number[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request({ port, host: "127.0.0.1", path: "/hints" }, resolve);
  outgoing.on("information", (information: { statusCode: number }) => statuses.push(information.statusCode));
  outgoing.on("error", reject);
  outgoing.end();
  const text = await textOf(await promise);
  return [statuses, text];
}

async function sendTrailers(): Promise<[Record<string, string | undefined>, string | undefined]> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { "trailer": "x-sum", "transfer-encoding": "chunked" };
  const outgoing = request({ port, host: "127.0.0.1", path: "/trailers", method: "POST", headers }, resolve);
  outgoing.on("error", reject);
  outgoing.write("hello");
  outgoing.addTrailers({ "x-sum": "abc" });
  outgoing.end();
  const incoming = await promise;
  await textOf(incoming);
  return [incoming.trailers, incoming.headers["x-echo-x-sum"] as string | undefined];
}

function upgrade(): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { connection: "upgrade", upgrade: "echo" };
  const outgoing = request({ port, host: "127.0.0.1", path: "/upgrade", headers });
  outgoing.on("error", reject);
  outgoing.on("upgrade", (_incoming, socket, head) => {
    let text = head.toString();
    socket.on("data", (bytes: Uint8Array) => text += new TextDecoder().decode(bytes));
    socket.on("end", () => resolve(text));
    socket.write("hello");
    socket.end(" world");
  });
  outgoing.end();
  return promise;
}

async function readLate(): Promise<string> {
  try {
    return await textOf(await send({ path: "/error-late" }));
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

function send(options: RequestOptions, content?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ port, host: "127.0.0.1", ...options }, resolve).on("error", reject).end(content);
  });
}

function textOf(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    incoming.setEncoding("utf8");
    incoming.on("data", (piece: string) => text += piece);
    incoming.on("end", () => resolve(text));
    incoming.on("error", reject);
  });
}
