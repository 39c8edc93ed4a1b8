/**
 * UTF-8 as WebSocket wants it: an octet that makes a text invalid is seen when it comes, not when the message is whole
 * (RFC 6455, section 8.1; RFC 3629).
 *
 * @module
 */

import { WebSocketProtocolError } from "./errors.ts";

// A leading BOM belongs to the message.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes a whole text.
 *
 * @param bytes The octets
 * @returns The text
 * @throws {WebSocketProtocolError} 1007 if they are no UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw notUtf8();
  }
}

function notUtf8(): WebSocketProtocolError {
  return new WebSocketProtocolError(1007, "Cannot read text: it is no UTF-8");
}

/** Looks at a text piece by piece. Whether it may end where it ends is for `decodeUtf8` to say. */
export class Utf8Validator {
  /** How many octets of the character in hand are to come. */
  #missing = 0;
  /** What the next of them may be: the second octet is what keeps out overlong forms, surrogates and what is too high. */
  #low = 0x80;
  #high = 0xbf;

  /** Begins a new text. */
  reset(): void {
    this.#missing = 0;
    this.#low = 0x80;
    this.#high = 0xbf;
  }

  /**
   * Looks at the next octets.
   *
   * @param bytes The block that holds them
   * @param start Where they start
   * @param end Where they end
   * @throws {WebSocketProtocolError} 1007 at the first octet that can not be
   */
  push(bytes: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) {
      const octet = bytes[i]!;
      if (this.#missing === 0) {
        if (octet > 0x7f) this.#lead(octet);
      } else if (octet < this.#low || octet > this.#high) {
        throw notUtf8();
      } else {
        this.#missing--;
        this.#low = 0x80;
        this.#high = 0xbf;
      }
    }
  }

  /** The first octet of a character of several: the table of RFC 3629, section 4. */
  #lead(octet: number): void {
    if (octet < 0xc2 || octet > 0xf4) throw notUtf8();
    this.#missing = octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3;
    if (octet === 0xe0) this.#low = 0xa0;
    else if (octet === 0xed) this.#high = 0x9f;
    else if (octet === 0xf0) this.#low = 0x90;
    else if (octet === 0xf4) this.#high = 0x8f;
  }
}
