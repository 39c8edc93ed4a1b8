/**
 * The adapter for Deno: `Deno.listen`, and `node:tls` for TLS.
 *
 * @example Serve
 * ```ts
 * import { serve } from "@sluice/sluice/deno";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = serve((environ, startResponse) => {
 *   startResponse(200, { "content-type": "text/plain" });
 *   return `You asked for ${environ.target}\n`;
 * }, { hostname: "127.0.0.1", port: 0 });
 *
 * const { port } = server.address as Deno.NetAddr;
 * const response = await fetch(`http://127.0.0.1:${port}/tea`);
 * assertEquals(await response.text(), "You asked for /tea\n");
 * ```
 *
 * @module
 */

import type { App } from "../core/gateway/types.ts";
import { DenoConnection, listen } from "./deno_transport.ts";
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
 * @returns The server
 * @throws {TypeError | RangeError} If an option is wrong
 * @throws {Error} If it cannot listen: `Deno.errors.AddrInUse`, `NotCapable`, ... With TLS, and on
 * the path of a Unix domain socket that exists already, `Server.ready` tells instead
 */
export function serve(app: App, options: ServeOptions<Deno.Listener> = {}): Server {
  return serveWith(app, options, { ownedBlocks: false, listen });
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
  connection: Deno.Conn,
  options: ServeConnectionOptions = DEFAULTS,
): Promise<void> {
  return serveAlone(app, options, false, (service) => new DenoConnection(service, connection));
}
