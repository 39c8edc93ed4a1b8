/**
 * How a WebSocket behaves, and how it ended.
 *
 * @module
 */

import type { Role } from "./message_decoder.ts";

/** Options of a `WebSocketConnection`. */
export interface WebSocketConnectionOptions {
  /** Which end it is. @default {"server"} */
  role?: Role;
  /** The subprotocol that was agreed on. @default {""} */
  protocol?: string;
  /** The largest message in octets, inflated. @default {1048576} */
  maxMessage?: number;
  /** Set if permessage-deflate was agreed on: from how many octets on a message is deflated. */
  deflateFrom?: number | undefined;
  /** Gives the 32 bits that mask the next frame: a client must, from a strong source of chance. */
  maskKey?: (() => number) | undefined;
  /** Pings after so many ms without a sign of the peer, and ends the connection after as many more. @default {never} */
  pingInterval?: number | undefined;
  /** How long the peer may take to end the connection once we have closed, in ms. @default {5000} */
  closeTimeout?: number;
}

/** How a WebSocket ended. */
export interface Closing {
  /**
   * The code in the peer's close frame: 1005 if there was none in it, 1006 if no close frame came. If the peer broke a
   * rule, the code that it was told: 1002, 1007, 1008 or 1009.
   */
  readonly code: number;
  /** The reason that came with the code. */
  readonly reason: string;
  /** Whether the peer has closed in order. */
  readonly wasClean: boolean;
}
