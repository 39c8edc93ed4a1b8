/**
 * http-parser-js, the parser of Node.js's family that is written in JavaScript, made ready to be measured.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { HTTPParser } from "http-parser-js";
import { sink, touch } from "./leaf_case.ts";

/** What is used of it; its own types know neither the second form of its callbacks nor their numbers as members. */
interface RivalParser {
  execute(chunk: Buffer): number | Error;
  [callback: number]: unknown;
}

/** What it tells of a head. */
interface RivalHead {
  readonly headers: readonly string[];
  readonly url: string;
}

/**
 * Makes a parser of requests.
 *
 * @param onHead Told of each head
 * @param onMessage Told of each message's end
 * @returns Feeds it
 */
export function rivalRequests(onHead?: () => void, onMessage?: () => void): (bytes: Buffer) => void {
  const parser = new HTTPParser(HTTPParser.REQUEST) as unknown as RivalParser;
  parser[HTTPParser.kOnHeadersComplete] = (head: RivalHead) => {
    sink.value = head;
    onHead?.();
  };
  parser[HTTPParser.kOnBody] = (bytes: Uint8Array, offset: number, length: number) => {
    touch(bytes, offset, offset + length);
  };
  parser[HTTPParser.kOnMessageComplete] = () => onMessage?.();
  return (bytes) => {
    const result = parser.execute(bytes);
    if (result !== bytes.length) throw new Error(`http-parser-js took ${result} of ${bytes.length} octets`);
  };
}
