import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  BINARY,
  encodeFrame,
  type FrameHead,
  type Opcode,
  parseFrameHead,
  PING,
  TEXT,
  WebSocketProtocolError,
} from "../../../core/websocket/websocket_app.ts";
import { MARGIN, poisonedBlocks } from "../../support/splits.ts";
import { hex } from "./stream_pair.ts";

const SERVER = { isMasked: true, allowCompressed: false };
const CLIENT = { isMasked: false, allowCompressed: false };
const DEFLATING = { isMasked: false, allowCompressed: true };

const ACCEPTED: readonly [octets: string, rules: typeof SERVER, head: Partial<FrameHead>][] = [
  // RFC 6455, section 5.7
  ["81 05", CLIENT, { isFinal: true, opcode: 1, length: 5, size: 2, maskKey: undefined }],
  ["81 85 37 fa 21 3d", SERVER, { isFinal: true, opcode: 1, length: 5, size: 6, maskKey: 0x37fa213d }],
  ["01 03", CLIENT, { isFinal: false, opcode: 1, length: 3 }],
  ["80 02", CLIENT, { isFinal: true, opcode: 0, length: 2 }],
  ["89 05", CLIENT, { opcode: 9, length: 5 }],
  ["8a 85 37 fa 21 3d", SERVER, { opcode: 10, length: 5 }],
  ["82 7e 01 00", CLIENT, { opcode: 2, length: 256, size: 4 }],
  ["82 7f 00 00 00 00 00 01 00 00", CLIENT, { opcode: 2, length: 65_536, size: 10 }],
  ["82 7d", CLIENT, { length: 125 }],
  ["82 7e 00 7e", CLIENT, { length: 126 }],
  ["82 7e ff ff", CLIENT, { length: 65_535 }],
  ["82 7f 7f ff ff ff ff ff ff ff", CLIENT, { length: 2 ** 63 }],
  ["82 fe 00 7e ff ff ff ff", SERVER, { length: 126, maskKey: 0xffffffff, size: 8 }],
  ["82 ff 00 00 00 01 00 00 00 00 00 00 00 00", SERVER, { length: 2 ** 32, maskKey: 0, size: 14 }],
  ["88 00", CLIENT, { opcode: 8, length: 0 }],
  ["c1 00", DEFLATING, { isCompressed: true, opcode: 1 }],
  ["42 00", DEFLATING, { isCompressed: true, isFinal: false, opcode: 2 }],
];

const REFUSED: readonly [octets: string, rules: typeof SERVER, message: string][] = [
  ["c1", CLIENT, "RSV1 is set"],
  ["a1", CLIENT, "RSV2 or RSV3 is set"],
  ["91", DEFLATING, "RSV2 or RSV3 is set"],
  ["c0", DEFLATING, "RSV1 is set"],
  ["c9", DEFLATING, "RSV1 is set"],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, typeof SERVER, string] => [
    `8${opcode.toString(16)}`,
    CLIENT,
    `opcode ${opcode} is reserved`,
  ]),
  ["08", CLIENT, "a control frame is fragmented"],
  ["09", CLIENT, "a control frame is fragmented"],
  ["0a", CLIENT, "a control frame is fragmented"],
  ["81 05", SERVER, "it is not masked"],
  ["81 85", CLIENT, "it is masked"],
  ["89 7e", CLIENT, "a control frame is over 125 octets"],
  ["88 ff", SERVER, "a control frame is over 125 octets"],
  ["82 7e 00 00", CLIENT, "its length is not in the shortest form"],
  ["82 7e 00 7d", CLIENT, "its length is not in the shortest form"],
  ["82 7f 00 00 00 00 00 00 ff ff", CLIENT, "its length is not in the shortest form"],
  ["82 7f 80", CLIENT, "the highest bit of its length is set"],
  ["82 ff ff", SERVER, "the highest bit of its length is set"],
];

Deno.test("parseFrameHead reads each form, wherever it lies and however it is cut", async (t) => {
  for (const [text, rules, expected] of ACCEPTED) {
    await t.step(text, () => {
      const bytes = hex(text);
      for (let end = 0; end < bytes.length; end++) assertEquals(parseFrameHead(bytes, 0, end, rules), undefined);
      for (const block of poisonedBlocks(bytes)) {
        const head = parseFrameHead(block, MARGIN, MARGIN + bytes.length, rules)!;
        assertEquals({ ...head, ...expected }, head);
        assertEquals(head.size, bytes.length);
      }
    });
  }
});

Deno.test("parseFrameHead refuses with the octet that breaks a rule, and not before", async (t) => {
  for (const [text, rules, message] of REFUSED) {
    await t.step(text, () => {
      const bytes = hex(text);
      const error = assertThrows(() => parseFrameHead(bytes, 0, bytes.length, rules), WebSocketProtocolError);
      assertEquals([error.code, error.message], [1002, `Cannot read frame: ${message}`]);
      for (let end = 0; end < bytes.length; end++) assertEquals(parseFrameHead(bytes, 0, end, rules), undefined);
    });
  }
});

Deno.test("encodeFrame gives the examples of RFC 6455, section 5.7", () => {
  const hello = new TextEncoder().encode("Hello");
  assertEquals(encodeFrame(TEXT, hello), hex("81 05 48 65 6c 6c 6f"));
  assertEquals(encodeFrame(TEXT, hello, { maskKey: 0x37fa213d }), hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"));
  assertEquals(encodeFrame(TEXT, hello.subarray(0, 3), { isFinal: false }), hex("01 03 48 65 6c"));
  assertEquals(encodeFrame(0, hello.subarray(3)), hex("80 02 6c 6f"));
  assertEquals(encodeFrame(PING, hello), hex("89 05 48 65 6c 6c 6f"));
  assertEquals(encodeFrame(BINARY, new Uint8Array(256)).subarray(0, 4), hex("82 7e 01 00"));
  assertEquals(encodeFrame(BINARY, new Uint8Array(65_536)).subarray(0, 10), hex("82 7f 00 00 00 00 00 01 00 00"));
});

Deno.test("parseFrameHead reads what encodeFrame writes", () => {
  const sizes = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000));
  const keys = fc.option(fc.integer({ min: 0, max: 0xffffffff }), { nil: undefined });
  fc.assert(fc.property(
    fc.constantFrom<Opcode>(0, 1, 2, 8, 9, 10),
    sizes,
    keys,
    fc.boolean(),
    fc.boolean(),
    (opcode, length, maskKey, isFinal, isCompressed) => {
      const isControl = opcode >= 8;
      const size = isControl ? Math.min(length, 125) : length;
      const options = {
        isFinal: isFinal || isControl,
        isCompressed: isCompressed && !isControl && opcode !== 0,
        maskKey,
      };
      const frame = encodeFrame(opcode, new Uint8Array(size), options);
      const head = parseFrameHead(frame, 0, frame.length, { isMasked: maskKey !== undefined, allowCompressed: true })!;
      assertEquals(head, { ...options, opcode, length: size, size: frame.length - size });
    },
  ));
});

Deno.test("parseFrameHead throws nothing but WebSocketProtocolError", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 16 }), fc.boolean(), fc.boolean(), (bytes, isMasked, allow) => {
    try {
      const head = parseFrameHead(bytes, 0, bytes.length, { isMasked, allowCompressed: allow });
      assert(!head || head.size <= bytes.length);
    } catch (error) {
      assert(error instanceof WebSocketProtocolError && error.code === 1002);
    }
  }));
});
