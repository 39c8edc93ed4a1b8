/**
 * Access logs: one line for each exchange, refused requests too.
 *
 * What clients send goes into a line escaped, so that no client writes lines of its own, nor a terminal's commands.
 *
 * @module
 */

import { ServerFault } from "../adapters/server_fault.ts";
import type { Address } from "../core/gateway/port.ts";
import type { ExchangeRecord } from "../core/gateway/types.ts";

/** A format of access logs: the Common Log Format, or a JSON object in each line. */
export type AccessLogFormat = "common" | "json";

/**
 * Says an exchange in a line.
 *
 * @param record The exchange
 * @param unixTime When it was over, in ms since the epoch
 * @returns The line, with its line end
 */
export type AccessLogLine = (record: ExchangeRecord, unixTime: number) => string;

/** The formats, by name. */
export const ACCESS_LOG_LINES: Readonly<Record<AccessLogFormat, AccessLogLine>> = {
  common: toCommonLine,
  json: toJsonLine,
};

const UNSAFE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;
const EACH_UNSAFE = new RegExp(UNSAFE, "g");

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The Common Log Format: `host - - [time] "request line" status bytes`. The time is the request's, in UTC. */
function toCommonLine(record: ExchangeRecord, unixTime: number): string {
  const { remote, method, target, version, status, bodyBytes } = record;
  const host = remote.transport === "tcp" ? remote.hostname : "-";
  const request = method === "" ? "-" : escapeText(`${method} ${target} HTTP/${version}`);
  const time = toCommonTime(unixTime - record.durationMs);
  // A client that left before the answer has no status; "-" stands for it as it does for "no content".
  return `${host} - - [${time}] "${request}" ${status || "-"} ${bodyBytes || "-"}\n`;
}

let secondSaid = -1;
let secondText = "";

/** Requests come by thousands in a second, whose text is the same. */
function toCommonTime(unixTime: number): string {
  const second = Math.floor(unixTime / 1000);
  if (second === secondSaid) return secondText;
  const date = new Date(second * 1000);
  const day = String(date.getUTCDate()).padStart(2, "0");
  secondSaid = second;
  secondText = `${day}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${
    date.toISOString().slice(11, 19)
  } +0000`;
  return secondText;
}

function toJsonLine(record: ExchangeRecord, unixTime: number): string {
  const { remote, method, target, version, status, bodyBytes, wireBytes, durationMs, completed, error } = record;
  const line = JSON.stringify({
    time: new Date(unixTime - durationMs).toISOString(),
    remote: toAddressText(remote),
    method,
    target,
    version,
    status,
    bodyBytes,
    wireBytes,
    durationMs: Math.round(durationMs * 1000) / 1000,
    completed,
    error: error === undefined ? null : toErrorText(error),
  });
  // JSON escapes controls below 0x20 only; a terminal obeys some of the others.
  return line.replace(/[\x7f-\x9f]/g, toUnicodeEscape) + "\n";
}

function toAddressText(address: Address): string {
  if (address.transport === "unix") return `unix:${address.path}`;
  return address.hostname.includes(":")
    ? `[${address.hostname}]:${address.port}`
    : `${address.hostname}:${address.port}`;
}

function toErrorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** As nginx and Apache do it: quotes, backslashes and all that is not visible ASCII become `\xHH`. */
function escapeText(text: string): string {
  // Nearly all is as it may be, which is soon seen.
  if (!UNSAFE.test(text)) return text;
  return text.replace(EACH_UNSAFE, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

function toUnicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * Says an error for the operator: the time, the application's stack, and nothing that a client could have put there to
 * look like another entry.
 *
 * @param error What was thrown
 * @param unixTime When, in ms since the epoch
 * @returns The entry, with its line end
 */
export function toErrorEntry(error: unknown, unixTime: number): string {
  const text = toStack(error);
  // deno-lint-ignore no-control-regex -- these are what it is about
  const lines = text.replace(/\r\n?/g, "\n").replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, toUnicodeEscape).split("\n");
  const indented = lines.map((line, index) => index === 0 || /^\s/.test(line) ? line : `  ${line}`);
  return `${new Date(unixTime).toISOString()} ${indented.join("\n")}\n`;
}

/** How many causes of an error are told. */
const MOST_CAUSES = 8;

function toStack(error: unknown): string {
  // One line for whoever runs the server, as all others that are about it.
  if (error instanceof ServerFault) return error.message;
  if (!(error instanceof Error)) return `Thrown: ${String(error)}`;
  let text = error.stack ?? `${error.name}: ${error.message}`;
  let cause = error.cause;
  for (let i = 0; i < MOST_CAUSES && cause instanceof Error; i++) {
    text += `\nCaused by: ${cause.stack ?? `${cause.name}: ${cause.message}`}`;
    cause = cause.cause;
  }
  return text;
}
