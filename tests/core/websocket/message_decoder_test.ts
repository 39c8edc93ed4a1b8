import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import zlib from "node:zlib";
import {
  encodeFrame,
  MessageDecoder,
  type MessageDecoderOptions,
  type Opcode,
  type Received,
  WebSocketProtocolError,
} from "../../../core/websocket/websocket_app.ts";
import { MARGIN, poisonedBlocks, splitsOf } from "../../support/splits.ts";
import { hex, join } from "./stream_pair.ts";

const CLIENT: MessageDecoderOptions = { role: "client" };
const HELLO = "48 65 6c 6c 6f";

/** What a decoder made of octets: what it gave, and the code it failed with. */
interface Outcome {
  readonly received: Received[];
  readonly failure: readonly [code: number, message: string] | undefined;
}

const ACCEPTED: readonly [name: string, octets: string, options: MessageDecoderOptions, received: unknown[]][] = [
  ["text", `81 05 ${HELLO}`, CLIENT, ["Hello"]],
  ["masked text", "81 85 37 fa 21 3d 7f 9f 4d 51 58", {}, ["Hello"]],
  ["text in fragments", "01 03 48 65 6c 80 02 6c 6f", CLIENT, ["Hello"]],
  ["a ping between fragments", "01 03 48 65 6c 89 01 70 80 02 6c 6f", CLIENT, ["ping 70", "Hello"]],
  ["empty fragments", "01 00 00 00 00 01 41 00 00 80 00", CLIENT, ["A"]],
  ["an empty text and empty octets", "81 00 82 00", CLIENT, ["", hex("")]],
  ["octets", "82 03 00 ff 80", CLIENT, [hex("00 ff 80")]],
  ["a character over fragments", "01 01 f0 00 02 90 8d 80 01 88", CLIENT, ["\u{10348}"]],
  ["a pong nobody asked for", "8a 00 81 01 41", CLIENT, ["pong ", "A"]],
  ["close, and what comes behind it", "88 02 03 e8 ff ff ff", CLIENT, ["close 1000 "]],
  ["close without a code", "88 00", CLIENT, ["close 1005 "]],
  ["close with a reason", "88 05 0f a0 62 79 65", CLIENT, ["close 4000 bye"]],
  ["a deflated text", "c1 07 f2 48 cd c9 c9 07 00", { ...CLIENT, deflate: true }, ["Hello"]],
  ["a deflated text in fragments", "41 03 f2 48 cd 80 04 c9 c9 07 00", { ...CLIENT, deflate: true }, ["Hello"]],
  ["a final block", "c1 08 f3 48 cd c9 c9 07 00 00", { ...CLIENT, deflate: true }, ["Hello"]],
  ["plain among deflated", `81 05 ${HELLO} c2 01 00`, { ...CLIENT, deflate: true }, ["Hello", hex("")]],
  ["a message at the limit", `81 05 ${HELLO} 01 03 48 65 6c 80 02 6c 6f`, { ...CLIENT, maxMessage: 5 }, [
    "Hello",
    "Hello",
  ]],
];

const REFUSED: readonly [name: string, octets: string, options: MessageDecoderOptions, code: number][] = [
  ["a fragment without a message", "80 01 41", CLIENT, 1002],
  ["a fragment behind a whole message", "81 01 41 80 01 41", CLIENT, 1002],
  ["a message within a message", "01 01 41 81 01 41", CLIENT, 1002],
  ["RSV1 on a later fragment", "41 01 00 c0 01 00", { ...CLIENT, deflate: true }, 1002],
  ["half a close code", "88 01 03", CLIENT, 1002],
  ["close code 1005", "88 02 03 ed", CLIENT, 1002],
  ["a close reason that is no UTF-8", "88 03 03 e8 80", CLIENT, 1007],
  ["text that is no UTF-8", "81 02 c0 80", CLIENT, 1007],
  ["text that ends within a character", "81 01 c2", CLIENT, 1007],
  ["text that ends within a character, over fragments", "01 01 e2 80 01 82", CLIENT, 1007],
  ["a fragment that is no UTF-8, before the message is whole", "01 01 ff", CLIENT, 1007],
  ["a message over the limit, by its head alone", "82 06", { ...CLIENT, maxMessage: 5 }, 1009],
  ["fragments over the limit", "02 03 00 00 00 80 03", { ...CLIENT, maxMessage: 5 }, 1009],
  ["a length of 63 bits", "82 7f 7f ff ff ff ff ff ff ff", CLIENT, 1009],
  [
    "a deflated message over the limit",
    "c1 07 f2 48 cd c9 c9 07 00",
    { ...CLIENT, deflate: true, maxMessage: 4 },
    1009,
  ],
  ["what DEFLATE does not make", "c1 02 07 00", { ...CLIENT, deflate: true }, 1007],
  ["a deflated text that is no UTF-8", "c1 07 00 01 00 fe ff ff 00", { ...CLIENT, deflate: true }, 1007],
];

Deno.test("MessageDecoder reads messages, however they are cut", async (t) => {
  for (const [name, octets, options, expected] of ACCEPTED) {
    await t.step(name, () => {
      for (const outcome of outcomes(hex(octets), options)) {
        assertEquals(outcome.received.map(plain), expected);
        assertEquals(outcome.failure, undefined);
      }
    });
  }
});

Deno.test("MessageDecoder refuses the same, however it is cut", async (t) => {
  for (const [name, octets, options, code] of REFUSED) {
    await t.step(name, () => {
      const all = outcomes(hex(octets), options);
      for (const outcome of all) assertEquals(outcome, all[0]);
      assertEquals(all[0]!.failure?.[0], code);
      assert(all[0]!.failure![1].length <= 123);
    });
  }
});

Deno.test("MessageDecoder takes a message at the limit that zlib could not make smaller, whatever its window", () => {
  const random = crypto.getRandomValues(new Uint8Array(65_536));
  for (const windowBits of [9, 10, 15]) {
    for (const memLevel of [1, 8, 9]) {
      const options = { windowBits, memLevel, finishFlush: zlib.constants.Z_SYNC_FLUSH };
      const payload = zlib.deflateRawSync(random, options).subarray(0, -4);
      const decoder = new MessageDecoder({ ...CLIENT, deflate: true, maxMessage: random.length });
      decoder.feed(encodeFrame(2, payload, { isCompressed: true }));
      assertEquals(decoder.next(), { type: "message", message: random });
    }
  }
});

Deno.test("MessageDecoder refuses empty fragments without end, and takes single octets without end", () => {
  const decoder = new MessageDecoder(CLIENT);
  decoder.feed(join(hex("01 00"), ...Array(255).fill(hex("00 00"))));
  assertEquals(decoder.next(), undefined);
  decoder.feed(hex("00 00"));
  assertEquals(assertThrows(() => decoder.next(), WebSocketProtocolError).code, 1008);

  const other = new MessageDecoder(CLIENT);
  other.feed(join(hex("01 01 41"), ...Array(20_000).fill(hex("00 01 41 00 00")), hex("80 00")));
  assertEquals(other.next(), { type: "message", message: "A".repeat(20_001) });
});

Deno.test("MessageDecoder reads nothing after it has failed", () => {
  const decoder = new MessageDecoder(CLIENT);
  decoder.feed(hex("83 00"));
  assertThrows(() => decoder.next(), WebSocketProtocolError);
  decoder.feed(hex("81 00"));
  assertEquals([decoder.next(), decoder.isOver], [undefined, true]);
});

Deno.test("MessageDecoder leaves the octets that it is lent as they are", () => {
  const bytes = encodeFrame(2, new Uint8Array(1000).fill(7), { maskKey: 0x12345678 });
  const before = bytes.slice();
  const decoder = new MessageDecoder();
  decoder.feed(bytes);
  const received = decoder.next() as { message: Uint8Array };
  assertEquals([bytes, received.message.every((octet) => octet === 7)], [before, true]);
});

const message = fc.oneof(fc.string({ unit: "grapheme", maxLength: 400 }), fc.uint8Array({ maxLength: 400 }));

Deno.test("MessageDecoder reads what encodeFrame writes, in any fragments and pieces", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(message, fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 4 })), { maxLength: 4 }),
    fc.integer({ min: 1, max: 50 }),
    fc.boolean(),
    (messages, size, isServer) => {
      const maskKey = isServer ? 0xa1b2c3d4 : undefined;
      const bytes = join(...messages.map(([one, cuts]) => fragments(one, cuts, maskKey)));
      const decoder = new MessageDecoder({ role: isServer ? "server" : "client" });
      const received: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        decoder.feed(bytes.subarray(at, at + size));
        for (let one = decoder.next(); one; one = decoder.next()) {
          if (one.type === "message") received.push(one.message);
        }
      }
      assertEquals(received, messages.map(([one]) => one));
    },
  ));
});

Deno.test("MessageDecoder throws nothing but WebSocketProtocolError, and the same for every cut", () => {
  const octet = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0, 1, 2, 0x80, 0x81, 0x82, 0x88, 0xc1, 0x41),
  );
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 40 }), fc.boolean(), (octets, deflate) => {
      const bytes = Uint8Array.from(octets);
      const options = { ...CLIENT, deflate, maxMessage: 20 };
      const whole = feed([bytes], options);
      assertEquals(feed(Array.from(bytes, (one) => Uint8Array.of(one)), options), whole);
    }),
    { numRuns: 1000 },
  );
});

function fragments(one: string | Uint8Array, cuts: readonly number[], maskKey: number | undefined): Uint8Array {
  const payload = typeof one === "string" ? new TextEncoder().encode(one) : one;
  const ends = [...cuts.map((cut) => Math.min(cut, payload.length)).sort((a, b) => a - b), payload.length];
  let opcode: Opcode = typeof one === "string" ? 1 : 2;
  let start = 0;
  const frames = ends.map((end, index) => {
    const frame = encodeFrame(opcode, payload.subarray(start, end), { isFinal: index === ends.length - 1, maskKey });
    start = end;
    opcode = 0;
    return frame;
  });
  return join(...frames);
}

/** All ways to feed the octets, and what came of each. */
function outcomes(bytes: Uint8Array, options: MessageDecoderOptions): Outcome[] {
  const inBlocks = poisonedBlocks(bytes).map((block) => feed([block.subarray(MARGIN, MARGIN + bytes.length)], options));
  return [...[...splitsOf(bytes)].map(({ pieces }) => feed(pieces, options)), ...inBlocks];
}

function feed(pieces: readonly Uint8Array[], options: MessageDecoderOptions): Outcome {
  const decoder = new MessageDecoder(options);
  const received: Received[] = [];
  try {
    for (const piece of pieces) {
      const lent = piece.slice();
      decoder.feed(lent);
      for (let one = decoder.next(); one; one = decoder.next()) received.push(one);
      lent.fill(0xff);
    }
  } catch (error) {
    assert(error instanceof WebSocketProtocolError);
    return { received, failure: [error.code, error.message] };
  }
  return { received, failure: undefined };
}

function plain(received: Received): unknown {
  switch (received.type) {
    case "message":
      return received.message;
    case "close":
      return `close ${received.code} ${received.reason}`;
    default:
      return `${received.type} ${Array.from(received.payload, (octet) => octet.toString(16)).join(" ")}`;
  }
}
