/**
 * Writes requests, for the client role (RFC 9112, sections 3, 5 and 6).
 *
 * @module
 */

import { CHUNKED, type Framing, NO_FRAMING } from "../message.ts";
import { isAll, TARGET, TOKEN } from "../octets.ts";
import { type PreparedFields, prepareFields } from "./fields_text.ts";
import type { FieldsInit } from "../fields.ts";
import type { SendBuffer } from "./send_buffer.ts";

/** A request to send. */
export interface RequestInit {
  /** The method. @default {"GET"} */
  method?: string;
  /** The request target, as it goes out. @default {"/"} */
  target?: string;
  /** The fields. Host is to be among them. `connection: close` is heeded. */
  fields?: FieldsInit;
  /** Whether content follows: its length, or `chunked`. @default {0} */
  content?: number | "chunked";
}

/** A request's head as it went out. */
export interface SentRequest {
  /** The method. */
  readonly method: string;
  /** How the content is framed. */
  readonly framing: Framing;
  /** Whether `connection: close` was among the fields. */
  readonly close: boolean;
  /** Whether Upgrade was among the fields. */
  readonly upgrade: boolean;
}

/** Methods whose requests are expected to have content: they state that there is none (RFC 9110, section 8.6). */
const EXPECT_CONTENT: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/**
 * Writes the head of a request.
 *
 * @param out Where it goes
 * @param request The request
 * @returns What was sent
 * @throws {TypeError} For a method, target or field that may not go out, a length that is none or not the stated one, or
 * Host other than once
 */
export function writeRequestHead(out: SendBuffer, request: RequestInit): SentRequest {
  const { method = "GET", target = "/", content = 0 } = request;
  if (!isAll(method, TOKEN)) throw new TypeError(`Cannot send request: ${JSON.stringify(method)} is no method`);
  if (!isAll(target, TARGET)) throw new TypeError(`Cannot send request: ${JSON.stringify(target)} is no target`);
  const fields = prepareFields(request.fields, { allowUpgrade: true });
  const hostLines = fields.text.match(/^host:/gim)?.length ?? 0;
  if (hostLines !== 1) throw new TypeError(`Cannot send request: Host stands ${hostLines} times, not once`);
  const framing = requestBodyFraming(content, fields);
  out.appendAscii(`${method} ${target} HTTP/1.1\r\n${fields.text}${framingField(method, framing)}`);
  out.appendAscii(`${connectionField(fields)}\r\n`);
  return { method, framing, close: fields.close, upgrade: fields.hasUpgrade };
}

function requestBodyFraming(content: number | "chunked", fields: PreparedFields): Framing {
  if (content === "chunked") {
    if (fields.contentLength !== undefined) throw new TypeError("Cannot send request: content-length beside chunked");
    return CHUNKED;
  }
  const length = fields.contentLength ?? content;
  if (content !== 0 && length !== content) throw new TypeError("Cannot send request: content-length is not the length");
  if (!Number.isSafeInteger(length) || length < 0) throw new TypeError(`Cannot send request: ${length} is no length`);
  return length === 0 ? NO_FRAMING : { kind: "length", length };
}

function framingField(method: string, framing: Framing): string {
  if (framing.kind === "chunked") return "transfer-encoding: chunked\r\n";
  if (framing.kind === "length") return `content-length: ${framing.length}\r\n`;
  return EXPECT_CONTENT.has(method) ? "content-length: 0\r\n" : "";
}

function connectionField(fields: PreparedFields): string {
  if (fields.hasUpgrade) return fields.close ? "connection: close, upgrade\r\n" : "connection: upgrade\r\n";
  return fields.close ? "connection: close\r\n" : "";
}
