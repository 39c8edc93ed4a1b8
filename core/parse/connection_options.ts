/**
 * The leaf for the Connection field: a list of tokens (RFC 9110, sections 5.6.1 and 7.6.1).
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { isAll, TOKEN, trimSpace } from "../octets.ts";

/** The connection options that a server heeds. */
export interface ConnectionOptions {
  /** `close`: no further request on this connection. */
  readonly close: boolean;
  /** `keep-alive`: asked for by HTTP/1.0 clients. */
  readonly keepAlive: boolean;
  /** `upgrade`: the Upgrade field is meant for us. */
  readonly upgrade: boolean;
}

const NO_OPTIONS: ConnectionOptions = Object.freeze({ close: false, keepAlive: false, upgrade: false });
const ONLY_KEEP_ALIVE: ConnectionOptions = Object.freeze({ close: false, keepAlive: true, upgrade: false });
const ONLY_CLOSE: ConnectionOptions = Object.freeze({ close: true, keepAlive: false, upgrade: false });

/**
 * Reads the Connection field.
 *
 * @param value The value, the lines joined by commas; undefined if there is no such field
 * @returns The options; empty list elements are ignored and unknown options too
 * @throws {ProtocolError} `bad-field-line` for an option that is no token
 */
export function parseConnectionOptions(value: string | undefined): ConnectionOptions {
  if (value === undefined) return NO_OPTIONS;
  if (value === "keep-alive") return ONLY_KEEP_ALIVE;
  if (value === "close") return ONLY_CLOSE;
  let close = false;
  let keepAlive = false;
  let upgrade = false;
  for (const element of value.split(",")) {
    const option = trimSpace(element).toLowerCase();
    if (option === "") continue;
    if (!isAll(option, TOKEN)) {
      throw new ProtocolError("bad-field-line", "Cannot parse Connection: an option is no token");
    }
    close ||= option === "close";
    keepAlive ||= option === "keep-alive";
    upgrade ||= option === "upgrade";
  }
  return { close, keepAlive, upgrade };
}
