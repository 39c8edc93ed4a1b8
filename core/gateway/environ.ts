/**
 * `Environ`: what an application is told of a request and its surroundings, computed on first use.
 *
 * @module
 */

import type { FieldSection, FieldsInit } from "../fields.ts";
import type { RequestHead } from "../parse/request_head.ts";
import type { ExchangeDeadlines } from "./exchange_deadlines.ts";
import { checkMinimumChunkSize } from "./gathering.ts";
import type { Input } from "./input.ts";
import type { Address, Port, TlsInfo } from "./port.ts";
import { isServerWide } from "./server_wide.ts";
import type { Signals } from "./signals.ts";
import type { Tunnel } from "./tunnel.ts";

/** How an exchange ended. */
export interface Outcome {
  /** The status of the final response; 0 if none went out. */
  readonly status: number;
  /** Octets of content sent. */
  readonly bodyBytes: number;
  /** Octets sent in all: interim responses, heads, transfer coding and content. */
  readonly wireBytes: number;
  /** true if the answer was handed to the transport whole. */
  readonly completed: boolean;
  /** What went wrong, if anything: the application's error, a `ProtocolError`, or why the connection was lost. */
  readonly error: unknown;
  /** From when the request's head had come to the last octet handed to the transport, in ms. */
  readonly durationMs: number;
}

/** Runs when the answer is fully sent or the client has left. */
export type PostHook = (environ: Environ, outcome: Outcome) => void | Promise<void>;

/** Where an application writes what is for the operator (`wsgi.errors`). */
export interface ErrorLog {
  /**
   * Writes a text.
   *
   * @param text The text
   */
  write(text: string): void;
}

/** What the gateway gives an `Environ` to compute its members from. */
export interface EnvironSource {
  /** The request's head. */
  readonly head: RequestHead;
  /** The connection it came on. */
  readonly port: Port;
  /** Where `environ.errors` goes. */
  readonly errors: ErrorLog;
  /** Octets that items are gathered to. */
  minimumChunkSize: number;
  /** What few applications ask for: made when one does. */
  readonly context: EnvironContext;
  /**
   * Sends an interim response.
   *
   * @param status The status code
   * @param fields Its fields
   */
  inform(status: number, fields: FieldsInit | undefined): void;
  /**
   * Takes the trailer fields of the answer.
   *
   * @param fields The fields, or a function that gives them at the end
   */
  setTrailers(fields: FieldsInit | (() => FieldsInit)): void;
  /**
   * Switches protocols.
   *
   * @param fields The fields of the 101
   * @returns The tunnel
   */
  upgrade(fields: FieldsInit | undefined): Tunnel;
}

/** What an exchange has for its application beside the request itself. */
export interface EnvironContext {
  /** The content. */
  readonly input: Input;
  /** Fires when the connection is lost. */
  readonly signal: AbortSignal;
  /** Fires when the peer has ended its side, or the server drains. */
  readonly closing: AbortSignal;
  /** Signals and time. */
  readonly signals: Signals;
  /** What the exchange may take its time for. */
  readonly exchangeDeadlines: ExchangeDeadlines;
}

const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;

/** A request and its surroundings. Members may be overwritten by middleware; the server does not read them back. */
export class Environ {
  readonly #source: EnvironSource;
  #postHooks: PostHook[] | undefined;
  #state: Record<string, unknown> | undefined;
  #pathInfo: string | undefined;
  /** The path that led to the application (`SCRIPT_NAME`): moved from `pathInfo` by `mount`. @default {""} */
  scriptName = "";
  /** What the last promise that a generator application yielded gave. */
  result: unknown = undefined;
  /** The error of the last promise that a generator application yielded, if it failed. */
  exception: unknown = undefined;

  /**
   * Makes an `Environ`.
   *
   * @param source What the members are computed from
   */
  constructor(source: EnvironSource) {
    this.#source = source;
  }

  /** The method, its case kept. */
  get method(): string {
    return this.#source.head.method;
  }

  /** The request target as it came. */
  get target(): string {
    return this.#source.head.target;
  }

  /** The path, percent escapes decoded as UTF-8; escapes that are no UTF-8 stay as they are. */
  get pathInfo(): string {
    return this.#pathInfo ??= decodePath(this.rawPathInfo);
  }

  /** Moves the path: what `mount` does. */
  set pathInfo(path: string) {
    this.#pathInfo = path;
  }

  /** The path as it came. `*` for `OPTIONS *`, empty for CONNECT. */
  get rawPathInfo(): string {
    const { head } = this.#source;
    if (isServerWide(head)) return "*";
    const { form, pathAndQuery } = head.targetParts;
    const mark = pathAndQuery.indexOf("?");
    const path = mark < 0 ? pathAndQuery : pathAndQuery.slice(0, mark);
    return path === "" && form === "absolute" ? "/" : path;
  }

  /** What is behind the target's `?`, as it came; empty if there is none. */
  get queryString(): string {
    const { pathAndQuery } = this.#source.head.targetParts;
    const mark = pathAndQuery.indexOf("?");
    return mark < 0 ? "" : pathAndQuery.slice(mark + 1);
  }

  /** The client's version; above 1.1 it is served as 1.1. */
  get version(): "1.0" | "1.1" {
    return this.#source.head.minorVersion === 0 ? "1.0" : "1.1";
  }

  /** `https` on TLS, and where a trusted gateway's absolute target says so; else `http`. */
  get urlScheme(): "http" | "https" {
    if (this.#source.port.tls) return "https";
    // A target with https on clear text got here only if `trustedGateway` lets it.
    return this.#source.head.targetParts.scheme ?? "http";
  }

  /** The target URI (RFC 9110, section 7.1), put together and never parsed: it may be one that `URL` refuses. */
  get url(): string {
    const { head } = this.#source;
    const { form, authority, pathAndQuery } = head.targetParts;
    // Empty too: behind `http://` nothing but a host may stand, or the path's first segment would be taken for one.
    const host = authority || head.host || this.#localAuthority();
    if (form === "authority" || isServerWide(head)) return `${this.urlScheme}://${host}`;
    return `${this.urlScheme}://${host}${pathAndQuery.startsWith("/") ? "" : "/"}${pathAndQuery}`;
  }

  /** The field section. */
  get fields(): FieldSection {
    return this.#source.head.fields;
  }

  /** Our address's host, `unix` on a Unix domain socket (`SERVER_NAME`). */
  get serverName(): string {
    const { local } = this.#source.port;
    return local.transport === "tcp" ? local.hostname : "unix";
  }

  /** Our address's port, undefined on a Unix domain socket (`SERVER_PORT`). */
  get serverPort(): number | undefined {
    const { local } = this.#source.port;
    return local.transport === "tcp" ? local.port : undefined;
  }

  /** Our address. */
  get local(): Address {
    return this.#source.port.local;
  }

  /** The peer's address. */
  get remote(): Address {
    return this.#source.port.remote;
  }

  /** The connection's TLS, undefined on clear text. */
  get tls(): TlsInfo | undefined {
    return this.#source.port.tls;
  }

  /** The content. */
  get input(): Input {
    return this.#source.context.input;
  }

  /**
   * Octets that the items of an iterable are gathered to before they go out as one chunk; the server's by default. It
   * may be set at any time and counts from the next item on.
   */
  get minimumChunkSize(): number {
    return this.#source.minimumChunkSize;
  }

  /** Changes it for this exchange; a RangeError if it is no number of at least 0. */
  set minimumChunkSize(octets: number) {
    this.#source.minimumChunkSize = checkMinimumChunkSize(octets);
  }

  /** Where to write what is for the operator. */
  get errors(): ErrorLog {
    return this.#source.errors;
  }

  /** Run, in order, when the answer is fully sent or the client has left. */
  get postHooks(): PostHook[] {
    return this.#postHooks ??= [];
  }

  /** Replaces the hooks. */
  set postHooks(hooks: PostHook[]) {
    this.#postHooks = hooks;
  }

  /** Whether `postHooks` was ever asked for: most requests have none. */
  get hasPostHooks(): boolean {
    return this.#postHooks !== undefined && this.#postHooks.length > 0;
  }

  /** A place for what middleware and application tell each other; without a prototype, so any name will do. */
  get state(): Record<string, unknown> {
    return this.#state ??= Object.create(null) as Record<string, unknown>;
  }

  /** Fires when the connection is lost: reset, write failure, stall, or the deadline of a shutdown. Never on success. */
  get signal(): AbortSignal {
    return this.#source.context.signal;
  }

  /** Fires when the peer has ended its side or the server begins to drain; answers still go out. */
  get closing(): AbortSignal {
    return this.#source.context.closing;
  }

  /** Signals between exchanges, and time. Waits end with the client. */
  get signals(): Signals {
    return this.#source.context.signals;
  }

  /** The deadlines of this exchange, which `set` changes. */
  get deadlines(): ExchangeDeadlines {
    return this.#source.context.exchangeDeadlines;
  }

  /**
   * Sends an interim response at once (RFC 9110, section 15.2). Does nothing to an HTTP/1.0 client.
   *
   * @param status The status code, 100 to 199 but not 101
   * @param fields Its fields
   * @throws {RangeError} For another status code
   * @throws {TypeError} For a field that may not leave, or when the final head is out
   */
  inform(status: number, fields?: FieldsInit): void {
    this.#source.inform(status, fields);
  }

  /**
   * Gives the trailer section of the answer (RFC 9112, section 7.1.2). It goes out if the content is chunked, so not to
   * an HTTP/1.0 client.
   *
   * @param fields The fields, or a function that gives them when the content has ended
   * @throws {TypeError} For a field that may not leave there
   */
  trailers(fields: FieldsInit | (() => FieldsInit)): void {
    this.#source.setTrailers(fields);
  }

  /**
   * Takes the connection out of HTTP: sends 101 (Switching Protocols), or 200 to CONNECT.
   *
   * @param fields The fields of the head; with 101 `upgrade` names the protocol, by default the client's first choice
   * @returns The bytes both ways, those that came behind the request included
   * @throws {TypeError} If the request asks for no upgrade, its head is out, or its content is unread
   */
  upgrade(fields?: FieldsInit): Tunnel {
    return this.#source.upgrade(fields);
  }

  #localAuthority(): string {
    const { local } = this.#source.port;
    if (local.transport === "unix") return "localhost";
    const host = local.hostname.includes(":") ? `[${local.hostname}]` : local.hostname;
    return `${host}:${local.port}`;
  }
}

/**
 * Decodes a path's percent escapes as UTF-8.
 *
 * @param path The path as it came
 * @returns The path; escapes that are no UTF-8 stay as they are
 */
export function decodePath(path: string): string {
  if (!path.includes("%")) return path;
  return tryDecode(path) ?? path.replace(ESCAPES, (escapes) => tryDecode(escapes) ?? escapes);
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
