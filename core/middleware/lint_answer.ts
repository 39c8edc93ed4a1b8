/**
 * What `lint` asks of an answer: of `startResponse`, its status and fields, of `write`, and of content.
 *
 * @module
 */

import type { FieldLine, FieldsInit } from "../fields.ts";
import { isPiece } from "../gateway/piece.ts";
import type { StartResponse, Write } from "../gateway/types.ts";
import { checkCount, fault, nameOf } from "./lint_fault.ts";

/** The names that `wsgiref.validate` takes. */
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const STATUS = /^([2-9][0-9]{2}) [\x20-\x7e]*$/;
// deno-lint-ignore no-control-regex -- controls are what is looked for
const CONTROL = /[\0-\x1f\x7f]/;

/** The answer of one request, as far as it is known. */
export class LintedAnswer {
  readonly #startResponse: StartResponse;
  readonly #mayLackType: boolean;
  #status: number | undefined;
  #hasType = false;
  #hasContent = false;
  #isUpgraded = false;
  /** Whether the application has given all. */
  isOver = false;

  /**
   * Makes a `LintedAnswer`.
   *
   * @param startResponse The gateway's
   * @param mayLackType Whether content may be without a type
   */
  constructor(startResponse: StartResponse, mayLackType: boolean) {
    this.#startResponse = startResponse;
    this.#mayLackType = mayLackType;
  }

  /** What the application is given as `startResponse`. */
  readonly startResponse: StartResponse = (...args: unknown[]): Write => {
    checkCount("startResponse", args, 1, 3);
    this.checkNotOver("startResponse");
    const [status, fields, error] = args as Parameters<StartResponse>;
    if (error !== undefined && !(error instanceof Error)) {
      throw fault(`the third argument of startResponse is ${nameOf(error)}, not an Error`);
    }
    if (this.#status !== undefined && error === undefined) {
      throw fault("startResponse was called a second time without an error as third argument");
    }
    const code = checkStatus(status);
    const hasType = checkFields(fields, code);
    const write = this.#startResponse(status, fields, error);
    this.#status = code;
    this.#hasType = hasType;
    return (...pieces: unknown[]) => this.#write(write, pieces);
  };

  /**
   * Checks that the application has not ended yet.
   *
   * @param name What it calls
   * @throws {TypeError} If it has
   */
  checkNotOver(name: string): void {
    if (this.isOver) throw fault(`${name} was called after the application had given all its content`);
  }

  /**
   * Takes note that the connection is no longer HTTP.
   *
   * @param tunnel What it is now
   * @returns The same
   */
  upgraded(tunnel: unknown): unknown {
    this.#isUpgraded = true;
    return tunnel;
  }

  /**
   * Checks a piece that is about to be sent.
   *
   * @param piece The piece
   * @throws {TypeError} If it comes too early, or may not be there
   */
  checkPiece(piece: string | Uint8Array): void {
    if (this.#isUpgraded) throw fault("content was given after upgrade: write to the tunnel");
    if (piece.length === 0 || this.#hasContent) return;
    if (this.#status === undefined) throw fault("content was given before startResponse was called");
    if (this.#status === 204 || this.#status === 304) throw fault(`content was given with status ${this.#status}`);
    if (!this.#hasType && !this.#mayLackType) throw fault("content was given without a content-type field");
    this.#hasContent = true;
  }

  /**
   * Checks the end.
   *
   * @throws {TypeError} If there is no answer
   */
  checkEnd(): void {
    if (this.#status === undefined && !this.#isUpgraded) throw fault("startResponse was never called");
  }

  #write(write: Write, args: unknown[]): void | Promise<void> {
    checkCount("write", args, 1);
    this.checkNotOver("write");
    const [piece] = args;
    if (!isPiece(piece)) throw fault(`write was called with ${nameOf(piece)}, not a string or Uint8Array`);
    this.checkPiece(piece);
    return write(piece);
  }
}

function checkStatus(status: unknown): number {
  if (typeof status !== "number" && typeof status !== "string") {
    throw fault(`the status is ${nameOf(status)}, not a number or a string`);
  }
  const text = typeof status === "number" ? `${status} ` : status;
  if (/^1\d\d /.test(text)) throw fault(`the status ${status} is interim: use environ.inform, or upgrade`);
  const match = STATUS.exec(text);
  if (!match) {
    throw fault(`the status ${JSON.stringify(status)} is not 200 to 999, or three digits, a space and a reason phrase`);
  }
  return Number(match[1]);
}

/** Checks fields; tells whether Content-Type is among them. */
function checkFields(fields: unknown, status: number): boolean {
  const seen = new Set<string>();
  for (const [name, value] of linesOf(fields)) {
    checkLine(name, value);
    const key = name.toLowerCase();
    if (key === "content-type" && seen.has(key)) throw fault("content-type stands twice");
    seen.add(key);
  }
  const hasType = seen.has("content-type");
  if (hasType && (status === 204 || status === 304)) throw fault(`content-type stands in a ${status}, without content`);
  return hasType;
}

function checkLine(name: string, value: string): void {
  if (/^status$/i.test(name)) throw fault("a field is named Status: the status is the first argument");
  if (!FIELD_NAME.test(name) || /[-_]$/.test(name)) throw fault(`${JSON.stringify(name)} is no good field name`);
  if (CONTROL.test(value)) throw fault(`the value of ${name} has a control character`);
}

/** The lines, in whatever shape they are given. */
function linesOf(fields: unknown): FieldLine[] {
  if (fields === undefined) return [];
  if (typeof fields !== "object" || fields === null) {
    throw fault(`the fields are ${nameOf(fields)}, not a record or lines`);
  }
  if (typeof (fields as { [Symbol.iterator]?: unknown })[Symbol.iterator] === "function") {
    // What can be gone through only once would be used up here.
    if ((fields as { next?: unknown }).next) throw fault("the fields are an iterator, which can be read only once");
    return [...fields as Iterable<unknown>].map(checkPair);
  }
  return Object.entries(fields as Exclude<FieldsInit, Iterable<FieldLine>>).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((one) => checkPair([name, one])) : [checkPair([name, value])]
  );
}

function checkPair(line: unknown): FieldLine {
  if (!Array.isArray(line) || line.length !== 2) throw fault(`a field line is ${nameOf(line)}, not a name and a value`);
  const [name, value] = line;
  if (typeof name !== "string") throw fault(`a field name is ${nameOf(name)}, not a string`);
  if (typeof value !== "string") throw fault(`the value of ${name} is ${nameOf(value)}, not a string`);
  return [name, value];
}
