/**
 * Picks the fields that frame and steer a message out of its lines: Host, Content-Length, Transfer-Encoding,
 * Connection, Expect, Upgrade (RFC 9112, sections 3.2, 6 and 9; RFC 9110, sections 10.1.1 and 7.8).
 *
 * @module
 */

import * as octets from "../octets.ts";
import type { FieldMarks } from "./field_lines.ts";
import type { FramingFields } from "./framing.ts";

// A constant of the module's own, see `octets.ts`.
const { CASE } = octets;

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

const HOST = lowerCase("host");
const EXPECT = lowerCase("expect");
const UPGRADE = lowerCase("upgrade");
const CONNECTION = lowerCase("connection");
const CONTENT_LENGTH = lowerCase("content-length");
const TRANSFER_ENCODING = lowerCase("transfer-encoding");

/**
 * Picks them, by their octets: an engine need not make a string of a name that nobody asks for.
 *
 * @param bytes The block that holds the lines
 * @param marks Where they stand
 * @param flat Names and values by turns
 * @returns What was found
 */
export function pickSteeringFields(bytes: Uint8Array, marks: FieldMarks, flat: readonly string[]): SteeringFields {
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
  for (let line = 0; line < marks.count; line++) pick(found, bytes, marks, line, flat);
  return found;
}

/** The length decides nearly always. */
function pick(
  found: SteeringFields,
  bytes: Uint8Array,
  { offsets }: FieldMarks,
  line: number,
  flat: readonly string[],
): void {
  const start = offsets[line * 4]!;
  const value = line * 2 + 1;
  switch (offsets[line * 4 + 1]! - start) {
    case 4:
      if (!is(bytes, start, HOST)) return;
      found.hostLines++;
      found.hostLine = line;
      found.host = flat[value];
      return;
    case 6:
      if (is(bytes, start, EXPECT)) found.expect = join(found.expect, flat[value]!);
      return;
    case 7:
      if (is(bytes, start, UPGRADE)) found.upgrade = join(found.upgrade, flat[value]!);
      return;
    case 10:
      if (is(bytes, start, CONNECTION)) found.connection = join(found.connection, flat[value]!);
      return;
    case 14:
      if (!is(bytes, start, CONTENT_LENGTH)) return;
      found.contentLengthLines++;
      found.contentLength = flat[value];
      return;
    case 17:
      if (!is(bytes, start, TRANSFER_ENCODING)) return;
      found.transferEncodingLines++;
      found.transferEncoding = flat[value];
  }
}

/** Whether a name of the same length is the wanted one, in any case. No other octet of a token becomes a wanted one so. */
function is(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) {
    if ((bytes[start + i]! | CASE) !== wanted[i]) return false;
  }
  return true;
}

function lowerCase(name: string): Uint8Array {
  return Uint8Array.from(name, (letter) => letter.charCodeAt(0));
}

function join(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
