/**
 * `ProtocolError`: the peer broke a rule of HTTP/1.1. The error names the rule and carries the answer.
 *
 * Faults of the application are built-in errors (`TypeError`, `RangeError`); a lost transport is an abort reason.
 *
 * @module
 */

/** What the peer did wrong. */
export type ProtocolErrorCode =
  | "bad-method"
  | "method-too-long"
  | "bad-target"
  | "target-too-long"
  | "misdirected-request"
  | "bad-version"
  | "unsupported-version"
  | "bad-line-end"
  | "bad-field-line"
  | "fields-too-large"
  | "bad-host"
  | "bad-content-length"
  | "bad-framing"
  | "unknown-coding"
  | "bad-chunk"
  | "content-too-large"
  | "unknown-expectation"
  | "timeout"
  | "unexpected-eof"
  | "not-taken"
  | "bad-status-line";

interface Rule {
  /** The status code of the refusal. */
  readonly status: number;
  /** Where the rule stands: a section of RFC 9112, or of RFC 9110 where it says so. */
  readonly section: string;
}

const RULES: Readonly<Record<ProtocolErrorCode, Rule>> = {
  "bad-method": { status: 400, section: "RFC 9112, section 3.1" },
  "method-too-long": { status: 501, section: "RFC 9112, section 3" },
  "bad-target": { status: 400, section: "RFC 9112, section 3.2" },
  "target-too-long": { status: 414, section: "RFC 9112, section 3" },
  "misdirected-request": { status: 421, section: "RFC 9110, section 7.4" },
  "bad-version": { status: 400, section: "RFC 9112, section 2.3" },
  "unsupported-version": { status: 505, section: "RFC 9110, section 15.6.6" },
  "bad-line-end": { status: 400, section: "RFC 9112, section 2.2" },
  "bad-field-line": { status: 400, section: "RFC 9112, section 5" },
  "fields-too-large": { status: 431, section: "RFC 9110, section 5.4" },
  "bad-host": { status: 400, section: "RFC 9112, section 3.2" },
  "bad-content-length": { status: 400, section: "RFC 9112, section 6.2" },
  "bad-framing": { status: 400, section: "RFC 9112, section 6.3" },
  "unknown-coding": { status: 501, section: "RFC 9112, section 6.1" },
  "bad-chunk": { status: 400, section: "RFC 9112, section 7.1" },
  "content-too-large": { status: 413, section: "RFC 9110, section 15.5.14" },
  "unknown-expectation": { status: 417, section: "RFC 9110, section 10.1.1" },
  "timeout": { status: 408, section: "RFC 9110, section 15.5.9" },
  "unexpected-eof": { status: 400, section: "RFC 9112, section 8" },
  "not-taken": { status: 501, section: "RFC 9110, section 9.3.6" },
  "bad-status-line": { status: 502, section: "RFC 9112, section 4" },
};

/**
 * The peer broke a rule of the protocol. What it sent is not to be trusted any further: the connection gets the
 * refusal and closes.
 *
 * @example
 * ```ts
 * import { ProtocolError } from "@sluice/sluice/core";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new ProtocolError("bad-host", "Cannot accept request: Host is missing");
 * assertEquals(error.status, 400);
 * assertEquals(error.section, "RFC 9112, section 3.2");
 * ```
 */
export class ProtocolError extends Error {
  /** The class's name, `ProtocolError`. */
  override readonly name: string = "ProtocolError";
  /** The rule that was broken. */
  readonly code: ProtocolErrorCode;

  /**
   * Makes a `ProtocolError`.
   *
   * @param code The rule that was broken
   * @param message What was seen, for the log: sentence case, no period
   */
  constructor(code: ProtocolErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  /** The status code that answers it. */
  get status(): number {
    return RULES[this.code].status;
  }

  /** The sentence's place in the RFCs. */
  get section(): string {
    return RULES[this.code].section;
  }
}

/** The connection is gone: reset, failed, stalled or aborted. The reason of `environ.signal`; not the application's fault. */
export class ConnectionLostError extends Error {
  /** The class's name, `ConnectionLostError`. */
  override readonly name: string = "ConnectionLostError";

  /**
   * Makes a `ConnectionLostError`.
   *
   * @param message What happened: sentence case, no period
   * @param cause What the transport said, if anything
   */
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** The connection is about to end, answers still go out. The reason of `environ.closing`. */
export class ConnectionClosingError extends Error {
  /** The class's name, `ConnectionClosingError`. */
  override readonly name: string = "ConnectionClosingError";
  /** Who ends it: `peer` has ended its side, or the server drains for a `shutdown`. */
  readonly by: "peer" | "shutdown";

  /**
   * Makes a `ConnectionClosingError`.
   *
   * @param by Who ends it
   */
  constructor(by: "peer" | "shutdown") {
    super(by === "peer" ? "The peer has ended its side" : "The server shuts down");
    this.by = by;
  }
}

/** A wait took longer than its timeout. The application may catch it; not caught, it is the application's fault. */
export class TimeoutError extends Error {
  /** The class's name, `TimeoutError`. */
  override readonly name: string = "TimeoutError";
}
