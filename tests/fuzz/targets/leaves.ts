/**
 * Targets: each leaf alone. It throws nothing but `ProtocolError`, sees nothing outside of its bounds, says of a part
 * what it says of the whole, and what it takes means the same when it is written and read again.
 *
 * @module
 */

import { createFieldMarks, scanFieldLines, sliceFieldLines } from "../../../core/parse/field_lines.ts";
import { parseRequestHead, type RequestHead } from "../../../core/parse/request_head.ts";
import type { ParseSettings } from "../../../core/parse/settings.ts";
import { prepareFields } from "../../../core/write/fields_text.ts";
import { writeRequestHead } from "../../../core/write/request_writer.ts";
import { SendBuffer } from "../../../core/write/send_buffer.ts";
import { INCREMENTAL_LEAVES, type Leaf, LEAVES } from "../../support/leaves.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { settingsOf } from "../../support/serve_octets.ts";
import { MARGIN } from "../../support/splits.ts";
import { takeAll } from "../../support/take_all.ts";
import { assertHolds, assertSame, coarse, outcomeOf, poisonedBlock } from "../oracles.ts";
import { decodeChunkedPlainly } from "../reference.ts";
import { numberOf, type Target } from "../target.ts";
import { CHUNK_WORDS, REQUEST_WORDS, RESPONSE_WORDS, TARGET_WORDS } from "../words.ts";

/** Bounds so tight that short inputs meet them. */
const TIGHT: ParseSettings = settingsOf({
  requestLine: 40,
  method: 8,
  fieldSection: 60,
  fieldLines: 3,
  chunkLine: 12,
  chunkDebt: 10,
  trailerSection: 30,
  trailerLines: 2,
});
const ORDINARY: ParseSettings = settingsOf();

const BODY = '5;a=b;c="d\\""\r\nhello\r\n1\r\n \r\n0\r\nX-T: v\r\nHost: a\r\n\r\n';
const HEAD = "POST /a?b HTTP/1.1\r\nHost: a:80\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
const SECTION = "Host: a\r\nX: \t b \t\r\nY:\r\n\r\n";

/** Seeds and words of each leaf. */
const GRAMMARS: Readonly<Record<string, readonly [seeds: readonly string[], words: readonly string[]]>> = {
  parseRequestHead: [
    [HEAD, `\r\nOPTIONS * HTTP/1.0\r\n${SECTION}`, "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"],
    REQUEST_WORDS,
  ],
  parseResponseHead: [["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", `HTTP/1.0 304\r\n${SECTION}`], RESPONSE_WORDS],
  scanFieldLines: [[SECTION], REQUEST_WORDS],
  parseChunkLine: [["a\r\n", '1f ; a = "b\\c" ;d\r\n'], CHUNK_WORDS],
  chunkedDecoder: [[BODY], CHUNK_WORDS],
  contentDecoder: [["0123456789012345678901234"], CHUNK_WORDS],
  parseHost: [
    ["a:80", "[::1]:8", "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7::]", "[::1.2.3.4]", "1.2.3.4", "%41.b:"],
    TARGET_WORDS,
  ],
  parseTarget: [["/a?b", "*", "http://a:80/b?c", "HTTPS://[::]"], TARGET_WORDS],
  parseAuthority: [["a:1", "[::1]:443"], TARGET_WORDS],
  parseConnectionOptions: [["close", "keep-alive, ,Upgrade", "\tx\t,close"], TARGET_WORDS],
};

/** A target for each leaf. */
export const LEAF_TARGETS: readonly Target[] = Object.entries(LEAVES).map(([name, leaf]) => {
  const [seeds, words] = GRAMMARS[name]!;
  return { name, seeds, words, run: (input) => runLeaf(name, leaf, input) };
});

/** What may be sent: no line that is taken reads as another line, or as more than one. */
export const SENT_FIELDS: Target = {
  name: "prepareFields",
  seeds: ["content-type\ntext/plain", "x\n"],
  words: REQUEST_WORDS,
  run(input) {
    const [name = "", ...rest] = input.split("\n");
    const value = rest.join("\n");
    let text: string;
    try {
      ({ text } = prepareFields([[name, value]], { allowUpgrade: true }));
    } catch (error) {
      if (error instanceof TypeError) return coarse(error.message.replace(`field ${name}`, "field _"));
      throw error;
    }
    const expected = /^(?:content-length|connection)$/i.test(name) ? [] : [name, value];
    const bytes = octets(`${text}\r\n`);
    const marks = createFieldMarks();
    assertHolds(scanFieldLines(bytes, 0, bytes.length, 1e6, 2, marks) === bytes.length, "what is sent is a section");
    assertSame(sliceFieldLines(`${text}\r\n`, 0, marks), expected, "sent and read");
    return "sent";
  },
};

function runLeaf(name: string, leaf: Leaf, input: string): string {
  const bytes = octets(input);
  const number = numberOf(input);
  const settings = number % 3 === 0 ? TIGHT : ORDINARY;
  const whole = outcomeOf(() => leaf(bytes, 0, bytes.length, settings));
  const block = poisonedBlock(bytes, input);
  assertSame(outcomeOf(() => leaf(block, MARGIN, MARGIN + bytes.length, settings)), whole, "as a view and alone");
  if (name in INCREMENTAL_LEAVES) {
    const end = number % (bytes.length + 1);
    const part = outcomeOf(() => leaf(bytes, 0, end, settings));
    if (part !== undefined) assertSame(part, whole, `of the first ${end} octets and of all`);
  }
  if (name === "parseRequestHead") checkWritten(whole);
  if (name === "parseHost") checkHost(whole, input);
  if (name === "chunkedDecoder") checkDecoded(whole, input, settings);
  return isRefused(whole) ? coarse(whole.refused) : shapeOf(whole);
}

function isRefused(outcome: unknown): outcome is { refused: string } {
  return typeof outcome === "object" && outcome !== null && "refused" in outcome;
}

/** Which members there are, and those values that are words. */
function shapeOf(outcome: unknown): string {
  if (typeof outcome !== "object" || outcome === null || Array.isArray(outcome)) return typeof outcome;
  return Object.entries(outcome).map(([name, value]) => {
    return typeof value === "boolean" || name === "framing" || name === "form"
      ? coarse(JSON.stringify(value))
      : typeof value;
  }).join();
}

/** IPv6 addresses are those that the parser of URLs takes, and ports end at 65535. */
function checkHost(whole: unknown, input: string): void {
  const isTaken = whole !== "no host";
  if (isTaken) {
    assertHolds(!(Number(/:(\d+)$/.exec(input.replace(/^\[.*\]/, ""))?.[1]) > 65_535), "no port is above 65535");
  }
  if (/^\[[0-9a-f:.]*\]$/i.test(input)) {
    assertSame(isTaken, URL.canParse(`http://${input}`), "an IPv6 address and a URL's");
  }
}

/** RFC 9112, section 7.1, in plain words says the same, with the same limits. */
function checkDecoded(whole: unknown, input: string, { limits }: ParseSettings): void {
  const plain = decodeChunkedPlainly(input, limits);
  assertSame(isRefused(whole) ? undefined : whole, plain, "decoded by ours and plainly");
}

/** What the client's role may not send is left out: obs-text, backslashes, and what is the connection's business. */
function checkWritten(outcome: unknown): void {
  if (outcome === undefined || isRefused(outcome)) return;
  const first = outcome as RequestHead;
  const { method, target, framing, minorVersion } = first;
  const isHopByHop = /^(?:te|keep-alive|proxy-connection|upgrade|connection|content-length|transfer-encoding)$/i;
  const fields = [...first.fields].filter(([name]) => !isHopByHop.test(name));
  const isSendable = first.host !== undefined && minorVersion === 1 && !target.includes("\\") &&
    fields.every(([, value]) => !/[\x80-\xff]/.test(value));
  if (!isSendable) return;
  const out = new SendBuffer();
  const content = framing.kind === "length" ? framing.length : framing.kind === "chunked" ? "chunked" : 0;
  writeRequestHead(out, { method, target, fields, content });
  const bytes = takeAll(out);
  const second = parseRequestHead(bytes, 0, bytes.length);
  assertHolds(second !== undefined && second.octets === bytes.length, `it is written whole: ${textOf(bytes)}`);
  const meaning = (head: RequestHead): unknown => [head.method, head.target, head.framing, head.host, head.targetParts];
  assertSame(meaning(second), meaning(first), "written and read again");
  assertSame([...second.fields].slice(0, fields.length), fields, "fields written and read again");
}
