/**
 * `mount`: several applications under one, each at its prefix of the path. The longest prefix wins; what was matched
 * moves from `pathInfo` to `scriptName`, as CGI has it.
 *
 * Paths are matched segment by segment and each segment is decoded alone, so `/%61pi` is `/api`, and `/api%2Fx` is one
 * segment and not below `/api`.
 *
 * @module
 */

import { deriveEnviron } from "../gateway/derive_environ.ts";
import { decodePath, type Environ } from "../gateway/environ.ts";
import type { App, Result, StartResponse } from "../gateway/types.ts";

/** Applications by prefix. */
export type Prefixes = Iterable<readonly [prefix: string, app: App]> | Readonly<Record<string, App>>;

interface Mount {
  readonly segments: readonly string[];
  readonly app: App;
}

/**
 * Makes one application of several.
 *
 * A prefix matches its own path and all below it: `/api` matches `/api` and `/api/users`, not `/apis`. `""` and `/`
 * match all. Where none does the answer is 404.
 *
 * @param prefixes The applications by prefix: a record, or pairs. Prefixes are decoded text and begin with `/`; a `/`
 * at their end counts for nothing
 * @returns The application
 * @throws {TypeError} For a prefix without `/` at its beginning, one that stands twice, and what is no application
 *
 * @example
 * ```ts
 * import { mount } from "@sluice/sluice/middleware";
 * import type { App } from "@sluice/sluice";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertMatch } from "@std/assert";
 *
 * const tell: App = ({ scriptName, pathInfo }, startResponse) => {
 *   startResponse(200, { "content-type": "text/plain" });
 *   return `${scriptName} ${pathInfo}`;
 * };
 * const app = mount({ "/api": tell, "/api/v2": tell });
 * const answer = await exchange(app, "GET /api/v2/users HTTP/1.1\r\nHost: a\r\n\r\n");
 * assertMatch(new TextDecoder().decode(answer), /\/api\/v2 \/users$/);
 * ```
 */
export function mount(prefixes: Prefixes): App {
  const mounts = parsePrefixes(prefixes);
  return (environ, startResponse) => {
    const path = rawPath(environ);
    const segments = path.split("/");
    const decoded = path.includes("%") ? segments.map(decodePath) : segments;
    const found = mounts.find((mount) => isBelow(decoded, mount.segments));
    if (!found) return notFound(startResponse);
    const depth = found.segments.length;
    if (depth === 1) return found.app(environ, startResponse);
    const rest = segments.slice(depth);
    const derived = deriveEnviron(environ, {
      scriptName: environ.scriptName + decoded.slice(0, depth).join("/"),
      pathInfo: rest.map((segment) => `/${decodePath(segment)}`).join(""),
      rawPathInfo: rest.map((segment) => `/${segment}`).join(""),
    });
    return found.app(derived, startResponse);
  };
}

/** The longest first. */
function parsePrefixes(prefixes: Prefixes): Mount[] {
  const mounts = new Map<string, Mount>();
  const pairs = isPairs(prefixes) ? prefixes : Object.entries(prefixes);
  for (const [prefix, app] of pairs) {
    if (prefix !== "" && !prefix.startsWith("/")) {
      throw new TypeError(`Cannot mount at ${JSON.stringify(prefix)}: a prefix begins with "/"`);
    }
    if (typeof app !== "function") throw new TypeError(`Cannot mount at "${prefix}": ${typeof app} is no application`);
    const trimmed = prefix.replace(/\/$/, "");
    if (mounts.has(trimmed)) throw new TypeError(`Cannot mount at "${prefix}": the prefix stands twice`);
    mounts.set(trimmed, { segments: trimmed.split("/"), app });
  }
  return [...mounts.values()].sort((one, other) => other.segments.length - one.segments.length);
}

function isPairs(prefixes: Prefixes): prefixes is Iterable<readonly [string, App]> {
  return typeof (prefixes as { [Symbol.iterator]?: unknown })[Symbol.iterator] === "function";
}

/** Of a path that middleware has rewritten there is no raw form: one is made, so that it decodes to the path again. */
function rawPath({ pathInfo, rawPathInfo }: Environ): string {
  if (pathInfo === rawPathInfo || pathInfo === decodePath(rawPathInfo)) return rawPathInfo;
  return pathInfo.replaceAll("%", "%25");
}

/** The first segment is the empty one before the first `/`; `*` and an empty path have only that. */
function isBelow(path: readonly string[], prefix: readonly string[]): boolean {
  if (prefix.length === 1) return true;
  return prefix.length <= path.length && prefix.every((segment, i) => segment === path[i]);
}

function notFound(startResponse: StartResponse): Result {
  startResponse(404, { "content-type": "text/plain" });
  return "There is nothing here\n";
}
