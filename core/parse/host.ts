/**
 * The leaf for `uri-host [ ":" port ]`: the Host field and the authority of request targets (RFC 9110, section 7.2;
 * RFC 3986, section 3.2). No userinfo: RFC 9110, section 4.2.4.
 *
 * @module
 */

import * as octets from "../octets.ts";

// Constants of the module's own, see `octets.ts`.
const { COLON, isAll, PLAIN_HOST, REG_NAME } = octets;

/** A host with its port, taken apart. */
export interface HostAndPort {
  /** The host, an IPv6 address within its brackets. */
  readonly host: string;
  /** The port's digits; empty if a colon stands without, undefined if there is none. */
  readonly port: string | undefined;
}

const DIGIT_0 = 0x30;
const MAX_PORT = 65_535;
const DIGITS = /^\d*$/;
const HEX_PAIR = /^[0-9A-Fa-f]{2}/;
const IPV_FUTURE = /^v[0-9A-Fa-f]+\.[!$&'()*+,;=:\w\-.~]+$/i;
const HEX_GROUP = /^[0-9A-Fa-f]{1,4}$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/**
 * Takes a host apart from its port.
 *
 * @param text The value of Host, or the authority of a target
 * @returns The two, or undefined if the text is neither a host nor a host with port: empty, a list, with userinfo, path
 * or query, with a bad escape, or with a port above 65535
 */
export function parseHost(text: string): HostAndPort | undefined {
  const colon = portColon(text);
  const host = colon < 0 ? text : text.slice(0, colon);
  const port = colon < 0 ? undefined : text.slice(colon + 1);
  if (port !== undefined && !(DIGITS.test(port) && Number(port) <= MAX_PORT)) return undefined;
  const isHost = host.startsWith("[") ? isIpLiteral(host) : isRegName(host);
  return isHost ? { host, port } : undefined;
}

/**
 * Tells whether octets are a host with an optional port that needs no second look: letters, digits, dots, hyphens and
 * the like, and a port behind. Nearly each request has one, and a look at the octets takes a tenth of `parseHost`.
 *
 * @param bytes The block that holds them
 * @param start Where they start
 * @param end Where they end
 * @returns false for what is none, and for what only `parseHost` can tell
 */
export function isPlainHost(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && PLAIN_HOST[bytes[at]!] === 1) at++;
  if (at === start || at === end) return at > start;
  if (bytes[at] !== COLON) return false;
  let port = 0;
  for (at++; at < end; at++) {
    const digit = bytes[at]! - DIGIT_0;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
    if (port > MAX_PORT) return false;
  }
  return true;
}

/** The colon before the port; the colons of an IPv6 address stand within brackets. */
function portColon(text: string): number {
  return text.startsWith("[") ? text.indexOf(":", text.indexOf("]") + 1 || text.length) : text.indexOf(":");
}

function isRegName(host: string): boolean {
  if (!isAll(host, REG_NAME)) return false;
  for (let at = host.indexOf("%"); at >= 0; at = host.indexOf("%", at + 1)) {
    if (!HEX_PAIR.test(host.slice(at + 1, at + 3))) return false;
  }
  return true;
}

function isIpLiteral(host: string): boolean {
  if (!host.endsWith("]")) return false;
  const address = host.slice(1, -1);
  return isIpv6(address) || IPV_FUTURE.test(address);
}

/** RFC 3986, section 3.2.2: eight groups, or fewer round one `::`; the last two may be an IPv4 address. */
function isIpv6(address: string): boolean {
  const halves = address.split("::");
  if (halves.length > 2) return false;
  let count = 0;
  for (const [index, half] of halves.entries()) {
    if (half === "") {
      if (halves.length === 1) return false;
      continue;
    }
    const isLast = index === halves.length - 1;
    const groups = countGroups(half.split(":"), isLast);
    if (groups === 0) return false;
    count += groups;
  }
  return halves.length === 2 ? count <= 7 : count === 8;
}

/** How many groups the words stand for; 0 if one is no group. */
function countGroups(words: string[], mayEndInIpv4: boolean): number {
  const last = words.at(-1)!;
  const endsInIpv4 = mayEndInIpv4 && IPV4.test(last);
  const groups = endsInIpv4 ? words.slice(0, -1) : words;
  if (!groups.every((group) => HEX_GROUP.test(group))) return 0;
  return groups.length + (endsInIpv4 ? 2 : 0);
}
