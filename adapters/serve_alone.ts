/**
 * Serving connections that the caller accepted, one by one.
 *
 * @module
 */

import type { GatewaySettings } from "../core/gateway/settings.ts";
import type { App } from "../core/gateway/types.ts";
import type { Connection, Service } from "./connection.ts";
import { Connections } from "./connections.ts";
import type { ServeConnectionOptions } from "./options.ts";
import { settle } from "./settle.ts";
import { systemSurroundings } from "./surroundings.ts";

/** Connections served one by one have one set, and thus one timer, for all. */
const alone: Connections = new Connections(systemSurroundings);

/** What is made of their options, the blocks for sending too, is shared by all with the same; apart by `ownedBlocks`. */
const settledOwned: WeakMap<ServeConnectionOptions, GatewaySettings> = new WeakMap();
const settledLent: WeakMap<ServeConnectionOptions, GatewaySettings> = new WeakMap();

/** The options of connections that are served without any. */
export const DEFAULTS: ServeConnectionOptions = Object.freeze({});

/**
 * Serves one connection.
 *
 * @param app The application
 * @param options How
 * @param ownedBlocks Whether what is read may be kept without a copy
 * @param connect Makes the connection
 * @returns Settles when it has ended
 */
export function serveAlone(
  app: App,
  options: ServeConnectionOptions,
  ownedBlocks: boolean,
  connect: (service: Service) => Connection,
): Promise<void> {
  const { signal, ...gateway } = options;
  const settled = ownedBlocks ? settledOwned : settledLent;
  const settings = settled.get(options) ?? settle(gateway, ownedBlocks);
  settled.set(options, settings);
  const service: Service = {
    app,
    settings,
    surroundings: systemSurroundings,
    local: undefined,
    leave: (connection) => alone.leave(connection),
  };
  const connection = connect(service);
  const { promise, resolve } = Promise.withResolvers<void>();
  let cancel = (): void => {};
  const end = (): void => {
    connection.shutdown(0);
    cancel = systemSurroundings.after(settings.deadlines.shutdown, () => connection.cut());
  };
  connection.onEnded = () => {
    cancel();
    signal?.removeEventListener("abort", end);
    resolve();
  };
  alone.admit(connection);
  if (signal?.aborted) end();
  else signal?.addEventListener("abort", end, { once: true });
  return promise;
}
