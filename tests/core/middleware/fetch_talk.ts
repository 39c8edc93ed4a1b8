/**
 * Talks to a fetch handler octet by octet, for the tests of the fetch bridge. Text stands for octets, one character each.
 *
 * @module
 */

import { exchange, ResetError } from "../../../adapters/memory.ts";
import { fetchApp, type FetchHandler } from "../../../core/middleware/fetch_app.ts";

/** An answer, taken apart. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
}

/** Sends a request, given as text of one character an octet, and gives the answer. */
export async function ask(handler: FetchHandler, request: string): Promise<Answer> {
  return toAnswer(await talk(handler, request));
}

/** Sends octets and gives all that comes back, up to a reset if there is one. */
export async function talk(handler: FetchHandler, octets: string): Promise<string> {
  try {
    return toText(await exchange(fetchApp(handler), toBytes(octets)));
  } catch (error) {
    if (error instanceof ResetError) return toText(error.received);
    throw error;
  }
}

/** Takes an answer apart. */
export function toAnswer(text: string): Answer {
  const end = text.indexOf("\r\n\r\n");
  const [line = "", ...lines] = text.slice(0, end).split("\r\n");
  const fields = lines.map((field) => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
  });
  return { status: Number(line.slice(9, 12)), reason: line.slice(13), fields, body: text.slice(end + 4) };
}

/** Gives the value of a field, its name in lower case. */
export function valueOf(answer: Answer, name: string): string | undefined {
  return answer.fields.find((field) => field[0] === name)?.[1];
}

/** The octets that a text stands for. */
export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The text that stands for octets. */
export function toText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
