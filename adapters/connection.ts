/**
 * One connection, as far as it is the same on every runtime: its life from the accept to the end, between a socket that
 * only the adapter knows and the `Conversation` that knows the protocol.
 *
 * An adapter's connection tells what happens by `converse`, `received`, `receivedEnd`, `drained`, `lost` and `ended`;
 * what is to be done it is told by the members of `Port`, and by `start`, `park`, `finish` and `destroy`.
 *
 * @module
 */

import { ConnectionLostError } from "../core/errors.ts";
import { Conversation } from "../core/gateway/conversation.ts";
import type { Address, Port, Surroundings, TlsInfo } from "../core/gateway/port.ts";
import type { GatewaySettings } from "../core/gateway/settings.ts";
import type { App } from "../core/gateway/types.ts";

/** What the connections of one server share. */
export interface Service {
  /** What is served. */
  readonly app: App;
  /** How. */
  readonly settings: GatewaySettings;
  /** The time. */
  readonly surroundings: Surroundings;
  /** Where the server listens, for a runtime that does not tell the path of a Unix domain socket's end. */
  readonly local: Address | undefined;
  /** Takes a connection that has ended out of the set. */
  leave(connection: Connection): void;
}

/** What the runtimes tell of TLS; each has its own words for "not known". */
interface TlsFacts {
  version: string | null | undefined;
  cipher: string | null | undefined;
  applicationProtocol: string | false | null | undefined;
  serverName: string | false | null | undefined;
}

/** The end of a connection that has no name. */
const NAMELESS: Address = Object.freeze({ transport: "unix", path: "" });

/** A connection. Memory counts here: it has no closure and no timer of its own. */
export abstract class Connection implements Port {
  /** What it shares with the others. */
  protected readonly service: Service;
  /** Called when it has ended; for `serveConnection`. */
  onEnded: (() => void) | undefined = undefined;
  #conversation: Conversation | undefined = undefined;
  /** What the adapter itself waits for, a handshake or the last octets, must have come by then. */
  #waitsUntil: number = Infinity;
  #peerHasEnded: boolean = false;
  #isClosing: boolean = false;
  #hasEnded: boolean = false;

  /**
   * Makes a `Connection`.
   *
   * @param service What it shares with the others
   */
  constructor(service: Service) {
    this.service = service;
  }

  abstract readonly local: Address;
  abstract readonly remote: Address;
  abstract readonly tls: TlsInfo | undefined;

  /** Begins: there is room for it. */
  abstract start(): void;
  /** Lets what comes wait unread: there is no room yet. */
  abstract park(): void;
  abstract write(bytes: Uint8Array): boolean;
  abstract pauseReading(): void;
  abstract resumeReading(): void;
  abstract endWriting(): void;
  /** Closes the socket once what was written is sent. */
  protected abstract finish(): void;
  /** Closes the socket at once, by a reset where the runtime has one. */
  protected abstract destroy(): void;

  /** When `tick` is due, in ms on the clock of the surroundings. */
  get deadline(): number {
    return this.#waitsUntil < Infinity ? this.#waitsUntil : this.#conversation?.deadline ?? Infinity;
  }

  /** true once neither side is of any use any more. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Does what is due. */
  tick(): void {
    if (this.#waitsUntil === Infinity) this.#conversation?.tick();
    else if (this.service.surroundings.now() >= this.#waitsUntil) this.abort();
  }

  /**
   * Ends in order.
   *
   * @param graceMs How long what still arrives is answered
   */
  shutdown(graceMs: number): void {
    // A handshake that is not done has brought nothing to answer.
    if (this.#conversation === undefined) this.abort();
    else this.#conversation.shutdown(graceMs);
  }

  /** Ends at once, since the server does, and tells the application. */
  cut(): void {
    this.#conversation?.abort(new DOMException("The server has shut down", "AbortError"));
    this.abort();
  }

  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    // The conversation is over and watches no more; a peer that takes nothing must not keep the socket.
    this.#waitsUntil = this.service.surroundings.now() + this.service.settings.deadlines.writeStall;
    this.finish();
  }

  abort(): void {
    this.#isClosing = true;
    this.#waitsUntil = Infinity;
    if (!this.#hasEnded) this.destroy();
  }

  /** The handshake begins, and has a deadline. */
  protected awaitHandshake(): void {
    this.#waitsUntil = this.service.surroundings.now() + this.service.settings.deadlines.tlsHandshake;
  }

  /** The octets of HTTP begin. */
  protected converse(): void {
    const { app, surroundings, settings } = this.service;
    this.#waitsUntil = Infinity;
    this.#conversation = new Conversation(app, this, surroundings, settings);
  }

  /**
   * Something came.
   *
   * @param bytes The block that holds it; lent
   * @param end Where it ends
   * @returns Whether nobody needs the block any more
   */
  protected received(bytes: Uint8Array, end: number = bytes.length): boolean {
    return this.#conversation?.receive(bytes, end) ?? true;
  }

  /** The peer ended its side. It may be told twice. */
  protected receivedEnd(): void {
    if (this.#peerHasEnded) return;
    this.#peerHasEnded = true;
    this.#conversation?.receiveEnd();
  }

  /** The write that was open is taken. */
  protected drained(): void {
    this.#conversation?.drained();
  }

  /**
   * The socket failed.
   *
   * @param reason Why
   */
  protected lost(reason: unknown): void {
    if (this.#hasEnded) return;
    if (!this.#isClosing) this.#conversation?.abort(toLoss(reason));
    this.abort();
  }

  /**
   * The socket is closed. What follows from our own closing is no news to the conversation.
   *
   * @param reason Why, if it failed
   */
  protected ended(reason?: unknown): void {
    if (this.#hasEnded) return;
    if (!this.#isClosing) this.#conversation?.abort(toLoss(reason));
    this.#hasEnded = true;
    this.#isClosing = true;
    this.#waitsUntil = Infinity;
    this.service.leave(this);
    this.onEnded?.();
  }
}

/** The runtimes tell of it in many ways; applications and logs know it by one name. */
function toLoss(reason: unknown): ConnectionLostError {
  if (reason === undefined) return new ConnectionLostError("The connection was closed");
  const said = reason instanceof Error ? reason.message : String(reason);
  return new ConnectionLostError(`The connection is lost: ${said}`, reason);
}

/**
 * Makes an address of what Node.js and Bun tell of an end.
 *
 * @param hostname The IP address; undefined for a Unix domain socket
 * @param port The port
 * @param fallback What it is otherwise
 * @returns The address
 */
export function toAddress(hostname: string | undefined, port: number | undefined, fallback?: Address): Address {
  return hostname === undefined || port === undefined ? fallback ?? NAMELESS : { transport: "tcp", hostname, port };
}

/**
 * Leaves out what is not known.
 *
 * @param facts What the runtime tells
 * @returns What is known
 */
export function toTlsInfo(facts: TlsFacts): TlsInfo {
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => typeof fact === "string"));
}
