/**
 * How `Bun.listen` carries a conversation.
 *
 * @module
 */

import type { Address, TlsInfo } from "../core/gateway/port.ts";
import { Connection, type Service, toAddress, toTlsInfo } from "./connection.ts";
import { freeBlock } from "./free_block.ts";
import type { ListenOptions } from "./options.ts";
import type { Host, ListeningSocket } from "./server.ts";

/** What is used of Bun. JSR does not take declarations of globals. */
interface BunGlobal {
  listen(options: BunListenOptions): BunListener;
}

interface BunListenOptions {
  hostname?: string;
  port?: number;
  unix?: string;
  allowHalfOpen: boolean;
  tls?: { cert: string; key: string; ALPNProtocols: string };
  socket: BunHandlers;
}

interface BunListener {
  readonly hostname: string;
  readonly port: number;
  stop(): void;
  ref(): void;
  unref(): void;
}

interface BunHandlers {
  open(socket: BunSocket): void;
  handshake(socket: BunSocket, isSecure: boolean): void;
  data(socket: BunSocket, bytes: Uint8Array): void;
  drain(socket: BunSocket): void;
  end(socket: BunSocket): void;
  error(socket: BunSocket, error: Error): void;
  close(socket: BunSocket, error?: Error): void;
}

interface BunSocket {
  data: BunConnection;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly alpnProtocol: string | false | null;
  /** Gives how many octets were taken, or -1 if the socket is closed. */
  write(bytes: Uint8Array): number;
  pause(): void;
  resume(): void;
  shutdown(): void;
  end(): void;
  terminate(): void;
  getTLSVersion(): string | null;
  getCipher(): { standardName: string | null } | null;
  getServername(): string | undefined;
}

/**
 * Listens.
 *
 * @param options Where, and how
 * @param host Takes the connections
 * @returns The socket
 */
export function listen({ hostname, port, path, tls }: ListenOptions<unknown>, host: Host): ListeningSocket {
  const { Bun } = globalThis as unknown as { Bun: BunGlobal };
  const listener = Bun.listen({
    ...(path === undefined ? { hostname, port } : { unix: path }),
    allowHalfOpen: true,
    // The list as it goes over the wire: each name behind its length.
    ...(tls && { tls: { ...tls, ALPNProtocols: "\x08http/1.1" } }),
    socket: {
      ...BunConnection.handlers,
      open: (socket) => host.connections.admit(new BunConnection(host, socket, tls !== undefined)),
    },
  });
  return {
    address: path === undefined ? toAddress(listener.hostname, listener.port) : { transport: "unix", path },
    close: () => listener.stop(),
    ref: () => listener.ref(),
    unref: () => listener.unref(),
  };
}

/** A connection on a socket of Bun's. */
export class BunConnection extends Connection {
  readonly #socket: BunSocket;
  readonly #hasTls: boolean;
  /** What is not taken yet of the open write. */
  #rest: Uint8Array | undefined = undefined;
  #isParked: boolean = false;
  // What is to be done once the open write is taken.
  #endsWriting: boolean = false;
  #finishes: boolean = false;

  /**
   * Makes a `BunConnection`.
   *
   * @param service What it shares with the others
   * @param socket The socket
   * @param hasTls Whether TLS is spoken
   */
  constructor(service: Service, socket: BunSocket, hasTls: boolean) {
    super(service);
    this.#socket = socket;
    this.#hasTls = hasTls;
    socket.data = this;
  }

  get local(): Address {
    return toAddress(this.#socket.localAddress, this.#socket.localPort, this.service.local);
  }

  get remote(): Address {
    return toAddress(this.#socket.remoteAddress, this.#socket.remotePort);
  }

  get tls(): TlsInfo | undefined {
    if (!this.#hasTls) return undefined;
    return toTlsInfo({
      version: this.#socket.getTLSVersion(),
      cipher: this.#socket.getCipher()?.standardName,
      applicationProtocol: this.#socket.alpnProtocol,
      serverName: this.#socket.getServername(),
    });
  }

  start(): void {
    if (this.#isParked) this.#socket.resume();
    if (this.#hasTls) this.awaitHandshake();
    else this.converse();
  }

  park(): void {
    this.#isParked = true;
    this.#socket.pause();
  }

  write(bytes: Uint8Array): boolean {
    const sent = this.#socket.write(bytes);
    if (sent === bytes.length) return true;
    // That the socket is closed (-1) its handler tells.
    this.#rest = sent > 0 ? bytes.subarray(sent) : bytes;
    return false;
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  endWriting(): void {
    this.#endsWriting = true;
    if (this.#rest === undefined) this.#socket.shutdown();
  }

  protected finish(): void {
    if (this.#rest !== undefined) {
      this.#finishes = true;
      return;
    }
    // With TLS `end` alone closes only when the peer has closed.
    if (this.#hasTls) this.#socket.shutdown();
    this.#socket.end();
  }

  protected destroy(): void {
    this.#socket.terminate();
  }

  /** It may be called when nothing waits, too. */
  #sendRest(): void {
    const rest = this.#rest;
    if (rest === undefined) return;
    this.#rest = undefined;
    if (!this.write(rest)) return;
    if (this.#finishes) return this.finish();
    if (this.#endsWriting) this.#socket.shutdown();
    this.drained();
  }

  /** Once our side is ended, Bun tells the end of the peer's by this alone. */
  #closed(error?: Error): void {
    if (this.#endsWriting && error === undefined) this.receivedEnd();
    this.ended(error);
  }

  /** All sockets share these. */
  static readonly handlers: Omit<BunHandlers, "open"> = {
    handshake: ({ data }, isSecure) => isSecure ? data.converse() : data.abort(),
    data: ({ data }, bytes) => {
      if (data.received(bytes)) freeBlock(bytes);
    },
    drain: ({ data }) => data.#sendRest(),
    end: ({ data }) => data.receivedEnd(),
    error: ({ data }, error) => data.lost(error),
    close: ({ data }, error) => data.#closed(error),
  };
}
