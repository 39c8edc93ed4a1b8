/**
 * What `serve` and `serveConnection` take, the same on each runtime, and the check of it.
 *
 * @module
 */

import type { Address } from "../core/gateway/port.ts";
import type { GatewayOptions } from "../core/gateway/types.ts";

/** Options of `serve`. */
export interface ServeOptions<Listener = never> extends GatewayOptions {
  /** The name or address to listen on. @default {"0.0.0.0"} */
  hostname?: string;
  /** The port to listen on; 0 takes a free one, which `address` tells. @default {8000} */
  port?: number;
  /** The path of a Unix domain socket to listen on, instead of a host and a port. */
  path?: string;
  /**
   * How many connections the system keeps until they are accepted. On Bun the system's own 512 stand.
   *
   * @default {511}
   */
  backlog?: number;
  /**
   * The descriptor of a socket that listens already, which a supervisor opened and holds while servers come and go:
   * what waits in its queue then waits for the next server. On Deno and Bun it is `node:net` that carries.
   */
  fd?: number;
  /** A listening socket of the caller's, instead of one that `serve` opens. The server's shutdown closes it. */
  listener?: Listener;
  /** The certificate chain as PEM: with `key`, TLS is spoken. What else is in there does no harm. */
  cert?: string;
  /** The private key as PEM; of several the first. A key for RSA-PSS alone only Node.js can use. */
  key?: string;
  /**
   * How many connections may be open, idle ones too. Beyond it Deno does not accept; Node.js and Bun hold as many again
   * unread, in order, and close the rest.
   *
   * @default {Infinity}
   */
  connections?: number;
  /** Begins the shutdown, as `Server.shutdown` without arguments does. */
  signal?: AbortSignal;
  /** Told once the server listens. */
  onListen?: (listening: Listening) => void;
}

/** What `onListen` is told. */
export interface Listening {
  /** Where the server listens. */
  readonly address: Address;
}

/** Options of `serveConnection`. */
export interface ServeConnectionOptions extends GatewayOptions {
  /** Begins the shutdown of the connection, with no grace and the deadline `shutdown`. */
  signal?: AbortSignal;
}

/** Options of `Server.shutdown`. */
export interface ShutdownOptions {
  /** How long what still arrives on open connections is answered, in ms; each then closes once idle. @default {0} */
  grace?: number;
  /** After how long the connections that remain are aborted, in ms. @default {deadlines.shutdown} */
  deadline?: number;
}

/** Where to listen, and how. */
export interface ListenOptions<Listener> {
  /** The name or address, IPv6 without brackets. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
  /** The path of a Unix domain socket, or undefined. */
  readonly path: string | undefined;
  /** The length of the system's queue. */
  readonly backlog: number;
  /** The descriptor of a socket that listens, or undefined. */
  readonly fd: number | undefined;
  /** The caller's listening socket, or undefined. */
  readonly listener: Listener | undefined;
  /** The certificate with its key, or undefined for clear text. */
  readonly tls: Certificate | undefined;
}

/** The options of `serve`, checked and complete. */
export interface CheckedOptions<Listener> {
  /** Where to listen. */
  readonly place: ListenOptions<Listener>;
  /** How many connections may be open. */
  readonly connections: number;
  /** Begins the shutdown. */
  readonly signal: AbortSignal | undefined;
  /** Told once the server listens. */
  readonly onListen: ServeOptions["onListen"] | undefined;
  /** What concerns each conversation. */
  readonly gateway: GatewayOptions;
}

/** A certificate with its key. */
export interface Certificate {
  /** The certificate chain as PEM. */
  readonly cert: string;
  /** The private key as PEM. */
  readonly key: string;
}

/** Options that say where to listen; none of them goes together with a listener of the caller's. */
const PLACES = ["hostname", "port", "path", "backlog", "fd", "cert", "key"] as const;

/** Those that go together with the descriptor of a socket that listens. */
const BESIDE_FD: readonly string[] = ["fd", "cert", "key"];

/**
 * Checks the options of `serve`, completes them with the defaults, and parts them by whom they concern.
 *
 * @param options What the caller gave
 * @returns All of it
 * @throws {TypeError} If options do not go together, or one is of a wrong type
 * @throws {RangeError} If a number is out of its range
 */
export function checkServeOptions<Listener>(options: ServeOptions<Listener>): CheckedOptions<Listener> {
  checkTogether(options);
  const { hostname = "0.0.0.0", port = 8000, path, backlog = 511, fd, listener, cert, key, ...others } = options;
  const { connections = Infinity, signal, onListen, ...gateway } = others;
  for (const [name, value] of Object.entries({ hostname, path, cert, key })) checkText(name, value);
  checkInteger("port", port, 0, 65_535);
  checkInteger("backlog", backlog, 1, 2 ** 31 - 1);
  if (fd !== undefined) checkInteger("fd", fd, 0, 2 ** 31 - 1);
  if (connections !== Infinity) checkInteger("connections", connections, 1, Infinity);
  const tls = cert === undefined || key === undefined ? undefined : { cert: withoutMark(cert), key: withoutMark(key) };
  const place = { hostname: hostname.replace(/^\[(.*)\]$/, "$1"), port, path, backlog, fd, listener, tls };
  return { place, connections, signal, onListen, gateway };
}

/**
 * Checks the options of a shutdown, and completes them with the defaults.
 *
 * @param options What the caller gave
 * @param deadline The default of `deadline`
 * @returns All of it
 * @throws {RangeError} If one is not a number of at least 0
 */
export function checkShutdownOptions(options: ShutdownOptions, deadline: number): Required<ShutdownOptions> {
  const complete = { grace: options.grace ?? 0, deadline: options.deadline ?? deadline };
  for (const [name, ms] of Object.entries(complete)) {
    if (!(ms >= 0)) throw new RangeError(`Cannot shut down: ${name} ${ms} is not a number of at least 0`);
  }
  return complete;
}

/** Only Node.js would take it: a byte order mark, which editors put before a text. */
function withoutMark(pem: string): string {
  return pem.replace(/^\uFEFF/, "");
}

function checkTogether(options: ServeOptions<unknown>): void {
  const given = PLACES.filter((name) => options[name] !== undefined);
  if (options.listener !== undefined && given.length > 0) exclude("listener", given[0]);
  if ((options.cert === undefined) !== (options.key === undefined)) {
    throw new TypeError('Cannot serve: "cert" and "key" need each other');
  }
  const elsewhere = given.find((name) => !BESIDE_FD.includes(name));
  if (options.fd !== undefined && elsewhere !== undefined) exclude("fd", elsewhere);
  const other = given.find((name) => name !== "path" && name !== "backlog");
  if (options.path !== undefined && other !== undefined) exclude("path", other);
}

function exclude(one: string, other: string | undefined): never {
  throw new TypeError(`Cannot serve: "${one}" and "${other}" exclude each other`);
}

function checkText(name: string, value: unknown): void {
  if (value === undefined || (typeof value === "string" && value !== "")) return;
  throw new TypeError(`Cannot serve: "${name}" is not a string of at least one character`);
}

function checkInteger(name: string, value: unknown, least: number, most: number): void {
  if (typeof value !== "number") throw new TypeError(`Cannot serve: "${name}" is not a number`);
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Infinity ? `an integer of at least ${least}` : `an integer from ${least} to ${most}`;
  throw new RangeError(`Cannot serve: "${name}" ${value} is not ${range}`);
}
