/**
 * The decoder that the adapters give to the core, so that a leaf is measured as it is served.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { OctetDecoder } from "../../core/octets.ts";
import { DEFAULT_PARSE_SETTINGS, type ParseSettings } from "../../core/parse/settings.ts";

const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};

/** Turns octets into a string, as in `adapters/server.ts`. */
export const decodeOctets: OctetDecoder = (bytes, start, end) => latin1Slice.call(bytes, start, end);

/** The defaults with that decoder. */
export const ADAPTER_PARSE_SETTINGS: ParseSettings = { ...DEFAULT_PARSE_SETTINGS, decodeOctets };
