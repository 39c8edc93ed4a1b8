/**
 * What http-parser-js makes of a stream of requests.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { HTTPParser } from "http-parser-js";
import { octets } from "../../support/octet_text.ts";
import { type NodeParser, type NodeParserClass, NodeTranscriber, type Transcript } from "./transcript.ts";

/** What it tells of a head; its own types know neither the second form of its callbacks nor their numbers. */
interface Head {
  readonly method: number;
  readonly url: string;
  readonly versionMinor: number;
  readonly headers: string[];
  readonly upgrade: boolean;
}

const parserClass = HTTPParser as unknown as NodeParserClass & { readonly methods: readonly string[] };

/** A line that it reads as a chunk size below 0, if a chunk size is what it expects there: it never returns from that. */
const NEGATIVE_SIZE = /^\s*-\s*[0-9a-f]/im;

/**
 * Reads requests.
 *
 * @param input The octets, one character an octet
 * @returns What was read; undefined if it is not to be asked, since it might not return
 */
export function readByHttpParserJs(input: string): Transcript | undefined {
  if (NEGATIVE_SIZE.test(withoutHighBits(input))) return undefined;
  const parser = new HTTPParser(HTTPParser.REQUEST) as unknown as NodeParser;
  const transcriber = new NodeTranscriber(parser, parserClass);
  parser[parserClass.kOnHeadersComplete] = (head: Head) => {
    const method = parserClass.methods[head.method] ?? String(head.method);
    transcriber.begin(method, head.url, head.versionMinor, head.headers, head.upgrade || method === "CONNECT");
  };
  // Its way to take octets is to look at a Buffer.
  const bytes = Buffer.from(octets(input));
  return transcriber.read(bytes, (result) => result instanceof Error ? result.message : undefined);
}

/** It reads octets so. */
function withoutHighBits(input: string): string {
  return input.replace(/[\x80-\xff]/g, (octet) => String.fromCharCode(octet.charCodeAt(0) & 0x7f));
}
