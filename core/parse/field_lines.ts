/**
 * The leaf for field lines, in heads and in trailer sections (RFC 9112, section 5).
 *
 * It finds where names and values stand and refuses what is malformed: folding, space before the colon, a line
 * without colon or name, bare CR and LF, controls. What the fields mean is not its business.
 *
 * Errors come in the order of the octets: if a prefix is refused, the whole is refused for the same reason. So it does
 * not matter in which pieces a section arrives.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import * as octets from "../octets.ts";

// Constants of the module's own, see `octets.ts`.
const { COLON, CR, FIELD_VALUE, HTAB, LF, SP, TOKEN } = octets;

/** What a leaf gives when the octets end before the element does. */
export const NEED_MORE: number = -1;

/** Where field lines stand in a block: four offsets a line, name start and end, value start and end. */
export interface FieldMarks {
  /** How many lines were found. */
  count: number;
  /** The offsets, four a line. Those beyond `4 * count` are left from earlier sections. */
  readonly offsets: number[];
}

/**
 * Makes room for the marks of a section. It is used again for each section: allocating it for each one is what makes
 * a parser slow.
 *
 * @returns Empty marks
 */
export function createFieldMarks(): FieldMarks {
  return { count: 0, offsets: [] };
}

/**
 * Scans field lines up to and with the empty line that ends their section.
 *
 * @param bytes The block that holds them
 * @param start Where the first line starts
 * @param end Where the octets end
 * @param maxOctets How long the section may be, with its line ends and the last empty line
 * @param maxLines How many lines it may have
 * @param marks Gets where the lines stand
 * @returns Where the section ends, behind the empty line, or `NEED_MORE`
 * @throws {ProtocolError} `bad-field-line`, `bad-line-end`, `fields-too-large`
 */
export function scanFieldLines(
  bytes: Uint8Array,
  start: number,
  end: number,
  maxOctets: number,
  maxLines: number,
  marks: FieldMarks,
): number {
  const offsets = marks.offsets;
  // Beyond the limit nothing is looked at, so that it is met at the same octet however the section arrives.
  const stop = Math.min(end, start + maxOctets);
  let at = start;
  let count = 0;
  let octet = 0;
  marks.count = 0;
  while (at < stop) {
    if (bytes[at] === CR) {
      if (at + 1 >= stop) break;
      if (bytes[at + 1] !== LF) throw bareCr();
      marks.count = count;
      return at + 2;
    }
    if (count === maxLines) throw tooLarge(`more than ${maxLines} lines`);
    const nameStart = at;
    while (at < stop && TOKEN[bytes[at]!] === 1) at++;
    if (at >= stop) break;
    if (bytes[at] !== COLON || at === nameStart) throw badName(bytes[at]!, at === nameStart);
    const nameEnd = at++;
    while (at < stop && ((octet = bytes[at]!) === SP || octet === HTAB)) at++;
    const valueStart = at;
    // Four at a time as long as all are taken: a tenth of a browser's head.
    while (at + 4 <= stop && areFourOfValue(bytes, at)) at += 4;
    while (at < stop && FIELD_VALUE[bytes[at]!] === 1) at++;
    if (at >= stop) break;
    if (bytes[at] !== CR) throw badValue(bytes[at]!);
    if (at + 1 >= stop) break;
    if (bytes[at + 1] !== LF) throw bareCr();
    let valueEnd = at;
    while (valueEnd > valueStart && ((octet = bytes[valueEnd - 1]!) === SP || octet === HTAB)) valueEnd--;
    const mark = count++ * 4;
    offsets[mark] = nameStart;
    offsets[mark + 1] = nameEnd;
    offsets[mark + 2] = valueStart;
    offsets[mark + 3] = valueEnd;
    at += 2;
  }
  if (end - start > maxOctets) throw tooLarge(`more than ${maxOctets} octets`);
  return NEED_MORE;
}

function areFourOfValue(bytes: Uint8Array, at: number): boolean {
  const first = FIELD_VALUE[bytes[at]!]! & FIELD_VALUE[bytes[at + 1]!]!;
  const second = FIELD_VALUE[bytes[at + 2]!]! & FIELD_VALUE[bytes[at + 3]!]!;
  return (first & second) === 1;
}

/**
 * Takes the names and values out of the text of a section.
 *
 * @param text The decoded block
 * @param base The offset in the block of the text's first character
 * @param marks Where the lines stand
 * @returns Names and values by turns, as `FieldSection` takes them
 */
export function sliceFieldLines(text: string, base: number, marks: FieldMarks): string[] {
  const { offsets, count } = marks;
  // Made at its length: an array that grows is copied as it does.
  const flat = new Array<string>(count * 2);
  for (let i = 0; i < flat.length; i++) flat[i] = text.slice(offsets[i * 2]! - base, offsets[i * 2 + 1]! - base);
  return flat;
}

/**
 * Leaves out the lines whose name has an underscore, for those who ask for it.
 *
 * @param flat Names and values by turns
 * @returns The rest
 */
export function withoutUnderscoreNames(flat: readonly string[]): string[] {
  return flat.filter((_, index) => !flat[index & ~1]!.includes("_"));
}

/**
 * Names an octet for an error message.
 *
 * @param octet The octet
 * @returns The character in quotes if it is visible, else its number
 */
export function nameOctet(octet: number): string {
  return octet > SP && octet < 0x7f
    ? `"${String.fromCharCode(octet)}"`
    : `octet 0x${octet.toString(16).padStart(2, "0")}`;
}

/**
 * The error for a CR that no LF follows.
 *
 * @returns The error
 */
export function bareCr(): ProtocolError {
  return new ProtocolError("bad-line-end", "Cannot parse line: CR without LF");
}

/**
 * The error for an LF that no CR precedes.
 *
 * @returns The error
 */
export function bareLf(): ProtocolError {
  return new ProtocolError("bad-line-end", "Cannot parse line: LF without CR");
}

function badName(octet: number, first: boolean): ProtocolError {
  if (octet === LF) return bareLf();
  const isSpace = octet === SP || octet === HTAB;
  if (isSpace && first) return badLine("it starts with white space, folding is not taken");
  if (isSpace) return badLine("space before colon");
  if (octet === COLON) return badLine("name is empty");
  if (octet === CR) return badLine("colon is missing");
  return badLine(`${nameOctet(octet)} in name`);
}

function badValue(octet: number): ProtocolError {
  return octet === LF ? bareLf() : badLine(`${nameOctet(octet)} in value`);
}

function badLine(why: string): ProtocolError {
  return new ProtocolError("bad-field-line", `Cannot parse field line: ${why}`);
}

function tooLarge(why: string): ProtocolError {
  return new ProtocolError("fields-too-large", `Cannot take field section: ${why}`);
}
