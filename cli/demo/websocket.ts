/**
 * `/ws`: a WebSocket that echoes.
 *
 * @module
 */

import type { App } from "../../core/gateway/types.ts";
import { websocket } from "../../core/websocket/websocket_app.ts";

/**
 * Sends each message back, text as text and octets as octets, up to 1 MiB. It knows no secrets and changes nothing, so
 * pages from anywhere may connect.
 */
export const echoSocket: App = websocket(async (socket) => {
  for await (const message of socket) await socket.send(message);
}, { origins: "*" });
