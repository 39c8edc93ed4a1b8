/**
 * Tests of the leaf for the line before a chunk's data.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { ProtocolErrorCode } from "../../../core/errors.ts";
import { type ChunkSize, parseChunkLine } from "../../../core/parse/chunk_line.ts";
import { NEED_MORE } from "../../../core/parse/field_lines.ts";
import { octets } from "../../support/octet_text.ts";
import { refusalOf } from "../../support/refusal.ts";
import { MARGIN, poisonedBlocks } from "../../support/splits.ts";

/** Gives the size, or undefined if more is needed. */
function parse(text: string, limit = 256): number | undefined {
  const into: ChunkSize = { chunkSize: -1 };
  const dataStart = parseChunkLine(octets(text), 0, text.length, limit, into);
  return dataStart === NEED_MORE ? undefined : into.chunkSize;
}

const TAKEN: readonly [line: string, size: number][] = [
  ["0", 0],
  ["00", 0],
  ["5", 5],
  ["a", 10],
  ["fF", 255],
  ["0000000000000005", 5],
  ["1fffffffffffff", Number.MAX_SAFE_INTEGER],
  ["001fffffffffffff", Number.MAX_SAFE_INTEGER],
  ["5;a", 5],
  ["5;a;b;c", 5],
  ["5;a=b", 5],
  ["5;a=b;c=d", 5],
  ["5;!#$%&'*+-.^_`|~=!#$%&'*+-.^_`|~", 5],
  ["5 ;a", 5],
  ["5\t \t;a", 5],
  ["5; a", 5],
  ["5;a ;b", 5],
  ["5;a =b", 5],
  ["5;a= b", 5],
  ["5;a\t=\tb\t;\tc", 5],
  ['5;a=""', 5],
  ['5;a="b"', 5],
  ['5;a="b";c', 5],
  ['5;a="b" ;c', 5],
  ['5;a="\t !#$%;,=[]~\x80\xff"', 5],
  ['5;a="\\"\\\\\\a\\\t\\ \\\xff"', 5],
];

Deno.test("parseChunkLine gives the size, and passes extensions over", async (t) => {
  for (const [line, size] of TAKEN) {
    await t.step(JSON.stringify(line), () => {
      const text = `${line}\r\n`;
      assertEquals(parse(text), size);
      assertEquals(parse(`${text}\n;"x`), size);
      for (let length = 0; length < text.length; length++) {
        assertEquals(parse(text.slice(0, length)), undefined, JSON.stringify(text.slice(0, length)));
      }
    });
  }
});

/** The text up to and with the octet that has to be refused. */
const REFUSED: readonly [prefix: string, code: ProtocolErrorCode][] = [
  ["\r", "bad-chunk"],
  ["\n", "bad-line-end"],
  [";", "bad-chunk"],
  [" ", "bad-chunk"],
  ["\t", "bad-chunk"],
  ["-", "bad-chunk"],
  ["+", "bad-chunk"],
  ["g", "bad-chunk"],
  ["\x00", "bad-chunk"],
  ["\xb2", "bad-chunk"],
  ["0x", "bad-chunk"],
  ["5_", "bad-chunk"],
  ["5.", "bad-chunk"],
  ["5h", "bad-chunk"],
  ["5,", "bad-chunk"],
  ["5\x00", "bad-chunk"],
  ["5\n", "bad-line-end"],
  ["5\rX", "bad-line-end"],
  ["5\r\r", "bad-line-end"],
  ["5 \r", "bad-chunk"],
  ["5 \n", "bad-line-end"],
  ["5 5", "bad-chunk"],
  ["5 a", "bad-chunk"],
  ["00000000000000000", "bad-chunk"],
  ["20000000000000", "bad-chunk"],
  ["ffffffffffffff", "bad-chunk"],
  ["5;\r", "bad-chunk"],
  ["5;\n", "bad-line-end"],
  ["5; \r", "bad-chunk"],
  ["5;;", "bad-chunk"],
  ["5;=", "bad-chunk"],
  ['5;"', "bad-chunk"],
  ["5;\x80", "bad-chunk"],
  ["5;a\n", "bad-line-end"],
  ["5;a\rb", "bad-line-end"],
  ["5;a\x00", "bad-chunk"],
  ["5;a/", "bad-chunk"],
  ["5;a \r", "bad-chunk"],
  ["5;a b", "bad-chunk"],
  ['5;a"', "bad-chunk"],
  ["5;a=\r", "bad-chunk"],
  ["5;a=\n", "bad-line-end"],
  ["5;a=;", "bad-chunk"],
  ["5;a==", "bad-chunk"],
  ["5;a=b=", "bad-chunk"],
  ["5;a=b \r", "bad-chunk"],
  ["5;a=b c", "bad-chunk"],
  ['5;a=b"', "bad-chunk"],
  ["5;a='b,", "bad-chunk"],
  ['5;a="\r', "bad-chunk"],
  ['5;a="\n', "bad-line-end"],
  ['5;a="\x00', "bad-chunk"],
  ['5;a="\x7f', "bad-chunk"],
  ['5;a="\\\r', "bad-chunk"],
  ['5;a="\\\n', "bad-line-end"],
  ['5;a="\\\x1f', "bad-chunk"],
  ['5;a="b"c', "bad-chunk"],
  ['5;a="b""', "bad-chunk"],
  ['5;a="b"=', "bad-chunk"],
  ['5;a="b" \r', "bad-chunk"],
  ['5;a="b"\n', "bad-line-end"],
];

Deno.test("parseChunkLine refuses at the octet that is bad, whatever follows it", async (t) => {
  for (const [prefix, code] of REFUSED) {
    await t.step(JSON.stringify(prefix), () => {
      assertEquals(parse(prefix.slice(0, -1)), undefined);
      for (const rest of ["", "\r\n", "\n", ";a\r\n", '"\r\n']) {
        assertEquals(refusalOf(() => parse(prefix + rest)), code);
      }
    });
  }
});

Deno.test("parseChunkLine takes a line of just the limit, and refuses one octet more when it comes", async (t) => {
  for (const line of ["00000", "5;abc", "5;a=b", '5;a="b"', '5;a="\\b"', "5 ;ab"]) {
    await t.step(line, () => {
      const limit = line.length;
      assertEquals(parse(`${line}\r\n`, limit), parse(`${line}\r\n`));
      assertEquals(parse(line, limit), undefined);
      assertEquals(parse(`${line}\r`, limit), undefined);
      // The CR is an octet too many for the lower limit.
      assertEquals(refusalOf(() => parse(line, limit - 1)), "bad-chunk");
      assertEquals(refusalOf(() => parse(`${line}\r\n`, limit - 1)), "bad-chunk");
    });
  }
});

Deno.test("parseChunkLine reads no octet before the start or behind the end", () => {
  const text = '5 ;a="\\b" ; c = d\r\n';
  for (let length = 0; length <= text.length; length++) {
    for (const block of poisonedBlocks(octets(text.slice(0, length)))) {
      const dataStart = parseChunkLine(block, MARGIN, MARGIN + length, 256, { chunkSize: 0 });
      assertEquals(dataStart, length < text.length ? NEED_MORE : MARGIN + length);
    }
  }
});
