/**
 * The demo application: what `serve` serves when it is not told otherwise, and the subject of tests and benches. Each
 * path shows one thing that a gateway must do well; cli/README.md has the table.
 *
 * It runs on every runtime as it is.
 *
 * @module
 */

import type { FieldsInit } from "../../core/fields.ts";
import type { Address } from "../../core/gateway/port.ts";
import type { Environ } from "../../core/gateway/environ.ts";
import type { App, Result, StartResponse } from "../../core/gateway/types.ts";
import { blocking } from "./blocking.ts";
import { chat, chatEvents, say } from "./chat.ts";
import { continued, discard, echo, readAway, trailers, unread, upload } from "./content.ts";
import { FETCH_PREFIX, fetched } from "./fetch.ts";
import { TEXT } from "./fields.ts";
import { profiles } from "./profiles.ts";
import { QueryError } from "./query.ts";
import { events, hooked, lastHook, signal, SIGNAL_PREFIX, wait, WAIT_PREFIX } from "./signals.ts";
import { fail, failLate, slept, stream } from "./streams.ts";
import { echoSocket } from "./websocket.ts";

const STATUS_PREFIX = "/status/";

/** curl puts the file's name behind it: `curl -T file http://host/uploader/`. */
const UPLOADER_PREFIX = "/uploader/";

const routes: ReadonlyMap<string, App> = new Map(Object.entries<App>({
  "/": hello,
  "/echo": echo,
  "/environ": describe,
  "/stream": stream,
  "/sleep": slept,
  "/continue": continued,
  "/unread": unread,
  "/discard": discard,
  "/error": fail,
  "/error-late": failLate,
  "/trailers": trailers,
  "/hints": hints,
  "/upgrade": upgrade,
  "/ws": echoSocket,
  "/blocking": blocking,
  "/events": events,
  "/hooks": hooked,
  "/hooks/last": lastHook,
  "/chat": chat,
  "/chat/events": chatEvents,
  "/chat/say": say,
  ...profiles,
}));

/**
 * The demo application.
 *
 * @param environ The request
 * @param startResponse Takes the head
 * @returns The content
 */
export default function demo(environ: Environ, startResponse: StartResponse): Result | PromiseLike<Result> {
  const route = routes.get(environ.pathInfo) ?? routeOf(environ.pathInfo);
  try {
    const result = route(environ, startResponse);
    return isPromise(result) ? result.then(undefined, (error) => explain(error, startResponse)) : result;
  } catch (error) {
    return explain(error, startResponse);
  }
}

/** The paths that only begin alike. */
const beginnings: readonly (readonly [prefix: string, app: App])[] = [
  [STATUS_PREFIX, status],
  [UPLOADER_PREFIX, upload],
  [WAIT_PREFIX, wait],
  [SIGNAL_PREFIX, signal],
  [FETCH_PREFIX, fetched],
];

function routeOf(path: string): App {
  return beginnings.find(([prefix]) => path.startsWith(prefix))?.[1] ?? notFound;
}

function notFound(environ: Environ, startResponse: StartResponse): Result {
  if (environ.method === "CONNECT") return refuse(501, "There is no proxy here\n", startResponse);
  return refuse(404, "There is nothing here\n", startResponse);
}

function isPromise(result: Result | PromiseLike<Result>): result is PromiseLike<Result> {
  return typeof (result as PromiseLike<Result> | undefined)?.then === "function";
}

function refuse(status: number, reason: string, startResponse: StartResponse): Result {
  startResponse(status, TEXT);
  return reason;
}

/** A bad query is the client's fault; all else is the gateway's to report. */
function explain(error: unknown, startResponse: StartResponse): Result {
  if (!(error instanceof QueryError)) throw error;
  return refuse(400, `${error.message}\n`, startResponse);
}

/** `/` */
function hello(_environ: Environ, startResponse: StartResponse): Result {
  startResponse(200, TEXT);
  return "Hello, World!\r\n";
}

/** `/environ`: the request as the application sees it. */
function describe(environ: Environ, startResponse: StartResponse): Result {
  startResponse(200, { "content-type": "application/json" });
  return JSON.stringify({
    method: environ.method,
    target: environ.target,
    scriptName: environ.scriptName,
    pathInfo: environ.pathInfo,
    rawPathInfo: environ.rawPathInfo,
    queryString: environ.queryString,
    version: environ.version,
    urlScheme: environ.urlScheme,
    serverName: environ.serverName,
    serverPort: environ.serverPort ?? null,
    remote: toPlain(environ.remote),
    fields: environ.fields,
  }) + "\n";
}

/** An adapter's addresses may be objects with more members, or with getters, which JSON leaves out. */
function toPlain(address: Address): Address {
  return address.transport === "unix"
    ? { transport: "unix", path: address.path }
    : { transport: "tcp", hostname: address.hostname, port: address.port };
}

/** What an answer of some statuses must have (RFC 9110, sections 15.5.2, 15.5.6, 15.5.8 and 15.5.22). */
const DEMANDED: ReadonlyMap<number, FieldsInit> = new Map(
  [
    [401, { "www-authenticate": "Bearer" }],
    [405, { "allow": "GET" }],
    [407, { "proxy-authenticate": "Bearer" }],
    [426, { "upgrade": "echo" }],
  ] as const,
);

/** `/status/NNN`: that status, without content of its own. */
function status(environ: Environ, startResponse: StartResponse): Result {
  const text = environ.pathInfo.slice(STATUS_PREFIX.length);
  if (!/^[2-9][0-9]{2}$/.test(text)) return refuse(400, "The status must be 200 to 999\n", startResponse);
  // RFC 9110, section 15.3.7: it must say which range it carries, and no range is empty.
  if (text === "206") return refuse(400, "The status must not be 206, for there is no range\n", startResponse);
  startResponse(Number(text), DEMANDED.get(Number(text)));
  return "";
}

/** `/hints`: 103 (Early Hints), then the answer. */
function hints(environ: Environ, startResponse: StartResponse): Result {
  const link = { link: "</style.css>; rel=preload" };
  environ.inform(103, link);
  startResponse(200, { "content-type": "text/plain", ...link });
  return "hints\n";
}

/** `/upgrade`: 101 to the protocol `echo`, whose octets all come back. */
async function upgrade(environ: Environ, startResponse: StartResponse): Promise<Result> {
  // A request's content comes before the octets of the new protocol.
  await readAway(environ);
  if (!isUpgradeTo(environ, "echo")) {
    startResponse(426, { "content-type": "text/plain", "upgrade": "echo" });
    return "This path wants an upgrade to the protocol echo\n";
  }
  const tunnel = environ.upgrade({ upgrade: "echo" });
  for await (const piece of tunnel) await tunnel.write(piece);
  tunnel.end();
}

/** RFC 9110, section 7.8: `upgrade` counts only if Connection names it, and never in HTTP/1.0. */
function isUpgradeTo(environ: Environ, protocol: string): boolean {
  return environ.version === "1.1" && environ.method !== "CONNECT" && lists(environ.fields.get("upgrade"), protocol) &&
    lists(environ.fields.get("connection"), "upgrade");
}

function lists(value: string | undefined, wanted: string): boolean {
  return value !== undefined && value.toLowerCase().split(",").some((member) => member.trim() === wanted);
}
