/**
 * The cases of the Autobahn test suite for servers that echo, written anew from its list: what the client sends, octet
 * by octet, and what has to come back. Their numbers are the suite's. 1 framing, 2 pings, 3 reserved bits, 4 opcodes,
 * 5 fragments, 6 UTF-8, 7 closing, 9 sizes, 12 and 13 permessage-deflate.
 *
 * @module
 */

import zlib from "node:zlib";
import { encodeFrame, type Opcode } from "../../../core/websocket/websocket_app.ts";
import { hex, join } from "./stream_pair.ts";

/** One case. */
export interface AutobahnCase {
  /** The suite's number. */
  readonly id: string;
  /** What is sent, frame by frame or in other pieces. */
  readonly send: readonly Uint8Array[];
  /** What has to come back before the close: text, octets, or pongs. */
  readonly echo: readonly (string | Uint8Array | { readonly pong: Uint8Array })[];
  /** The code in the server's close frame; 1005 for none in it. */
  readonly close: number;
  /** Whether permessage-deflate is agreed on. */
  readonly deflate?: boolean;
}

const KEY = 0x9e3779b9;
const encoder = new TextEncoder();
const BYE = close(1000);

function frame(
  opcode: number,
  payload: string | Uint8Array = "",
  flags: { fin?: boolean; rsv?: number } = {},
): Uint8Array {
  const octets = typeof payload === "string" ? encoder.encode(payload) : payload;
  const bytes = encodeFrame(opcode as Opcode, octets, { isFinal: flags.fin ?? true, maskKey: KEY });
  bytes[0]! |= (flags.rsv ?? 0) << 4;
  return bytes;
}

function close(code: number, reason: string = ""): Uint8Array {
  return frame(8, join(Uint8Array.of(code >> 8, code & 0xff), encoder.encode(reason)));
}

function octetByOctet(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (octet) => Uint8Array.of(octet));
}

function fragments(opcode: number, payload: Uint8Array, size: number): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < payload.length; at += size) {
    const fin = at + size >= payload.length;
    frames.push(frame(at === 0 ? opcode : 0, payload.subarray(at, at + size), { fin }));
  }
  return frames;
}

/** 1.1.x and 1.2.x: text and octets of each size, and one of them in small pieces. */
function framing(): AutobahnCase[] {
  const sizes = [0, 125, 126, 127, 128, 65_535, 65_536];
  const cases: AutobahnCase[] = [];
  for (const [index, size] of sizes.entries()) {
    const text = "*".repeat(size);
    const octets = new Uint8Array(size).fill(0xfe);
    cases.push({ id: `1.1.${index + 1}`, send: [frame(1, text), BYE], echo: [text], close: 1000 });
    cases.push({ id: `1.2.${index + 1}`, send: [frame(2, octets), BYE], echo: [octets], close: 1000 });
  }
  const whole = frame(1, "*".repeat(65_536));
  const pieces = Array.from(
    { length: Math.ceil(whole.length / 997) },
    (_, i) => whole.subarray(i * 997, i * 997 + 997),
  );
  cases.push({ id: "1.1.8", send: [...pieces, BYE], echo: ["*".repeat(65_536)], close: 1000 });
  return cases;
}

/** 2.x. */
function pings(): AutobahnCase[] {
  const odd = hex("00 ff fe fd fc fb 00 ff");
  const long = new Uint8Array(125).fill(0xfe);
  const ten = Array.from({ length: 10 }, (_, i) => `payload-${i}`);
  const pong = (payload: string | Uint8Array) => ({
    pong: typeof payload === "string" ? encoder.encode(payload) : payload,
  });
  return [
    { id: "2.1", send: [frame(9), BYE], echo: [pong("")], close: 1000 },
    { id: "2.2", send: [frame(9, "Hello, world!"), BYE], echo: [pong("Hello, world!")], close: 1000 },
    { id: "2.3", send: [frame(9, odd), BYE], echo: [pong(odd)], close: 1000 },
    { id: "2.4", send: [frame(9, long), BYE], echo: [pong(long)], close: 1000 },
    { id: "2.5", send: [frame(9, new Uint8Array(126)), BYE], echo: [], close: 1002 },
    { id: "2.6", send: [...octetByOctet(frame(9, long)), BYE], echo: [pong(long)], close: 1000 },
    { id: "2.7", send: [frame(10), BYE], echo: [], close: 1000 },
    { id: "2.8", send: [frame(10, "unsolicited"), BYE], echo: [], close: 1000 },
    { id: "2.9", send: [frame(10, "unsolicited"), frame(9, "ping"), BYE], echo: [pong("ping")], close: 1000 },
    { id: "2.10", send: [...ten.map((text) => frame(9, text)), BYE], echo: ten.map(pong), close: 1000 },
    {
      id: "2.11",
      send: [...ten.flatMap((text) => octetByOctet(frame(9, text))), BYE],
      echo: ten.map(pong),
      close: 1000,
    },
  ];
}

/** 3.x and 4.x: what is reserved. */
function reserved(): AutobahnCase[] {
  const cases: AutobahnCase[] = [
    { id: "3.1", send: [frame(1, "Hello, world!", { rsv: 1 })], echo: [], close: 1002 },
    { id: "3.2", send: [frame(1, "a"), frame(1, "b", { rsv: 2 }), frame(9)], echo: ["a"], close: 1002 },
    { id: "3.3", send: [frame(1, "a"), frame(1, "b", { rsv: 3 }), frame(9)], echo: ["a"], close: 1002 },
    {
      id: "3.4",
      send: [frame(1, "a"), ...octetByOctet(frame(1, "b", { rsv: 4 })), frame(9)],
      echo: ["a"],
      close: 1002,
    },
    { id: "3.5", send: [frame(2, "a", { rsv: 5 })], echo: [], close: 1002 },
    { id: "3.6", send: [frame(9, "a", { rsv: 6 })], echo: [], close: 1002 },
    { id: "3.7", send: [frame(8, "", { rsv: 7 })], echo: [], close: 1002 },
  ];
  for (const [group, opcodes] of [["4.1", [3, 4, 5, 6, 7]], ["4.2", [11, 12, 13, 14, 15]]] as const) {
    for (const [index, opcode] of opcodes.entries()) {
      const broken = frame(opcode, index === 1 ? "reserved opcode payload" : "");
      const isLater = index >= 2;
      cases.push({
        id: `${group}.${index + 1}`,
        send: [...isLater ? [frame(1, "Hello, world!")] : [], ...index > 2 ? octetByOctet(broken) : [broken], frame(9)],
        echo: isLater ? ["Hello, world!"] : [],
        close: 1002,
      });
    }
  }
  return cases;
}

/** 5.x. */
function fragmented(): AutobahnCase[] {
  const first = frame(1, "fragment1", { fin: false });
  const last = frame(0, "fragment2");
  const both = "fragment1fragment2";
  const pong = { pong: encoder.encode("ping") };
  const ping = frame(9, "ping");
  const lone = frame(0, "non-continuation payload");
  const loneOpen = frame(0, "non-continuation payload", { fin: false });
  const five = ["1", "2", "3", "4", "5"].map((n, i) => frame(i === 0 ? 1 : 0, `fragment${n}`, { fin: i === 4 }));
  const all = "fragment1fragment2fragment3fragment4fragment5";
  return [
    { id: "5.1", send: [frame(9, "a", { fin: false }), frame(0, "b")], echo: [], close: 1002 },
    { id: "5.2", send: [frame(10, "a", { fin: false }), frame(0, "b")], echo: [], close: 1002 },
    { id: "5.3", send: [first, last, BYE], echo: [both], close: 1000 },
    { id: "5.4", send: [join(first, last), BYE], echo: [both], close: 1000 },
    { id: "5.5", send: [...octetByOctet(join(first, last)), BYE], echo: [both], close: 1000 },
    { id: "5.6", send: [first, ping, last, BYE], echo: [pong, both], close: 1000 },
    { id: "5.7", send: [join(first, ping, last), BYE], echo: [pong, both], close: 1000 },
    { id: "5.8", send: [...octetByOctet(join(first, ping, last)), BYE], echo: [pong, both], close: 1000 },
    { id: "5.9", send: [lone, frame(1, "Hello")], echo: [], close: 1002 },
    { id: "5.10", send: [join(lone, frame(1, "Hello"))], echo: [], close: 1002 },
    { id: "5.11", send: octetByOctet(join(lone, frame(1, "Hello"))), echo: [], close: 1002 },
    { id: "5.12", send: [loneOpen, frame(1, "Hello")], echo: [], close: 1002 },
    { id: "5.13", send: [join(loneOpen, frame(1, "Hello"))], echo: [], close: 1002 },
    { id: "5.14", send: octetByOctet(join(loneOpen, frame(1, "Hello"))), echo: [], close: 1002 },
    {
      id: "5.15",
      send: [first, last, frame(0, "fragment3", { fin: false }), frame(1, "4")],
      echo: [both],
      close: 1002,
    },
    { id: "5.16", send: [loneOpen, first, last], echo: [], close: 1002 },
    { id: "5.17", send: [lone, first, last], echo: [], close: 1002 },
    { id: "5.18", send: [first, frame(1, "fragment2")], echo: [], close: 1002 },
    {
      id: "5.19",
      send: [five[0]!, five[1]!, ping, five[2]!, five[3]!, ping, five[4]!, BYE],
      echo: [pong, pong, all],
      close: 1000,
    },
    {
      id: "5.20",
      send: [...octetByOctet(join(five[0]!, five[1]!, ping, five[2]!, five[3]!, ping, five[4]!)), BYE],
      echo: [pong, pong, all],
      close: 1000,
    },
  ];
}

/** 6.x: texts that are UTF-8, as single frames, in fragments and octet by octet; and those that are not. */
function utf8(): AutobahnCase[] {
  const cases: AutobahnCase[] = [
    { id: "6.1.1", send: [frame(1), BYE], echo: [""], close: 1000 },
    {
      id: "6.1.2",
      send: [
        ...fragments(1, hex("00"), 1).slice(0, 0),
        frame(1, "", { fin: false }),
        frame(0, "", { fin: false }),
        frame(0),
        BYE,
      ],
      echo: [""],
      close: 1000,
    },
    {
      id: "6.1.3",
      send: [frame(1, "", { fin: false }), frame(0, "middle", { fin: false }), frame(0), BYE],
      echo: ["middle"],
      close: 1000,
    },
  ];
  const good = [
    "Hello-µ@ßöäüàá-UTF-8!!",
    "κόσμε",
    "\0",
    "\x80",
    "ࠀ",
    "\u{10000}",
    "\x7f",
    "\u07ff",
    "\uffff",
    "\u{10ffff}",
    "\ud7ff",
    "\ue000",
    "\ufffd",
    "\ufffe",
    "\u{1fffe}",
    "\u{10fffe}",
    "\u{1ffff}",
    "\u{10ffff}",
    "\ufeff",
  ];
  for (const [index, text] of good.entries()) {
    const octets = encoder.encode(text);
    cases.push({ id: `6.2 #${index}`, send: [frame(1, text), BYE], echo: [text], close: 1000 });
    cases.push({
      id: `6.2 #${index} in fragments`,
      send: [...fragments(1, octets, 1), BYE],
      echo: [text],
      close: 1000,
    });
    cases.push({
      id: `6.2 #${index} in octets`,
      send: [...octetByOctet(frame(1, text)), BYE],
      echo: [text],
      close: 1000,
    });
  }
  const bad = [
    "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64",
    "f8 88 80 80 80",
    "fc 84 80 80 80 80",
    "f7 bf bf bf",
    "fb bf bf bf bf",
    "fd bf bf bf bf bf",
    "f4 90 80 80",
    "80",
    "bf",
    "80 bf",
    "80 bf 80",
    "c0 20 c1 20",
    "e0 20 e1 20",
    "f0 20 f1 20",
    "c0",
    "e0 80",
    "f0 80 80",
    "f8 80 80 80",
    "df",
    "ef bf",
    "f7 bf bf",
    "c0 e0 80 f0 80 80",
    "fe",
    "ff",
    "fe fe ff ff",
    "c0 af",
    "e0 80 af",
    "f0 80 80 af",
    "c1 bf",
    "e0 9f bf",
    "f0 8f bf bf",
    "c0 80",
    "e0 80 80",
    "f0 80 80 80",
    "ed a0 80",
    "ed ad bf",
    "ed ae 80",
    "ed af bf",
    "ed b0 80",
    "ed be 80",
    "ed bf bf",
    "ed a0 80 ed b0 80",
    "ed ad bf ed bf bf",
    "ce",
    "ce ba e1",
    "ce ba e1 bd",
  ];
  for (const octets of bad) {
    cases.push({ id: `6.3 ${octets}`, send: [frame(1, hex(octets))], echo: [], close: 1007 });
    cases.push({ id: `6.3 ${octets} in fragments`, send: fragments(1, hex(octets), 1), echo: [], close: 1007 });
  }
  // 6.4: the refusal does not wait for the end of the frame, nor of the message.
  const early = join(encoder.encode("κόσμε"), hex("f4 90 80 80"), encoder.encode("edited"));
  cases.push({ id: "6.4.1", send: [frame(1, early, { fin: false })], echo: [], close: 1007 });
  cases.push({ id: "6.4.3", send: [frame(1, early).subarray(0, 20)], echo: [], close: 1007 });
  return cases;
}

/** 7.x. */
function closing(): AutobahnCase[] {
  const hello = "Hello World!";
  const cases: AutobahnCase[] = [
    { id: "7.1.1", send: [frame(1, hello), BYE], echo: [hello], close: 1000 },
    { id: "7.1.2", send: [BYE, BYE], echo: [], close: 1000 },
    { id: "7.1.3", send: [BYE, frame(9, "ping")], echo: [], close: 1000 },
    { id: "7.1.4", send: [BYE, frame(1, hello)], echo: [], close: 1000 },
    { id: "7.1.5", send: [frame(1, "fragment1", { fin: false }), BYE, frame(0, "fragment2")], echo: [], close: 1000 },
    {
      id: "7.1.6",
      send: [frame(1, "x".repeat(262_144)), frame(1, hello), BYE, frame(9)],
      echo: ["x".repeat(262_144), hello],
      close: 1000,
    },
    { id: "7.3.1", send: [frame(8)], echo: [], close: 1005 },
    { id: "7.3.2", send: [frame(8, "a")], echo: [], close: 1002 },
    { id: "7.3.3", send: [close(1000)], echo: [], close: 1000 },
    { id: "7.3.4", send: [close(1000, hello)], echo: [], close: 1000 },
    { id: "7.3.5", send: [close(1000, "*".repeat(123))], echo: [], close: 1000 },
    { id: "7.3.6", send: [close(1000, "*".repeat(124))], echo: [], close: 1002 },
    {
      id: "7.5.1",
      send: [frame(8, join(hex("03 e8"), hex("ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80")))],
      echo: [],
      close: 1007,
    },
  ];
  const good = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
  for (const code of good) cases.push({ id: `7.7 ${code}`, send: [close(code)], echo: [], close: code });
  const bad = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535];
  for (const code of bad) cases.push({ id: `7.9 ${code}`, send: [close(code)], echo: [], close: 1002 });
  return cases;
}

/** 9.x: up to 1 MiB, where the suite goes up to 16; whole, in fragments, in pieces; and many in a row. */
function sizes(): AutobahnCase[] {
  const cases: AutobahnCase[] = [];
  for (const size of [65_536, 262_144, 1_048_576]) {
    const text = "BAsd7&jh23".repeat(size / 10 + 1).slice(0, size);
    const octets = new Uint8Array(size).fill(0xfe);
    cases.push({ id: `9.1 ${size}`, send: [frame(1, text), BYE], echo: [text], close: 1000 });
    cases.push({ id: `9.2 ${size}`, send: [frame(2, octets), BYE], echo: [octets], close: 1000 });
    for (const part of [64, 4096, 65_536]) {
      cases.push({
        id: `9.3 ${size} by ${part}`,
        send: [join(...fragments(1, encoder.encode(text), part)), BYE],
        echo: [text],
        close: 1000,
      });
      cases.push({
        id: `9.4 ${size} by ${part}`,
        send: [join(...fragments(2, octets, part)), BYE],
        echo: [octets],
        close: 1000,
      });
    }
  }
  for (const size of [0, 16, 64, 256, 1024]) {
    const text = "*".repeat(size);
    cases.push({
      id: `9.7 ${size}`,
      send: [...Array(1000).fill(frame(1, text)), BYE],
      echo: Array(1000).fill(text),
      close: 1000,
    });
  }
  return cases;
}

/** 12.x and 13.x: messages that zlib has deflated, in one frame and in fragments. */
function deflated(): AutobahnCase[] {
  const cases: AutobahnCase[] = [];
  for (const size of [16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072]) {
    const text = JSON.stringify(Array.from({ length: size }, (_, i) => (i * 7919) % 1000)).slice(0, size);
    for (const [level, part] of [[1, size], [9, size], [6, 100], [0, 1000]] as const) {
      const options = { level, finishFlush: zlib.constants.Z_SYNC_FLUSH };
      const payload = new Uint8Array(zlib.deflateRawSync(text, options)).subarray(0, -4);
      const frames = fragments(1, payload, part);
      frames[0]![0]! |= 0x40;
      const send = [join(...Array(10).fill(join(...frames))), BYE];
      cases.push({
        id: `12 ${size}, level ${level}, by ${part}`,
        send,
        echo: Array(10).fill(text),
        close: 1000,
        deflate: true,
      });
    }
  }
  return cases;
}

/** All cases. */
export const AUTOBAHN_CASES: readonly AutobahnCase[] = [
  ...framing(),
  ...pings(),
  ...reserved(),
  ...fragmented(),
  ...utf8(),
  ...closing(),
  ...sizes(),
  ...deflated(),
];
