/**
 * The demo's paths for an application of the other kind: an object with `fetch`, as frameworks for the web give it.
 *
 * @module
 */

import type { App } from "../../core/gateway/types.ts";
import { fetchApp } from "../../core/middleware/fetch_app.ts";

/** What the paths begin with. */
export const FETCH_PREFIX = "/fetch/";

/** Written by hand; Hono's, h3's and others look the same from outside. */
const handler = {
  fetch(request: Request): Response {
    const { pathname } = new URL(request.url);
    const path = pathname.slice(FETCH_PREFIX.length - 1);
    if (path === "/") return new Response("Hello from fetch\n");
    if (path === "/json") return Response.json({ method: request.method, path });
    if (path === "/echo") {
      return new Response(request.body, { headers: { "content-type": "application/octet-stream" } });
    }
    return new Response("There is nothing here\n", { status: 404 });
  },
};

/** `/fetch/...`: the handler. */
export const fetched: App = fetchApp((request) => handler.fetch(request));
