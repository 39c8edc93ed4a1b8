/**
 * What the subject of the vectors answers, and what it has to answer by what a vector states.
 *
 * @module
 */

import type { ExpectedMessage } from "../support/vectors.ts";

/** What is told of a request. */
export interface ToldRequest {
  /** The method and the request target. */
  readonly line: string;
  /** How many field lines there are; undefined where a vector does not claim it. */
  readonly fields: number | undefined;
  /** The trailer section. */
  readonly trailers: readonly (readonly [name: string, value: string])[];
  /** The content, one character an octet. */
  readonly content: string;
}

/** Content is told in full up to here. */
const LONG = 2000;

/**
 * Tells of a request.
 *
 * @param request The request
 * @returns The text, one character an octet
 */
export function toldOf({ line, fields, trailers, content }: ToldRequest): string {
  const shown = content.length > LONG ? "" : content;
  return [line, fields, trailers.length, content.length, shown].join("\n");
}

/**
 * Tells what the subject has to answer.
 *
 * @param expected What a vector states of a request
 * @returns The text; undefined if the vector states too little
 */
export function toldBy({ line, claims }: ExpectedMessage): string | undefined {
  const content = claims.get("content") ?? "";
  const length = claims.has("length") ? Number(claims.get("length")) : content.length;
  if (!claims.has("fields") || (claims.has("length") && length <= LONG) || line.startsWith("HEAD ")) return undefined;
  const shown = length > LONG ? "" : content;
  return [line, claims.get("fields"), claims.get("trailers") ?? "0", length, shown].join("\n");
}
