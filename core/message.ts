/**
 * The framing of a message: the ways in which its body can end (RFC 9112, section 6). Which one it is for a message that
 * came is decided in `parse/framing.ts`, for one that goes in `write/response_plan.ts`.
 *
 * @module
 */

/** Where a message's body ends. */
export type Framing = NoFraming | LengthFraming | ChunkedFraming | CloseFraming;

/** There is no body. */
export interface NoFraming {
  /** Tells the kinds apart. */
  readonly kind: "none";
}

/** The body is a number of octets. */
export interface LengthFraming {
  /** Tells the kinds apart. */
  readonly kind: "length";
  /** How many octets; more than 0 where it is a request's. */
  readonly length: number;
}

/** The body is chunked and tells its end itself. */
export interface ChunkedFraming {
  /** Tells the kinds apart. */
  readonly kind: "chunked";
}

/** The body ends when the connection does; responses only. */
export interface CloseFraming {
  /** Tells the kinds apart. */
  readonly kind: "close";
}

/** No body. */
export const NO_FRAMING: NoFraming = Object.freeze({ kind: "none" });
/** A chunked body. */
export const CHUNKED: ChunkedFraming = Object.freeze({ kind: "chunked" });
/** A body that ends with the connection. */
export const UNTIL_CLOSE: CloseFraming = Object.freeze({ kind: "close" });

/**
 * Tells whether a response has a body at all (RFC 9112, section 6.3, rules 1 and 2).
 *
 * @param status Its status code
 * @param method The method of the request that it answers
 * @returns false for interim responses, 204, 304, whatever answers HEAD, and 2xx to CONNECT
 */
export function mayHaveBody(status: number, method: string): boolean {
  if (status < 200 || status === 204 || status === 304) return false;
  return method !== "HEAD" && !(method === "CONNECT" && status < 300);
}
