/**
 * The reception: decides who serves a request, before an application sees it.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import type { ProtocolOptions } from "../limits.ts";
import type { RequestHead } from "../parse/request_head.ts";
import { isServerWide } from "./server_wide.ts";
import type { App } from "./types.ts";

/**
 * Decides who serves a request.
 *
 * @param head The request
 * @param isTls Whether it came on TLS
 * @param protocol Departures from the strict reading
 * @param app The application
 * @returns The application, the server itself, or the error that refuses the request
 */
export function receive(
  head: RequestHead,
  isTls: boolean,
  protocol: Readonly<ProtocolOptions>,
  app: App,
): App | ProtocolError {
  const { scheme } = head.targetParts;
  // RFC 9110, section 7.4: a request for https that came in the clear was not meant for here.
  if (scheme === "https" && !isTls && !protocol.trustedGateway) {
    return new ProtocolError("misdirected-request", "Cannot serve https target: the connection has no TLS");
  }
  return isServerWide(head) && !protocol.asteriskToApplication ? answerAsterisk : app;
}

/** `OPTIONS *` asks the server, not a resource (RFC 9110, section 9.3.7). Which methods there are, the resources say. */
const answerAsterisk: App = (_environ, startResponse) => {
  startResponse(204, { allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" });
};
