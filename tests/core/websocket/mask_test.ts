import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { mask } from "../../../core/websocket/websocket_app.ts";

Deno.test("mask masks as RFC 6455, section 5.3, wherever the octets lie", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 0xffffffff }),
    fc.integer({ min: 0, max: 600 }),
    fc.integer({ min: 0, max: 9 }),
    fc.integer({ min: 0, max: 9 }),
    (key, length, start, offset) => {
      const keyOctets = [key >>> 24, key >>> 16 & 0xff, key >>> 8 & 0xff, key & 0xff];
      for (const shift of [0, 1, 2, 3]) {
        const block = new Uint8Array(new ArrayBuffer(length + start + 16), shift);
        const plain = Uint8Array.from(block, (_, i) => i * 7);
        block.set(plain);
        mask(block, start, start + length, key, offset);
        const expected = plain.map((octet, i) =>
          i >= start && i < start + length ? octet ^ keyOctets[(i - start + offset) % 4]! : octet
        );
        assertEquals(block, expected);
        mask(block, start, start + length, key, offset);
        assertEquals(block, plain);
      }
    },
  ));
});
