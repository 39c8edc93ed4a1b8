/**
 * What the raw loops have in common: they count blank lines and write a constant for each. Nobody can be faster on the
 * same sockets, so they are the ceiling.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { HELLO } from "./content.ts";

/** As many answers as one block of pipelined requests may ask for. */
const MOST = 4096;

const ANSWER = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n" +
  `content-length: ${HELLO.length}\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n${HELLO}`;
const ANSWERS: Uint8Array = new Uint8Array(Buffer.from(ANSWER.repeat(MOST)));

const LF = 0x0a;
const CR = 0x0d;

/**
 * Gives the answers to what came. A blank line that is cut in two by the end of a block is not seen.
 *
 * @param bytes The block
 * @param end Where its octets end
 * @returns The answers in one block, empty if there is none
 */
export function rawAnswers(bytes: Uint8Array, end: number): Uint8Array {
  let count = 0;
  // Only each fourth octet is looked at: where the last one of a blank line may stand.
  for (let at = 3; at < end;) {
    const octet = bytes[at]!;
    if (octet > CR) at += 4;
    else if (octet !== LF) at += 1;
    else if (bytes[at - 1] === CR && bytes[at - 2] === LF && bytes[at - 3] === CR) {
      count++;
      at += 4;
    } else at += 2;
  }
  return ANSWERS.subarray(0, Math.min(count, MOST) * ANSWER.length);
}
