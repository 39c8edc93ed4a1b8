/**
 * The opening handshake, the server's side (RFC 6455, section 4.2). It looks at the request and says what is to be
 * answered; it sends nothing.
 *
 * @module
 */

import type { FieldSection, FieldsInit } from "../fields.ts";
import { isAll, TOKEN, trimSpace } from "../octets.ts";
import { type ExtensionOffer, parseExtensions } from "./extensions.ts";

/** What of a request the handshake looks at: an `Environ` has it. */
export interface HandshakeRequest {
  /** The method. */
  readonly method: string;
  /** The version. */
  readonly version: "1.0" | "1.1";
  /** The fields. */
  readonly fields: FieldSection;
}

/** A request that asks for a WebSocket in due form. */
export interface Handshake {
  /** Sec-WebSocket-Key. */
  readonly key: string;
  /** The subprotocols that the client speaks, its favourite first. */
  readonly protocols: readonly string[];
  /** The extensions that it offers. */
  readonly extensions: readonly ExtensionOffer[];
  /** The origin of the page that it comes from; undefined for clients that are no browser. */
  readonly origin: string | undefined;
}

/** What is answered to a request that gets no WebSocket. */
export interface HandshakeRefusal {
  /** The status code. */
  readonly status: number;
  /** The fields. */
  readonly fields: FieldsInit;
  /** The content: a line that says why. */
  readonly reason: string;
}

/** RFC 6455, section 1.3: what is put behind the key. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** 16 octets in base64: the last of 22 characters holds four bits that are 0. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const UPGRADE_REQUIRED: HandshakeRefusal = {
  status: 426,
  // RFC 9110, section 15.5.22: the answer names the protocol; RFC 6455, section 4.4: and its version.
  fields: { "content-type": "text/plain", "upgrade": "websocket", "sec-websocket-version": "13" },
  reason: "This resource speaks WebSocket, version 13\n",
};

/**
 * Looks at a request.
 *
 * @param request The request
 * @returns What it asks for, or how it is refused
 *
 * @example
 * ```ts
 * import { FieldSection } from "@sluice/sluice/core";
 * import { readHandshake } from "@sluice/sluice/websocket";
 * import { assertEquals } from "@std/assert";
 *
 * const refusal = readHandshake({ method: "GET", version: "1.1", fields: FieldSection.from({ host: "a" }) });
 * assertEquals("status" in refusal && refusal.status, 426);
 * ```
 */
export function readHandshake(request: HandshakeRequest): Handshake | HandshakeRefusal {
  const { method, version, fields } = request;
  if (method !== "GET") {
    return { status: 405, fields: { "content-type": "text/plain", "allow": "GET" }, reason: "Only GET is allowed\n" };
  }
  const isUpgrade = version === "1.1" && lists(fields, "connection", "upgrade") &&
    lists(fields, "upgrade", "websocket");
  if (!isUpgrade || fields.get("sec-websocket-version") !== "13") return UPGRADE_REQUIRED;
  const key = fields.get("sec-websocket-key");
  if (key === undefined || !KEY.test(key)) return bad("Sec-WebSocket-Key must be 16 octets in base64");
  const protocols = parseProtocols(fields.get("sec-websocket-protocol"));
  if (!protocols) return bad("Sec-WebSocket-Protocol must be a list of different tokens");
  const extensions = parseExtensions(fields.get("sec-websocket-extensions") ?? "");
  if (!extensions) return bad("Sec-WebSocket-Extensions is malformed");
  if (fields.getAll("origin").length > 1) return bad("Origin must not be repeated");
  return { key, protocols, extensions, origin: fields.get("origin") };
}

/**
 * Computes Sec-WebSocket-Accept: it proves to the client that its handshake was read as one.
 *
 * @param key Sec-WebSocket-Key
 * @returns The value
 *
 * @example
 * ```ts
 * import { acceptKey } from "@sluice/sluice/websocket";
 * import { assertEquals } from "@std/assert";
 *
 * // RFC 6455, section 1.3
 * assertEquals(await acceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
 * ```
 */
export async function acceptKey(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key + GUID));
  return toBase64(new Uint8Array(digest));
}

function bad(reason: string): HandshakeRefusal {
  return { status: 400, fields: { "content-type": "text/plain" }, reason: `${reason}\n` };
}

function lists(fields: FieldSection, name: string, wanted: string): boolean {
  const value = fields.get(name);
  return value !== undefined && value.split(",").some((element) => trimSpace(element).toLowerCase() === wanted);
}

/** RFC 6455, section 4.1: the elements are tokens, and all different. */
function parseProtocols(value: string | undefined): string[] | undefined {
  if (value === undefined) return [];
  const protocols = value.split(",").map(trimSpace).filter((element) => element !== "");
  const isGood = protocols.every((protocol) => isAll(protocol, TOKEN)) && new Set(protocols).size === protocols.length;
  return isGood && protocols.length > 0 ? protocols : undefined;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits = bytes[i]! << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0);
    text += BASE64[bits >> 18]! + BASE64[bits >> 12 & 63]!;
    text += left > 1 ? BASE64[bits >> 6 & 63]! : "=";
    text += left > 2 ? BASE64[bits & 63]! : "=";
  }
  return text;
}
