/**
 * Turns the fields that an application gives into the text that goes out, and refuses what must not go out
 * (RFC 9110, sections 5.1, 5.5 and 7.6.1).
 *
 * Response splitting ends here: a name that is no token, or a value with a CR, LF or NUL, is a TypeError before
 * anything is sent.
 *
 * @module
 */

import { type FieldsInit, flattenFields, mayBeTrailer } from "../fields.ts";
import { isAll, isSpace, SENT_FIELD_VALUE, TOKEN } from "../octets.ts";
import { findConstant, keepConstant } from "./constant_fields.ts";
import { HeadTemplate } from "./head_template.ts";
import type { PreparedFields } from "./prepared_fields.ts";
import { RecentFields } from "./recent_fields.ts";

export type { PreparedFields } from "./prepared_fields.ts";

/** What a message's sender may say of the connection. */
export interface FieldsPolicy {
  /** Whether Upgrade may be among them: in 101 and 426. @default {false} */
  readonly allowUpgrade?: boolean;
}

/** No field at all. */
export const NO_PREPARED_FIELDS: PreparedFields = Object.freeze({
  text: "",
  contentLength: undefined,
  hasDate: false,
  close: false,
  hasUpgrade: false,
  template: new HeadTemplate(""),
});

const STRICT: FieldsPolicy = Object.freeze({});
const recentFields = new RecentFields();

/** Fields that are the connection's business (RFC 9110, section 7.6.1), Connection, Keep-Alive and Upgrade apart. */
const HOP_BY_HOP: ReadonlySet<string> = new Set(["proxy-connection", "te", "transfer-encoding"]);

const DIGITS = /^\d+$/;

/** What is gathered while the lines are gone through. */
interface Draft {
  text: string;
  contentLength: number | undefined;
  hasDate: boolean;
  close: boolean;
  hasUpgrade: boolean;
  template: HeadTemplate | undefined;
}

/**
 * Checks fields and turns them into text.
 *
 * @param fields The fields of a message
 * @param policy What may be said of the connection
 * @returns The fields, ready to go out
 * @throws {TypeError} For a name that is no token, a value that is no text of visible ASCII, SP and HTAB, a
 * Content-Length that is no number or stands twice, a hop-by-hop field other than `connection: close`
 */
export function prepareFields(fields: FieldsInit | undefined, policy: FieldsPolicy = STRICT): PreparedFields {
  if (fields === undefined) return NO_PREPARED_FIELDS;
  // What the strict policy took once is right with any other.
  const known = findConstant(fields);
  if (known !== undefined) return known;
  const flat = flattenFields(fields);
  const recent = recentFields.find(flat);
  if (recent !== undefined) {
    keepConstant(fields, recent);
    return recent;
  }
  const draft = prepareLines(flat, policy);
  if (draft.hasUpgrade) return draft;
  draft.template = new HeadTemplate(draft.text);
  keepConstant(fields, draft);
  return recentFields.keep(flat, draft);
}

function prepareLines(flat: readonly string[], policy: FieldsPolicy): Draft {
  const draft: Draft = {
    text: "",
    contentLength: undefined,
    hasDate: false,
    close: false,
    hasUpgrade: false,
    template: undefined,
  };
  for (let i = 0; i < flat.length; i += 2) addLine(draft, flat[i]!, flat[i + 1]!, policy);
  return draft;
}

/**
 * Turns the fields of a trailer section into text.
 *
 * @param fields The trailer fields
 * @returns The field lines with their line ends
 * @throws {TypeError} For a field that may not go out, or not in a trailer section
 */
export function prepareTrailers(fields: FieldsInit): string {
  const flat = flattenFields(fields);
  let text = "";
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!;
    const value = flat[i + 1]!;
    checkLine(name, value);
    if (!mayBeTrailer(name)) throw new TypeError(`Cannot send trailer ${name}: it has no business behind the content`);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}

function addLine(draft: Draft, name: string, value: string, policy: FieldsPolicy): void {
  checkLine(name, value);
  switch (name.length) {
    case 4:
      draft.hasDate ||= name.toLowerCase() === "date";
      break;
    case 7:
      if (name.toLowerCase() !== "upgrade") break;
      if (!policy.allowUpgrade) throw hopByHop(name);
      draft.hasUpgrade = true;
      break;
    case 10:
      if (name.toLowerCase() === "keep-alive") throw hopByHop(name);
      if (name.toLowerCase() !== "connection") break;
      heedConnection(draft, value);
      return;
    case 14:
      if (name.toLowerCase() !== "content-length") break;
      heedContentLength(draft, value);
      return;
    default:
      if (HOP_BY_HOP.has(name.toLowerCase())) throw hopByHop(name);
  }
  draft.text += `${name}: ${value}\r\n`;
}

function checkLine(name: string, value: string): void {
  if (typeof name !== "string" || !isAll(name, TOKEN)) {
    throw new TypeError(`Cannot send field: ${JSON.stringify(name)} is no field name`);
  }
  if (typeof value !== "string" || (value !== "" && !isAll(value, SENT_FIELD_VALUE))) {
    throw new TypeError(`Cannot send field ${name}: its value is not visible ASCII, spaces and tabs`);
  }
  if (isSpace(value.charCodeAt(0)) || isSpace(value.charCodeAt(value.length - 1))) {
    throw new TypeError(`Cannot send field ${name}: white space round its value`);
  }
}

function heedConnection(draft: Draft, value: string): void {
  if (value.toLowerCase() !== "close") throw hopByHop("connection");
  draft.close = true;
}

function heedContentLength(draft: Draft, value: string): void {
  const length = Number(value);
  if (draft.contentLength !== undefined) throw new TypeError("Cannot send field content-length: it stands twice");
  if (!DIGITS.test(value) || !Number.isSafeInteger(length)) {
    throw new TypeError(`Cannot send field content-length: "${value}" is no length`);
  }
  draft.contentLength = length;
}

function hopByHop(name: string): TypeError {
  return new TypeError(
    `Cannot send field ${name}: it is the connection's business (only "connection: close" is taken)`,
  );
}
