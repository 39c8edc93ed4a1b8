/**
 * The errors of the WebSocket codec: the peer broke a rule, or the WebSocket is closed.
 *
 * @module
 */

/** The close codes that the codec itself fails a connection with (RFC 6455, section 7.4.1). */
export type FailureCode = 1002 | 1007 | 1008 | 1009;

/**
 * The peer broke a rule of RFC 6455 or RFC 7692. The connection fails: a close frame with the code goes out, and
 * nothing that comes is read any more.
 */
export class WebSocketProtocolError extends Error {
  /** The class's name, `WebSocketProtocolError`. */
  override readonly name: string = "WebSocketProtocolError";
  /** 1002 for broken framing, 1007 for text that is no UTF-8, 1008 for a flood, 1009 for a message too large. */
  readonly code: FailureCode;

  /**
   * Makes a `WebSocketProtocolError`.
   *
   * @param code The close code
   * @param message What was seen: sentence case, no period, at most 123 octets, since it goes out as the reason
   */
  constructor(code: FailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Nothing can be sent: the WebSocket is closed, or is closing. It is not logged as a fault of the application. */
export class WebSocketClosedError extends Error {
  /** The class's name, `WebSocketClosedError`. */
  override readonly name: string = "WebSocketClosedError";

  /**
   * Makes a `WebSocketClosedError`.
   *
   * @param message What could not be done: sentence case, no period
   * @param cause Why the connection was lost, if it was
   */
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
