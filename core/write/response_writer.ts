/**
 * Writes responses (RFC 9112, sections 4, 6 and 7.1): interim heads, the final head with its one framing field,
 * content, and the end.
 *
 * It looks at what it was given and nothing else, and keeps only how much content is still to come.
 *
 * @module
 */

import { type Framing, NO_FRAMING } from "../message.ts";
import { NO_OCTETS } from "../octets.ts";
import { NO_PREPARED_FIELDS, type PreparedFields } from "./fields_text.ts";
import { CHUNKED_LINE, dateLine, lengthLine, statusLine } from "./head_lines.ts";
import type { ResponseFraming } from "./response_plan.ts";
import { LARGE_PIECE, type SendBuffer } from "./send_buffer.ts";
import { encodeText } from "./utf8.ts";

/** What an application says in a final response's head. */
export interface ResponseHeadStart {
  /** The status code, 200 to 999. */
  readonly status: number;
  /** The reason phrase; the registered one by default. */
  readonly reason?: string | undefined;
  /** The fields. */
  readonly fields?: PreparedFields;
  /** The value of Date, for heads that have none of their own. */
  readonly date: string;
}

/** The Date line that was written last: all heads of a second have the same. */
let dateOctets: Uint8Array = NO_OCTETS;
let dateOfOctets: string | undefined;

/** The line of the chunk that was written last: most pieces are as long as the one before. */
let lastChunkLine: Uint8Array = NO_OCTETS;
let lastChunkSize = -1;

const LINE_END = encodeText("\r\n");

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
 * @param start What the application says
 * @param response How the body is framed. With the framing `none`, `announcedLength` says whether there is a
 * Content-Length
 * @param connection The value of Connection, if it is to be sent
 */
export function writeResponseHead(
  out: SendBuffer,
  start: ResponseHeadStart,
  response: ResponseFraming,
  connection?: string,
): void {
  const { fields = NO_PREPARED_FIELDS } = start;
  const known = connection === undefined ? knownHead(start, fields, response) : undefined;
  if (known !== undefined) return out.append(known);
  writeStart(out, start, fields);
  writeFramingField(out, response);
  if (!fields.hasDate) out.append(toDateOctets(start.date));
  if (connection !== undefined) out.appendAscii(`connection: ${connection}\r\n`);
  out.appendAscii("\r\n");
}

/**
 * Writes a whole response by length, if its head is one that was written before.
 *
 * @param out Where it goes
 * @param start What the application says
 * @param content All content: octets, or a text
 * @param isLent Whether large content may be passed through uncopied
 * @returns false if nothing was written: the head is not known, or the text is not ASCII, or has 16 KiB and more
 */
export function writeAgain(
  out: SendBuffer,
  { status, reason, fields = NO_PREPARED_FIELDS, date }: ResponseHeadStart,
  content: string | Uint8Array,
  isLent: boolean,
): boolean {
  const { length } = content;
  const isPlain = reason === undefined && !fields.hasDate && !fields.close;
  if (!isPlain || (fields.contentLength ?? length) !== length) return false;
  const head = fields.template?.known(status, length, date);
  if (head === undefined) return false;
  if (typeof content === "string") return out.appendIfAscii(head, content, NO_OCTETS);
  out.append(head);
  writeContent(out, NO_FRAMING, content, isLent);
  return true;
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
  const isChunk = framing.kind === "chunked";
  if (isLent && bytes.length >= LARGE_PIECE) {
    if (isChunk) out.append(chunkLine(bytes.length));
    out.appendLarge(bytes);
    if (isChunk) out.append(LINE_END);
  } else if (isChunk) out.appendBetween(chunkLine(bytes.length), bytes, LINE_END);
  else out.append(bytes);
}

/**
 * Writes a piece of content that is a text, if it is ASCII.
 *
 * @param out Where it goes
 * @param framing How the body is framed
 * @param text The piece
 * @returns false if nothing was written: the text is not ASCII, or has 16 KiB and more
 */
export function writeAsciiContent(out: SendBuffer, framing: Framing, text: string): boolean {
  if (text === "") return true;
  if (framing.kind !== "chunked") return out.appendIfAscii(NO_OCTETS, text, NO_OCTETS);
  return out.appendIfAscii(chunkLine(text.length), text, LINE_END);
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

/** The whole head, if it is the one that these fields had before. */
function knownHead(
  { status, reason, date }: ResponseHeadStart,
  fields: PreparedFields,
  response: ResponseFraming,
): Uint8Array | undefined {
  if (reason !== undefined || fields.hasDate) return undefined;
  const length = statedLength(response);
  return length === undefined ? undefined : fields.template?.whole(status, length, date);
}

/** Writes the status line and the application's fields. */
function writeStart(out: SendBuffer, { status, reason }: ResponseHeadStart, fields: PreparedFields): void {
  if (reason !== undefined) return out.appendAscii(`HTTP/1.1 ${status} ${reason}\r\n${fields.text}`);
  const octets = fields.template?.start(status);
  if (octets === undefined) out.appendAscii(statusLine(status) + fields.text);
  else out.append(octets);
}

/** The one place that sets framing fields. */
function writeFramingField(out: SendBuffer, response: ResponseFraming): void {
  if (response.framing.kind === "chunked") return out.appendAscii(CHUNKED_LINE);
  const length = statedLength(response);
  if (length !== undefined) out.appendAscii(lengthLine(length));
}

function statedLength({ framing, announcedLength }: ResponseFraming): number | undefined {
  return framing.kind === "length" ? framing.length : announcedLength;
}

function toDateOctets(date: string): Uint8Array {
  if (date !== dateOfOctets) {
    dateOfOctets = date;
    dateOctets = encodeText(dateLine(date));
  }
  return dateOctets;
}

function chunkLine(size: number): Uint8Array {
  if (size !== lastChunkSize) {
    lastChunkSize = size;
    lastChunkLine = encodeText(`${size.toString(16)}\r\n`);
  }
  return lastChunkLine;
}
