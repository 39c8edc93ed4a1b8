/**
 * Decides how a response is framed and whether the connection can live on after it (RFC 9112, sections 6 and 9.3).
 *
 * @module
 */

import { CHUNKED, type Framing, mayHaveBody, NO_FRAMING, UNTIL_CLOSE } from "../message.ts";
import type { PreparedFields } from "./prepared_fields.ts";

/** What the request says to it. */
export interface AnsweredRequest {
  /** The method. */
  readonly method: string;
  /** 0 for an HTTP/1.0 client, 1 for a later one. */
  readonly minorVersion: 0 | 1;
}

/** What is known of the response. */
export interface ResponseCircumstances {
  /** The final status code. */
  readonly status: number;
  /** The fields, with the Content-Length that the application gave. */
  readonly fields?: Pick<PreparedFields, "contentLength"> | undefined;
  /** The length of the content where it is known because it is all there. */
  readonly knownLength?: number | undefined;
  /**
   * Whether HEAD was given nothing at all, not even empty content. That says nothing of what GET would be given, whose
   * length it is that Content-Length must tell (RFC 9110, section 8.6).
   */
  readonly isUntold?: boolean | undefined;
}

/** How a response is framed. */
export interface ResponseFraming {
  /** How the body is framed as it goes out. */
  readonly framing: Framing;
  /** The Content-Length in a head without a body, if it is to stand there. */
  readonly announcedLength: number | undefined;
  /** Whether content goes out at all. */
  readonly hasBody: boolean;
}

/** No body, and no word of a length. */
export const NOTHING: ResponseFraming = Object.freeze({
  framing: NO_FRAMING,
  announcedLength: undefined,
  hasBody: false,
});
/** No body, and a Content-Length that says so. */
export const EMPTY: ResponseFraming = Object.freeze({ framing: NO_FRAMING, announcedLength: 0, hasBody: false });
const IN_CHUNKS: ResponseFraming = Object.freeze({ framing: CHUNKED, announcedLength: undefined, hasBody: true });
const TO_THE_CLOSE: ResponseFraming = Object.freeze({
  framing: UNTIL_CLOSE,
  announcedLength: undefined,
  hasBody: true,
});
/** HEAD is answered with the fields of GET (RFC 9110, section 9.3.2), the chunked coding among them. */
const CHUNKED_HEAD: ResponseFraming = Object.freeze({ framing: CHUNKED, announcedLength: undefined, hasBody: false });

/**
 * Decides the framing of a response.
 *
 * @param request The request
 * @param answer What is known of the response
 * @returns The framing
 */
export function responseFramingFor(request: AnsweredRequest, answer: ResponseCircumstances): ResponseFraming {
  const { status, knownLength } = answer;
  const { method, minorVersion } = request;
  // RFC 9110, section 8.6: no Content-Length in 204, nor in 2xx to CONNECT.
  if (status === 204 || (method === "CONNECT" && status < 300)) return NOTHING;
  // RFC 9110, section 15.3.6: "MUST NOT generate content in a 205 response".
  if (status === 205) return EMPTY;
  const length = answer.fields?.contentLength ?? knownLength;
  if (!mayHaveBody(status, method)) return bodyless(minorVersion, answer, length);
  if (length !== undefined) {
    return length === 0 ? EMPTY : { framing: { kind: "length", length }, announcedLength: undefined, hasBody: true };
  }
  return minorVersion === 0 ? TO_THE_CLOSE : IN_CHUNKS;
}

/**
 * Tells whether content may go out in a response.
 *
 * @param status The final status code
 * @param method The method of the request
 * @returns false where there is no body, and for 205, whose body is empty
 */
export function mayHaveContent(status: number, method: string): boolean {
  return status !== 205 && mayHaveBody(status, method);
}

function bodyless(minorVersion: 0 | 1, answer: ResponseCircumstances, length: number | undefined): ResponseFraming {
  const statedLength = answer.fields?.contentLength;
  if (answer.status === 304) {
    return statedLength === undefined ? NOTHING : { ...NOTHING, announcedLength: statedLength };
  }
  if (answer.isUntold && statedLength === undefined) return NOTHING;
  if (length !== undefined) return { ...NOTHING, announcedLength: length };
  return minorVersion === 0 ? NOTHING : CHUNKED_HEAD;
}
