/**
 * Where a message ends (RFC 9112, section 6): the one place that decides it.
 *
 * Each disagreement between two recipients about this is a request smuggled. The rules for a request are, in order:
 *
 * 1. Transfer-Encoding beside Content-Length, in HTTP/1.0, or on two lines: refused.
 * 2. Transfer-Encoding that is exactly `chunked`: chunked. Another coding before a final `chunked`: 501. Else refused.
 * 3. Content-Length, once, digits only: that many octets. Else refused.
 * 4. Neither: no content.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { CHUNKED, type Framing, mayHaveBody, NO_FRAMING, UNTIL_CLOSE } from "../message.ts";
import { trimSpace } from "../octets.ts";

/** The fields that frame, as a head's loop found them. */
export interface FramingFields {
  /** Lines of Content-Length. */
  contentLengthLines: number;
  /** The value of the last one. */
  contentLength: string | undefined;
  /** Lines of Transfer-Encoding. */
  transferEncodingLines: number;
  /** The value of the last one. */
  transferEncoding: string | undefined;
}

/** A transfer coding with its parameters (RFC 9112, section 7), for telling 501 from 400. */
const CODING =
  /^[!#$%&'*+\-.^_`|~\w]+(?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~\w]+[ \t]*=[ \t]*(?:[!#$%&'*+\-.^_`|~\w]+|"[^"\\]*"))*$/;
const DIGITS = /^\d+$/;

/**
 * Decides where a request's body ends.
 *
 * @param minorVersion 0 for HTTP/1.0, 1 for HTTP/1.1
 * @param fields The framing fields
 * @param allowLeadingZeros Takes `007` as 7
 * @returns The framing: `none`, `length` or `chunked`
 * @throws {ProtocolError} `bad-framing`, `bad-content-length`, `unknown-coding`
 */
export function requestFraming(minorVersion: number, fields: FramingFields, allowLeadingZeros: boolean): Framing {
  if (fields.transferEncodingLines > 0) {
    refuseDoubtfulCoding(minorVersion, fields);
    checkIsChunked(fields.transferEncoding!);
    return CHUNKED;
  }
  if (fields.contentLengthLines === 0) return NO_FRAMING;
  const length = contentLength(fields, allowLeadingZeros);
  return length === 0 ? NO_FRAMING : { kind: "length", length };
}

/**
 * Decides where a response's body ends.
 *
 * @param status The status code
 * @param method The method of the request it answers
 * @param minorVersion 0 for HTTP/1.0, 1 for HTTP/1.1
 * @param fields The framing fields
 * @returns The framing
 * @throws {ProtocolError} `bad-framing`, `bad-content-length`, `unknown-coding`
 */
export function responseFraming(status: number, method: string, minorVersion: number, fields: FramingFields): Framing {
  if (!mayHaveBody(status, method)) return NO_FRAMING;
  if (fields.transferEncodingLines > 0) {
    refuseDoubtfulCoding(minorVersion, fields);
    checkIsChunked(fields.transferEncoding!);
    return CHUNKED;
  }
  if (fields.contentLengthLines === 0) return UNTIL_CLOSE;
  const length = contentLength(fields, false);
  return length === 0 ? NO_FRAMING : { kind: "length", length };
}

function refuseDoubtfulCoding(minorVersion: number, fields: FramingFields): void {
  // Section 6.1: such a message "ought to be handled as an error": it is how requests are smuggled.
  if (fields.contentLengthLines > 0) throw badFraming("Transfer-Encoding beside Content-Length");
  // Section 6.1: a recipient of it in HTTP/1.0 "MUST treat the message as if the framing is faulty".
  if (minorVersion === 0) throw badFraming("Transfer-Encoding in HTTP/1.0");
  if (fields.transferEncodingLines > 1) throw badFraming("Transfer-Encoding on two lines");
}

function checkIsChunked(value: string): void {
  if (value === "chunked" || value.toLowerCase() === "chunked") return;
  const codings = value.split(",").map((coding) => trimSpace(coding).toLowerCase());
  const areOthers = codings.slice(0, -1).every((coding) => CODING.test(coding) && !coding.startsWith("chunked"));
  if (codings.length > 1 && codings.at(-1) === "chunked" && areOthers) {
    throw new ProtocolError("unknown-coding", "Cannot decode content: chunked is the only transfer coding taken");
  }
  throw badFraming("Transfer-Encoding is not chunked");
}

function contentLength(fields: FramingFields, allowLeadingZeros: boolean): number {
  const text = fields.contentLength!;
  // Section 6.3, rule 5, would allow equal values; nobody who means well sends them.
  if (fields.contentLengthLines > 1) throw badLength("it stands on two lines");
  if (!DIGITS.test(text)) throw badLength("it is not a row of digits");
  if (text.length > 1 && text.startsWith("0") && !allowLeadingZeros) throw badLength("it has a leading zero");
  const length = Number(text);
  if (!Number.isSafeInteger(length)) throw badLength("it is beyond 2^53-1");
  return length;
}

function badFraming(why: string): ProtocolError {
  return new ProtocolError("bad-framing", `Cannot frame message: ${why}`);
}

function badLength(why: string): ProtocolError {
  return new ProtocolError("bad-content-length", `Cannot parse Content-Length: ${why}`);
}
