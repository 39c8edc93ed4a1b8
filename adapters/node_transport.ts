/**
 * How `node:net` and `node:tls` carry a conversation.
 *
 * @module
 */

import type { ListenOptions as NetListenOptions, Server as NetServer, Socket } from "node:net";
import type { SecureContext, TLSSocket } from "node:tls";
import type { Address, TlsInfo } from "../core/gateway/port.ts";
import { Connection, type Service, toAddress, toTlsInfo } from "./connection.ts";
import { freeBlock } from "./free_block.ts";
import { lateBuiltin } from "./late_builtin.ts";
import { watchDescriptor } from "./listening_descriptor.ts";
import type { ListenOptions } from "./options.ts";
import type { Host, ListeningSocket } from "./server.ts";
import { toAcceptFault } from "./server_fault.ts";

/**
 * Listens.
 *
 * @param options Where, and how
 * @param host Takes the connections
 * @returns The socket
 */
export function listen(options: ListenOptions<NetServer>, host: Host): Promise<ListeningSocket> {
  const context = options.tls && lateBuiltin("node:tls").createSecureContext(options.tls);
  // Paused, so that a connection for which there is no room stays unread.
  const server = options.listener ?? lateBuiltin("node:net").createServer({ pauseOnConnect: true });
  const isOurs = options.listener === undefined;
  // A tls.Server of the caller's gives a connection by the other event, once it has shaken hands.
  const event = "setSecureContext" in server ? "secureConnection" : "connection";
  server.on(event, (socket: Socket) => host.connections.admit(new NodeConnection(host, socket, context, isOurs)));
  const { promise, resolve, reject } = Promise.withResolvers<ListeningSocket>();
  server.once("error", reject);
  const listensOnlyNow = options.fd === undefined ? undefined : watchDescriptor(options.fd);
  if (server.listening) listening();
  else server.once("listening", listening);
  if (options.listener === undefined) server.listen(toPlace(options));
  return promise;

  function listening(): void {
    server.off("error", reject);
    if (listensOnlyNow?.()) {
      server.close();
      return reject(toDescriptorFault(options.fd));
    }
    // One client that is lost before it is accepted must not end the server.
    server.on("error", (error) => host.settings.reportError(toAcceptFault(error)));
    server.on("close", () => host.closed());
    resolve(toListeningSocket(server));
  }
}

/** With the code of a descriptor on which the system cannot listen. */
function toDescriptorFault(fd: number | undefined): Error {
  const fault = new Error(`Cannot serve: the socket of descriptor ${fd} did not listen`);
  return Object.assign(fault, { code: "EINVAL" });
}

function toPlace({ fd, path, hostname, port, backlog }: ListenOptions<NetServer>): NetListenOptions {
  if (fd !== undefined) return { fd } as NetListenOptions; // the types do not know it
  return path === undefined ? { host: hostname, port, backlog } : { path, backlog };
}

function toListeningSocket(server: NetServer): ListeningSocket {
  const name = server.address();
  return {
    address: typeof name === "string" ? { transport: "unix", path: name } : toAddress(name?.address, name?.port),
    close: () => void server.close(),
    ref: () => void server.ref(),
    unref: () => void server.unref(),
  };
}

/** Where a socket keeps its connection, so that all sockets share their listeners. */
const CONNECTION: unique symbol = Symbol("sluice.connection");

/** A socket with its connection. */
interface Served extends Socket {
  [CONNECTION]: NodeConnection;
}

/** Written behind what waits, it tells when that is sent. */
const NOTHING = new Uint8Array(0);

/** A connection on a `net.Socket`. */
export class NodeConnection extends Connection {
  /** What was accepted. */
  readonly #raw: Socket;
  readonly #context: SecureContext | undefined;
  readonly #ownsBlocks: boolean;
  /** What is read and written: with TLS not what was accepted. */
  #socket: Socket;
  /** Is there once a write was not taken at once; most connections never need it. */
  #onWritten: ((error?: Error | null) => void) | undefined = undefined;

  /**
   * Makes a `NodeConnection`.
   *
   * @param service What it shares with the others
   * @param socket The socket
   * @param context With what TLS is spoken, if that has to begin
   * @param ownsBlocks Whether nobody else can have what the socket gives: it is none of a caller's
   */
  constructor(service: Service, socket: Socket, context?: SecureContext, ownsBlocks: boolean = false) {
    super(service);
    this.#raw = socket;
    this.#context = context;
    this.#ownsBlocks = ownsBlocks;
    this.#socket = this.#follow(socket);
    // The socket keeps what it was once asked for, so that it is known even when the peer is gone.
    void socket.remoteAddress;
  }

  get local(): Address {
    return toAddress(this.#raw.localAddress, this.#raw.localPort, this.service.local);
  }

  get remote(): Address {
    return toAddress(this.#raw.remoteAddress, this.#raw.remotePort);
  }

  get tls(): TlsInfo | undefined {
    const socket = this.#socket;
    if (!isSecure(socket)) return undefined;
    return toTlsInfo({
      version: socket.getProtocol(),
      cipher: socket.getCipher()?.standardName,
      applicationProtocol: socket.alpnProtocol,
      serverName: (socket as { servername?: string | false | null }).servername,
    });
  }

  start(): void {
    this.#raw.allowHalfOpen = true;
    this.#raw.setNoDelay(true);
    if (this.#context === undefined) this.#begin();
    else this.#shakeHands(this.#context);
  }

  park(): void {
    this.#raw.pause();
  }

  write(bytes: Uint8Array): boolean {
    // TLS never takes at once.
    if (this.#socket !== this.#raw) return this.#writeTold(bytes);
    // A write with a callback costs a turn even if the system takes all of it at once.
    this.#socket.write(bytes);
    return (this.#socket.writableLength === 0 && !this.#socket.destroyed) || this.#writeTold(NOTHING);
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  endWriting(): void {
    this.#socket.end();
  }

  protected finish(): void {
    this.#socket.destroySoon();
  }

  protected destroy(): void {
    // Only TCP has a reset.
    if (this.#raw.remotePort === undefined || this.#raw.destroyed || isSecure(this.#raw)) this.#socket.destroy();
    else this.#raw.resetAndDestroy();
  }

  /** From the first moment on: an error that nobody listens to would end the process. */
  #follow(socket: Socket): Socket {
    (socket as Served)[CONNECTION] = this;
    return socket.on("error", NodeConnection.#onError).on("close", NodeConnection.#onClose);
  }

  #shakeHands(secureContext: SecureContext): void {
    this.awaitHandshake();
    const { TLSSocket } = lateBuiltin("node:tls");
    const socket = new TLSSocket(this.#raw, { isServer: true, secureContext, ALPNProtocols: ["http/1.1"] });
    this.#socket = this.#follow(socket);
    socket.once("secure", () => this.#begin());
  }

  #begin(): void {
    if (this.isClosing) return;
    this.converse();
    this.#socket.on("data", NodeConnection.#onData).on("end", NodeConnection.#onEnd).resume();
  }

  #writeTold(bytes: Uint8Array): false {
    this.#socket.write(bytes, this.#onWritten ??= (error) => this.#written(error));
    return false;
  }

  /** That a write failed its event tells. Were it taken for sent, the next would fail within this one, for ever. */
  #written(error: Error | null | undefined): void {
    if (!error) this.drained();
  }

  static #onData(this: Socket, bytes: Uint8Array): void {
    const connection = (this as Served)[CONNECTION];
    if (connection.received(bytes) && connection.#ownsBlocks) freeBlock(bytes);
  }

  static #onEnd(this: Socket): void {
    (this as Served)[CONNECTION].receivedEnd();
  }

  static #onError(this: Socket, error: Error): void {
    (this as Served)[CONNECTION].lost(error);
  }

  static #onClose(this: Socket): void {
    const connection = (this as Served)[CONNECTION];
    connection.ended();
    if (!connection.#ownsBlocks) return;
    // A socket that pauses has a block in hand.
    const bytes: Uint8Array | null = this.read();
    if (bytes !== null) freeBlock(bytes);
  }
}

function isSecure(socket: Socket): socket is TLSSocket {
  return "getProtocol" in socket;
}
