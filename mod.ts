/**
 * Sluice: an HTTP/1.1 gateway server. Applications have the shape of WSGI; this module has `serve` for Deno and the
 * whole public core.
 *
 * ```ts
 * import { serve } from "@sluice/sluice";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = serve((environ, startResponse) => {
 *   startResponse(200, { "content-type": "text/plain" });
 *   return `Hello, ${environ.pathInfo.slice(1)}!\n`;
 * }, { hostname: "127.0.0.1", port: 0 });
 *
 * const { port } = server.address as Deno.NetAddr;
 * const response = await fetch(`http://127.0.0.1:${port}/World`);
 * assertEquals(await response.text(), "Hello, World!\n");
 * ```
 *
 * On Node.js import `serve` from `@sluice/sluice/node`, on Bun from `@sluice/sluice/bun`.
 *
 * @module
 */

export * from "./core/mod.ts";
export { serve, serveConnection, ServerFault } from "./adapters/deno.ts";
export type { Listening, ServeConnectionOptions, ServeOptions, Server, ShutdownOptions } from "./adapters/deno.ts";
