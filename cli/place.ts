/**
 * Where a command listens: what its flags name, what `serve` of an adapter is given of it, and what is said about it.
 *
 * @module
 */

import { existsSync, lstatSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { CertificateFault } from "../adapters/certificate.ts";
import type { Address } from "../core/gateway/port.ts";
import { CommandError, toLine } from "./command_error.ts";

/** The files of a certificate and its key. */
export interface CertificateFiles {
  /** The certificate chain. */
  readonly cert: string;
  /** The private key. */
  readonly key: string;
}

/** Where to listen, as the flags name it. */
export type Place =
  | { readonly host: string; readonly port: number; readonly tls: CertificateFiles | undefined }
  | { readonly fd: number; readonly tls: CertificateFiles | undefined }
  | { readonly path: string };

/** The options of `serve` that say where to listen. */
export interface PlaceOptions {
  hostname?: string;
  port?: number;
  fd?: number;
  path?: string;
  cert?: string;
  key?: string;
}

/**
 * Makes options of a place.
 *
 * @param place The place
 * @returns The options, the files of the certificate read
 * @throws {CommandError} If one of the files cannot be read
 */
export function toPlaceOptions(place: Place): PlaceOptions {
  if ("path" in place) return { path: place.path };
  const where = "fd" in place ? { fd: place.fd } : { hostname: place.host, port: place.port };
  if (place.tls === undefined) return where;
  return { ...where, cert: readPem("certificate", place.tls.cert), key: readPem("key", place.tls.key) };
}

function readPem(what: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(`Cannot read the ${what} ${file}: ${toReason(error)}`);
  }
}

/**
 * Says where a server listens.
 *
 * @param place The place
 * @param address What the server tells of it
 * @returns A URL; of a Unix domain socket its path behind `unix:`, or else its descriptor
 */
export function toPlaceUrl(place: Place, address: Address): string {
  if (address.transport === "unix") {
    const path = "path" in place ? place.path : address.path;
    // Of a descriptor the runtimes do not know it.
    return path === "" && "fd" in place ? `descriptor ${place.fd}` : `unix:${path}`;
  }
  const host = "host" in place ? place.host : address.hostname;
  return `${"tls" in place && place.tls ? "https" : "http"}://${toAuthority(host, address.port)}`;
}

/**
 * Says why a command cannot listen.
 *
 * @param place Where
 * @param error What the adapter failed with
 * @returns One line
 */
export function toListenFault(place: Place, error: unknown): string {
  if (error instanceof CertificateFault && "tls" in place && place.tls) {
    return error.describe(place.tls.cert, place.tls.key);
  }
  if ("path" in place) return `Cannot listen on ${place.path}: ${toPathReason(place.path, error)}`;
  return `Cannot listen on ${"fd" in place ? `descriptor ${place.fd}` : toAuthority(place.host, place.port)}: ${
    toReason(error)
  }`;
}

function toAuthority(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function toPathReason(path: string, error: unknown): string {
  const code = codeOf(error);
  if (code === "EADDRINUSE") return isSocket(path) ? "a server listens there" : "there is a file, which is no socket";
  if (code === "EINVAL") return "the path is too long for a socket";
  // Node.js tells that as missing permission.
  return existsSync(dirname(path)) ? toReason(error) : "its folder is missing";
}

function isSocket(path: string): boolean {
  try {
    return lstatSync(path).isSocket();
  } catch {
    // It has gone meanwhile, so that there was a server.
    return true;
  }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["EADDRINUSE", "the address is in use"],
  ["EADDRNOTAVAIL", "this machine has no such address"],
  ["EACCES", "the system does not permit it"],
  ["EPERM", "the system does not permit it"],
  ["ENOTFOUND", "there is no such name"],
  ["EAI_AGAIN", "the name cannot be looked up now"],
  ["EMFILE", "no more files and connections may be open (see ulimit -n)"],
  ["ENFILE", "the system has too many files open"],
  ["ENOENT", "there is no such file or folder"],
  ["ENOTDIR", "there is no such file or folder"],
  ["EISDIR", "it is a folder"],
  ["ENAMETOOLONG", "the name is too long"],
  ["EINVAL", "it is no socket that listens"],
  ["ENOTSOCK", "it is no socket that listens"],
  ["EBADF", "it is no socket that listens"],
]);

/** The names of Deno's own errors, where they have no `code`. */
const CODES: ReadonlyMap<string, string> = new Map([
  ["AddrInUse", "EADDRINUSE"],
  ["AddrNotAvailable", "EADDRNOTAVAIL"],
  ["PermissionDenied", "EACCES"],
  ["NotFound", "ENOENT"],
]);

/** The runtimes say the same in different words. What only they know they say themselves. */
function toReason(error: unknown): string {
  return REASONS.get(codeOf(error) ?? "") ?? toLine(error);
}

function codeOf(error: unknown): string | undefined {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === "string" ? code : CODES.get(String(name));
}
