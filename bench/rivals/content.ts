/**
 * What the rivals answer: the same as the demo application, octet for octet.
 *
 * @module
 */

/** The answer of `/`. */
export const HELLO = "Hello, World!\r\n";

const PIECE = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-\n".repeat(4);

/** The pieces of the answers of `/profile/*`. */
export const PIECES: readonly string[] = new Array<string>(8).fill(PIECE);

/** These answers whole: 2 KiB. */
export const PAGE: string = PIECES.join("");

/** What a request of `/profile/busy` is looked at for. */
export const LOOKED_AT = ["host", "user-agent", "accept", "accept-language", "accept-encoding", "referer"] as const;

/** The pieces that `/stream` and `/download` ask for. */
export interface StreamPlan {
  /** How many. */
  readonly pieces: number;
  /** What each is. */
  readonly piece: Uint8Array;
}

const xs: Uint8Array<ArrayBuffer> = new Uint8Array(1_048_576).fill(0x78);

/**
 * Reads what `/stream` and `/download` are asked for.
 *
 * @param query The query, without `?`
 * @returns The pieces
 */
export function streamPlan(query: string): StreamPlan {
  const given = new URLSearchParams(query);
  return { pieces: Number(given.get("pieces")), piece: xs.subarray(0, Number(given.get("size"))) };
}

/**
 * Reads a cookie.
 *
 * @param cookies The value of Cookie
 * @param name The cookie's name
 * @returns Its value, undefined if there is none
 */
export function readCookie(cookies: string | null | undefined, name: string): string | undefined {
  for (const pair of cookies?.split("; ") ?? []) {
    if (pair.startsWith(name) && pair[name.length] === "=") return pair.slice(name.length + 1);
  }
  return undefined;
}

/**
 * The fields of the answer of `/profile/busy`.
 *
 * @param seen How much of the request was found
 * @returns The fields
 */
export function busyFields(seen: number): Record<string, string> {
  return {
    "content-type": "text/plain;charset=utf-8",
    "cache-control": "private, max-age=60",
    "vary": "accept-language, cookie",
    "etag": `"${seen}-${PAGE.length}"`,
    "x-seen": String(seen),
  };
}
