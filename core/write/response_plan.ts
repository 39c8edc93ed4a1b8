/**
 * Decides how a response is framed and whether the connection can live on after it (RFC 9112, sections 6 and 9.3).
 *
 * @module
 */

import { CHUNKED, type Framing, mayHaveBody, NO_FRAMING, UNTIL_CLOSE } from "../message.ts";

/** What decides the framing of a response. */
export interface ResponseCircumstances {
  /** The final status code. */
  readonly status: number;
  /** The method of the request. */
  readonly method: string;
  /** 0 for an HTTP/1.0 client, 1 for a later one. */
  readonly minorVersion: 0 | 1;
  /** The Content-Length that the application gave. */
  readonly statedLength: number | undefined;
  /** The length of the content where it is known because it is all there. */
  readonly knownLength: number | undefined;
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

const NOTHING: ResponseFraming = Object.freeze({ framing: NO_FRAMING, announcedLength: undefined, hasBody: false });
const EMPTY: ResponseFraming = Object.freeze({ framing: NO_FRAMING, announcedLength: 0, hasBody: false });
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
 * @param of What decides it
 * @returns The framing
 */
export function responseFramingFor(of: ResponseCircumstances): ResponseFraming {
  const { status, method, statedLength } = of;
  // RFC 9110, section 8.6: no Content-Length in 204, nor in 2xx to CONNECT.
  if (status === 204 || (method === "CONNECT" && status < 300)) return NOTHING;
  // RFC 9110, section 15.3.6: "MUST NOT generate content in a 205 response".
  if (status === 205) return EMPTY;
  const length = statedLength ?? of.knownLength;
  if (!mayHaveBody(status, method)) return bodyless(of, length);
  if (length !== undefined) {
    return length === 0 ? EMPTY : { framing: { kind: "length", length }, announcedLength: undefined, hasBody: true };
  }
  return of.minorVersion === 0 ? TO_THE_CLOSE : IN_CHUNKS;
}

function bodyless(of: ResponseCircumstances, length: number | undefined): ResponseFraming {
  if (of.status === 304) {
    return of.statedLength === undefined ? NOTHING : { ...NOTHING, announcedLength: of.statedLength };
  }
  if (of.isUntold && of.statedLength === undefined) return NOTHING;
  if (length !== undefined) return { ...NOTHING, announcedLength: length };
  return of.minorVersion === 0 ? NOTHING : CHUNKED_HEAD;
}
