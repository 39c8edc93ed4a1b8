/**
 * Pings that wait for their pongs (RFC 6455, sections 5.5.2 and 5.5.3).
 *
 * @module
 */

import { copyOctets } from "../octets.ts";
import type { WebSocketClosedError } from "./errors.ts";

interface PendingPing {
  readonly payload: Uint8Array;
  resolve(): void;
  reject(error: unknown): void;
}

/** Pings under way, the oldest first. */
export class PendingPings {
  #pings: PendingPing[] = [];
  #count = 0;

  /**
   * Gives a payload that no other ping has.
   *
   * @returns Four octets
   */
  nextPayload(): Uint8Array {
    const count = this.#count++;
    return Uint8Array.of(count >>> 24, count >>> 16, count >>> 8, count);
  }

  /**
   * Takes a ping that is sent.
   *
   * @param payload Its payload
   * @returns Settles when it is answered
   */
  add(payload: Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {});
    this.#pings.push({ payload: copyOctets(payload), resolve, reject });
    return promise;
  }

  /**
   * A pong has come. It may answer the last of several pings only; one that answers none says nothing.
   *
   * @param payload Its payload
   */
  answer(payload: Uint8Array): void {
    const at = this.#pings.findIndex((ping) => isSame(ping.payload, payload));
    for (const ping of this.#pings.splice(0, at + 1)) ping.resolve();
  }

  /**
   * No pong will come any more.
   *
   * @param error Why
   */
  end(error: WebSocketClosedError): void {
    for (const ping of this.#pings.splice(0)) ping.reject(error);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}
