/**
 * The subject of the vectors: `RUNTIME FILE PORT JSON`, a list of options of `serve` as JSON. It listens once for each,
 * on any free port, in one process, and prints `ports [PORT, ...]` in their order before it says that it listens.
 *
 * It reads each request to its end and answers what `toldOf` makes of it.
 *
 * @module
 */

import process from "node:process";
import type { ServeOptions } from "../../adapters/options.ts";
import type { Server } from "../../adapters/server.ts";
import { tellFault } from "../../bench/subjects/subject.ts";
import type { App } from "../../core/gateway/types.ts";
import { lint } from "../../core/middleware/lint.ts";
import { octets, textOf } from "../support/octet_text.ts";
import { toldOf } from "./vector_answer.ts";

const app: App = async ({ method, target, fields, input }, startResponse) => {
  const content = textOf(await input.read());
  startResponse(200, { "content-type": "text/plain" });
  const line = `${method} ${target}`;
  return octets(toldOf({ line, fields: fields.length, trailers: [...input.trailers], content }));
};

const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const { serve } = await import(`../../adapters/${runtime}.ts`) as {
  serve(app: App, options: ServeOptions<never>): Server;
};

const options = JSON.parse(process.argv[3] ?? "[{}]") as ServeOptions<never>[];
const servers = options.map((one) => serve(lint(app), { ...one, onError: tellFault, hostname: "127.0.0.1", port: 0 }));
await Promise.all(servers.map((server) => server.ready));
const ports = servers.map(({ address }) => address.transport === "tcp" ? address.port : 0);
console.log(`ports ${JSON.stringify(ports)}`);
console.log(`listening ${ports[0]}`);

process.on("SIGTERM", async () => {
  await Promise.all(servers.map((server) => server.shutdown()));
  process.exit(0);
});
