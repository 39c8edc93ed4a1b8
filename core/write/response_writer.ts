/**
 * Writes responses (RFC 9112, sections 4, 6 and 7.1): interim heads, the final head with its one framing field,
 * content, and the end.
 *
 * It looks at what it was given and nothing else, and keeps only how much content is still to come.
 *
 * @module
 */

import type { Framing } from "../message.ts";
import { reasonPhrase } from "../status.ts";
import type { PreparedFields } from "./fields_text.ts";
import { LARGE_PIECE, type SendBuffer } from "./send_buffer.ts";

/** The head of a final response, decided. */
export interface ResponseHeadPlan {
  /** The status code, 200 to 999. */
  readonly status: number;
  /** The reason phrase; undefined for the registered one. */
  readonly reason: string | undefined;
  /** The fields. */
  readonly fields: PreparedFields;
  /** How the body is framed. With `none`, `announcedLength` says whether there is a Content-Length. */
  readonly framing: Framing;
  /** The length announced in a head without a body (answers to HEAD, 304), if any. */
  readonly announcedLength: number | undefined;
  /** The value of Connection, if it is to be sent. */
  readonly connection: string | undefined;
  /** The value of Date, for heads that have none of their own. */
  readonly date: string;
}

/** Status lines by code, for codes sent without a phrase of their own. */
const STATUS_LINES: string[] = [];

/** What ends a chunked body without trailers. */
const LAST_CHUNK = "0\r\n\r\n";

/**
 * Checks a reason phrase before it goes out.
 *
 * @param reason The phrase
 * @returns The phrase
 * @throws {TypeError} If it has octets other than HTAB, SP and visible ASCII
 */
export function checkReason(reason: string): string {
  if (!/^[\t\x20-\x7e]*$/.test(reason)) {
    throw new TypeError("Cannot start response: the reason phrase is not visible ASCII, spaces and tabs");
  }
  return reason;
}

/**
 * Writes the head of an interim response.
 *
 * @param out Where it goes
 * @param status The status code, 100 to 199
 * @param fields Its fields
 * @param connection The value of Connection: `upgrade` with 101
 */
export function writeInterimHead(
  out: SendBuffer,
  status: number,
  fields: PreparedFields,
  connection?: "upgrade",
): void {
  const option = connection === undefined ? "" : `connection: ${connection}\r\n`;
  out.appendAscii(`${statusLine(status)}${fields.text}${option}\r\n`);
}

/**
 * Writes the head of a final response.
 *
 * @param out Where it goes
 * @param plan The head
 */
export function writeResponseHead(out: SendBuffer, plan: ResponseHeadPlan): void {
  const { fields, connection } = plan;
  const line = plan.reason === undefined ? statusLine(plan.status) : `HTTP/1.1 ${plan.status} ${plan.reason}\r\n`;
  const date = fields.hasDate ? "" : `date: ${plan.date}\r\n`;
  const option = connection === undefined ? "" : `connection: ${connection}\r\n`;
  out.appendAscii(`${line}${fields.text}${framingField(plan)}${date}${option}\r\n`);
}

/**
 * Writes a piece of content.
 *
 * @param out Where it goes
 * @param framing How the body is framed
 * @param bytes The piece; an empty one writes nothing, for an empty chunk would be the last
 * @param isLent Whether a large piece may be passed through uncopied
 */
export function writeContent(out: SendBuffer, framing: Framing, bytes: Uint8Array, isLent: boolean): void {
  if (bytes.length === 0) return;
  if (framing.kind === "chunked") out.appendAscii(`${bytes.length.toString(16)}\r\n`);
  if (isLent && bytes.length >= LARGE_PIECE) out.appendLarge(bytes);
  else out.append(bytes);
  if (framing.kind === "chunked") out.appendAscii("\r\n");
}

/**
 * Writes a piece of content that is ASCII.
 *
 * @param out Where it goes
 * @param framing How the body is framed
 * @param text The piece
 */
export function writeAsciiContent(out: SendBuffer, framing: Framing, text: string): void {
  if (text === "") return;
  out.appendAscii(framing.kind === "chunked" ? `${text.length.toString(16)}\r\n${text}\r\n` : text);
}

/**
 * Writes what ends a body.
 *
 * @param out Where it goes
 * @param framing How the body is framed; only chunked ones have an end to write
 * @param trailers Field lines with their line ends
 */
export function writeEnd(out: SendBuffer, framing: Framing, trailers: string = ""): void {
  if (framing.kind !== "chunked") return;
  out.appendAscii(trailers === "" ? LAST_CHUNK : `0\r\n${trailers}\r\n`);
}

/** The one place that sets framing fields. */
function framingField(plan: ResponseHeadPlan): string {
  const { framing } = plan;
  if (framing.kind === "chunked") return "transfer-encoding: chunked\r\n";
  const length = framing.kind === "length" ? framing.length : plan.announcedLength;
  return length === undefined ? "" : `content-length: ${length}\r\n`;
}

function statusLine(status: number): string {
  return STATUS_LINES[status] ??= `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
}
