/**
 * What the rivals use of Bun.
 *
 * @module
 */

/** A socket of `Bun.listen`. */
export interface BunSocket {
  /** Sends; gives how many octets were taken. */
  write(bytes: Uint8Array): number;
}

/** The global `Bun`. */
export interface BunGlobal {
  /** Serves HTTP. */
  serve(options: {
    hostname: string;
    port: number;
    idleTimeout: number;
    maxRequestBodySize?: number;
    fetch: (request: Request) => Response | Promise<Response>;
  }): unknown;
  /** Listens for connections. */
  listen(options: {
    hostname: string;
    port: number;
    socket: { data(socket: BunSocket, bytes: Uint8Array): void };
  }): unknown;
}

/** The global `Bun`; undefined on other runtimes. */
export const bun: BunGlobal = (globalThis as unknown as { Bun: BunGlobal }).Bun;
