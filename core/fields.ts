/**
 * A field section: field lines in the order they came, names as they were spelt, looked up without regard to case
 * (RFC 9110, section 5).
 *
 * @module
 */

import { CASE } from "./octets.ts";

/** One field line: its name and its value. */
export type FieldLine = readonly [name: string, value: string];

/** What fields may be given as: lines in order, or a record whose lists become one line each. */
export type FieldsInit = Iterable<FieldLine> | Readonly<Record<string, string | readonly string[]>>;

// Given by the class: what others could set would go out unchecked.
let readPrepared: (section: FieldSection) => unknown;
let writePrepared: (section: FieldSection, prepared: unknown) => void;

/**
 * A field section. It is a list and not a map: order, case and repetition are kept, and names such as `__proto__` are
 * plain data.
 *
 * @example
 * ```ts
 * import { FieldSection } from "@sluice/sluice/core";
 * import { assertEquals } from "@std/assert";
 *
 * const fields = FieldSection.from([["X-A", "1"], ["x-a", "2"]]);
 * assertEquals(fields.get("x-a"), "1, 2");
 * assertEquals([...fields], [["X-A", "1"], ["x-a", "2"]]);
 * ```
 */
export class FieldSection implements Iterable<FieldLine> {
  readonly #flat: readonly string[];
  #prepared: unknown;

  /**
   * Makes a `FieldSection`.
   *
   * @param flat Names and values by turns: name, value, name, value. The section keeps the array, which must not change
   */
  constructor(flat: readonly string[] = []) {
    this.#flat = flat;
  }

  /**
   * Makes a section of lines or of a record. Nothing is checked: see `write/` for what may be sent.
   *
   * @param init Lines in order, or a record
   * @returns The section
   */
  static from(init: FieldsInit): FieldSection {
    return init instanceof FieldSection ? init : new FieldSection(flattenFields(init));
  }

  static {
    readPrepared = (section) => section.#prepared;
    writePrepared = (section, prepared) => section.#prepared = prepared;
  }

  /** How many field lines there are. */
  get length(): number {
    return this.#flat.length / 2;
  }

  /**
   * Gives a field's value, the values of repeated lines joined: by `, `, and those of Cookie by `; `
   * (RFC 9110, section 5.3; RFC 6265, section 4.2).
   *
   * @param name The name, in any case
   * @returns The value, or undefined if there is no such line
   */
  get(name: string): string | undefined {
    const flat = this.#flat;
    const wanted = name.toLowerCase();
    let found: string | undefined;
    for (let i = 0; i < flat.length; i += 2) {
      if (!isName(flat[i]!, wanted)) continue;
      if (found === undefined) found = flat[i + 1]!;
      else found += (wanted === "cookie" ? "; " : ", ") + flat[i + 1]!;
    }
    return found;
  }

  /**
   * Gives the value of each line of a name, in order.
   *
   * @param name The name, in any case
   * @returns The values, none if there is no such line
   */
  getAll(name: string): string[] {
    const flat = this.#flat;
    const wanted = name.toLowerCase();
    const values: string[] = [];
    for (let i = 0; i < flat.length; i += 2) {
      if (isName(flat[i]!, wanted)) values.push(flat[i + 1]!);
    }
    return values;
  }

  /**
   * Tells whether a line of a name is there.
   *
   * @param name The name, in any case
   * @returns true if there is one
   */
  has(name: string): boolean {
    const flat = this.#flat;
    const wanted = name.toLowerCase();
    for (let i = 0; i < flat.length; i += 2) {
      if (isName(flat[i]!, wanted)) return true;
    }
    return false;
  }

  /**
   * Lays the lines out.
   *
   * @returns Names and values by turns, in an array of its own
   */
  flatten(): string[] {
    return this.#flat.slice();
  }

  /** Gives the field lines in order. */
  *[Symbol.iterator](): IterableIterator<FieldLine> {
    for (let i = 0; i < this.#flat.length; i += 2) yield [this.#flat[i]!, this.#flat[i + 1]!];
  }

  /**
   * Gives the lines for `JSON.stringify`.
   *
   * @returns The field lines as pairs
   */
  toJSON(): FieldLine[] {
    return [...this];
  }
}

/**
 * Gives what the writer has made of a section: one that is sent again and again is checked once.
 *
 * @param section The section
 * @returns What was kept; undefined before
 */
export function preparedOf(section: FieldSection): unknown {
  return readPrepared(section);
}

/**
 * Keeps what the writer has made of a section.
 *
 * @param section The section
 * @param prepared What it has made of it
 */
export function keepPrepared(section: FieldSection, prepared: unknown): void {
  writePrepared(section, prepared);
}

/**
 * Fields that have no business in a trailer section: those that frame, route, modify the request, authenticate, or say
 * what the content is had to be known before it (RFC 9110, section 6.5.1).
 */
const NOT_IN_TRAILERS: ReadonlySet<string> = new Set([
  "authorization",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-location",
  "content-range",
  "content-type",
  "cookie",
  "expect",
  "forwarded",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "keep-alive",
  "max-forwards",
  "origin",
  "pragma",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "range",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "www-authenticate",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
]);

/**
 * Tells whether a field may stand in a trailer section.
 *
 * @param name The name, in any case
 * @returns false for those that RFC 9110, section 6.5.1, keeps out
 */
export function mayBeTrailer(name: string): boolean {
  return !NOT_IN_TRAILERS.has(name.toLowerCase());
}

/** A section without a line. */
export const NO_FIELDS: FieldSection = new FieldSection();

/**
 * Lays fields out in the order of their lines.
 *
 * @param init Lines in order, or a record
 * @returns Names and values by turns, unchecked
 */
export function flattenFields(init: FieldsInit): string[] {
  if (init instanceof FieldSection) return init.flatten();
  const flat: string[] = [];
  if (isLines(init)) {
    for (const [name, value] of init) flat.push(name, value);
    return flat;
  }
  for (const name of Object.keys(init)) {
    const value = init[name]!;
    if (!Array.isArray(value)) flat.push(name, value as string);
    else for (const one of value) flat.push(name, one);
  }
  return flat;
}

function isLines(init: FieldsInit): init is Iterable<FieldLine> {
  return typeof (init as { [Symbol.iterator]?: unknown })[Symbol.iterator] === "function";
}

/** The lengths and the first letters are compared first: it spares nearly every lower-casing. */
function isName(name: string, wanted: string): boolean {
  if (name.length !== wanted.length) return false;
  if ((name.charCodeAt(0) | CASE) !== (wanted.charCodeAt(0) | CASE)) return false;
  return name === wanted || name.toLowerCase() === wanted;
}
