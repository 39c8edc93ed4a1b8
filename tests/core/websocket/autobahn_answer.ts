/**
 * Judges what a server has sent in a case of the Autobahn test suite.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { MessageDecoder } from "../../../core/websocket/websocket_app.ts";
import type { AutobahnCase } from "./autobahn_cases.ts";

/**
 * Asserts that a server has answered as it should. Pongs may pass messages.
 *
 * @param octets All that it sent, behind the handshake
 * @param expected The case
 */
export function checkAnswer(octets: Uint8Array, expected: AutobahnCase): void {
  const decoder = new MessageDecoder({ role: "client", deflate: expected.deflate ?? false });
  decoder.feed(octets);
  const messages: unknown[] = [];
  const pongs: unknown[] = [];
  let code: number | undefined;
  for (let received = decoder.next(); received; received = decoder.next()) {
    assert(code === undefined, "frames came behind the close frame");
    if (received.type === "message") messages.push(received.message);
    else if (received.type === "pong") pongs.push(received.payload);
    else if (received.type === "close") ({ code } = received);
  }
  const isPong = (item: unknown): item is { pong: Uint8Array } =>
    typeof item === "object" && item !== null && "pong" in item;
  assertEquals(pongs, expected.echo.filter(isPong).map(({ pong }) => pong));
  const echo = expected.echo.filter((item) => !isPong(item));
  assertEquals(messages.length, echo.length);
  for (const [index, message] of messages.entries()) assert(isSame(message, echo[index]), `message ${index} differs`);
  assertEquals(code, expected.close);
}

/** `assertEquals` of a MiB takes seconds. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  const [left, right] = [one as Uint8Array, other as Uint8Array];
  return left.length === right.length && left.every((octet, at) => octet === right[at]);
}
