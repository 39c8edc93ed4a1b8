/**
 * What an application says in `startResponse`, checked.
 *
 * @module
 */

import { type FieldLine, FieldSection, type FieldsInit } from "../fields.ts";
import { trimSpace } from "../octets.ts";
import type { RequestHead } from "../parse/request_head.ts";
import { type FieldsPolicy, type PreparedFields, prepareFields } from "../write/fields_text.ts";
import { checkReason } from "../write/response_writer.ts";

/** An answer that the application has started; its head waits for the first piece. */
export interface StartedAnswer {
  /** The status code, 200 to 999. */
  readonly status: number;
  /** The reason phrase, undefined for the registered one. */
  readonly reason: string | undefined;
  /** The fields. */
  readonly fields: PreparedFields;
}

const STATUS_LINE = /^(\d{3})(?: (.*))?$/s;
const UPGRADE_REQUIRED = 426;
const MAY_UPGRADE: FieldsPolicy = Object.freeze({ allowUpgrade: true });

/**
 * Checks a status and fields.
 *
 * @param status The status code, or the code with a reason phrase
 * @param fields The fields
 * @returns The answer
 * @throws {TypeError} For a status that is none or is interim, or a field that may not leave
 */
export function startAnswer(status: number | string, fields: FieldsInit | undefined): StartedAnswer {
  if (typeof status !== "number") return startWithReason(...parseStatus(status), fields);
  return startWithReason(status, undefined, fields);
}

function startWithReason(code: number, reason: string | undefined, fields: FieldsInit | undefined): StartedAnswer {
  if (!Number.isInteger(code) || code < 100 || code > 999) {
    throw new TypeError(`Cannot start response: ${String(code)} is not a status of 200 to 999`);
  }
  // A 1xx as the final status leaves the client waiting for another one.
  if (code < 200) throw new TypeError(`Cannot start response: ${code} is interim, use environ.inform or upgrade`);
  return { status: code, reason, fields: prepareFields(fields, code === UPGRADE_REQUIRED ? MAY_UPGRADE : undefined) };
}

/**
 * Checks an upgrade: the answer is a 101, or a 200 to CONNECT (RFC 9110, sections 7.8 and 9.3.6).
 *
 * @param head The request
 * @param init The fields; `upgrade` is the client's first choice if it is not among them
 * @returns The answer
 * @throws {TypeError} If the request asks for no upgrade, or not for the one that the fields name, or for a field that
 * may not leave
 */
export function upgradeAnswer(head: RequestHead, init: FieldsInit = []): StartedAnswer {
  const lines = [...FieldSection.from(init)];
  const isConnect = head.method === "CONNECT";
  if (head.minorVersion === 0) throw new TypeError("Cannot upgrade: the request is HTTP/1.0");
  if (!isConnect) nameProtocol(lines, head.upgrade ?? "");
  const fields = prepareFields(lines, { allowUpgrade: !isConnect });
  if (fields.close || fields.contentLength !== undefined) {
    throw new TypeError("Cannot upgrade: neither content-length nor connection: close may stand in the head");
  }
  return { status: isConnect ? 200 : 101, reason: undefined, fields };
}

/** Adds Upgrade where it is missing, and holds it to what the client offers. */
function nameProtocol(lines: FieldLine[], upgrade: string): void {
  const offered = listOf(upgrade);
  if (offered.length === 0) throw new TypeError("Cannot upgrade: the request does not ask for it");
  const named = FieldSection.from(lines).getAll("upgrade");
  if (named.length === 0) return void lines.push(["upgrade", offered[0]!]);
  const chosen = listOf(named.join().toLowerCase());
  const known = listOf(upgrade.toLowerCase());
  // RFC 9110, section 7.8: "A server MUST NOT switch to a protocol that was not indicated by the client".
  if (chosen.length === 0 || !chosen.every((protocol) => known.includes(protocol))) {
    throw new TypeError(`Cannot upgrade: the request does not ask for "${named.join()}"`);
  }
}

/** The elements of a list (RFC 9110, section 5.6.1), the empty ones left out. */
function listOf(value: string): string[] {
  return value.split(",").map(trimSpace).filter((element) => element !== "");
}

function parseStatus(status: string): [code: number, reason: string | undefined] {
  const match = STATUS_LINE.exec(status);
  if (!match) throw new TypeError(`Cannot start response: ${JSON.stringify(status)} is no status`);
  return [Number(match[1]), match[2] === undefined ? undefined : checkReason(match[2])];
}
