/**
 * The dictionary of PEP 3333: what WSGI and CGI call the members of an environ, for tools and for applications written
 * against it.
 *
 * Values are "native strings" in PEP 3333's sense: one character is one octet, so a path beyond ASCII is UTF-8 read as
 * ISO-8859-1. What is absent is left out.
 *
 * @module
 */

import { encodeText } from "../write/utf8.ts";
import { decodePath, type Environ, type ErrorLog } from "./environ.ts";
import type { Input } from "./input.ts";
import type { Address, TlsInfo } from "./port.ts";

/** `wsgi.errors`: a text file that can only be written. */
export interface WsgiErrors extends ErrorLog {
  /**
   * Writes texts.
   *
   * @param texts The texts; no line ends are added
   */
  writelines(texts: Iterable<string>): void;
  /** Does nothing: what is written is not held back. */
  flush(): void;
}

/**
 * The dictionary. Beside the keys below it has one `HTTP_` key for each field name.
 *
 * @typeParam InputType What `wsgi.input` is
 */
export interface EnvironDict<InputType = Input> {
  /** Any other key. */
  [key: string]: unknown;
  /** The method. */
  REQUEST_METHOD: string;
  /** The path that led to the application. */
  SCRIPT_NAME: string;
  /** The rest of the path, percent escapes decoded, one character an octet. */
  PATH_INFO: string;
  /** What is behind the `?`, as it came; empty if there is none. */
  QUERY_STRING: string;
  /** The value of Content-Type, if it was sent. */
  CONTENT_TYPE?: string;
  /** The content's length in octets, if it is known. */
  CONTENT_LENGTH?: string;
  /** Our address's host, `unix` on a Unix domain socket. */
  SERVER_NAME: string;
  /** Our address's port; on a Unix domain socket the scheme's, because it must not be empty. */
  SERVER_PORT: string;
  /** The client's version: `HTTP/1.0` or `HTTP/1.1`. */
  SERVER_PROTOCOL: string;
  /** The name of the program. */
  SERVER_SOFTWARE: string;
  /** `CGI/1.1`. */
  GATEWAY_INTERFACE: string;
  /** The peer's host, `unix` on a Unix domain socket. */
  REMOTE_ADDR: string;
  /** The peer's port; not on a Unix domain socket. */
  REMOTE_PORT?: string;
  /** `on` with the scheme `https`. */
  HTTPS?: string;
  /** TLS's version, if the runtime tells it. */
  SSL_PROTOCOL?: string;
  /** TLS's cipher suite, if the runtime tells it. */
  SSL_CIPHER?: string;
  /** The name that the client asked for in TLS, if the runtime tells it. */
  SSL_TLS_SNI?: string;
  /** The version of WSGI. */
  "wsgi.version": readonly [major: 1, minor: 0];
  /** The scheme. */
  "wsgi.url_scheme": "http" | "https";
  /** The content. */
  "wsgi.input": InputType;
  /** Where to write what is for the operator. */
  "wsgi.errors": WsgiErrors;
  /** Whether the application may be called by several threads at once: never. */
  "wsgi.multithread": false;
  /** Whether other processes run the application too, as far as is known here. */
  "wsgi.multiprocess": false;
  /** Whether the process serves one request only. */
  "wsgi.run_once": false;
}

const ESCAPE = /%([0-9A-Fa-f]{2})/g;
const BEYOND_ASCII = /[^\0-\x7f]/;
/** The target's absolute form (RFC 9112, section 3.2.2), with its authority. */
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?]*)/;

/**
 * Gives an environ as the dictionary of PEP 3333 and CGI.
 *
 * A field whose name has an underscore is left out: as `HTTP_` key it could not be told from the one with a hyphen, and
 * would let a client speak for a proxy. Lines of one name are joined by `,`, those of Cookie by `; `. `HTTP_HOST` is the
 * target's authority where the target has one (RFC 9112, section 3.2.2).
 *
 * @param environ The environ
 * @returns A new dictionary, to be changed at will
 *
 * @example
 * ```ts
 * import { toEnvironDict } from "@sluice/sluice/core";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertEquals } from "@std/assert";
 *
 * let dict: Record<string, unknown> = {};
 * await exchange((environ, startResponse) => {
 *   dict = toEnvironDict(environ);
 *   startResponse(204);
 * }, "GET /a%20b?q=1 HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-A: 2\r\n\r\n");
 * assertEquals(dict.PATH_INFO, "/a b");
 * assertEquals(dict.HTTP_X_A, "1,2");
 * ```
 */
export function toEnvironDict(environ: Environ): EnvironDict {
  return {
    REQUEST_METHOD: environ.method,
    SCRIPT_NAME: toNative(environ.scriptName),
    PATH_INFO: nativePath(environ),
    QUERY_STRING: environ.queryString,
    SERVER_NAME: environ.serverName,
    SERVER_PORT: String(environ.serverPort ?? (environ.urlScheme === "https" ? 443 : 80)),
    SERVER_PROTOCOL: `HTTP/${environ.version}`,
    SERVER_SOFTWARE: "Sluice",
    GATEWAY_INTERFACE: "CGI/1.1",
    ...remoteKeys(environ.remote),
    ...(environ.urlScheme === "https" ? { HTTPS: "on" } : {}),
    ...tlsKeys(environ.tls),
    ...fieldKeys(environ),
    "wsgi.version": [1, 0],
    "wsgi.url_scheme": environ.urlScheme,
    "wsgi.input": environ.input,
    "wsgi.errors": toErrorFile(environ.errors),
    "wsgi.multithread": false,
    "wsgi.multiprocess": false,
    "wsgi.run_once": false,
  };
}

/** A text as a native string: its UTF-8, one character an octet. */
function toNative(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text;
  let native = "";
  for (const octet of encodeText(text)) native += String.fromCharCode(octet);
  return native;
}

/** The path's octets; of one that middleware has rewritten there is no raw form to take them from. */
function nativePath({ pathInfo, rawPathInfo }: Environ): string {
  if (decodePath(rawPathInfo) !== pathInfo) return toNative(pathInfo);
  return rawPathInfo.replace(ESCAPE, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function remoteKeys(remote: Address): { REMOTE_ADDR: string; REMOTE_PORT?: string } {
  if (remote.transport === "unix") return { REMOTE_ADDR: "unix" };
  return { REMOTE_ADDR: remote.hostname, REMOTE_PORT: String(remote.port) };
}

/** The names are those of Apache's mod_ssl, as PEP 3333 recommends. */
function tlsKeys(tls: TlsInfo | undefined): Record<string, string> {
  const keys: Record<string, string> = {};
  if (tls?.version !== undefined) keys.SSL_PROTOCOL = tls.version;
  if (tls?.cipher !== undefined) keys.SSL_CIPHER = tls.cipher;
  if (tls?.serverName !== undefined) keys.SSL_TLS_SNI = tls.serverName;
  return keys;
}

function fieldKeys(environ: Environ): Record<string, string> {
  const keys: Record<string, string> = {};
  for (const [name, value] of environ.fields) {
    if (name.includes("_")) continue;
    const key = keyOf(name);
    const separator = key === "HTTP_COOKIE" ? "; " : ",";
    keys[key] = keys[key] === undefined ? value : keys[key] + separator + value;
  }
  const authority = ABSOLUTE.exec(environ.target)?.[1];
  if (authority !== undefined) keys.HTTP_HOST = authority;
  const { length } = environ.input;
  const isFramed = keys.CONTENT_LENGTH !== undefined || keys.HTTP_TRANSFER_ENCODING !== undefined;
  // Chunked content has a length once middleware has gathered it.
  if (isFramed && length !== undefined) keys.CONTENT_LENGTH = String(length);
  return keys;
}

function keyOf(name: string): string {
  const key = name.toUpperCase().replaceAll("-", "_");
  return key === "CONTENT_TYPE" || key === "CONTENT_LENGTH" ? key : `HTTP_${key}`;
}

function toErrorFile(errors: ErrorLog): WsgiErrors {
  return {
    write: (text) => errors.write(text),
    writelines: (texts) => {
      for (const text of texts) errors.write(text);
    },
    flush: () => {},
  };
}
