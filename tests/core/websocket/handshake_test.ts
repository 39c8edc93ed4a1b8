import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { FieldSection } from "../../../core/fields.ts";
import {
  acceptKey,
  agreeOnDeflate,
  encodeClose,
  isCloseCode,
  parseClose,
  parseExtensions,
  readHandshake,
  WebSocketProtocolError,
} from "../../../core/websocket/websocket_app.ts";

const GOOD: Readonly<Record<string, string>> = {
  "Host": "a",
  "Connection": "keep-alive, Upgrade",
  "Upgrade": "h2c, WebSocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** Each differs from a good request in fields; null takes one out. */
const REFUSED: readonly [name: string, status: number, fields: Readonly<Record<string, string | string[] | null>>][] = [
  ["no upgrade", 426, { Upgrade: null, Connection: null }],
  ["Connection without upgrade", 426, { Connection: "keep-alive" }],
  ["an upgrade to something else", 426, { Upgrade: "h2c" }],
  ["an upgrade to a version of it", 426, { Upgrade: "websocket/13" }],
  ["no version", 426, { "Sec-WebSocket-Version": null }],
  ["an older version", 426, { "Sec-WebSocket-Version": "8" }],
  ["two versions", 426, { "Sec-WebSocket-Version": ["13", "8"] }],
  ["a version with a zero before", 426, { "Sec-WebSocket-Version": "013" }],
  ["no key", 400, { "Sec-WebSocket-Key": null }],
  ["an empty key", 400, { "Sec-WebSocket-Key": "" }],
  ["a key of 15 octets", 400, { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25j" }],
  ["a key of 17 octets", 400, { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZWU=" }],
  ["a key that is no base64", 400, { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZ*==" }],
  ["a key with bits behind its end", 400, { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZR==" }],
  ["two keys", 400, { "Sec-WebSocket-Key": ["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="] }],
  ["a subprotocol that is no token", 400, { "Sec-WebSocket-Protocol": "a b" }],
  ["a subprotocol twice", 400, { "Sec-WebSocket-Protocol": "a, b, a" }],
  ["no subprotocol at all", 400, { "Sec-WebSocket-Protocol": "," }],
  ["malformed extensions", 400, { "Sec-WebSocket-Extensions": "a; =b" }],
  ["two origins", 400, { Origin: ["http://a", "http://b"] }],
];

const EXTENSIONS: readonly [value: string, offers: unknown][] = [
  ["", []],
  [" , ,", []],
  ["a", [["a", []]]],
  ["a , b;c", [["a", []], ["b", [["c", undefined]]]]],
  ['a; b=1 ;c = "d"; e="\\f"', [["a", [["b", "1"], ["c", "d"], ["e", "f"]]]]],
  ["permessage-deflate; client_max_window_bits", [["permessage-deflate", [["client_max_window_bits", undefined]]]]],
  ...["a b", ";", "a;", "a;b=", "a;=b", 'a;b="', 'a;b="c d"', 'a;b=""', "a;b=c d", "a/b", "a;b=c;", "ä"].map((
    value,
  ): [string, unknown] => [value, undefined]),
];

const PLAIN = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
const OFFERS: readonly [value: string, answer: string | undefined][] = [
  ["permessage-deflate", PLAIN],
  ["permessage-deflate; client_max_window_bits", PLAIN],
  ["permessage-deflate; client_max_window_bits=8", PLAIN],
  ["permessage-deflate; server_no_context_takeover; client_no_context_takeover", PLAIN],
  ["permessage-deflate; server_max_window_bits=15", `${PLAIN}; server_max_window_bits=15`],
  ['permessage-deflate; server_max_window_bits="15"', `${PLAIN}; server_max_window_bits=15`],
  ["permessage-deflate; server_max_window_bits=10, permessage-deflate", PLAIN],
  ["x-webkit-deflate-frame, permessage-deflate", PLAIN],
  ["", undefined],
  ["x-webkit-deflate-frame", undefined],
  ["Permessage-Deflate", undefined],
  ...[
    "server_max_window_bits",
    "server_max_window_bits=14",
    "server_max_window_bits=015",
    "server_max_window_bits=16",
    "client_max_window_bits=7",
    "client_max_window_bits=16",
    "client_max_window_bits=08",
    "client_no_context_takeover=1",
    "server_no_context_takeover=true",
    "client_max_window_bits; client_max_window_bits=9",
    "unknown",
  ].map((parameters): [string, undefined] => [`permessage-deflate; ${parameters}`, undefined]),
];

Deno.test("readHandshake takes a request in due form", () => {
  assertEquals(readHandshake(request(GOOD)), {
    key: "dGhlIHNhbXBsZSBub25jZQ==",
    protocols: [],
    extensions: [],
    origin: undefined,
  });
  const fields = { ...GOOD, "Sec-WebSocket-Protocol": ["chat , x", "y"], "Origin": "null" };
  const handshake = readHandshake(request(fields));
  assertEquals("protocols" in handshake && [handshake.protocols, handshake.origin], [["chat", "x", "y"], "null"]);
});

Deno.test("readHandshake refuses all else", async (t) => {
  for (const [name, status, changes] of REFUSED) {
    await t.step(name, () => {
      const refusal = readHandshake(request({ ...GOOD, ...changes }));
      assertEquals("status" in refusal && refusal.status, status);
      const fields = FieldSection.from((refusal as { fields: Record<string, string> }).fields);
      assertEquals(fields.get("sec-websocket-version"), status === 426 ? "13" : undefined);
      assertEquals(fields.get("upgrade"), status === 426 ? "websocket" : undefined);
    });
  }
  await t.step("HTTP/1.0", () => {
    const refusal = readHandshake({ ...request(GOOD), version: "1.0" });
    assertEquals("status" in refusal && refusal.status, 426);
  });
  await t.step("POST", () => {
    const refusal = readHandshake({ ...request(GOOD), method: "POST" });
    assertEquals("status" in refusal && [refusal.status, FieldSection.from(refusal.fields).get("allow")], [405, "GET"]);
  });
});

Deno.test("acceptKey gives the example of RFC 6455, section 1.3", async () => {
  assertEquals(await acceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

Deno.test("parseExtensions reads the grammar, and only it", async (t) => {
  for (const [value, expected] of EXTENSIONS) {
    await t.step(JSON.stringify(value), () => {
      assertEquals(parseExtensions(value)?.map(({ name, parameters }) => [name, parameters]), expected);
    });
  }
  fc.assert(fc.property(fc.string(), (value) => void parseExtensions(value)));
});

Deno.test("agreeOnDeflate takes the first offer that it can keep to", async (t) => {
  for (const [value, answer] of OFFERS) {
    await t.step(value, () => assertEquals(agreeOnDeflate(parseExtensions(value)!), answer));
  }
});

Deno.test("isCloseCode knows what may be sent", () => {
  const good = Array.from({ length: 65_536 }, (_, code) => code).filter(isCloseCode);
  assertEquals(good.filter((code) => code < 3000), [
    ...[1000, 1001, 1002, 1003],
    ...[1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014],
  ]);
  assertEquals([good.length, good.at(12), good.at(-1)], [2012, 3000, 4999]);
  for (const code of [NaN, 1000.5, -1, Infinity]) assertEquals(isCloseCode(code), false);
});

Deno.test("encodeClose writes what parseClose reads", () => {
  for (const [code, reason] of [[1000, ""], [4999, "ä".repeat(61)]] as const) {
    const payload = encodeClose(code, reason);
    assertEquals(parseClose(payload, 0, payload.length), { code, reason });
  }
  for (
    const [code, reason] of [[1005, ""], [1006, ""], [1015, ""], [0, ""], [5000, ""], [1000, "ä".repeat(62)]] as const
  ) {
    assertThrows(() => encodeClose(code, reason), RangeError);
  }
  assertThrows(() => parseClose(Uint8Array.of(3), 0, 1), WebSocketProtocolError);
});

function request(fields: Readonly<Record<string, string | string[] | null>>) {
  const given = Object.entries(fields).filter((entry): entry is [string, string | string[]] => entry[1] !== null);
  return { method: "GET", version: "1.1" as const, fields: FieldSection.from(Object.fromEntries(given)) };
}
