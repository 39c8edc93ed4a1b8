/**
 * The leaf for request lines, `method SP request-target SP HTTP-version CRLF` (RFC 9112, sections 2.2, 2.3 and 3): a
 * tight loop for each word.
 *
 * It judges the octets in their order. What the target means is told in `target.ts`.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import * as octets from "../octets.ts";
import { bareCr, bareLf, nameOctet, NEED_MORE } from "./field_lines.ts";
import type { ParseSettings } from "./settings.ts";
import { badTarget } from "./target.ts";

// Constants of the module's own, see `octets.ts`.
const { CR, LF, SP, TARGET, TOKEN } = octets;

/** Where the words of a request line stand. */
export interface RequestLineMarks {
  /** Where the method starts: behind an empty line, if there is one. */
  methodStart: number;
  /** Where the target starts; the method ends an octet before. */
  targetStart: number;
  /** Where the target ends. */
  targetEnd: number;
  /** 0 for HTTP/1.0, 1 for HTTP/1.1 and above. */
  minorVersion: 0 | 1;
}

const BACKSLASH = 0x5c;
const QUESTION_MARK = 0x3f;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
/** `HTTP/`, the case as it must be. */
const HTTP_NAME = [0x48, 0x54, 0x54, 0x50, 0x2f];
/** Octets of `1.1`. */
const VERSION_NUMBER = 3;
/** Octets of `HTTP/1.1`. */
const VERSION = 8;

/**
 * Makes room for the marks of a line, used again for each.
 *
 * @returns Marks that tell nothing yet
 */
export function createLineMarks(): RequestLineMarks {
  return { methodStart: 0, targetStart: 0, targetEnd: 0, minorVersion: 1 };
}

/**
 * Scans a request line and the empty line that may stand before it (RFC 9112, section 2.2).
 *
 * @param bytes The block that holds it
 * @param start Where it starts
 * @param end Where the octets end
 * @param settings Bounds and departures from the strict reading
 * @param marks Gets where the words stand
 * @returns Where the field lines start, or `NEED_MORE`
 * @throws {ProtocolError} `bad-method`, `method-too-long`, `bad-target`, `target-too-long`, `bad-version`,
 * `unsupported-version`, `bad-line-end`
 */
export function scanRequestLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  settings: ParseSettings,
  marks: RequestLineMarks,
): number {
  let at = start;
  if (at < end && bytes[at] === CR) {
    if (at + 1 >= end) return NEED_MORE;
    if (bytes[at + 1] !== LF) throw bareCr();
    at += 2;
  }
  const limit = settings.limits.requestLine;
  // One octet further than the limit: there a line of just that length has its CR.
  const stop = Math.min(end, at + limit + 1);
  const isOver = end - at > limit;
  marks.methodStart = at;
  at = scanMethod(bytes, at, stop, settings.limits.method);
  if (at === NEED_MORE) {
    if (isOver) throw badMethod("no space within the limit of a request line");
    return NEED_MORE;
  }
  marks.targetStart = at;
  at = scanTarget(bytes, at, stop, settings.protocol.allowNonAsciiTarget);
  if (at !== NEED_MORE) {
    marks.targetEnd = at - 1;
    at = scanVersion(bytes, at, stop);
  }
  if (at === NEED_MORE || at - marks.methodStart > limit) {
    if (isOver) throw new ProtocolError("target-too-long", `Cannot take request line: more than ${limit} octets`);
    return NEED_MORE;
  }
  return scanLineEnd(bytes, at, end, marks);
}

/** Gives where the target starts. */
function scanMethod(bytes: Uint8Array, start: number, stop: number, limit: number): number {
  let at = start;
  while (at < stop && TOKEN[bytes[at]!] === 1) at++;
  if (at >= stop) return NEED_MORE;
  const octet = bytes[at]!;
  if (octet === LF) throw bareLf();
  if (octet !== SP) throw badMethod(octet === CR ? "it ends the line" : `${nameOctet(octet)} in it`);
  if (at === start) throw badMethod("it is empty");
  if (at - start > limit) throw new ProtocolError("method-too-long", `Cannot take method: more than ${limit} octets`);
  return at + 1;
}

/** Gives where the version starts. */
function scanTarget(bytes: Uint8Array, start: number, stop: number, allowNonAscii: boolean): number {
  let at = start;
  let isInQuery = false;
  for (;;) {
    while (at < stop && TARGET[bytes[at]!] === 1) at++;
    if (at >= stop) return NEED_MORE;
    const octet = bytes[at]!;
    if (octet === SP) break;
    // Asked once: a query of backslashes must not be searched for its start at each of them.
    if (octet === BACKSLASH) isInQuery ||= hasQuestionMark(bytes, start, at);
    const isTaken = (octet === BACKSLASH && isInQuery) || (octet > 0x7f && allowNonAscii);
    if (!isTaken) throw targetError(octet);
    at++;
  }
  if (at === start) throw badTarget("it is empty");
  return at + 1;
}

/** Browsers send a backslash in a query as it is; in a path it is a slash to some and not to others. */
function hasQuestionMark(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes.subarray(start, end).includes(QUESTION_MARK);
}

/** Gives where the line end starts: the octet behind `HTTP/1.1`. */
function scanVersion(bytes: Uint8Array, start: number, stop: number): number {
  // Nearly always it is there as a whole, and one look at each octet is enough.
  if (start + VERSION <= stop && isHttp1(bytes, start)) return start + VERSION;
  return scanVersionOctets(bytes, start, stop);
}

/** Whether `HTTP/1.0` or `HTTP/1.1` stands there. */
function isHttp1(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x48 && bytes[at + 1] === 0x54 && bytes[at + 2] === 0x54 && bytes[at + 3] === 0x50 &&
    bytes[at + 4] === 0x2f && bytes[at + 5] === 0x31 && bytes[at + 6] === 0x2e && (bytes[at + 7]! | 1) === 0x31;
}

/** The same octet by octet, for the first one that is wrong or missing. */
function scanVersionOctets(bytes: Uint8Array, start: number, stop: number): number {
  for (let i = 0; i < HTTP_NAME.length; i++) {
    if (start + i >= stop) return NEED_MORE;
    if (bytes[start + i] !== HTTP_NAME[i]) throw versionError(bytes[start + i]!);
  }
  const major = start + HTTP_NAME.length;
  if (major >= stop) return NEED_MORE;
  if (!isDigit(bytes[major]!)) throw versionError(bytes[major]!);
  if (major + 1 >= stop) return NEED_MORE;
  if (bytes[major + 1] !== 0x2e) throw versionError(bytes[major + 1]!);
  if (major + 2 >= stop) return NEED_MORE;
  if (!isDigit(bytes[major + 2]!)) throw versionError(bytes[major + 2]!);
  return major + VERSION_NUMBER;
}

/** Gives where the next line starts. */
function scanLineEnd(bytes: Uint8Array, at: number, end: number, marks: RequestLineMarks): number {
  if (at >= end) return NEED_MORE;
  if (bytes[at] !== CR) throw versionError(bytes[at]!);
  if (at + 1 >= end) return NEED_MORE;
  if (bytes[at + 1] !== LF) throw bareCr();
  // Told only here: `HTTP/2.00`, or a bare LF behind `HTTP/2.0`, is no version that we lack but a malformed line.
  if (bytes[at - VERSION_NUMBER] !== DIGIT_0 + 1) {
    throw new ProtocolError("unsupported-version", "Cannot serve request: its major version is not 1");
  }
  // RFC 9110, section 2.5: a higher minor version is served as the highest one we have.
  marks.minorVersion = bytes[at - 1] === DIGIT_0 ? 0 : 1;
  return at + 2;
}

function isDigit(octet: number): boolean {
  return octet >= DIGIT_0 && octet <= DIGIT_9;
}

function badMethod(why: string): ProtocolError {
  return new ProtocolError("bad-method", `Cannot parse method: ${why}`);
}

function targetError(octet: number): ProtocolError {
  if (octet === LF) return bareLf();
  return octet === CR ? badVersion("it is missing") : badTarget(`${nameOctet(octet)} in it`);
}

function versionError(octet: number): ProtocolError {
  return octet === LF ? bareLf() : badVersion(`${nameOctet(octet)} in it`);
}

function badVersion(why: string): ProtocolError {
  return new ProtocolError("bad-version", `Cannot parse HTTP version: ${why}`);
}
