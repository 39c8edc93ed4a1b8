/**
 * What the fields of a message are once they are checked.
 *
 * @module
 */

import type { HeadTemplate } from "./head_template.ts";

/** Fields ready to go out, and what was heeded in them. */
export interface PreparedFields {
  /** The field lines with their line ends, the framing fields and Connection left out. */
  readonly text: string;
  /** The value of Content-Length, if there is one. */
  readonly contentLength: number | undefined;
  /** Whether Date is among them. */
  readonly hasDate: boolean;
  /** Whether `connection: close` was among them. */
  readonly close: boolean;
  /** Whether Upgrade is among them. */
  readonly hasUpgrade: boolean;
  /** Where the beginning of a head is kept that has these fields, if they may come again. */
  readonly template?: HeadTemplate | undefined;
}
