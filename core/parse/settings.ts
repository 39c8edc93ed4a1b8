/**
 * What a leaf needs to know beside the octets: the bounds, the departures from the strict reading, the decoder.
 *
 * @module
 */

import { completeLimits, completeProtocol, type Limits, type ProtocolOptions } from "../limits.ts";
import { decodeOctets, type OctetDecoder } from "../octets.ts";

/** How heads are parsed; made once for many connections. */
export interface ParseSettings {
  /** Bounds in octets and counts. */
  readonly limits: Readonly<Limits>;
  /** Departures from the strict reading. */
  readonly protocol: Readonly<ProtocolOptions>;
  /** Turns the octets of a head into a string. */
  readonly decodeOctets: OctetDecoder;
}

/** The defaults: strict, and `decodeOctets` of the core. */
export const DEFAULT_PARSE_SETTINGS: ParseSettings = Object.freeze({
  limits: completeLimits(),
  protocol: completeProtocol(),
  decodeOctets,
});
