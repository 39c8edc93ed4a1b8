/**
 * The fetch bridge: a handler in the shape of the Fetch standard, `(request) => response`, as an application of the
 * gateway. Any framework that has such a handler runs on Sluice through it.
 *
 * What the bridge decides where the two worlds differ:
 *
 * - Content streams both ways, as fast as the slower side. The request's signal fires when the client is lost, never
 *   on success; a Response's body is cancelled then.
 * - 501 for methods that Fetch forbids or spells otherwise: CONNECT, TRACE and TRACK in any case, and `get`, `Post`
 *   and their like, which HTTP tells from `GET` and `POST`. 400 for a host that makes no URL.
 * - GET and HEAD have no body in Fetch: content that comes with them is drained.
 * - The URL is normalised as URLs are (`/a/../b` is `/b`); `environ.target` has what was sent. `//host/x` is a path.
 * - A `Request` made of the request (`new Request(request)`) has neither its signal nor, on Bun, an uncommon method;
 *   `request.clone()` has both.
 * - Fields of a Response about the connection are dropped, and `connection: close` is honoured. Its Content-Length is
 *   kept. The gateway sends ASCII only: a Response with other characters in a field's value is an error of the
 *   handler, as one with a status below 200 is, and one whose body was read already. Encode them (RFC 8187).
 * - What a handler throws is an application's error: the gateway answers 500, or aborts if the head is out.
 *
 * @module
 */

import type { Environ } from "../gateway/environ.ts";
import type { App, Result, StartResponse } from "../gateway/types.ts";
import { toRequest } from "./fetch_request.ts";
import { sendResponse } from "./fetch_response.ts";

/**
 * A handler in the shape of the Fetch standard.
 *
 * @param request The request
 * @param environ The same request as the gateway has it, with what Fetch has no words for: addresses, TLS, trailers,
 * interim responses, state
 * @returns The response, or a promise of it
 */
export type FetchHandler = (request: Request, environ: Environ) => Response | Promise<Response>;

/**
 * Makes an application of a fetch handler.
 *
 * @param handler Answers a request
 * @returns The application
 *
 * @example
 * ```ts
 * import { fetchApp } from "@sluice/sluice/fetch";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const app = fetchApp((request) => new Response(`You asked for ${new URL(request.url).pathname}`));
 * const answer = await exchange(app, new TextEncoder().encode("GET /a HTTP/1.1\r\nHost: example\r\n\r\n"));
 * assertStringIncludes(new TextDecoder().decode(answer), "You asked for /a");
 * ```
 */
export function fetchApp(handler: FetchHandler): App {
  return async (environ: Environ, startResponse: StartResponse): Promise<Result> => {
    const request = toRequest(environ);
    if (request instanceof Request) return sendResponse(await handler(request, environ), environ, startResponse);
    startResponse(request, { "content-type": "text/plain" });
    return REFUSALS[request];
  };
}

const REFUSALS = {
  400: "The host makes no URL\n",
  501: "Requests of this method are not served\n",
};
