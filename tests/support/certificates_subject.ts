/**
 * Serves certificates in the forms that files have, and tells as lines of JSON what a client gets: `RUNTIME FILE`.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import type { ServeOptions } from "../../adapters/options.ts";
import type { Server } from "../../adapters/server.ts";
import type { App } from "../../core/gateway/types.ts";

/** What came of one form. */
export interface Served {
  /** Its name. */
  readonly name: string;
  /** The answer's first line, or what `serve` or the client failed with. */
  readonly said: string;
}

const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const { serve } = await import(`../../adapters/${runtime}.ts`) as {
  serve(app: App, options: ServeOptions<never>): Server;
};

const [cert, key, other, pssCert, pssKey] = ["localhost.crt", "localhost.key", "expired.crt", "pss.crt", "pss.key"]
  .map((name) => readFileSync(new URL(name, import.meta.url), "utf8")) as [string, string, string, string, string];
const broken = "-----BEGIN CERTIFICATE-----\nZ2FyYmFnZQ==\n-----END CERTIFICATE-----\n";

await serveWith("one of each", cert, key);
await serveWith("a chain", cert + other, key);
await serveWith("one file, key first", key + cert, key + cert);
await serveWith("one file, certificate first", cert + other + key, cert + other + key);
await serveWith("text around", `subject=CN = localhost\n${cert}\nissuer=\n${other}`, `Bag Attributes\n${key}\n`);
await serveWith("CRLF", cert.replaceAll("\n", "\r\n"), key.replaceAll("\n", "\r\n"));
await serveWith("a byte order mark", `\uFEFF${cert}`, `\uFEFF${key}`);
await serveWith("a broken second block", cert + broken, key);
await serveWith("half a second block", cert + other.slice(0, 200), key);
await serveWith("no key in the file", cert, cert + other);
await serveWith("RSA-PSS", pssCert, pssKey);

async function serveWith(name: string, cert: string, key: string): Promise<void> {
  let said: string;
  try {
    await using server = serve((_environ, startResponse) => void startResponse(200, {}), {
      hostname: "127.0.0.1",
      port: 0,
      cert,
      key,
    });
    await server.ready;
    said = await ask((server.address as { port: number }).port);
  } catch (error) {
    said = (error as Error).message;
  }
  console.log(JSON.stringify({ name, said } satisfies Served));
}

function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    // Which certificate is trusted is not asked here.
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    });
    socket.once("data", (bytes: Uint8Array) => resolve(new TextDecoder().decode(bytes).split("\r\n")[0]!));
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("The server has closed")));
  });
}
