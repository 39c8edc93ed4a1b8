/**
 * `trace`: tells step by step what an application and the gateway do with each other, for whoever looks for the reason.
 *
 * @module
 */

import { FieldSection, type FieldsInit } from "../fields.ts";
import { FLUSH, INPUT_PENDING, isPiece, isThenable } from "../gateway/piece.ts";
import type { App, Outcome } from "../gateway/types.ts";
import { watchResult } from "./watch_result.ts";

/**
 * Takes a line of a trace.
 *
 * @param line The line, without a line end
 */
export type TraceLog = (line: string) => void;

/**
 * Tells of each step of an application: the request, what it says in `startResponse`, what it writes and gives, how its
 * iterable ends and is closed, and the outcome. The lines of one request begin with its number.
 *
 * @param app The application
 * @param log Takes the lines
 * @returns The application
 *
 * @example
 * ```ts
 * import { trace } from "@sluice/sluice/middleware";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const app = trace((_environ, startResponse) => {
 *   startResponse(200, { "content-type": "text/plain" });
 *   return "hello";
 * }, (line) => lines.push(line));
 * await exchange(app, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
 * assertEquals(lines.slice(0, 4), [
 *   `1 GET "/a" HTTP/1.1`,
 *   `1 starts 200, content-type: "text/plain"`,
 *   "1 gives a text of 5",
 *   "1 exhausted",
 * ]);
 * ```
 */
export function trace(app: App, log: TraceLog): App {
  let count = 0;
  return (environ, startResponse) => {
    const number = ++count;
    const tell = (line: string): void => log(`${number} ${line}`);
    tell(`${environ.method} ${JSON.stringify(environ.target)} HTTP/${environ.version}`);
    environ.postHooks.push((_environ, outcome) => tell(nameOutcome(outcome)));
    try {
      const result = app(environ, (status, fields, error) => {
        tell(`starts ${status}${nameFields(fields)}${error === undefined ? "" : `, because of ${nameError(error)}`}`);
        const write = startResponse(status, fields, error);
        return (piece) => {
          tell(`writes ${nameItem(piece)}`);
          return write(piece);
        };
      });
      return watchResult(result, {
        item: (item) => tell(`gives ${nameItem(item)}`),
        ended: (how, error) => tell(how === "failed" ? `failed: ${nameError(error)}` : how),
      });
    } catch (error) {
      tell(`failed: ${nameError(error)}`);
      throw error;
    }
  };
}

function nameItem(item: unknown): string {
  if (isPiece(item)) return `${typeof item === "string" ? "a text" : "octets"} of ${item.length}`;
  if (item === FLUSH) return "FLUSH";
  if (item === INPUT_PENDING) return "INPUT_PENDING";
  return isThenable(item) ? "a promise" : `what is no item: ${item === null ? "null" : typeof item}`;
}

/** Values are quoted: one with a line end, which the gateway refuses, must not look like two lines. */
function nameFields(fields: FieldsInit | undefined): string {
  if (typeof fields !== "object" || fields === null) return "";
  try {
    return [...FieldSection.from(fields)].map(([name, value]) => `, ${name}: ${JSON.stringify(value)}`).join("");
  } catch {
    return ", what is no fields";
  }
}

function nameError(error: unknown): string {
  return JSON.stringify(error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(1, -1);
}

function nameOutcome({ status, bodyBytes, wireBytes, completed, error, durationMs }: Outcome): string {
  const how = completed ? "completed" : "broken off";
  const why = error === undefined ? "" : `, ${nameError(error)}`;
  return `${how} after ${
    Math.round(durationMs)
  } ms: ${status}, ${bodyBytes} octets of content, ${wireBytes} sent${why}`;
}
