/**
 * The application that the tests run in workers.
 *
 * @module
 */

import process from "node:process";
import type { Environ } from "../../core/gateway/environ.ts";
import type { App, StartResponse } from "../../core/gateway/types.ts";

const block = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

const PATHS: Record<string, App> = {
  "/hello": ({ method, target, fields, remote, version }, startResponse) => {
    startResponse(200, { "x-app": "worker", "content-type": "application/json" });
    return JSON.stringify({ method, target, a: fields.get("x-a"), transport: remote.transport, version });
  },
  "/echo": ({ input }, startResponse) => {
    startResponse(200);
    return input;
  },
  "/count": async ({ input }, startResponse) => {
    let octets = 0;
    for await (const piece of input) octets += piece.length;
    startResponse(200);
    return `${octets} ${input.trailers.get("x-sum") ?? ""}`;
  },
  "/big": function* ({ queryString }, startResponse) {
    startResponse(200);
    const piece = new Uint8Array(65_536).fill(0x78);
    for (let i = 0; i < Number(queryString); i++) yield piece;
  },
  "/trailers": (environ, startResponse) => {
    environ.inform(103, { link: "</a>" });
    environ.trailers({ "x-end": "1" });
    startResponse(200, { trailer: "x-end" });
    return ["a", "b"];
  },
  "/continue": async ({ input }, startResponse) => {
    input.continueFields({ "x-continue": "1" });
    const text = await input.text();
    startResponse(200);
    return text;
  },
  "/unread": (_environ, startResponse) => {
    startResponse(200);
    return "unread";
  },
  "/throw": () => {
    throw new Error("as asked, in the worker");
  },
  "/throw-late": function* (_environ, startResponse) {
    startResponse(200);
    yield "begin";
    yield new Promise((resolve) => setTimeout(resolve, 50));
    throw new Error("as asked, late");
  },
  "/crash": (_environ, startResponse) => {
    setTimeout(() => {
      throw new Error("nobody catches this");
    }, 10);
    startResponse(200);
    return new Promise<string>(() => {});
  },
  "/block": ({ queryString }, startResponse) => {
    block(Number(queryString));
    startResponse(200);
    return "done";
  },
  "/wait": async ({ signals }, startResponse) => {
    const value = await signals.wait("news", { timeout: 400 }).catch((error: Error) => error.name);
    startResponse(200);
    return String(value);
  },
  "/send": async ({ signals }, startResponse) => {
    const woken = await signals.send("news", "from a worker");
    startResponse(200);
    return String(woken);
  },
  "/pid": (_environ, startResponse) => {
    startResponse(200);
    return String(process.pid);
  },
};

/**
 * Answers by path.
 *
 * @param environ The request
 * @param startResponse Takes the head
 * @returns The content
 */
export default function app(environ: Environ, startResponse: StartResponse): ReturnType<App> {
  return PATHS[environ.pathInfo]!(environ, startResponse);
}
