/**
 * Whole exchanges in memory beside the least that could be called a server on http-parser-js: it looks at nothing, and
 * its answer is one constant but for the date.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { EXCHANGES, sluiceExchange } from "./exchanges.ts";
import { type LeafCase, sink, takeTurns } from "./leaf_case.ts";
import { rivalRequests } from "./rival_parser.ts";

const ANSWERED_ALIKE: readonly string[] = ["single", "browser request", "pipelined by 16"];

/**
 * Exchanges: single ones and pipelined ones.
 *
 * @returns The cases
 */
export function exchangeCases(): LeafCase[] {
  return Object.entries(EXCHANGES).map(([group, reads]): LeafCase => {
    const ours = sluiceExchange(reads);
    if (!ANSWERED_ALIKE.includes(group)) return { group, entries: [ours] };
    const next = takeTurns(reads);
    let text = "";
    const parse = rivalRequests(undefined, () => {
      text +=
        `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 15\r\ndate: ${date()}\r\n\r\nHello, World!\r\n`;
    });
    const run = (): void => {
      text = "";
      parse(next());
      sink.octets += Buffer.from(text, "latin1").length;
    };
    return { group, entries: [ours, { name: "http-parser-js", run }] };
  });
}

let second = 0;
let secondText = "";

function date(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) secondText = new Date((second = now) * 1000).toUTCString();
  return secondText;
}
