/**
 * The HTTP server that a runtime brings along, as a subject: it reads a request's content to its end and answers 200.
 * `RUNTIME FILE PORT`.
 *
 * @module
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";

/** What is used of `Bun.serve`. */
interface BunServe {
  serve(options: { hostname: string; port: number; fetch: (request: Request) => Promise<Response> }): { port: number };
}

const hostname = "127.0.0.1";
const port = Number(process.argv[2]);

if ("Bun" in globalThis) {
  tell((globalThis as unknown as { Bun: BunServe }).Bun.serve({ hostname, port, fetch: answer }));
} else if ("Deno" in globalThis) Deno.serve({ hostname, port, onListen: tell }, answer);
else {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.end());
  });
  server.listen(port, hostname, () => tell(server.address() as AddressInfo));
}

async function answer(request: Request): Promise<Response> {
  await request.arrayBuffer();
  return new Response();
}

function tell({ port }: { port: number }): void {
  console.log(`listening ${port}`);
}
