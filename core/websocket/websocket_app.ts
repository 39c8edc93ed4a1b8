/**
 * WebSocket (RFC 6455) with permessage-deflate (RFC 7692), as an application. Beside it stands the codec it is made of,
 * which needs no HTTP and no I/O.
 *
 * @example
 * ```ts
 * import { connect } from "@sluice/sluice/memory";
 * import { encodeFrame, websocket } from "@sluice/sluice/websocket";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const app = websocket(async (socket) => {
 *   for await (const message of socket) await socket.send(message);
 * });
 *
 * await using connection = connect(app);
 * connection.write(
 *   "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n" +
 *     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
 * );
 * connection.write(encodeFrame(1, new TextEncoder().encode("hello"), { maskKey: 0x01020304 }));
 * connection.write(encodeFrame(8, new Uint8Array(0), { maskKey: 0x05060708 }));
 * connection.endWriting();
 * const answer = new TextDecoder().decode(await connection.readAll());
 * assertStringIncludes(answer, "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
 * assertStringIncludes(answer, "\x05hello");
 * ```
 *
 * @module
 */

import { ConnectionClosingError } from "../errors.ts";
import type { FieldLine } from "../fields.ts";
import type { Environ } from "../gateway/environ.ts";
import type { Tunnel } from "../gateway/tunnel.ts";
import type { App, Result, StartResponse } from "../gateway/types.ts";
import { WebSocketClosedError } from "./errors.ts";
import { agreeOnDeflate } from "./extensions.ts";
import { acceptKey, type Handshake, type HandshakeRefusal, readHandshake } from "./handshake.ts";
import { WebSocketConnection } from "./websocket_connection.ts";

export { type CloseNotice, encodeClose, isCloseCode, parseClose } from "./close_codes.ts";
export { type FailureCode, WebSocketClosedError, WebSocketProtocolError } from "./errors.ts";
export { agreeOnDeflate, type ExtensionOffer, type ExtensionParameter, parseExtensions } from "./extensions.ts";
export * from "./frame_head.ts";
export { acceptKey, type Handshake, type HandshakeRefusal, type HandshakeRequest, readHandshake } from "./handshake.ts";
export { deflateMessage } from "./deflate.ts";
export { inflateMessage } from "./inflate.ts";
export { mask } from "./mask.ts";
export {
  DEFAULT_MAX_MESSAGE,
  type Message,
  MessageDecoder,
  type MessageDecoderOptions,
  type Received,
  type Role,
} from "./message_decoder.ts";
export type { OctetStream } from "./octet_stream.ts";
export type { Closing, WebSocketConnectionOptions } from "./connection_options.ts";
export { WebSocketConnection } from "./websocket_connection.ts";

/**
 * Serves one WebSocket. When it returns, the WebSocket is closed with 1000; when it fails, with 1011.
 *
 * @param socket The WebSocket
 * @param environ The request that opened it
 */
export type WebSocketHandler = (socket: WebSocketConnection, environ: Environ) => void | Promise<void>;

/** Options of `websocket`. */
export interface WebSocketOptions {
  /** The subprotocols that are spoken. The first of the client's list that is among them is taken. @default {[]} */
  protocols?: readonly string[];
  /**
   * The origins whose pages may connect, such as `https://example.org`; `*` for all. Clients that are no browser send no
   * origin, and may always connect. @default {the origin whose host is the request's Host}
   */
  origins?: readonly string[] | "*";
  /**
   * Decides instead of `origins`.
   *
   * @param origin The origin, undefined for clients that are no browser
   * @param environ The request
   * @returns false to refuse with 403
   */
  checkOrigin?: (origin: string | undefined, environ: Environ) => boolean | Promise<boolean>;
  /** The largest message in octets, inflated; a larger one closes with 1009. @default {1048576} */
  maxMessage?: number;
  /**
   * Whether permessage-deflate is agreed to, and from how many octets on a message is deflated. Without context takeover
   * in either direction. @default {{ from: 1024 }}
   */
  deflate?: boolean | { from: number };
  /**
   * Pings after so many ms without a sign of the client, and ends the connection after as many more.
   * @default {never}
   */
  pingInterval?: number;
  /** How long the client may take to end the connection once we have closed, in ms. @default {5000} */
  closeTimeout?: number;
}

const DEFAULT_DEFLATE_FROM = 1024;
const FORBIDDEN: HandshakeRefusal = {
  status: 403,
  fields: { "content-type": "text/plain" },
  reason: "Pages of this origin may not connect\n",
};
const WITH_CONTENT: HandshakeRefusal = {
  status: 400,
  fields: { "content-type": "text/plain" },
  reason: "A request for a WebSocket has no content\n",
};

/**
 * Makes an application that speaks WebSocket.
 *
 * @param handler Serves each WebSocket
 * @param options What is agreed to
 * @returns The application. What is no proper request for a WebSocket gets 400, 403, 405 or 426
 * @throws {RangeError} For a `maxMessage` that is no number of at least 0
 */
export function websocket(handler: WebSocketHandler, options: WebSocketOptions = {}): App {
  const { maxMessage } = options;
  if (maxMessage !== undefined && !(maxMessage >= 0)) {
    throw new RangeError(`Cannot limit messages: ${maxMessage} is no number of at least 0`);
  }
  return (environ, startResponse) => serve(handler, options, environ, startResponse);
}

async function serve(
  handler: WebSocketHandler,
  options: WebSocketOptions,
  environ: Environ,
  startResponse: StartResponse,
): Promise<Result> {
  const handshake = readHandshake(environ);
  if ("status" in handshake) return refuse(handshake, startResponse);
  if (environ.input.length !== 0) return refuse(WITH_CONTENT, startResponse);
  if (!await isOriginAllowed(handshake.origin, options, environ)) return refuse(FORBIDDEN, startResponse);
  const accept = await acceptKey(handshake.key);
  // The client may have left meanwhile: there is nobody to upgrade for.
  if (environ.signal.aborted) return;
  const protocol = handshake.protocols.find((name) => options.protocols?.includes(name));
  const deflate = options.deflate === false ? undefined : agreeOnDeflate(handshake.extensions);
  const tunnel = environ.upgrade(answerFields(accept, protocol, deflate));
  const socket = new WebSocketConnection(tunnel, {
    protocol: protocol ?? "",
    ...(options.maxMessage === undefined ? {} : { maxMessage: options.maxMessage }),
    ...(options.closeTimeout === undefined ? {} : { closeTimeout: options.closeTimeout }),
    deflateFrom: deflate === undefined ? undefined : deflateFrom(options.deflate),
    pingInterval: options.pingInterval,
  });
  await run(handler, socket, tunnel, environ);
}

function refuse({ status, fields, reason }: HandshakeRefusal, startResponse: StartResponse): string {
  startResponse(status, fields);
  return reason;
}

function answerFields(accept: string, protocol: string | undefined, deflate: string | undefined): FieldLine[] {
  const fields: FieldLine[] = [["upgrade", "websocket"], ["sec-websocket-accept", accept]];
  if (protocol !== undefined) fields.push(["sec-websocket-protocol", protocol]);
  if (deflate !== undefined) fields.push(["sec-websocket-extensions", deflate]);
  return fields;
}

function deflateFrom(deflate: WebSocketOptions["deflate"]): number {
  return typeof deflate === "object" ? deflate.from : DEFAULT_DEFLATE_FROM;
}

/**
 * RFC 6455, section 10.2. A browser sends cookies with a WebSocket to any host from any page, and no other rule of the
 * web protects from that: so by default only pages of the same host may connect. Schemes are not compared, since we may
 * stand behind a gateway that speaks TLS.
 */
function isOriginAllowed(
  origin: Handshake["origin"],
  { checkOrigin, origins }: WebSocketOptions,
  environ: Environ,
): boolean | Promise<boolean> {
  if (checkOrigin) return checkOrigin(origin, environ);
  if (origin === undefined || origins === "*") return true;
  if (origins) return origins.includes(origin);
  const host = /^https?:\/\/(.+)$/.exec(origin)?.[1];
  return host !== undefined && host.toLowerCase() === environ.fields.get("host")?.toLowerCase();
}

/** Runs the handler, and holds the exchange until the WebSocket is closed. */
async function run(
  handler: WebSocketHandler,
  socket: WebSocketConnection,
  tunnel: Tunnel,
  environ: Environ,
): Promise<void> {
  const { closing } = environ;
  const drain = (): void => {
    const { reason } = closing;
    if (reason instanceof ConnectionClosingError && reason.by === "shutdown") void socket.close(1001);
  };
  closing.addEventListener("abort", drain);
  if (closing.aborted) drain();
  try {
    await handler(socket, environ);
    await socket.close(1000);
  } catch (error) {
    await socket.close(1011);
    // That a WebSocket has closed under a handler is no fault of the handler. Any other error is told to the gateway,
    // once the tunnel is over: it would abort it, and the close frame with it.
    await tunnel.closed.catch(() => {});
    if (!(error instanceof WebSocketClosedError)) throw error;
  } finally {
    closing.removeEventListener("abort", drain);
  }
}
