/**
 * Requests that are no requests, each with the status that refuses it before an application is called.
 *
 * @module
 */

/** A request that is refused, or that the server answers itself. */
export interface Refusal {
  /** The status of the answer. */
  readonly status: number;
  /** Whether the connection lives on. */
  readonly isKept: boolean;
  /** Spells it. */
  readonly head: (target: string) => string;
}

const HOST = "Host: near.example\r\n";

/** By name. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {
  noHost: { status: 400, isKept: false, head: (target) => `GET ${target} HTTP/1.1\r\n\r\n` },
  twoHosts: { status: 400, isKept: false, head: (target) => `GET ${target} HTTP/1.1\r\n${HOST}${HOST}\r\n` },
  noRequest: { status: 400, isKept: false, head: () => "\x16\x03\x01\x02\x00\x01\x00\x01\x03\x03\r\n" },
  bareLf: { status: 400, isKept: false, head: (target) => `GET ${target} HTTP/1.1\n${HOST}\r\n` },
  folded: { status: 400, isKept: false, head: (target) => `GET ${target} HTTP/1.1\r\n${HOST} folded\r\n\r\n` },
  twoLengths: {
    status: 400,
    isKept: false,
    head: (target) => `POST ${target} HTTP/1.1\r\n${HOST}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`,
  },
  bothFramings: {
    status: 400,
    isKept: false,
    head: (target) =>
      `POST ${target} HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  },
  unknownCoding: {
    status: 501,
    isKept: false,
    head: (target) => `POST ${target} HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  },
  unknownVersion: { status: 505, isKept: false, head: (target) => `GET ${target} HTTP/2.0\r\n${HOST}\r\n` },
  unknownExpectation: {
    status: 417,
    isKept: false,
    head: (target) => `GET ${target} HTTP/1.1\r\n${HOST}Expect: the-best\r\n\r\n`,
  },
  longTarget: { status: 414, isKept: false, head: () => `GET /${"t".repeat(8200)} HTTP/1.1\r\n${HOST}\r\n` },
  manyFields: {
    status: 431,
    isKept: false,
    head: (target) => `GET ${target} HTTP/1.1\r\n${HOST}${"X-A: b\r\n".repeat(101)}\r\n`,
  },
  misdirected: {
    status: 421,
    isKept: false,
    head: (target) => `GET https://far.example${target} HTTP/1.1\r\n${HOST}\r\n`,
  },
  slowHead: { status: 408, isKept: false, head: (target) => `GET ${target} HTTP/1.1\r\nHost: ne` },
  asterisk: { status: 204, isKept: true, head: () => `OPTIONS * HTTP/1.1\r\n${HOST}\r\n` },
};
