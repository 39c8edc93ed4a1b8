/**
 * What the applications of the simulation give: fields and content.
 *
 * @module
 */

import type { Piece } from "../../core/gateway/piece.ts";
import type { Ask } from "./ask.ts";
import { PATTERN, PATTERN_OCTETS, placeOf } from "./pattern.ts";

/**
 * Gives the fields of the answer.
 *
 * @param ask The exchange
 * @returns The fields
 */
export function fieldsOf(ask: Ask): Record<string, string> {
  const fields: Record<string, string> = { "x-id": `${ask.id}` };
  if (ask.deed.isAnnounced) fields["content-length"] = `${ask.deed.size}`;
  if (ask.deed.closes) fields.connection = "close";
  return fields;
}

/**
 * Gives the pieces of the content, texts and octets by turns.
 *
 * @param ask The exchange
 */
export function* pieces(ask: Ask): Generator<Piece, void> {
  const { size, pieces } = ask.deed;
  const place = placeOf(ask.id);
  for (let i = 0; i < pieces && size > 0; i++) {
    const start = place + Math.floor((size * i) / pieces);
    const end = place + Math.floor((size * (i + 1)) / pieces);
    ask.given += end - start;
    yield i % 2 === 0 ? PATTERN.slice(start, end) : PATTERN_OCTETS.subarray(start, end);
  }
}

/**
 * Gives all content as a text.
 *
 * @param ask The exchange
 * @returns The text
 */
export function allOf(ask: Ask): string {
  const place = placeOf(ask.id);
  return PATTERN.slice(place, place + ask.deed.size);
}

/**
 * Gives all content as octets.
 *
 * @param ask The exchange
 * @returns The octets; not to be changed
 */
export function octetsOf(ask: Ask): Uint8Array {
  const place = placeOf(ask.id);
  return PATTERN_OCTETS.subarray(place, place + ask.deed.size);
}
