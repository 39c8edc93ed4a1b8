/**
 * The message writer beside the plainest way to write a message: a string for the head, `encode`, and one array of all.
 *
 * @module
 */

import type { Framing } from "../../core/message.ts";
import { prepareFields } from "../../core/write/fields_text.ts";
import { writeAsciiContent, writeContent, writeEnd, writeResponseHead } from "../../core/write/response_writer.ts";
import { SendBuffer } from "../../core/write/send_buffer.ts";
import type { FieldLine } from "../../core/fields.ts";
import { type LeafCase, type LeafEntry, sink } from "./leaf_case.ts";

const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
const HELLO = "Hello, World!\r\n";
const PAGE = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-\n".repeat(32);
const PIECE: Uint8Array = new Uint8Array(100).fill(0x78);
const PIECES: readonly Uint8Array[] = new Array<Uint8Array>(100).fill(PIECE);

const encoder = new TextEncoder();

/** Makes the fields of one message; no two are alike. */
type MakeFields = (turn: number) => FieldLine[];

const oneField: MakeFields = (turn) => [["content-type", `text/plain;v=${turn}`]];

const fiveFields: MakeFields = (turn) => [
  ["content-type", "text/plain;charset=utf-8"],
  ["cache-control", "private, max-age=60"],
  ["vary", "accept-language, cookie"],
  ["etag", `"${turn}-${PAGE.length}"`],
  ["x-seen", String(turn)],
];

/**
 * Responses: a short one, one with five fields and 2 KiB, one of a hundred chunks.
 *
 * @returns The cases
 */
export function writerCases(): LeafCase[] {
  return [
    { group: "one field, 15 octets", entries: [sluiceText(oneField, HELLO), plainText(oneField, HELLO)] },
    { group: "five fields, 2 KiB", entries: [sluiceText(fiveFields, PAGE), plainText(fiveFields, PAGE)] },
    { group: "100 chunks", entries: [sluiceChunked(), plainChunked()] },
  ];
}

function sluiceText(makeFields: MakeFields, content: string): LeafEntry {
  const framing: Framing = { kind: "length", length: content.length };
  return sluice((out, turn) => {
    writeHead(out, makeFields(turn), framing);
    writeAsciiContent(out, framing, content);
  });
}

function sluiceChunked(): LeafEntry {
  const framing: Framing = { kind: "chunked" };
  return sluice((out, turn) => {
    writeHead(out, oneField(turn), framing);
    for (const piece of PIECES) writeContent(out, framing, piece, false);
    writeEnd(out, framing);
  });
}

function writeHead(out: SendBuffer, lines: FieldLine[], framing: Framing): void {
  const start = { status: 200, fields: prepareFields(lines), date: DATE };
  writeResponseHead(out, start, { framing, announcedLength: undefined, hasBody: true });
}

/** One message to its end: what is written is taken and given back, as when it is sent. */
function sluice(write: (out: SendBuffer, turn: number) => void): LeafEntry {
  const out = new SendBuffer();
  let turn = 0;
  const run = (): void => {
    write(out, turn++);
    for (let bytes = out.take(); bytes !== undefined; bytes = out.take()) {
      sink.octets += bytes.length;
      out.release();
    }
  };
  return { name: "sluice", run };
}

function plainText(makeFields: MakeFields, content: string): LeafEntry {
  return plain((
    turn,
  ) => [encoder.encode(plainHead(makeFields(turn), `content-length: ${content.length}`)), encoder.encode(content)]);
}

function plainChunked(): LeafEntry {
  return plain((turn) => {
    const blocks: Uint8Array[] = [encoder.encode(plainHead(oneField(turn), "transfer-encoding: chunked"))];
    for (const piece of PIECES) {
      blocks.push(encoder.encode(`${piece.length.toString(16)}\r\n`), piece, encoder.encode("\r\n"));
    }
    blocks.push(encoder.encode("0\r\n\r\n"));
    return blocks;
  });
}

function plainHead(lines: FieldLine[], framing: string): string {
  const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 200 OK\r\n${text}${framing}\r\ndate: ${DATE}\r\n\r\n`;
}

function plain(write: (turn: number) => Uint8Array[]): LeafEntry {
  let turn = 0;
  const run = (): void => {
    const blocks = write(turn++);
    const message = new Uint8Array(blocks.reduce((octets, block) => octets + block.length, 0));
    let at = 0;
    for (const block of blocks) {
      message.set(block, at);
      at += block.length;
    }
    sink.octets += message.length;
  };
  return { name: "encode and concat", run };
}
