/**
 * How `Deno.listen` carries a conversation.
 *
 * @module
 */

import type { Address, TlsInfo } from "../core/gateway/port.ts";
import { Connection, type Service } from "./connection.ts";
import { beginWrite, endWrite } from "./io_turn.ts";
import type { ListenOptions } from "./options.ts";
import { ReadBlock } from "./read_block.ts";
import type { Host, ListeningSocket } from "./server.ts";
import { toAcceptFault } from "./server_fault.ts";

/** Out of descriptors, accept fails at once; the pause doubles from the first to the last. */
const FIRST_PAUSE = 5;
const LAST_PAUSE = 1000;

/** Octets of a read that has to be content, or many requests. */
const LARGE_READ = 16_384;

/** So many microtasks an application takes at most to ask for more content than it was given. */
const MICROTASKS = 8;

/**
 * How many connections are accepted in a turn. Beside more of them, and what they bring, Deno looks for I/O so seldom that
 * while 10,000 connected, others waited for 300 ms (p99); so they wait for 10 to 60.
 */
const ACCEPTED_AT_ONCE = 2;

/**
 * Listens.
 *
 * With a certificate it is `node:tls` that listens: a `Deno.TlsConn` that is closed before its handshake is done keeps
 * its descriptor until the peer does something, so that silent clients could use up all of them. And so it is with the
 * descriptor of a socket that listens already, of which `Deno.listen` makes nothing.
 *
 * @param options Where, and how
 * @param host Takes the connections
 * @returns The socket, or a promise of it
 */
export function listen(
  options: ListenOptions<Deno.Listener>,
  host: Host,
): ListeningSocket | Promise<ListeningSocket> {
  if (options.tls === undefined && options.fd === undefined) {
    return new DenoListeningSocket(options.listener ?? open(options), host);
  }
  // Loading it takes 20 ms, which the others are spared.
  return import("./node_transport.ts").then((node) => node.listen({ ...options, listener: undefined }, host));
}

function open({ hostname, port, path, backlog }: ListenOptions<Deno.Listener>): Deno.Listener {
  return path === undefined
    ? Deno.listen({ hostname, port, tcpBacklog: backlog })
    : Deno.listen({ transport: "unix", path });
}

class DenoListeningSocket implements ListeningSocket {
  readonly address: Address;
  readonly #listener: Deno.Listener;
  readonly #host: Host;
  #accepting: Promise<Deno.Conn> | undefined = undefined;
  #isClosed: boolean = false;
  #cancelPause: () => void = () => {};

  constructor(listener: Deno.Listener, host: Host) {
    this.address = toAddress(listener.addr);
    this.#listener = listener;
    this.#host = host;
    this.#acceptAll();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelPause();
    try {
      this.#listener.close();
      // Until the open accept is over, Deno holds the socket, and then removes the file of a Unix domain socket.
      await this.#accepting;
    } catch {
      // That is how it ends; or the caller has closed it already.
    }
  }

  ref(): void {
    this.#listener.ref();
  }

  unref(): void {
    this.#listener.unref();
  }

  async #acceptAll(): Promise<void> {
    const { connections, settings, surroundings } = this.#host;
    let pause = 0;
    let accepted = 0;
    while (!this.#isClosed) {
      try {
        this.#accepting = this.#listener.accept();
        const conn = await this.#accepting;
        connections.admit(new DenoConnection(this.#host, conn));
        pause = 0;
        if (++accepted % ACCEPTED_AT_ONCE === 0) await new Promise<void>((resolve) => surroundings.defer(resolve));
      } catch (error) {
        if (this.#isClosed) return;
        if (error instanceof Deno.errors.BadResource) return this.#host.closed();
        // A pause for each client that resets at once would let one of them keep all others out.
        if (isLostClient(error)) continue;
        if (pause === 0) settings.reportError(toAcceptFault(error));
        pause = Math.min(Math.max(pause * 2, FIRST_PAUSE), LAST_PAUSE);
        await new Promise<void>((resolve) => this.#cancelPause = surroundings.after(pause, resolve));
      }
      const room = connections.room();
      if (room !== undefined) await room;
    }
  }
}

/** Whether it was the client that failed, not the listening socket: it left before it was accepted. */
function isLostClient(error: unknown): boolean {
  const { NotConnected, ConnectionAborted, ConnectionReset } = Deno.errors;
  return error instanceof NotConnected || error instanceof ConnectionAborted || error instanceof ConnectionReset;
}

function toAddress(address: Deno.Addr): Address {
  if (address.transport === "unix") return { transport: "unix", path: address.path ?? "" };
  const { hostname, port } = address as Deno.NetAddr;
  return { transport: "tcp", hostname, port };
}

/** Lets an application ask for what has come: what it has not asked for is copied, a seventh of an upload's time. */
async function microtasks(): Promise<void> {
  for (let i = 0; i < MICROTASKS; i++) await undefined;
}

/** A connection on a `Deno.Conn`. */
export class DenoConnection extends Connection {
  readonly #conn: Deno.Conn;
  #tls: TlsInfo | undefined = undefined;
  #isReading: boolean = false;
  #isPaused: boolean = false;
  #isAtEnd: boolean = false;
  /** What is not taken yet of the open write. */
  #rest: Uint8Array | undefined = undefined;
  /** The length of the open write. */
  #length: number = 0;
  // Made for the first write: an idle connection that never sent anything has none.
  #onTaken: ((count: number) => void) | undefined = undefined;
  #onFailed: ((error: unknown) => void) | undefined = undefined;
  // What is to be done once the open write is taken.
  #endsWriting: boolean = false;
  #finishes: boolean = false;

  /**
   * Makes a `DenoConnection`.
   *
   * @param service What it shares with the others
   * @param conn The connection
   */
  constructor(service: Service, conn: Deno.Conn) {
    super(service);
    this.#conn = conn;
  }

  get local(): Address {
    return toAddress(this.#conn.localAddr);
  }

  get remote(): Address {
    return toAddress(this.#conn.remoteAddr);
  }

  get tls(): TlsInfo | undefined {
    return this.#tls;
  }

  start(): void {
    if ("handshake" in this.#conn) return void this.#shakeHands(this.#conn as Deno.TlsConn);
    // Deno leaves Nagle's algorithm on: the second of two writes would wait 40 ms for the first one's acknowledgement.
    if ("setNoDelay" in this.#conn) (this.#conn as Deno.TcpConn).setNoDelay();
    this.converse();
    this.#read();
  }

  park(): void {
    // Without room nothing is accepted.
  }

  write(bytes: Uint8Array): boolean {
    this.#length = bytes.length;
    beginWrite(bytes.length);
    this.#send(bytes);
    return false;
  }

  pauseReading(): void {
    this.#isPaused = true;
  }

  resumeReading(): void {
    this.#isPaused = false;
    if (!this.#isReading) this.#read();
  }

  endWriting(): void {
    if (this.#rest !== undefined) this.#endsWriting = true;
    // What fails here, the open read tells.
    else this.#conn.closeWrite().catch(() => {});
  }

  protected finish(): void {
    if (this.#rest !== undefined) this.#finishes = true;
    else this.destroy();
  }

  /** Deno has no reset: the peer is sent a FIN, as by `finish`. */
  protected destroy(): void {
    try {
      this.#conn.close();
    } catch {
      // It failed before, or the caller closed it.
    }
    this.ended();
  }

  async #shakeHands(conn: Deno.TlsConn): Promise<void> {
    this.awaitHandshake();
    try {
      const { alpnProtocol } = await conn.handshake();
      this.#tls = alpnProtocol === null ? {} : { applicationProtocol: alpnProtocol };
    } catch (error) {
      return this.lost(error);
    }
    if (this.isClosing) return;
    this.converse();
    this.#read();
  }

  /** Keeps a read open unless paused: without one Deno notices neither FIN nor RST. */
  async #read(): Promise<void> {
    this.#isReading = true;
    const block = new ReadBlock();
    try {
      while (!this.#isPaused && !this.#isAtEnd && !this.isClosing) {
        const count = await this.#conn.read(block.bytes);
        if (count === null) this.#isAtEnd = true;
        else {
          if (count >= LARGE_READ) await microtasks();
          this.received(block.bytes, count);
          block.fit(count);
        }
      }
      if (this.#isAtEnd) this.receivedEnd();
    } catch (error) {
      this.lost(error);
    }
    this.#isReading = false;
    block.giveBack();
  }

  /** Without an async function, which took a tenth of a small answer's time. */
  #send(rest: Uint8Array): void {
    this.#rest = rest;
    this.#onTaken ??= (count) => this.#taken(count);
    this.#onFailed ??= (error) => this.#failed(error);
    this.#conn.write(rest).then(this.#onTaken, this.#onFailed);
  }

  /** The block must not change before the last part is taken: until then the write is open. */
  #taken(count: number): void {
    const rest = this.#rest!;
    if (count < rest.length) return this.#send(rest.subarray(count));
    const turn = endWrite(this.#length);
    if (turn === undefined) this.#written();
    else turn.then(() => this.#written());
  }

  #written(): void {
    this.#rest = undefined;
    if (this.#finishes) return this.destroy();
    if (this.#endsWriting) this.endWriting();
    this.drained();
  }

  #failed(error: unknown): void {
    endWrite(this.#length);
    this.lost(error);
  }
}
