/**
 * Tests of the response writer.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { CHUNKED, type Framing, NO_FRAMING, UNTIL_CLOSE } from "../../../core/message.ts";
import { NO_PREPARED_FIELDS, prepareFields } from "../../../core/write/fields_text.ts";
import {
  checkReason,
  type ResponseHeadStart,
  writeAgain,
  writeAsciiContent,
  writeContent,
  writeEnd,
  writeInterimHead,
  writeResponseHead,
} from "../../../core/write/response_writer.ts";
import { LARGE_PIECE, SendBuffer } from "../../../core/write/send_buffer.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { takeAll } from "../../support/take_all.ts";

/** A head as it is written: what the application says, and what was decided. */
interface Plan extends Omit<ResponseHeadStart, "date"> {
  readonly framing: Framing;
  readonly announcedLength: number | undefined;
  readonly connection: string | undefined;
}

const PLAN: Plan = { status: 200, framing: NO_FRAMING, announcedLength: undefined, connection: undefined };
const FIVE: Framing = { kind: "length", length: 5 };

function written(write: (out: SendBuffer) => void): string {
  const out = new SendBuffer();
  write(out);
  return textOf(takeAll(out));
}

function writtenHead(plan: Partial<Plan>, date: string): string {
  const { framing, announcedLength, connection, ...start } = { ...PLAN, ...plan };
  const response = { framing, announcedLength, hasBody: true };
  return written((out) => writeResponseHead(out, { ...start, date }, response, connection));
}

const HEADS: readonly [what: string, plan: Partial<Plan>, text: string][] = [
  ["a bare head", {}, "HTTP/1.1 200 OK\r\ndate: D\r\n\r\n"],
  ["a reason of its own", { reason: "Fine \t!" }, "HTTP/1.1 200 Fine \t!\r\ndate: D\r\n\r\n"],
  ["an empty reason", { reason: "" }, "HTTP/1.1 200 \r\ndate: D\r\n\r\n"],
  ["a status that is not registered", { status: 299 }, "HTTP/1.1 299 \r\ndate: D\r\n\r\n"],
  ["the highest status", { status: 999 }, "HTTP/1.1 999 \r\ndate: D\r\n\r\n"],
  ["a length", { framing: FIVE }, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ndate: D\r\n\r\n"],
  ["chunked", { framing: CHUNKED }, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ndate: D\r\n\r\n"],
  [
    "until the close",
    { framing: UNTIL_CLOSE, connection: "close" },
    "HTTP/1.1 200 OK\r\ndate: D\r\nconnection: close\r\n\r\n",
  ],
  ["an announced length", { announcedLength: 0 }, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\ndate: D\r\n\r\n"],
  ["keep-alive", { connection: "keep-alive" }, "HTTP/1.1 200 OK\r\ndate: D\r\nconnection: keep-alive\r\n\r\n"],
  ["fields", { fields: prepareFields({ "X-A": "b" }) }, "HTTP/1.1 200 OK\r\nX-A: b\r\ndate: D\r\n\r\n"],
  ["a Date of its own", { fields: prepareFields({ Date: "E" }) }, "HTTP/1.1 200 OK\r\nDate: E\r\n\r\n"],
];

Deno.test("writeResponseHead writes one framing field, one Date and one Connection", async (t) => {
  for (const [what, plan, text] of HEADS) {
    // The first time it is put together, then it is known in part, and then as a whole.
    for (const time of ["first", "second", "third"]) {
      await t.step(`${what}, the ${time} time`, () => assertEquals(writtenHead(plan, "D"), text));
    }
  }
});

Deno.test("writeResponseHead writes no head twice that is not the same", () => {
  const fields = prepareFields({ "x-again": "1" });
  const head = (status: number, length: number, date: string, connection?: string): string =>
    writtenHead({ status, fields, framing: { kind: "length", length }, connection }, date);
  const expected = (line: string, length: number, date: string, connection = ""): string =>
    `HTTP/1.1 ${line}\r\nx-again: 1\r\ncontent-length: ${length}\r\ndate: ${date}\r\n${connection}\r\n`;
  const again = (check: () => void): void => [1, 2, 3].forEach(check);
  again(() => assertEquals(head(200, 5, "D"), expected("200 OK", 5, "D")));
  again(() => assertEquals(head(200, 6, "D"), expected("200 OK", 6, "D")));
  again(() => assertEquals(head(200, 6, "E"), expected("200 OK", 6, "E")));
  again(() => assertEquals(head(404, 6, "E"), expected("404 Not Found", 6, "E")));
  again(() => assertEquals(head(404, 6, "E", "close"), expected("404 Not Found", 6, "E", "connection: close\r\n")));
  again(() => {
    assertEquals(head(200, 5, "D"), expected("200 OK", 5, "D"));
    assertEquals(head(404, 5, "D"), expected("404 Not Found", 5, "D"));
    assertEquals(head(200, 7, "F"), expected("200 OK", 7, "F"));
  });
});

Deno.test("writeInterimHead writes a head without framing and Date", () => {
  const fields = prepareFields({ link: "</a>; rel=preload" });
  assertEquals(
    written((out) => writeInterimHead(out, 103, fields)),
    "HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n",
  );
  assertEquals(written((out) => writeInterimHead(out, 100, NO_PREPARED_FIELDS)), "HTTP/1.1 100 Continue\r\n\r\n");
  assertEquals(
    written((out) => writeInterimHead(out, 101, NO_PREPARED_FIELDS, "upgrade")),
    "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\r\n",
  );
});

const CONTENTS: readonly [framing: Framing, piece: string, text: string][] = [
  [FIVE, "hello", "hello"],
  [FIVE, "", ""],
  [UNTIL_CLOSE, "hello", "hello"],
  [CHUNKED, "hello", "5\r\nhello\r\n"],
  [CHUNKED, "0123456789abcdef", "10\r\n0123456789abcdef\r\n"],
  [CHUNKED, "", ""],
];

Deno.test("writeContent and writeAsciiContent frame a piece, and write nothing for an empty one", async (t) => {
  for (const [framing, piece, text] of CONTENTS) {
    await t.step(`${framing.kind}: ${JSON.stringify(piece)}`, () => {
      assertEquals(written((out) => writeContent(out, framing, octets(piece), false)), text);
      assertEquals(written((out) => writeContent(out, framing, octets(piece), true)), text);
      assertEquals(written((out) => assert(writeAsciiContent(out, framing, piece))), text);
    });
  }
});

Deno.test("writeAsciiContent writes nothing of a text that is not ASCII", () => {
  for (const framing of [FIVE, CHUNKED, UNTIL_CLOSE]) {
    assertEquals(written((out) => assertFalse(writeAsciiContent(out, framing, "hell\xf6"))), "");
  }
});

Deno.test("writeAgain writes a whole response whose head was written before, and nothing else", () => {
  const fields = prepareFields({ "x-whole": "1" });
  const start = { status: 200, fields, date: "D" };
  const text = "HTTP/1.1 200 OK\r\nx-whole: 1\r\ncontent-length: 5\r\ndate: D\r\n\r\n";
  const again = (changes: Partial<ResponseHeadStart>, content: string | Uint8Array): string | false => {
    const out = new SendBuffer();
    const isWritten = writeAgain(out, { ...start, ...changes }, content, false);
    const sent = textOf(takeAll(out));
    if (!isWritten) assertEquals(sent, "");
    return isWritten && sent;
  };
  assertEquals(again({}, "hello"), false, "never written before");
  for (let i = 0; i < 3; i++) writtenHead({ fields, framing: FIVE }, "D");
  assertEquals(again({}, "hello"), `${text}hello`);
  assertEquals(again({}, octets("w\xf6rld")), `${text}w\xf6rld`);
  assertEquals(again({}, "w\xf6rld"), false, "not ASCII");
  assertEquals(again({}, "hell"), false, "another length");
  assertEquals(again({ date: "E" }, "hello"), false, "another date");
  assertEquals(again({ status: 201 }, "hello"), false, "another status");
  assertEquals(again({ reason: "Fine" }, "hello"), false, "a reason of its own");
  assertEquals(again({ fields: { ...fields, close: true } }, "hello"), false, "connection: close");
  assertEquals(again({ fields: { ...fields, hasDate: true } }, "hello"), false, "a date of its own");
  assertEquals(again({ fields: { ...fields, contentLength: 6 } }, "hello"), false, "another length announced");
  assertEquals(again({ fields: { ...fields, contentLength: 5 } }, "hello"), `${text}hello`);
  assertEquals(again({ fields: { ...fields, template: undefined } }, "hello"), false, "no template");
  assertEquals(again({ fields: prepareFields({}) }, "hello"), false, "no fields");
});

Deno.test("writeContent copies what is not lent, and passes what is lent and large through", () => {
  for (
    const [isLent, length, isPassed] of [[true, LARGE_PIECE, true], [true, LARGE_PIECE - 1, false], [
      false,
      LARGE_PIECE,
      false,
    ]] as const
  ) {
    const out = new SendBuffer();
    const piece = new Uint8Array(length).fill(0x61);
    writeContent(out, FIVE, piece, isLent);
    piece.fill(0x62);
    const sent = out.take()!;
    assertEquals([sent.length, sent[0]], [length, isPassed ? 0x62 : 0x61]);
    if (isPassed) assertStrictEquals(sent.buffer, piece.buffer);
  }
});

Deno.test("writeEnd ends chunked content only, with its trailers", () => {
  assertEquals(written((out) => writeEnd(out, CHUNKED)), "0\r\n\r\n");
  assertEquals(written((out) => writeEnd(out, CHUNKED, "x: y\r\n")), "0\r\nx: y\r\n\r\n");
  for (const framing of [NO_FRAMING, FIVE, UNTIL_CLOSE]) {
    assertEquals(written((out) => writeEnd(out, framing, "x: y\r\n")), "");
  }
});

Deno.test("checkReason lets visible ASCII pass and nothing else", () => {
  for (const reason of ["", "OK", "a \t~!"]) assertEquals(checkReason(reason), reason);
  for (const reason of ["a\r\nb", "a\n", "a\rb", "\0", "\x7f", "\xe9", "\u010a"]) {
    assertThrows(() => checkReason(reason), TypeError, "Cannot start response");
  }
});
