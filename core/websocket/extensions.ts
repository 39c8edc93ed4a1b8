/**
 * Sec-WebSocket-Extensions: its grammar, and what of permessage-deflate is agreed to (RFC 6455, section 9.1; RFC 7692,
 * sections 5 and 7.1).
 *
 * @module
 */

/** A parameter of an offer; without `=` its value is undefined. */
export type ExtensionParameter = readonly [name: string, value: string | undefined];

/** One extension that a client offers. */
export interface ExtensionOffer {
  /** Its name. */
  readonly name: string;
  /** Its parameters, in order. */
  readonly parameters: readonly ExtensionParameter[];
}

// Two of RFC 9110's: a token, and a quoted-string whose content must be a token once the escapes are undone.
const NAME = /[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*/y;
const VALUE = /[ \t]*(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]+)|"((?:[\t !#-[\]-~]|\\[\t -~])*)")[ \t]*/y;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const EMPTY = /[ \t]*(?=,|$)/y;

const WINDOW_BITS = /^(?:8|9|1[0-5])$/;
/** The window that `CompressionStream` uses cannot be made smaller. */
const OUR_WINDOW_BITS = "15";

/**
 * Reads the field.
 *
 * @param value The value, its lines joined by commas
 * @returns The offers in the client's order; undefined if the field is malformed
 */
export function parseExtensions(value: string): ExtensionOffer[] | undefined {
  const offers: ExtensionOffer[] = [];
  for (let at = 0; at <= value.length; at++) {
    // Empty list elements are ignored (RFC 9110, section 5.6.1.2).
    const empty = matchAt(EMPTY, value, at);
    const end = empty ? at + empty[0].length : readOffer(value, at, offers);
    if (end === undefined) return undefined;
    at = end;
  }
  return offers;
}

/** Reads one offer; gives where it ends, at a comma or the end. */
function readOffer(value: string, start: number, offers: ExtensionOffer[]): number | undefined {
  const name = matchAt(NAME, value, start);
  if (!name) return undefined;
  const parameters: ExtensionParameter[] = [];
  let at = start + name[0].length;
  while (value[at] === ";") {
    const parameter = matchAt(NAME, value, at + 1);
    if (!parameter) return undefined;
    at += 1 + parameter[0].length;
    if (value[at] !== "=") {
      parameters.push([parameter[1]!, undefined]);
      continue;
    }
    const given = matchAt(VALUE, value, at + 1);
    const text = given?.[1] ?? given?.[2]?.replace(/\\(.)/gs, "$1");
    if (!given || text === undefined || !TOKEN.test(text)) return undefined;
    at += 1 + given[0].length;
    parameters.push([parameter[1]!, text]);
  }
  if (at < value.length && value[at] !== ",") return undefined;
  offers.push({ name: name[1]!, parameters });
  return at;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/**
 * Chooses among the offers the first of permessage-deflate that can be kept to. Both sides forget each message when it
 * is over: `CompressionStream` cannot flush, so there is no stream to go on with.
 *
 * @param offers What the client offers
 * @returns The answer's Sec-WebSocket-Extensions; undefined if no offer is taken
 *
 * @example
 * ```ts
 * import { agreeOnDeflate, parseExtensions } from "@sluice/sluice/websocket";
 * import { assertEquals } from "@std/assert";
 *
 * const offers = parseExtensions("permessage-deflate; client_max_window_bits");
 * assertEquals(
 *   agreeOnDeflate(offers ?? []),
 *   "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
 * );
 * ```
 */
export function agreeOnDeflate(offers: readonly ExtensionOffer[]): string | undefined {
  for (const { name, parameters } of offers) {
    if (name !== "permessage-deflate" || !isAcceptable(parameters)) continue;
    const answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    // RFC 7692, section 7.1.2.1: who accepts an offer with this parameter says so.
    const isBound = parameters.some(([parameter]) => parameter === "server_max_window_bits");
    return isBound ? `${answer}; server_max_window_bits=${OUR_WINDOW_BITS}` : answer;
  }
  return undefined;
}

/** RFC 7692, section 7: an offer with an unknown, repeated or malformed parameter is declined. */
function isAcceptable(parameters: readonly ExtensionParameter[]): boolean {
  const names = new Set(parameters.map(([name]) => name));
  return names.size === parameters.length && parameters.every(([name, value]) => {
    switch (name) {
      case "server_no_context_takeover":
      case "client_no_context_takeover":
        return value === undefined;
      case "client_max_window_bits":
        return value === undefined || WINDOW_BITS.test(value);
      case "server_max_window_bits":
        return value === OUR_WINDOW_BITS;
      default:
        return false;
    }
  });
}
