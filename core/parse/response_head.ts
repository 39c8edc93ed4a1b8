/**
 * The leaf for response heads (RFC 9112, section 4), for the client role.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { FieldSection } from "../fields.ts";
import type { Framing } from "../message.ts";
import { CR, FIELD_VALUE, LF, SP } from "../octets.ts";
import { type ConnectionOptions, parseConnectionOptions } from "./connection_options.ts";
import {
  bareCr,
  bareLf,
  createFieldMarks,
  nameOctet,
  NEED_MORE,
  scanFieldLines,
  sliceFieldLines,
} from "./field_lines.ts";
import { responseFraming } from "./framing.ts";
import { DEFAULT_PARSE_SETTINGS, type ParseSettings } from "./settings.ts";
import { pickSteeringFields } from "./steering.ts";

/** The head of a response, interim or final. */
export interface ResponseHead {
  /** The status code, 100 to 999. */
  readonly status: number;
  /** The reason phrase; empty where there is none. */
  readonly reason: string;
  /** 0 for HTTP/1.0, 1 for HTTP/1.1 and above. */
  readonly minorVersion: 0 | 1;
  /** The field section. */
  readonly fields: FieldSection;
  /** Where the content ends. */
  readonly framing: Framing;
  /** The options in Connection. */
  readonly connection: ConnectionOptions;
  /** Whether the server lets the connection live on, framing apart. */
  readonly persistent: boolean;
  /** How many octets the head took. */
  readonly octets: number;
}

const HTTP_NAME = [0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e];
const fieldMarks = createFieldMarks();

/**
 * Parses a response head.
 *
 * @param bytes The block that holds it
 * @param start Where it starts
 * @param end Where the octets end
 * @param method The method of the request it answers: it decides whether there is content
 * @param settings Bounds and decoder
 * @returns The head, or undefined if it does not end before `end`
 * @throws {ProtocolError} `bad-status-line`, `bad-line-end`, `bad-field-line`, `fields-too-large`, `bad-framing`,
 * `bad-content-length`, `unknown-coding`
 *
 * @example
 * ```ts
 * import { parseResponseHead } from "@sluice/sluice/core";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
 * const head = parseResponseHead(bytes, 0, bytes.length, "GET");
 * assertEquals(head?.status, 200);
 * assertEquals(head?.framing, { kind: "length", length: 5 });
 * assertEquals(head?.octets, bytes.length - 5);
 * ```
 */
export function parseResponseHead(
  bytes: Uint8Array,
  start: number,
  end: number,
  method: string,
  settings: ParseSettings = DEFAULT_PARSE_SETTINGS,
): ResponseHead | undefined {
  const { limits } = settings;
  const lineEnd = scanStatusLine(bytes, start, end, limits.requestLine);
  if (lineEnd === NEED_MORE) return undefined;
  const fieldsStart = lineEnd + 2;
  const headEnd = scanFieldLines(bytes, fieldsStart, end, limits.fieldSection, limits.fieldLines, fieldMarks);
  if (headEnd === NEED_MORE) return undefined;
  const text = settings.decodeOctets(bytes, start, headEnd);
  const flat = sliceFieldLines(text, start, fieldMarks);
  const steering = pickSteeringFields(bytes, fieldMarks, flat);
  const connection = parseConnectionOptions(steering.connection);
  const minorVersion = text[7] === "0" ? 0 : 1;
  const status = Number(text.slice(9, 12));
  return {
    status,
    reason: text.slice(13, lineEnd - start),
    minorVersion,
    fields: new FieldSection(flat),
    framing: responseFraming(status, method, minorVersion, steering),
    connection,
    persistent: !connection.close && (minorVersion === 1 || connection.keepAlive),
    octets: headEnd - start,
  };
}

/** Scans `HTTP/1.1 200 OK`; gives where its line end starts, or `NEED_MORE`. */
function scanStatusLine(bytes: Uint8Array, start: number, end: number, limit: number): number {
  const stop = Math.min(end, start + limit + 1);
  let at = start;
  for (; at < stop && at - start < 12; at++) checkFixedOctet(bytes[at]!, at - start);
  if (at < stop) {
    // Section 4: the space behind the code is to be there, yet servers leave it out with an empty phrase.
    if (bytes[at] !== SP && bytes[at] !== CR) throw badStatusLine(nameOctet(bytes[at]!));
    while (at < stop && FIELD_VALUE[bytes[at]!] === 1) at++;
  }
  if (at >= stop) {
    if (end - start > limit) throw badStatusLine(`more than ${limit} octets`);
    return NEED_MORE;
  }
  if (bytes[at] === LF) throw bareLf();
  if (bytes[at] !== CR) throw badStatusLine(nameOctet(bytes[at]!));
  if (at + 1 >= end) return NEED_MORE;
  if (bytes[at + 1] !== LF) throw bareCr();
  return at;
}

/** Checks one of the twelve octets of `HTTP/1.1 200`. */
function checkFixedOctet(octet: number, index: number): void {
  const isDigit = octet >= 0x30 && octet <= 0x39;
  let isRight: boolean;
  if (index < HTTP_NAME.length) isRight = octet === HTTP_NAME[index];
  else if (index === 8) isRight = octet === SP;
  else isRight = isDigit && !(index === 9 && octet === 0x30);
  if (!isRight) throw octet === LF ? bareLf() : badStatusLine(nameOctet(octet));
}

function badStatusLine(why: string): ProtocolError {
  return new ProtocolError("bad-status-line", `Cannot parse status line: ${why}`);
}
