/**
 * Spells the requests of the simulation.
 *
 * @module
 */

import type { Ask } from "./ask.ts";
import { PATTERN, placeOf } from "./pattern.ts";
import { REFUSALS } from "./refusals.ts";

/**
 * Spells the head.
 *
 * @param ask The exchange
 * @returns The head, one character an octet
 */
export function headOf(ask: Ask): string {
  const { request, deed } = ask;
  const refusal = REFUSALS[deed.style];
  if (refusal !== undefined) return refusal.head(`/${deed.style}/${ask.id}`);
  const target = deed.style === "connect" ? "far.example:443" : `/${deed.style}/${ask.id}`;
  let text = `${request.method} ${target} HTTP/1.${request.minor}\r\nHost: near.example\r\n`;
  if (deed.style === "connect") text += `X-Id: ${ask.id}\r\n`;
  if (deed.style === "tunnel") text += "Connection: upgrade\r\nUpgrade: echo\r\n";
  if (request.connection !== "") text += `Connection: ${request.connection}\r\n`;
  if (request.expects) text += "Expect: 100-continue\r\n";
  if (request.padding > 0) text += `X-Padding: ${"p".repeat(request.padding)}\r\n`;
  if (request.framing === "length") text += `Content-Length: ${request.octets}\r\n`;
  if (request.framing === "chunked") text += "Transfer-Encoding: chunked\r\n";
  return `${text}\r\n`;
}

/**
 * Spells the content with its transfer coding.
 *
 * @param ask The exchange
 * @returns The message body
 */
export function bodyOf(ask: Ask): string {
  const { framing, octets, chunk, hasTrailers, spoil } = ask.request;
  if (framing === "none") return "";
  const place = placeOf(ask.id);
  const content = PATTERN.slice(place, place + octets);
  // Of content that is spoilt one half is sound.
  const sound = spoil === "" ? octets : octets >> 1;
  if (framing === "length") return content.slice(0, sound);
  let text = "";
  for (let at = 0; at < sound; at += chunk) {
    const data = content.slice(at, at + chunk);
    text += `${data.length.toString(16)}\r\n${data}\r\n`;
  }
  if (spoil !== "") return spoil === "garbage" ? `${text}no chunk\r\n` : text;
  return `${text}0\r\n${hasTrailers ? `X-Sum: ${octets}\r\n` : ""}\r\n`;
}
