/**
 * What the table of requests is made of: rows, and short ways to write them.
 *
 * Octets are strings here, one character one octet.
 *
 * @module
 */

/**
 * What a server may do: the statuses of the final responses in order, alternatives parted by `|`, then how the
 * connection goes on:
 *
 * - `keep`: a further request on it is served
 * - `close`: the server ends it by itself, and serves nothing that comes behind
 * - `ends`: the client ends its side behind the octets; then the server ends its own
 */
export type Outcome = string;

/** One row. */
export interface Row {
  /** What it shows. */
  readonly name: string;
  /** What the client sends. */
  readonly octets: string;
  /** What the server may do, whatever it serves. */
  readonly outcome: Outcome;
  /** What it may do where it serves a fetch handler, if that differs. */
  readonly fetch?: Outcome;
  /** The methods of the requests, where an answer has to be read otherwise: HEAD, CONNECT. @default {as the octets begin} */
  readonly methods?: readonly string[];
}

/** Rows of one kind; each entry gives what differs. */
export type Entries = readonly (readonly [name: string, octets: string, outcome?: Outcome, fetch?: Outcome])[];

/** The field that no request of HTTP/1.1 may lack. */
export const HOST = "Host: a\r\n";
/** Refused. */
export const REFUSED = "400 close";
/** Served, and the connection is kept. */
export const SERVED = "200 keep";
/** Served, and then behind the answer: one that is whole. */
export const NEXT: string = `GET / HTTP/1.1\r\n${HOST}\r\n`;

/** A request without content. */
export function get(fields: string = HOST, target = "/"): string {
  return `GET ${target} HTTP/1.1\r\n${fields}\r\n`;
}

/** A request whose content is read by whatever serves it. */
export function post(fields: string, content: string): string {
  return `POST /discard HTTP/1.1\r\n${HOST}${fields}\r\n${content}`;
}

export function chunked(content: string): string {
  return post("Transfer-Encoding: chunked\r\n", content);
}

/** Makes rows; `make` turns what an entry gives into octets. */
export function rows(
  entries: Entries,
  fallback: Outcome,
  make: (octets: string) => string = (octets) => octets,
): Row[] {
  return entries.map(([name, octets, outcome = fallback, fetch]) => ({
    name,
    octets: make(octets),
    outcome,
    ...(fetch === undefined ? {} : { fetch }),
  }));
}

/** Rows whose name is what they send. */
export function plain(texts: readonly string[], outcome: Outcome, make: (octets: string) => string): Row[] {
  return texts.map((text) => ({ name: JSON.stringify(text), octets: make(text), outcome }));
}
