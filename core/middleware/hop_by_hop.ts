/**
 * The fields that the bridges to and from Fetch do not pass on.
 *
 * @module
 */

/**
 * Fields about one connection, which are the gateway's to send (RFC 9110, section 7.6.1; RFC 9112, appendix C.2.2).
 */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
