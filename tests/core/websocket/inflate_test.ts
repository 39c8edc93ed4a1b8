import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { deflateMessage, inflateMessage, WebSocketProtocolError } from "../../../core/websocket/websocket_app.ts";
import { hex } from "./stream_pair.ts";

/** RFC 7692, section 7.2.3. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "one block": "f2 48 cd c9 c9 07 00",
  "a stored block": "00 05 00 fa ff 48 65 6c 6c 6f 00",
  "a final block": "f3 48 cd c9 c9 07 00 00",
  "two blocks": "f2 48 05 00 00 00 ff ff ca c9 c9 07 00",
  "a final block alone": "f3 48 cd c9 c9 07 00",
};

const BROKEN: Readonly<Record<string, string>> = {
  "nothing at all": "",
  "a block of the reserved type": "06",
  "a stored block whose lengths disagree": "00 05 00 fa fe 48",
  "a stored block that is too short": "00 05 00 fa ff 48 65",
  "a block without its end": "f2 48 cd c9 c9",
  "a distance before the beginning": "02 83 00",
  "a code whose first length repeats the one before": "04 c0 03 04 00 00 00 00 80 00",
  "more lengths of codes than it says": "04 c0 81 00 00 00 00 00 90 ff 7f",
  "a block that has no code for its end": "04 c0 81 00 00 00 00 00 10 fe af 01",
  "a code over-subscribed": "04 c0 ff ff ff ff ff",
};

const big = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc.string({ maxLength: 200 }).map((text) => new TextEncoder().encode(text.repeat(50))),
  fc.integer({ min: 0, max: 200_000 }).map((length) => new Uint8Array(length)),
);

Deno.test("inflateMessage reads the examples of RFC 7692", async (t) => {
  for (const [name, octets] of Object.entries(EXAMPLES)) {
    await t.step(name, () => assertEquals(text(inflateMessage(hex(octets), 5)), "Hello"));
  }
  assertEquals(inflateMessage(hex("00"), 0), new Uint8Array(0));
  assertEquals(inflateMessage(hex("03 00 00"), 0), new Uint8Array(0));
});

Deno.test("inflateMessage refuses what DEFLATE does not make", async (t) => {
  for (const [name, octets] of Object.entries(BROKEN)) {
    await t.step(name, () => {
      assertEquals(assertThrows(() => inflateMessage(hex(octets), 1e6), WebSocketProtocolError).code, 1007);
    });
  }
});

Deno.test("inflateMessage reads what zlib flushes, on every level and strategy", () => {
  fc.assert(
    fc.property(big, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 4 }), fc.integer({ min: 9, max: 15 }), (
      message,
      level,
      strategy,
      windowBits,
    ) => {
      const options = { level, strategy, windowBits, finishFlush: zlib.constants.Z_SYNC_FLUSH };
      const payload = zlib.deflateRawSync(message, options);
      assertEquals(payload.subarray(-4), Buffer.from(hex("00 00 ff ff")));
      assert(equal(inflateMessage(payload.subarray(0, -4), message.length), message));
    }),
    { numRuns: 300 },
  );
});

Deno.test("deflateMessage makes what inflateMessage and zlib read", async () => {
  await fc.assert(
    fc.asyncProperty(big, async (message) => {
      const payload = await deflateMessage(message);
      assert(equal(inflateMessage(payload, message.length), message));
      const whole = Buffer.concat([payload, hex("00 00 ff ff")]);
      const read = zlib.inflateRawSync(whole, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
      assert(equal(read, message));
    }),
    { numRuns: 100 },
  );
});

Deno.test("inflateMessage stops a bomb at the octet over the limit", () => {
  const bomb = zlib.deflateRawSync(new Uint8Array(64 * 1_048_576), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  const before = performance.now();
  const error = assertThrows(() => inflateMessage(bomb.subarray(0, -4), 1000), WebSocketProtocolError);
  assertEquals(error.code, 1009);
  assert(performance.now() - before < 50);
  const payload = zlib.deflateRawSync(new Uint8Array(1001), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  assertEquals(inflateMessage(payload.subarray(0, -4), 1001).length, 1001);
  assertThrows(() => inflateMessage(payload.subarray(0, -4), 1000), WebSocketProtocolError);
});

Deno.test("inflateMessage throws nothing but WebSocketProtocolError", () => {
  const good = zlib.deflateRawSync("what is said is said, and what is said again is said again".repeat(9));
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 3 }),
      (bytes, changes) => {
        const broken = new Uint8Array(good);
        for (const [at, octet] of changes) broken[at] = octet;
        for (const payload of [bytes, broken]) {
          try {
            assert(inflateMessage(payload, 5000).length <= 5000);
          } catch (error) {
            assert(error instanceof WebSocketProtocolError, String(error));
          }
        }
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("inflateMessage agrees with zlib on what it is to refuse", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (payload) => {
      let expected: Uint8Array | undefined;
      try {
        const whole = Buffer.concat([payload, hex("00 00 ff ff")]);
        expected = zlib.inflateRawSync(whole, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
      } catch {
        assertThrows(() => inflateMessage(payload, 1e6), WebSocketProtocolError);
        return;
      }
      // zlib waits for more where the octets end; here a message must be whole, and go on behind a final block.
      try {
        const found = inflateMessage(payload, 1e6);
        assert(equal(found.subarray(0, expected.length), expected));
      } catch (error) {
        assert(error instanceof WebSocketProtocolError);
      }
    }),
    { numRuns: 3000 },
  );
});

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}
