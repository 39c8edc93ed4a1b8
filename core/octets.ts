/**
 * The octets of HTTP/1.1: their names, their classes as 256-entry tables, and how they become strings.
 *
 * Everything the parser asks about an octet is one table look-up; the tables are written as the ranges of the
 * grammar (RFC 9110, section 5.6; RFC 9112; RFC 3986) and expanded once.
 *
 * Modules with tight loops take what they use of it as constants of their own (`const { CR } = octets`). V8 folds those
 * into the code, and loads imported ones at each use: that took a sixth of what scanning field lines takes.
 *
 * @module
 */

/** HTAB. */
export const HTAB = 0x09;
/** LF. */
export const LF = 0x0a;
/** CR. */
export const CR = 0x0d;
/** SP. */
export const SP = 0x20;
/** `:`. */
export const COLON = 0x3a;

/** What the lower case of a letter has beyond the upper one. */
export const CASE = 0x20;

/** Octets without a member, shared wherever "nothing" is meant. */
export const NO_OCTETS: Uint8Array = new Uint8Array(0);

/** A string's characters as members of a class, or an inclusive range of octets. */
type ClassPart = string | readonly [first: number, last: number];

const DIGITS: ClassPart = [0x30, 0x39];
const UPPER: ClassPart = [0x41, 0x5a];
const LOWER: ClassPart = [0x61, 0x7a];
const VISIBLE: ClassPart = [0x21, 0x7e];
const OBS_TEXT: ClassPart = [0x80, 0xff];

function octetClass(...parts: ClassPart[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const part of parts) {
    if (typeof part === "string") {
      for (let i = 0; i < part.length; i++) table[part.charCodeAt(i)] = 1;
    } else {
      table.fill(1, part[0], part[1] + 1);
    }
  }
  return table;
}

/** tchar: what methods, field names and transfer codings are made of (RFC 9110, section 5.6.2). */
export const TOKEN: Uint8Array = octetClass("!#$%&'*+-.^_`|~", DIGITS, UPPER, LOWER);

/** What a field value may hold: HTAB, SP, VCHAR and obs-text (RFC 9110, section 5.5). */
export const FIELD_VALUE: Uint8Array = octetClass("\t ", VISIBLE, OBS_TEXT);

/** What a field value may hold when we send it: HTAB, SP and VCHAR, so that one character is one octet. */
export const SENT_FIELD_VALUE: Uint8Array = octetClass("\t ", VISIBLE);

/** What may stand between the quotes of a quoted-string, escapes apart (RFC 9110, section 5.6.4). */
export const QUOTED_TEXT: Uint8Array = octetClass("\t !", [0x23, 0x5b], [0x5d, 0x7e], OBS_TEXT);

/**
 * What we take in the path and query of a request target: RFC 3986's characters, `%`, and the octets that
 * browsers send unescaped although the grammar does not have them. Never a control, SP, `"`, `<`, `>`, `#`,
 * a backslash (which is allowed in the query, see `parse/target.ts`) or an octet above 0x7e.
 */
export const TARGET: Uint8Array = octetClass("!$%&'()*+,-./:;=?@[]^_`{|}~", DIGITS, UPPER, LOWER);

/** The same with octets above 0x7f. */
export const TARGET_NON_ASCII: Uint8Array = octetClass("!$%&'()*+,-./:;=?@[]^_`{|}~", DIGITS, UPPER, LOWER, OBS_TEXT);

/**
 * Octets of a registered name or an IPv4 address in Host: unreserved, sub-delims and `%` (RFC 3986, section 3.2.2). Not
 * the comma, a sub-delim too: two Host lines that somebody has joined must not pass for one host.
 */
export const REG_NAME: Uint8Array = octetClass("-._~!$&'()*+;=%", DIGITS, UPPER, LOWER);

/** The same without `%`, behind which two hexadecimal digits have to stand. */
export const PLAIN_HOST: Uint8Array = octetClass("-._~!$&'()*+;=", DIGITS, UPPER, LOWER);

/** Turns octets into a string, one octet one character (ISO-8859-1, the true one and not windows-1252). */
export type OctetDecoder = (bytes: Uint8Array, start: number, end: number) => string;

/** How many arguments one call of `String.fromCharCode` gets at most; engines limit their number. */
const CHARACTERS_A_CALL = 4096;

/**
 * Turns octets into a string, one octet one character. Runs anywhere; runtimes have faster ones, which adapters pass
 * to the core as `decodeOctets` (`TextDecoder("latin1")` is not one: it is windows-1252).
 *
 * @param bytes The block that holds the octets
 * @param start Where they start
 * @param end Where they end, exclusive
 * @returns The string, of `end - start` characters
 *
 * @example
 * ```ts
 * import { decodeOctets } from "@sluice/sluice/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decodeOctets(new Uint8Array([0x48, 0x80, 0xff]), 0, 3), "H\x80\xff");
 * ```
 */
export function decodeOctets(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= CHARACTERS_A_CALL) return String.fromCharCode(...bytes.subarray(start, end));
  let text = "";
  for (let i = start; i < end; i += CHARACTERS_A_CALL) {
    text += String.fromCharCode(...bytes.subarray(i, Math.min(i + CHARACTERS_A_CALL, end)));
  }
  return text;
}

/**
 * Takes SP and HTAB off both ends of a text. `trim` takes more (NBSP among others), and a regular expression is
 * quadratic in the white space within: 350 ms for one field of 32 KiB.
 *
 * @param text The text
 * @returns What is between
 */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/**
 * Tells whether an octet is white space within a line (OWS and BWS, RFC 9110, section 5.6.3).
 *
 * @param octet The octet, or a character's code; NaN for none
 * @returns true for SP and HTAB
 */
export function isSpace(octet: number): boolean {
  return octet === SP || octet === HTAB;
}

/**
 * Tells whether every character of a text is in a class.
 *
 * @param text The text
 * @param table One of the tables of this module
 * @returns false for an empty text too
 */
export function isAll(text: string, table: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) {
    // Beyond the table a look-up is undefined, which is no member.
    if (table[text.charCodeAt(i)] !== 1) return false;
  }
  return text.length > 0;
}

/**
 * Copies octets. `bytes.slice()` would give a part of the same memory where they are a `Buffer` of Node.js.
 *
 * @param bytes The octets
 * @returns The same in memory of their own, as a plain `Uint8Array`
 */
export function copyOctets(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
