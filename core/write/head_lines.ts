/**
 * The lines of a response head that are the server's: status line, framing, Date (RFC 9112, sections 4, 6.1 and 6.2;
 * RFC 9110, section 6.6.1). Here alone they are spelt.
 *
 * @module
 */

import { reasonPhrase } from "../status.ts";

/** Status lines by code, for codes sent without a phrase of their own. */
const STATUS_LINES: string[] = [];

/** The line of a chunked body. */
export const CHUNKED_LINE = "transfer-encoding: chunked\r\n";

/**
 * Gives a status line with the registered phrase.
 *
 * @param status The status code
 * @returns The line with its end
 */
export function statusLine(status: number): string {
  return STATUS_LINES[status] ??= `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
}

/**
 * Gives the line of a body by length.
 *
 * @param length The length in octets
 * @returns The line with its end
 */
export function lengthLine(length: number): string {
  return `content-length: ${length}\r\n`;
}

/**
 * Gives the Date line.
 *
 * @param date The value
 * @returns The line with its end
 */
export function dateLine(date: string): string {
  return `date: ${date}\r\n`;
}
