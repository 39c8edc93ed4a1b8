/**
 * The adapter for Node.js: `node:net` and `node:tls`. It runs on Deno and Bun too.
 *
 * @example Serve
 * ```ts
 * import { serve } from "@sluice/sluice/node";
 * import { assertEquals } from "@std/assert";
 *
 * const server = serve((environ, startResponse) => {
 *   startResponse(200, { "content-type": "text/plain" });
 *   return `You asked for ${environ.target}\n`;
 * }, { hostname: "127.0.0.1", port: 0 });
 * await server.ready;
 *
 * const { port } = server.address as { port: number };
 * const response = await fetch(`http://127.0.0.1:${port}/tea`);
 * assertEquals(await response.text(), "You asked for /tea\n");
 * await server.shutdown();
 * ```
 *
 * @module
 */

import type { Server as NetServer, Socket } from "node:net";
import type { App } from "../core/gateway/types.ts";
import { listen, NodeConnection } from "./node_transport.ts";
import type { ServeConnectionOptions, ServeOptions } from "./options.ts";
import { DEFAULTS, serveAlone } from "./serve_alone.ts";
import { type Server, serveWith } from "./server.ts";

export type { Listening, ServeConnectionOptions, ServeOptions, ShutdownOptions } from "./options.ts";
export type { Server } from "./server.ts";
export { ServerFault } from "./server_fault.ts";

/**
 * Serves an application.
 *
 * @param app The application
 * @param options Where, and how
 * @returns The server; `Server.ready` tells when it listens, or that it cannot
 * @throws {TypeError | RangeError} If an option is wrong
 */
export function serve(app: App, options: ServeOptions<NetServer> = {}): Server {
  return serveWith(app, options, { ownedBlocks: true, listen });
}

/**
 * Serves one connection that the caller accepted.
 *
 * @param app The application
 * @param connection The connection, which is the server's from now on
 * @param options How; give the same object for all connections that are served alike
 * @returns Settles when it has ended
 */
export function serveConnection(
  app: App,
  connection: Socket,
  options: ServeConnectionOptions = DEFAULTS,
): Promise<void> {
  return serveAlone(app, options, true, (service) => new NodeConnection(service, connection));
}
