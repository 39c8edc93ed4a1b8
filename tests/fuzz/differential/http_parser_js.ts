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

/**
 * Reads requests.
 *
 * @param input The octets, one character an octet
 * @returns What was read
 */
export function readByHttpParserJs(input: string): Transcript {
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
