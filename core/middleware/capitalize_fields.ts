/**
 * `capitalizeFields`: field names as eventlet sends them, `Content-Type` and `Www-Authenticate`. Names are the same in
 * any case (RFC 9110, section 5.1); this is for clients that do not know it.
 *
 * @module
 */

import { type FieldLine, FieldSection, type FieldsInit } from "../fields.ts";
import type { App } from "../gateway/types.ts";

/**
 * Capitalises the names of the fields that an application gives: each part between hyphens begins with a capital and
 * goes on in small letters. Values and reason phrases stay as they are, and so do the fields that the gateway adds.
 *
 * @param app The application
 * @returns The application, whose field names are capitalised
 *
 * @example
 * ```ts
 * import { capitalizeFields } from "@sluice/sluice/middleware";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertMatch } from "@std/assert";
 *
 * const app = capitalizeFields((_environ, startResponse) => {
 *   startResponse(200, { "content-TYPE": "text/plain", etag: `"a"` });
 *   return "hello";
 * });
 * const answer = await exchange(app, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
 * assertMatch(new TextDecoder().decode(answer), /\r\nContent-Type: text\/plain\r\nEtag: "a"\r\n/);
 * ```
 */
export function capitalizeFields(app: App): App {
  return (environ, startResponse) => {
    return app(environ, (status, fields, error) => {
      return startResponse(status, fields === undefined ? undefined : capitalizeLines(fields), error);
    });
  };
}

/**
 * Capitalises the names of fields.
 *
 * @param fields The fields
 * @returns The lines, in order
 */
export function capitalizeLines(fields: FieldsInit): FieldLine[] {
  return [...FieldSection.from(fields)].map(([name, value]) => [capitalizeName(name), value]);
}

/** What is no name is left for the gateway to refuse. */
function capitalizeName(name: string): string {
  if (typeof name !== "string") return name;
  return name.split("-").map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase()).join("-");
}
