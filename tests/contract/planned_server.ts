/**
 * A server of the runtime's own, as a subject: `RUNTIME planned_server.ts PORT [http]`. `Deno.serve` or `Bun.serve`, and
 * `node:http` on Node.js or where `http` asks for it. It answers as the requests ask (`planned_exchanges.ts`).
 *
 * @module
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { type PlannedAnswer, readFromField, type SeenRequest, tellInField } from "./planned_exchanges.ts";

/** What is used of `Deno.serve` and `Bun.serve`. */
interface Runtimes {
  readonly Deno?: {
    serve(
      options: { hostname: string; port: number; onListen: (at: { port: number }) => void },
      handler: Handler,
    ): void;
  };
  readonly Bun?: { serve(options: { hostname: string; port: number; fetch: Handler }): { port: number } };
}

type Handler = (request: Request) => Promise<Response>;

const [port = "0", wanted] = process.argv.slice(2);
const at = { hostname: "127.0.0.1", port: Number(port) };
const { Deno: deno, Bun: bun } = globalThis as unknown as Runtimes;

if (wanted !== "http" && deno) deno.serve({ ...at, onListen: ({ port }) => listening(port) }, answerFetch);
else if (wanted !== "http" && bun) listening(bun.serve({ ...at, fetch: answerFetch }).port);
else {
  const server = createServer((request, response) => void answerNode(request, response));
  server.listen(at.port, at.hostname, () => listening((server.address() as AddressInfo).port));
}

function listening(port: number): void {
  console.log(`listening ${port}`);
}

async function answerFetch(request: Request): Promise<Response> {
  const { status, framing, content, mark } = readFromField<PlannedAnswer>(request.headers.get("x-answer"));
  const seen: SeenRequest = {
    method: request.method,
    target: request.url.replace(/^http:\/\/[^/]*/, ""),
    mark: request.headers.get("x-mark") ?? undefined,
    content: await request.text(),
    trailer: undefined,
  };
  const headers = { "x-mark": mark, "x-seen": tellInField(seen) };
  const hasContent = status !== 204 && status !== 304;
  const body = framing === "length" ? content : new Blob([content]).stream();
  return new Response(hasContent ? body : null, { status, headers });
}

async function answerNode(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, framing, content, mark, trailer } = readFromField<PlannedAnswer>(String(request.headers["x-answer"]));
  let received = "";
  request.setEncoding("latin1");
  for await (const piece of request) received += piece;
  const seen: SeenRequest = {
    method: request.method!,
    target: request.url!,
    mark: request.headers["x-mark"] as string | undefined,
    content: received,
    trailer: request.trailers["x-trailer"],
  };
  response.writeHead(status, {
    "x-mark": mark,
    "x-seen": tellInField(seen),
    ...(framing === "length" && status !== 204 && { "content-length": content.length }),
  });
  for (let from = 0; from < content.length; from += 100) response.write(content.slice(from, from + 100));
  if (trailer !== undefined) response.addTrailers({ "x-trailer": trailer });
  response.end();
}
