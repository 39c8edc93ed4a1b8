/**
 * The adapter for Bun: `Bun.listen`. Sockets of `node:net`, which the caller has, are served as on Node.js.
 *
 * @example Serve
 * ```ts ignore
 * import { serve } from "@sluice/sluice/bun";
 *
 * const server = serve((environ, startResponse) => {
 *   startResponse(200, { "content-type": "text/plain" });
 *   return `You asked for ${environ.target}\n`;
 * }, { hostname: "127.0.0.1", port: 0 });
 * console.log(server.address);
 * ```
 *
 * @module
 */

import type { Server as NetServer } from "node:net";
import type { App } from "../core/gateway/types.ts";
import { listen } from "./bun_transport.ts";
import { serve as serveOnNode } from "./node.ts";
import type { ServeOptions } from "./options.ts";
import { type Server, serveWith } from "./server.ts";

export { serveConnection } from "./node.ts";
export type { Listening, ServeConnectionOptions, ServeOptions, ShutdownOptions } from "./options.ts";
export type { Server } from "./server.ts";
export { ServerFault } from "./server_fault.ts";

/**
 * Serves an application.
 *
 * @param app The application
 * @param options Where, and how
 * @returns The server
 * @throws {TypeError | RangeError} If an option is wrong
 * @throws {Error} If it cannot listen. On the path of a Unix domain socket that exists already, and with a listener of
 * the caller's or its descriptor, `Server.ready` tells instead
 */
export function serve(app: App, options: ServeOptions<NetServer> = {}): Server {
  if (options.listener !== undefined || options.fd !== undefined) return serveOnNode(app, options);
  return serveWith(app, options, { ownedBlocks: true, listen });
}
