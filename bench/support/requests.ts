/**
 * The requests of the server benches, and as what a load generator sends them.
 *
 * @module
 */

/** A request, as text: one character an octet. */
export interface RequestText {
  /** The head with its last empty line. */
  readonly head: string;
  /** What follows it. */
  readonly body: string;
}

const HOST = "Host: 127.0.0.1\r\n";

/** Sixteen field lines, as Chrome sends them. */
const BROWSER_FIELDS = [
  "Host: 127.0.0.1",
  "Connection: keep-alive",
  'sec-ch-ua: "Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
  "sec-ch-ua-mobile: ?0",
  'sec-ch-ua-platform: "Linux"',
  "Upgrade-Insecure-Requests: 1",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
  "Sec-Fetch-Site: same-origin",
  "Sec-Fetch-Mode: navigate",
  "Sec-Fetch-User: ?1",
  "Sec-Fetch-Dest: document",
  "Referer: http://127.0.0.1/articles/",
  "Accept-Encoding: gzip, deflate, br, zstd",
  "Accept-Language: en-US,en;q=0.9,de;q=0.8",
  "Cookie: theme=dark; session=0123456789abcdef0123456789abcdef; seen=1730000000",
].map((line) => `${line}\r\n`).join("");

/**
 * A request as load tools send it.
 *
 * @param target The request target
 * @returns The request
 */
export function plainGet(target: string): RequestText {
  return { head: `GET ${target} HTTP/1.1\r\n${HOST}\r\n`, body: "" };
}

/**
 * A request with the sixteen field lines of a browser.
 *
 * @param target The request target
 * @returns The request
 */
export function browserGet(target: string): RequestText {
  return { head: `GET ${target} HTTP/1.1\r\n${BROWSER_FIELDS}\r\n`, body: "" };
}

/**
 * A request with content of a known length.
 *
 * @param target The request target
 * @param octets How much
 * @returns The request
 */
export function post(target: string, octets: number): RequestText {
  const fields = `${HOST}Content-Type: application/octet-stream\r\nContent-Length: ${octets}\r\n`;
  return { head: `POST ${target} HTTP/1.1\r\n${fields}\r\n`, body: "x".repeat(octets) };
}

/**
 * A request with content in chunks.
 *
 * @param target The request target
 * @param size Octets in each chunk
 * @param count How many chunks
 * @returns The request
 */
export function chunkedPost(target: string, size: number, count: number): RequestText {
  const fields = `${HOST}Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n`;
  const chunk = `${size.toString(16)}\r\n${"x".repeat(size)}\r\n`;
  return { head: `POST ${target} HTTP/1.1\r\n${fields}\r\n`, body: `${chunk.repeat(count)}0\r\n\r\n` };
}
