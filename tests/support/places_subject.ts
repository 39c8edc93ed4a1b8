/**
 * Tries to serve where that cannot be, and tells as lines of JSON what `serve` says: `RUNTIME FILE FOLDER UNBOUND
 * BOUND UNIX`, the latter three the descriptors of sockets that do not listen. Last it tells
 * how many descriptors are open that were not before, and ends by itself, if nothing is left that keeps it.
 *
 * @module
 */

import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import process from "node:process";
import type { ServeOptions } from "../../adapters/options.ts";
import type { Server } from "../../adapters/server.ts";
import type { App } from "../../core/gateway/types.ts";

/** What came of one attempt. */
export interface Attempt {
  /** Its name. */
  readonly name: string;
  /** Whether `serve` threw, `ready` rejected, or it serves. */
  readonly how: "thrown" | "rejected" | "serves";
  /** The error's code or else its name. */
  readonly code: string;
  /** The error's message. */
  readonly message: string;
}

const folder = process.argv[2]!;
const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const { serve } = await import(`../../adapters/${runtime}.ts`) as {
  serve(app: App, options: ServeOptions<never>): Server;
};

const file = `${folder}/file`;
writeFileSync(file, "precious");
const [cert, key, other] = ["localhost.crt", "localhost.key", "other.key"].map((name) =>
  readFileSync(new URL(name, import.meta.url), "utf8")
) as [string, string, string];
const taken = createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => taken.on("listening", resolve));
const { port } = taken.address() as { port: number };

// What a runtime opens once for all is no leak.
await attempt("warm up", { port: 0 });
await attempt("warm up", { port: 0, cert, key });
await attempt("warm up", { fd: 9999 });
// What is handed in is closed.
const [unbound, bound, unix] = process.argv.slice(3).map(Number) as [number, number, number];
await attempt("an unbound socket", { fd: unbound });
await attempt("a socket that does not listen", { fd: bound });
await attempt("a Unix socket that does not listen", { fd: unix });
// What the runtime opens in its own time is no leak either.
await settled();
const before = descriptors();
await attempt("port in use", { port });
await attempt("port in use, TLS", { port, cert, key });
await attempt("no such address", { hostname: "192.0.2.1", port: 0 });
await attempt("a regular file", { path: file });
await attempt("no such folder", { path: `${folder}/none/socket` });
await attempt("no descriptor", { fd: 9999 });
await attempt("key of another", { port: 0, cert, key: other });
await attempt("no certificate", { port: 0, cert: "garbage", key });
await attempt("no key", { port: 0, cert, key: cert });
await attempt("half a certificate", { port: 0, cert: cert.slice(0, 200), key });
await withoutDescriptors(() => attempt("out of descriptors", { port: 0 }));
// What was closed is gone some turns later.
await settled();
console.log(JSON.stringify({ left: descriptors() - before, file: readFileSync(file, "utf8") }));
taken.close();

async function attempt(name: string, options: ServeOptions<never>): Promise<void> {
  const place = "hostname" in options || "path" in options || "fd" in options ? {} : { hostname: "127.0.0.1" };
  let how: Attempt["how"] = "thrown";
  let fault: { code?: string; name?: string; message?: string } = {};
  try {
    const server = serve(() => "", { ...place, ...options });
    how = "rejected";
    await server.ready;
    how = "serves";
    await server.shutdown();
  } catch (error) {
    fault = error as typeof fault;
  }
  const { code = fault.name ?? "", message = "" } = fault;
  if (name !== "warm up") console.log(JSON.stringify({ name, how, code, message } satisfies Attempt));
}

async function withoutDescriptors(task: () => Promise<void>): Promise<void> {
  const open: number[] = [];
  try {
    for (;;) open.push(openSync("/dev/null", "r"));
  } catch {
    await task();
  }
  open.forEach((fd) => closeSync(fd));
}

function descriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
