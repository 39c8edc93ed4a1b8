/**
 * Picks the fields that frame and steer a message out of its lines: Host, Content-Length, Transfer-Encoding,
 * Connection, Expect, Upgrade (RFC 9112, sections 3.2, 6 and 9; RFC 9110, sections 10.1.1 and 7.8).
 *
 * @module
 */

import type { FramingFields } from "./framing.ts";

/** The fields that frame and steer, lines of the same name joined by commas where their grammar is a list. */
export interface SteeringFields extends FramingFields {
  /** Lines of Host. */
  hostLines: number;
  /** Which line the last one is, counted from 0. */
  hostLine: number;
  /** Its value. */
  host: string | undefined;
  /** Connection. */
  connection: string | undefined;
  /** Expect. */
  expect: string | undefined;
  /** Upgrade. */
  upgrade: string | undefined;
}

/**
 * Picks them.
 *
 * @param flat Names and values by turns
 * @returns What was found
 */
export function pickSteeringFields(flat: readonly string[]): SteeringFields {
  const found: SteeringFields = {
    contentLengthLines: 0,
    contentLength: undefined,
    transferEncodingLines: 0,
    transferEncoding: undefined,
    hostLines: 0,
    hostLine: -1,
    host: undefined,
    connection: undefined,
    expect: undefined,
    upgrade: undefined,
  };
  for (let i = 0; i < flat.length; i += 2) pick(found, flat, i);
  return found;
}

/** The length decides nearly always; only names of the same length are lower-cased. */
function pick(found: SteeringFields, flat: readonly string[], at: number): void {
  const name = flat[at]!;
  const value = flat[at + 1]!;
  switch (name.length) {
    case 4:
      if (is(name, "host")) {
        found.hostLines++;
        found.hostLine = at / 2;
        found.host = value;
      }
      return;
    case 6:
      if (is(name, "expect")) found.expect = join(found.expect, value);
      return;
    case 7:
      if (is(name, "upgrade")) found.upgrade = join(found.upgrade, value);
      return;
    case 10:
      if (is(name, "connection")) found.connection = join(found.connection, value);
      return;
    case 14:
      if (is(name, "content-length")) {
        found.contentLengthLines++;
        found.contentLength = value;
      }
      return;
    case 17:
      if (is(name, "transfer-encoding")) {
        found.transferEncodingLines++;
        found.transferEncoding = value;
      }
  }
}

/** The first letter alone tells most names of the same length apart, without a new string. */
function is(name: string, wanted: string): boolean {
  return (name.charCodeAt(0) | 0x20) === wanted.charCodeAt(0) && name.toLowerCase() === wanted;
}

function join(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
