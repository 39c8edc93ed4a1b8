/**
 * The leaf for request targets and their four forms (RFC 9112, section 3.2).
 *
 * Which octets a target may have is checked by the request line's loop; here it is told which form it is, and the
 * authority in it is checked. Percent escapes pass undecoded.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { parseHost } from "./host.ts";

/** The four forms of a request target. */
export type TargetForm = "origin" | "absolute" | "authority" | "asterisk";

/** A request target, taken apart. */
export interface TargetParts {
  /** Its form. */
  readonly form: TargetForm;
  /** `http` or `https` for the absolute form, else undefined. */
  readonly scheme: "http" | "https" | undefined;
  /** Host and port for the absolute and authority forms, else undefined. */
  readonly authority: string | undefined;
  /** Path and query as they came: empty for the authority form, and for an absolute form without a path. */
  readonly pathAndQuery: string;
}

const ORIGIN_FORM_SLASH = 0x2f;
const SCHEME = /^(https?):\/\//i;
const ENCODED_CONTROL = /%(?:00|0a|0d)/i;
const ASTERISK: TargetParts = Object.freeze({
  form: "asterisk",
  scheme: undefined,
  authority: undefined,
  pathAndQuery: "*",
});

/**
 * Tells which form a target has and checks what that form demands.
 *
 * @param method The request's method: only CONNECT takes the authority form, only OPTIONS `*`
 * @param target The target, its octets already checked
 * @returns Its parts
 * @throws {ProtocolError} `bad-target`
 */
export function parseTarget(method: string, target: string): TargetParts {
  if (method === "CONNECT") return parseAuthorityForm(target);
  // `//host/x` too is a path here, never an authority.
  if (target.charCodeAt(0) === ORIGIN_FORM_SLASH) {
    return originForm(target);
  }
  if (target === "*") {
    if (method !== "OPTIONS") throw badTarget("* is for OPTIONS only");
    return ASTERISK;
  }
  return parseAbsoluteForm(target);
}

/**
 * Takes a path with its query apart: there is nothing to take apart.
 *
 * @param target The target, which starts with a slash; not that of CONNECT
 * @returns Its parts
 */
export function originForm(target: string): TargetParts {
  return { form: "origin", scheme: undefined, authority: undefined, pathAndQuery: target };
}

/**
 * Refuses a target with an escaped NUL, LF or CR, for those who ask for it.
 *
 * @param target The target
 * @throws {ProtocolError} `bad-target`
 */
export function refuseEncodedControls(target: string): void {
  if (ENCODED_CONTROL.test(target)) throw badTarget("it has an encoded control");
}

/**
 * The error for a target that is none.
 *
 * @param why What is wrong with it
 * @returns The error
 */
export function badTarget(why: string): ProtocolError {
  return new ProtocolError("bad-target", `Cannot parse request target: ${why}`);
}

function parseAuthorityForm(target: string): TargetParts {
  const parts = parseHost(target);
  // RFC 9112, section 3.2.3: "only the uri-host and port number", and CONNECT has no default port.
  if (!parts || parts.port === undefined || parts.port === "") throw badTarget("CONNECT takes host and port");
  return { form: "authority", scheme: undefined, authority: target, pathAndQuery: "" };
}

function parseAbsoluteForm(target: string): TargetParts {
  const match = SCHEME.exec(target);
  if (!match) throw badTarget("it is neither a path nor an http or https URI");
  const start = match[0].length;
  const pathStart = target.slice(start).search(/[/?]/);
  const end = pathStart < 0 ? target.length : start + pathStart;
  const authority = target.slice(start, end);
  if (!parseHost(authority)) throw badTarget("its authority is not a host with an optional port");
  const scheme = match[1]!.toLowerCase() as "http" | "https";
  return { form: "absolute", scheme, authority, pathAndQuery: target.slice(end) };
}
