/**
 * Targets: the codec of WebSocket. Messages are the same however their octets come, only `WebSocketProtocolError` is
 * thrown, no message is over its limit, texts are what `TextDecoder` takes, and what is inflated is what zlib inflates.
 *
 * @module
 */

import { deflateRawSync, inflateRawSync } from "node:zlib";
import { FieldSection } from "../../../core/fields.ts";
import { WebSocketProtocolError } from "../../../core/websocket/errors.ts";
import { agreeOnDeflate, parseExtensions } from "../../../core/websocket/extensions.ts";
import { BINARY, CLOSE, CONTINUATION, encodeFrame, PING, TEXT } from "../../../core/websocket/frame_head.ts";
import { readHandshake } from "../../../core/websocket/handshake.ts";
import { inflateMessage } from "../../../core/websocket/inflate.ts";
import { MessageDecoder, type Received } from "../../../core/websocket/message_decoder.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { assertHolds, assertSame, coarse, cutPieces } from "../oracles.ts";
import type { Target } from "../target.ts";

const MAX_MESSAGE = 4096;
/** What permessage-deflate cuts off (RFC 7692, section 7.2.1). */
const TAIL = "\0\0\xff\xff";
/** "Hello" in three ways: RFC 7692, sections 7.2.3.1, 7.2.3.3 and 7.2.3.4. */
const DEFLATED = [
  "\xf2\x48\xcd\xc9\xc9\x07\x00",
  "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00",
  "\xf3\x48\xcd\xc9\xc9\x07\x00\x00",
  // Codes of its own, for 200 digits.
  "\x1d\xc6\x49\x01\x00\x00\x10\x40\xc1\x2c\xa5\x7f\x09\x0f\x3b\x81\xba\x3f\xd2\x93\x4e\x02\xf5\x00",
];

function frame(
  opcode: Parameters<typeof encodeFrame>[0],
  payload: string,
  options: Parameters<typeof encodeFrame>[2],
): string {
  return textOf(encodeFrame(opcode, octets(payload), options));
}

const maskKey = 0x01020304;
const FRAMES: readonly string[] = [
  `s${frame(TEXT, "Hello \xc3\xa9", { maskKey })}${frame(PING, "p", { maskKey })}`,
  `s${frame(TEXT, "He\xc3", { maskKey, isFinal: false })}${frame(PING, "", { maskKey })}${
    frame(CONTINUATION, "\xa9", { maskKey })
  }`,
  `c${frame(BINARY, "x".repeat(130), {})}${frame(CLOSE, "\x03\xe8bye", {})}`,
  `c${frame(TEXT, "\xf0\x9f\x98\x80", {})}${frame(CLOSE, "", {})}`,
  ...DEFLATED.map((payload) => `d${frame(TEXT, payload, { maskKey: 0, isCompressed: true })}`),
  `d${frame(BINARY, DEFLATED[0]!, { maskKey: 0, isCompressed: true, isFinal: false })}${
    frame(CONTINUATION, DEFLATED[1]!, { maskKey: 0 })
  }`,
];

/** Frames: the first octet says which role reads them, and whether messages may be compressed. */
export const FRAMES_TARGET: Target = {
  name: "websocketFrames",
  seeds: FRAMES,
  // deno-fmt-ignore
  words: [
    "\x81\x80\0\0\0\0", "\x01\x81\0\0\0\0a", "\x80\x81\0\0\0\0a", "\x89\x80\0\0\0\0", "\x8a\x80\0\0\0\0", "\x88\x80\0\0\0\0",
    "\x88\x82\0\0\0\0\x03\xe8", "\x81\0", "\x82\x7e\0\x7e", "\x82\x7f\0\0\0\0\0\x01\0\0", "\x82\xfe", "\x82\xff", "\xc1",
    "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80", "\xe2\x82", "\x00\x80\0\0\0\0",
  ],
  run(input) {
    const bytes = octets(input.slice(1));
    const role = input[0] === "c" ? "client" : "server";
    const options = { role, deflate: input[0] === "d", maxMessage: MAX_MESSAGE } as const;
    const whole = readMessages([bytes], options);
    assertSame(readMessages(cutPieces(bytes, input), options), whole, "in pieces and whole");
    const kinds = whole.map((one) => one.startsWith("refused") ? coarse(one) : one.split(":")[0]);
    return `${role} ${kinds.slice(-4).join()}`;
  },
};

function readMessages(
  pieces: readonly Uint8Array[],
  options: ConstructorParameters<typeof MessageDecoder>[0],
): string[] {
  const decoder = new MessageDecoder(options);
  const seen: string[] = [];
  try {
    for (const piece of pieces) {
      const lent = piece.slice();
      decoder.feed(lent);
      for (let received = decoder.next(); received; received = decoder.next()) seen.push(tell(received));
      lent.fill(0xff);
    }
  } catch (error) {
    if (!(error instanceof WebSocketProtocolError)) throw error;
    seen.push(`refused: ${error.code} ${error.message}`);
    assertHolds(decoder.isOver && decoder.next() === undefined, "nothing is read behind an error");
    assertHolds(new TextEncoder().encode(error.message).length <= 123, "its message fits into a close frame");
  }
  return seen;
}

function tell(received: Received): string {
  switch (received.type) {
    case "message": {
      const { message } = received;
      if (typeof message !== "string") {
        assertHolds(message.length <= MAX_MESSAGE, "no message is over its limit");
        return `octets: ${textOf(message)}`;
      }
      const bytes = new TextEncoder().encode(message);
      assertHolds(bytes.length <= MAX_MESSAGE, "no message is over its limit");
      // A lone surrogate would not come back as it was.
      assertHolds(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) === message, "a text is well-formed");
      return `text: ${message}`;
    }
    case "close":
      return `close: ${received.code} ${received.reason}`;
    default:
      assertHolds(received.payload.length <= 125, "no control frame has more than 125 octets");
      return `${received.type}: ${textOf(received.payload)}`;
  }
}

/** The window of DEFLATE is 32 KiB: what is repeated from far behind needs a message as long. */
const MAX_INFLATED = 40_000;
const SENTENCE = "The quick brown fox jumps over the lazy dog";
/** A seed for each code of a distance that is longer than the sentence. */
const FAR = Array.from({ length: 18 }, (_, code) => {
  const distance = (code % 2 === 0 ? 65 : 97) * 2 ** Math.floor(code / 2);
  return textOf(deflateRawSync(octets(SENTENCE + "-".repeat(distance - SENTENCE.length) + SENTENCE)));
});

/** What permessage-deflate inflates, beside zlib. */
export const INFLATE: Target = {
  name: "websocketInflate",
  seeds: [...DEFLATED, ...FAR],
  words: [...DEFLATED, "\0\0\0\xff\xff", "\x01\0\0\xff\xff", "\x03\0", "\x05\xc0\x81"],
  run(input) {
    const ours = inflateOurs(input);
    if (ours.startsWith("refused: 1009")) return "too large";
    if (ours.startsWith("refused")) {
      assertHolds(!isWholeToZlib(input), "what is whole to zlib is inflated");
      return coarse(ours);
    }
    const theirs = inflateByZlib(input);
    // zlib stops at the first final block; what is behind it is still to be inflated (RFC 7692, section 7.2.3.4).
    assertHolds(theirs !== undefined && ours.startsWith(theirs), `zlib inflates the same: ${theirs?.length} octets`);
    return ours.length === theirs.length ? `inflated ${Math.ceil(Math.log2(ours.length + 1))}` : "more blocks";
  },
};

function inflateOurs(input: string): string {
  try {
    return textOf(inflateMessage(octets(input), MAX_INFLATED));
  } catch (error) {
    if (error instanceof WebSocketProtocolError) return `refused: ${error.code}`;
    throw error;
  }
}

/** With the tail and an empty final block behind it: so zlib refuses what ends within a block. */
function inflateByZlib(input: string): string | undefined {
  try {
    return textOf(inflateRawSync(octets(`${input}${TAIL}\x01\0\0\xff\xff`)));
  } catch {
    return undefined;
  }
}

/** Whether a final block ends with the input, so that no tail is missing. */
function isWholeToZlib(input: string): boolean {
  try {
    const { engine } = inflateRawSync(octets(input), { info: true }) as unknown as { engine: { bytesWritten: number } };
    return engine.bytesWritten === input.length;
  } catch {
    return false;
  }
}

const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
const ASKING = `Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n${KEY}`;

/** The opening handshake: lines of fields, LF between them. */
export const HANDSHAKE: Target = {
  name: "websocketHandshake",
  seeds: [
    ASKING,
    `${ASKING}\nSec-WebSocket-Protocol: a, b\nOrigin: null`,
    `${ASKING}\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; server_max_window_bits="15", x`,
  ],
  // deno-fmt-ignore
  words: [
    "Connection: ", "keep-alive, ", "Upgrade: ", "h2c, ", "websocket", "Sec-WebSocket-Version: 8", `\n${KEY}`, "A==", ",",
    "Sec-WebSocket-Protocol: a", "Sec-WebSocket-Extensions: ", "permessage-deflate", "; ", "=", '"', "\\", "8", "15", "16",
    "server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits=15", "Origin: x", "\t", "\n",
  ],
  run(input) {
    const lines = input.split("\n").map((line) => {
      const [name = "", ...rest] = line.split(":");
      return [name, rest.join(":").trim()] as const;
    });
    const fields = FieldSection.from(lines);
    const answer = readHandshake({ method: "GET", version: "1.1", fields });
    if ("status" in answer) {
      assertHolds([400, 426].includes(answer.status), `it is refused with 400 or 426: ${answer.status}`);
      return answer.reason;
    }
    assertHolds(atob(answer.key).length === 16, "the key is 16 octets in base64");
    assertHolds(new Set(answer.protocols).size === answer.protocols.length, "each subprotocol stands once");
    const agreed = agreeOnDeflate(answer.extensions);
    if (agreed !== undefined) {
      const name = agreed.split(";")[0];
      assertHolds(answer.extensions.some((offer) => offer.name === name), "only what was offered is agreed to");
      assertHolds(parseExtensions(agreed)?.length === 1, "what is agreed to is well-formed");
    }
    const counts = [answer.protocols.length, answer.extensions.length].map((count) => Math.min(count, 3));
    return `${counts} ${agreed}`;
  },
};
