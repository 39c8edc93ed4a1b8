/**
 * What the two sides of a worker say to each other. An exchange crosses as HTTP/1.1 in messages: the worker has a
 * `Conversation` over this port as over any other, so that interim responses, trailers and hooks are all there.
 *
 * @module
 */

import type { Address, TlsInfo } from "../core/gateway/port.ts";

/** How many octets may be under way in one direction before the other side has taken some. */
export const WINDOW = 65_536;

/** What cannot be told from the octets of a request. */
export interface Circumstances {
  /** Our end. */
  readonly local: Address;
  /** The peer's end. */
  readonly remote: Address;
  /** The connection's TLS. */
  readonly tls: TlsInfo | undefined;
  /** `environ.scriptName`, which `mount` may have moved. */
  readonly scriptName: string;
  /** `environ.pathInfo`, likewise. */
  readonly pathInfo: string;
}

/** What a worker wants of the signals of the server. */
export type SignalRequest =
  | { readonly kind: "wait"; readonly id: number; readonly name: unknown }
  | {
    readonly kind: "send";
    readonly id: number;
    readonly name: unknown;
    readonly value: unknown;
    readonly recipients: number;
  }
  | { readonly kind: "leave"; readonly id: number };

/** What became of it. */
export type SignalAnswer =
  | { readonly kind: "settle"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refuse"; readonly id: number; readonly error: unknown };

/** What a worker is told. First of all `load`: which module has the application. */
export type ToWorker =
  | SignalAnswer
  | { readonly kind: "load"; readonly module: string }
  | { readonly kind: "begin"; readonly circumstances: Circumstances }
  | { readonly kind: "octets"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "taken"; readonly octets: number }
  | { readonly kind: "closing"; readonly by: "peer" | "shutdown" }
  | { readonly kind: "abort" }
  | { readonly kind: "finish" };

/** What a worker tells. `idle`: it is ready for an exchange. */
export type FromWorker =
  | SignalRequest
  | { readonly kind: "idle" }
  | { readonly kind: "octets"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "taken"; readonly octets: number }
  | { readonly kind: "log"; readonly text: string }
  | { readonly kind: "fault"; readonly error: unknown }
  | { readonly kind: "end" }
  | { readonly kind: "unloadable"; readonly error: unknown };
