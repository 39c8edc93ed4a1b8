import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { WebSocketProtocolError } from "../../../core/websocket/websocket_app.ts";
import { decodeUtf8, Utf8Validator } from "../../../core/websocket/utf8.ts";
import { hex } from "./stream_pair.ts";

/** Each breaks at its last octet. */
const BROKEN: readonly string[] = [
  "80",
  "bf",
  "c0",
  "c1",
  "f5",
  "fe",
  "ff",
  "c2 7f",
  "c2 c0",
  "df 20",
  "e0 9f",
  "e0 80",
  "e1 7f",
  "e1 80 c0",
  "ed a0",
  "ed bf",
  "ef bf 7f",
  "f0 8f",
  "f0 90 c0",
  "f0 90 80 7f",
  "f4 90",
  "f4 8f bf c0",
  "f1 80 80 ff",
  "ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90",
];

const WHOLE: readonly [octets: string, text: string][] = [
  ["", ""],
  ["00 7f", "\0\x7f"],
  ["c2 80 df bf", "\x80\u07ff"],
  ["e0 a0 80 ed 9f bf ee 80 80 ef bf bf", "\u0800\ud7ff\ue000\uffff"],
  ["f0 90 80 80 f4 8f bf bf", "\u{10000}\u{10ffff}"],
  ["ef bb bf 41", "\ufeffA"],
];

Deno.test("Utf8Validator refuses the first octet that cannot be", async (t) => {
  for (const text of BROKEN) {
    await t.step(text, () => {
      const bytes = hex(text);
      new Utf8Validator().push(bytes, 0, bytes.length - 1);
      const validator = new Utf8Validator();
      for (let i = 0; i < bytes.length - 1; i++) validator.push(bytes, i, i + 1);
      for (const failing of [() => validator.push(bytes, bytes.length - 1, bytes.length), () => decodeUtf8(bytes)]) {
        assertEquals(assertThrows(failing, WebSocketProtocolError).code, 1007);
      }
    });
  }
});

Deno.test("decodeUtf8 keeps each character, a leading BOM too", () => {
  for (const [octets, text] of WHOLE) assertEquals(decodeUtf8(hex(octets)), text);
});

Deno.test("Utf8Validator agrees with the fatal TextDecoder, but for an end within a character", () => {
  const octet = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x80, 0xbf, 0xe0, 0xed, 0xf0, 0xf4, 0xa0));
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 8 }), (octets) => {
      const bytes = Uint8Array.from(octets);
      assertEquals(isGood(bytes), isBeginning(bytes));
    }),
    { numRuns: 2000 },
  );
});

function isGood(bytes: Uint8Array): boolean {
  try {
    new Utf8Validator().push(bytes, 0, bytes.length);
    return true;
  } catch {
    return false;
  }
}

/** Whether the octets can become UTF-8: some end within 3 octets makes them so. */
function isBeginning(bytes: Uint8Array): boolean {
  return [[], [0x80], [0xa0], [0x90], [0x80, 0x80], [0xa0, 0x80], [0x90, 0x80], [0x80, 0x80, 0x80], [0x90, 0x80, 0x80]]
    .some((end) => {
      try {
        new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from([...bytes, ...end]));
        return true;
      } catch {
        return false;
      }
    });
}
