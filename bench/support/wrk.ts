/**
 * The load generator wrk: the script that it is given, and what it prints.
 *
 * @module
 */

import { has, LOAD_CORE, onCore } from "./cores.ts";
import type { Load, LoadResult } from "./load.ts";

/** Whether it is there. */
export const hasWrk: boolean = has("wrk");

/**
 * Drives a server with wrk.
 *
 * @param load What to send, and for how long
 * @returns What came of it
 * @throws {Error} If wrk fails, or answers were missing or bad
 */
export async function runWrk(load: Load): Promise<LoadResult> {
  const script = await Deno.makeTempFile({ suffix: ".lua" });
  try {
    await Deno.writeTextFile(script, wrkScript(load));
    const url = `http://127.0.0.1:${load.port}${load.request.head.split(" ")[1]}`;
    const [command, ...args] = onCore(LOAD_CORE, [
      ...["wrk", "-t", "1", "-c", String(load.connections), "-d", `${load.seconds}s`, "--timeout", "10s"],
      ...["-s", script, url],
    ]);
    const { stdout, stderr } = await new Deno.Command(command!, { args, stdin: "null" }).output();
    return parseWrk(new TextDecoder().decode(stdout), new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(script);
  }
}

/**
 * Writes wrk's script: all requests are the same, as often in one write as they are pipelined.
 *
 * @param load What to send
 * @returns The script, in Lua
 */
export function wrkScript({ request, depth }: Pick<Load, "request" | "depth">): string {
  const { head, body } = request;
  if (depth === 1 && !/\r\ntransfer-encoding:/i.test(head)) {
    // As fields of its own: a function that gives each request would slow wrk down.
    const [line = "", ...lines] = head.trimEnd().split("\r\n");
    const fields = lines.filter((text) => !/^content-length:/i.test(text)).map((text) => {
      const colon = text.indexOf(":");
      return `wrk.headers[${toLua(text.slice(0, colon))}] = ${toLua(text.slice(colon + 2))}`;
    });
    const content = body === "" ? [] : [`wrk.body = ${toLua(body)}`];
    return [`wrk.method = ${toLua(line.split(" ")[0]!)}`, ...fields, ...content, ""].join("\n");
  }
  return `local requests = string.rep(${toLua(head + body)}, ${depth})\nrequest = function() return requests end\n`;
}

/**
 * Reads what wrk prints.
 *
 * @param report Its output
 * @param errors What it complained of
 * @returns What came of the load
 * @throws {Error} If it says that answers were missing or bad
 */
export function parseWrk(report: string, errors: string = ""): LoadResult {
  const done = /^\s*(\d+) requests in ([\d.]+)(us|ms|s|m)\b/m.exec(report);
  if (!done) throw new Error(`Cannot read the report of wrk: ${errors.trim() || report.trim()}`);
  const [, requests, time, unit] = done;
  const socket = /^\s*Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/m.exec(report);
  const bad = /^\s*Non-2xx or 3xx responses: (\d+)/m.exec(report);
  const failed = (socket?.slice(1).map(Number).reduce((sum, count) => sum + count) ?? 0) + Number(bad?.[1] ?? 0);
  if (failed > 0) throw new Error(`Cannot use the report of wrk: ${(bad ?? socket)![0].trim()}`);
  return { requests: Number(requests), seconds: Number(time) * SECONDS[unit as keyof typeof SECONDS] };
}

const SECONDS = { us: 1e-6, ms: 1e-3, s: 1, m: 60 };

/** A string of Lua: decimal escapes for all that is not plainly visible. */
function toLua(text: string): string {
  const escaped = text.replace(/[^ !#-[\]-~]/g, (character) => `\\${String(character.charCodeAt(0)).padStart(3, "0")}`);
  return `"${escaped}"`;
}
