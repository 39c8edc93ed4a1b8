/**
 * One answer of 2 KiB by each style of application: what tells how much a style costs. All answers are the same to
 * the octet.
 *
 * @module
 */

import { FieldSection } from "../../core/fields.ts";
import type { Environ } from "../../core/gateway/environ.ts";
import type { App, Result, StartResponse } from "../../core/gateway/types.ts";

const PIECE = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-\n".repeat(4);
const PIECES: readonly string[] = new Array<string>(8).fill(PIECE);
const CONTENT = PIECES.join("");

const FIELDS: FieldSection = new FieldSection(["content-type", "text/plain", "content-length", String(CONTENT.length)]);

/** The styles, by path. */
export const profiles: Readonly<Record<string, App>> = {
  "/profile/string": (_environ: Environ, startResponse: StartResponse): Result => {
    startResponse(200, FIELDS);
    return CONTENT;
  },
  "/profile/list": (_environ: Environ, startResponse: StartResponse): Result => {
    startResponse(200, FIELDS);
    return PIECES;
  },
  "/profile/generator": function* (_environ: Environ, startResponse: StartResponse): Generator<string, void> {
    startResponse(200, FIELDS);
    for (const piece of PIECES) yield piece;
  },
  "/profile/async": async function* (_environ: Environ, startResponse: StartResponse): AsyncGenerator<string, void> {
    startResponse(200, FIELDS);
    for (const piece of PIECES) yield piece;
  },
  "/profile/write": (_environ: Environ, startResponse: StartResponse): Result => {
    const write = startResponse(200, FIELDS);
    for (const piece of PIECES) write(piece);
  },
  "/profile/busy": busy,
};

/** What applications do that are not benchmarks: it looks at six fields, a cookie and the query, and sends five fields. */
function busy(environ: Environ, startResponse: StartResponse): Result {
  const { fields } = environ;
  const seen = [
    fields.get("host"),
    fields.get("user-agent"),
    fields.get("accept"),
    fields.get("accept-language"),
    fields.get("accept-encoding"),
    fields.get("referer"),
    readCookie(fields.get("cookie"), "session"),
    new URLSearchParams(environ.queryString).get("q"),
  ].filter((value) => value !== undefined && value !== null).length;
  startResponse(200, [
    ["content-type", "text/plain;charset=utf-8"],
    ["cache-control", "private, max-age=60"],
    ["vary", "accept-language, cookie"],
    ["etag", `"${seen}-${CONTENT.length}"`],
    ["x-seen", String(seen)],
  ]);
  return CONTENT;
}

function readCookie(cookies: string | undefined, name: string): string | undefined {
  if (cookies === undefined) return undefined;
  for (const pair of cookies.split("; ")) {
    if (pair.startsWith(name) && pair[name.length] === "=") return pair.slice(name.length + 1);
  }
  return undefined;
}
