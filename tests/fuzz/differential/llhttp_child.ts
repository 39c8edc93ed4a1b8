/**
 * The child that asks llhttp, the parser in C that Node.js has built in: `node llhttp_child.ts`. Inputs come on standard
 * input, each behind its length in 4 octets; what llhttp makes of each goes out as a line of JSON.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import process from "node:process";
import { type NodeParser, type NodeParserClass, NodeTranscriber, type Transcript } from "./transcript.ts";

interface LlhttpParser extends NodeParser {
  initialize(type: number, resource: object, maxHeaderSize: number, lenient: number): void;
}

interface LlhttpParserClass extends NodeParserClass {
  new (): LlhttpParser;
  readonly REQUEST: number;
  readonly kLenientNone: number;
}

const MAX_HEAD = 1 << 20;
const common = createRequire(import.meta.url)("_http_common") as {
  HTTPParser: LlhttpParserClass;
  methods: readonly string[];
};
const { HTTPParser, methods } = common;

function readByLlhttp(bytes: Buffer): Transcript {
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {}, MAX_HEAD, HTTPParser.kLenientNone);
  const transcriber = new NodeTranscriber(parser, HTTPParser);
  parser[HTTPParser.kOnHeadersComplete] = (
    _major: number,
    minor: number,
    lines: string[] | undefined,
    method: number,
    url: string | undefined,
    _status: unknown,
    _reason: unknown,
    isUpgrade: boolean,
  ) => {
    const name = methods[method]!;
    transcriber.begin(name, url, minor, lines, isUpgrade || name === "CONNECT");
    return 0;
  };
  return transcriber.read(bytes, (result) => {
    return result instanceof Error
      ? `${(result as Error & { code: string }).code}: ${(result as Error & { reason: string }).reason}`
      : undefined;
  });
}

let rest = Buffer.alloc(0);
process.stdin.on("data", (bytes: Buffer) => {
  rest = Buffer.concat([rest, bytes]);
  let lines = "";
  while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
    const end = 4 + rest.readUInt32BE(0);
    lines += `${JSON.stringify(readByLlhttp(rest.subarray(4, end)))}\n`;
    rest = rest.subarray(end);
  }
  process.stdout.write(lines);
});
