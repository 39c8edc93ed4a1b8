/**
 * Which requests are for the server, not for a resource.
 *
 * @module
 */

import type { RequestHead } from "../parse/request_head.ts";

/**
 * Tells whether a request is for the server: `OPTIONS *`, and OPTIONS with an absolute form without path and query, which
 * means the same (RFC 9112, section 3.2.4).
 *
 * @param head The request's head
 * @returns Whether it is
 */
export function isServerWide({ method, targetParts: { form, pathAndQuery } }: RequestHead): boolean {
  return form === "asterisk" || (form === "absolute" && method === "OPTIONS" && pathAndQuery === "");
}
