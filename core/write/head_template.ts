/**
 * Response heads that are sent again and again, as octets: they are copied instead of being put together and encoded each
 * time, which halves what an answer costs.
 *
 * Nothing is kept at first sight, for most heads that come once do not come again.
 *
 * @module
 */

import { dateLine, lengthLine, statusLine } from "./head_lines.ts";
import { encodeText } from "./utf8.ts";

/** What was sent last with one set of fields: the beginning of its head, and all of it. */
export class HeadTemplate {
  readonly #fields: string;
  #status = 0;
  #start: Uint8Array | undefined;
  #length = -1;
  #date = "";
  #whole: Uint8Array | undefined;

  /**
   * Makes a `HeadTemplate`.
   *
   * @param fields The field lines with their line ends: ASCII
   */
  constructor(fields: string) {
    this.#fields = fields;
  }

  /**
   * Gives the beginning of a head: status line and fields.
   *
   * @param status The status code
   * @returns The octets, not to be changed; undefined if the head before had another status
   */
  start(status: number): Uint8Array | undefined {
    if (status === this.#status) return this.#start ??= encodeText(statusLine(status) + this.#fields);
    this.#status = status;
    this.#start = undefined;
    this.#length = -1;
    return undefined;
  }

  /**
   * Gives a head that `whole` has given before.
   *
   * @param status The status code
   * @param length The length
   * @param date The value of Date
   * @returns The octets, not to be changed; undefined if it has not
   */
  known(status: number, length: number, date: string): Uint8Array | undefined {
    return status === this.#status && length === this.#length && date === this.#date ? this.#whole : undefined;
  }

  /**
   * Gives all of a head that has Content-Length and Date beside its fields, and nothing else.
   *
   * @param status The status code
   * @param length The length
   * @param date The value of Date
   * @returns The octets, not to be changed; undefined if the head before was not the same
   */
  whole(status: number, length: number, date: string): Uint8Array | undefined {
    if (status === this.#status && length === this.#length && date === this.#date) {
      return this.#whole ??= encodeText(
        `${statusLine(status)}${this.#fields}${lengthLine(length)}${dateLine(date)}\r\n`,
      );
    }
    this.#length = length;
    this.#date = date;
    this.#whole = undefined;
    return undefined;
  }
}
