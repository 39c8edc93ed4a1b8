/**
 * The request heads and bodies that the leaves are measured with, each in many variants of the same length.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** How many variants there are of each head: more than any cache of last results would hold. */
const VARIANTS = 256;

/** The length of the browser head, in octets. */
const BROWSER_HEAD = 477;

/** A token of six digits that differs from variant to variant. */
type Make = (token: string) => string;

/**
 * Makes variants of a text.
 *
 * @param make Makes one
 * @param count How many
 * @returns The variants, each in a block of its own
 */
export function variants(make: Make, count: number = VARIANTS): Buffer[] {
  return Array.from(
    { length: count },
    (_, index) => Buffer.from(make(String((index + 1) * 3571 % 1_000_000).padStart(6, "0")), "latin1"),
  );
}

/** A request line and Host, as load tools send them. */
export const minimalHead: Make = (token) => `GET /${token} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n`;

/** What Firefox sends for a page, with one cookie: 477 octets. */
export const browserHead: Make = (token) => {
  const head = (padding: string) =>
    `GET /articles/${token}?page=2&from=index HTTP/1.1\r\n` +
    "Host: www.example.org\r\n" +
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0\r\n" +
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n" +
    "Accept-Language: en-US,en;q=0.5\r\n" +
    "Accept-Encoding: gzip, deflate, br, zstd\r\n" +
    "Referer: https://www.example.org/articles/\r\n" +
    "Connection: keep-alive\r\n" +
    `Cookie: session=${token}${padding}\r\n` +
    "Upgrade-Insecure-Requests: 1\r\n\r\n";
  return head("0123456789abcdef".repeat(8).slice(0, BROWSER_HEAD - head("").length));
};

/** The browser head with 2 KiB of cookies. */
export const cookieHead: Make = (token) => {
  const cookies = Array.from(
    { length: 32 },
    (_, index) => `cookie${String(index).padStart(2, "0")}=${token.repeat(9)}`,
  );
  return browserHead(token).replace(/Cookie: [^\r]*/, `Cookie: ${cookies.join("; ").slice(0, 2048)}`);
};

/** Forty field lines, as behind a chain of proxies. */
export const fortyFieldsHead: Make = (token) => {
  const lines = Array.from({ length: 39 }, (_, index) => `X-Field-Number-${index}: value ${token} of ${index}\r\n`);
  return `GET /${token} HTTP/1.1\r\nHost: www.example.org\r\n${lines.join("")}\r\n`;
};

/**
 * Makes blocks of a chunked body in full swing: chunks without the last one.
 *
 * @param size Octets of data in each chunk
 * @param blockSize How many octets of data a block has about
 * @returns Blocks of different data
 */
export function chunkBlocks(size: number, blockSize: number): Buffer[] {
  const count = Math.max(1, Math.round(blockSize / size));
  return Array.from({ length: 16 }, (_, variant) => {
    const data = Buffer.alloc(size, 0x61 + variant);
    const chunk = Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), data, Buffer.from("\r\n")]);
    return Buffer.concat(new Array<Buffer>(count).fill(chunk));
  });
}
