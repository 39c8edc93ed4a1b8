/**
 * The server, as far as it is the same on every runtime: what the adapters for Deno, Node.js and Bun would repeat stands
 * here once. An adapter adds how to listen, and a `Connection`.
 *
 * @module
 */

import type { Address } from "../core/gateway/port.ts";
import type { GatewaySettings } from "../core/gateway/settings.ts";
import type { App } from "../core/gateway/types.ts";
import { checkCertificate } from "./certificate.ts";
import type { Connection, Service } from "./connection.ts";
import { Connections } from "./connections.ts";
import {
  type Certificate,
  type CheckedOptions,
  checkServeOptions,
  checkShutdownOptions,
  type ListenOptions,
  type ServeOptions,
  type ShutdownOptions,
} from "./options.ts";
import { ServerFault } from "./server_fault.ts";
import { settle } from "./settle.ts";
import { isTaken, removeStale } from "./stale_socket.ts";
import { systemSurroundings } from "./surroundings.ts";

/** A server that listens, or is about to. */
export interface Server extends AsyncDisposable {
  /**
   * Where it listens.
   *
   * @throws {TypeError} Before `ready`
   */
  readonly address: Address;
  /** Settles when the server listens; rejects if it cannot and `serve` itself could not tell. */
  readonly ready: Promise<void>;
  /** Settles when the server does not listen any more and all connections have ended. */
  readonly finished: Promise<void>;
  /**
   * Ends the server in order: it listens no more, answers what is in hand, and what arrives within the grace, with
   * `connection: close`, closes what is idle, and aborts what is left at the deadline. A second call may only bring the
   * deadline forward.
   *
   * @param options The grace and the deadline
   * @returns Settles when all connections have ended
   * @throws {RangeError} If an option is not a number of at least 0
   */
  shutdown(options?: ShutdownOptions): Promise<void>;
  /** Lets the server keep the process alive, as it does from the beginning. */
  ref(): void;
  /** Lets the process end though the server listens. */
  unref(): void;
  /** Does what `shutdown()` does. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A socket that listens. */
export interface ListeningSocket {
  /** Where. */
  readonly address: Address;
  /**
   * Listens no more.
   *
   * @returns Settles when nothing is left of it, if that takes longer
   */
  close(): void | Promise<void>;
  /** Keeps the process alive. */
  ref(): void;
  /** Lets the process end. */
  unref(): void;
}

/** What a listening socket is given. */
export interface Host extends Service {
  /** The open connections, which take what is accepted. */
  readonly connections: Connections;
  /** Begins the shutdown: somebody else has closed the listening socket. */
  closed(): void;
}

/** What differs between the runtimes. */
export interface Runtime<Listener> {
  /** Whether what the runtime reads may be kept without a copy. */
  readonly ownedBlocks: boolean;
  /**
   * Listens.
   *
   * @param options Where, and how
   * @param host Takes the connections
   * @returns The socket, or a promise of it
   */
  listen(options: ListenOptions<Listener>, host: Host): ListeningSocket | Promise<ListeningSocket>;
}

/**
 * Serves an application.
 *
 * @param app The application
 * @param options Where, and how
 * @param runtime What the runtime does its own way
 * @returns The server
 * @throws {TypeError | RangeError} If an option is wrong
 * @throws {Error} If the runtime knows at once that it cannot listen
 */
export function serveWith<Listener>(
  app: App,
  options: ServeOptions<Listener>,
  runtime: Runtime<Listener>,
): Server {
  return new GatewayServer(app, checkServeOptions(options) as CheckedOptions<never>, runtime as Runtime<never>);
}

class GatewayServer implements Server, Host {
  readonly app: App;
  readonly settings: GatewaySettings;
  readonly surroundings: Host["surroundings"] = systemSurroundings;
  readonly connections: Connections;
  readonly #onListen: ServeOptions["onListen"];
  readonly #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #finished: PromiseWithResolvers<void> = Promise.withResolvers();
  #socket: ListeningSocket | undefined;
  #isReferenced: boolean = true;
  /** The grace of the first shutdown, once there is one. */
  #grace: number | undefined;
  /** When what is left is aborted. */
  #cutsAt: number = Infinity;
  #cancelCut: () => void = () => {};
  #forgetSignal: () => void = () => {};

  constructor(app: App, options: CheckedOptions<never>, runtime: Runtime<never>) {
    this.app = app;
    this.settings = settle(options.gateway, runtime.ownedBlocks);
    this.connections = new Connections(systemSurroundings, options.connections);
    this.#onListen = options.onListen;
    if (options.place.tls) this.#checkCertificate(options.place.tls);
    this.#listen(options.place, runtime);
    if (options.signal) this.#heed(options.signal);
  }

  get address(): Address {
    if (this.#socket === undefined) throw new TypeError("Cannot tell the address: the server does not listen yet");
    return this.#socket.address;
  }

  get local(): Address | undefined {
    return this.#socket?.address;
  }

  get ready(): Promise<void> {
    this.#leaveFailure();
    return this.#ready.promise;
  }

  get finished(): Promise<void> {
    this.#leaveFailure();
    return this.#finished.promise;
  }

  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    const { grace, deadline } = checkShutdownOptions(options, this.settings.deadlines.shutdown);
    if (this.#grace === undefined) {
      this.#grace = grace;
      if (this.#socket !== undefined) this.#close(this.#socket, grace);
    }
    this.#cutAfter(deadline);
    // One that never listened is down; why, `ready` and `finished` tell.
    await this.finished.catch(() => {});
  }

  ref(): void {
    this.#isReferenced = true;
    this.#socket?.ref();
    this.connections.reference(true);
  }

  unref(): void {
    this.#isReferenced = false;
    this.#socket?.unref();
    this.connections.reference(false);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  leave(connection: Connection): void {
    this.connections.leave(connection);
  }

  closed(): void {
    if (this.#grace === undefined) void this.shutdown();
  }

  /** One that is not valid is served: were it refused, a restart would make an outage of what clients may put up with. */
  #checkCertificate(certificate: Certificate): void {
    const fault = checkCertificate(certificate, this.surroundings.unixTime());
    if (fault !== undefined) this.settings.reportError(new ServerFault(fault));
  }

  #listen(place: ListenOptions<never>, runtime: Runtime<never>): void {
    let listening: ListeningSocket | Promise<ListeningSocket>;
    try {
      listening = runtime.listen(place, this);
    } catch (error) {
      // Whether the server that left the file still lives is known only some turns later.
      if (place.path === undefined || !isTaken(error)) throw error;
      listening = Promise.reject(error);
    }
    if (listening instanceof Promise) this.#awaitListening(listening, place, runtime);
    else this.#opened(listening);
  }

  #awaitListening(listening: Promise<ListeningSocket>, place: ListenOptions<never>, runtime: Runtime<never>): void {
    listening.catch(async (error) => {
      if (place.path === undefined || !isTaken(error) || !await removeStale(place.path)) throw error;
      return runtime.listen(place, this);
    }).then((socket) => this.#opened(socket)).catch((error) => this.#failed(error));
  }

  #opened(socket: ListeningSocket): void {
    this.#socket = socket;
    if (!this.#isReferenced) socket.unref();
    try {
      this.#onListen?.({ address: socket.address });
    } catch (error) {
      socket.close();
      throw error;
    }
    this.#ready.resolve();
    if (this.#grace !== undefined) this.#close(socket, this.#grace);
  }

  #failed(error: unknown): void {
    this.#forget();
    this.#ready.reject(error);
    this.#finished.reject(error);
  }

  async #close(socket: ListeningSocket, grace: number): Promise<void> {
    const isClosed = socket.close();
    await this.connections.shutdown(grace);
    await isClosed;
    this.#forget();
    this.#finished.resolve();
  }

  #heed(signal: AbortSignal): void {
    const end = (): void => void this.shutdown();
    if (signal.aborted) return end();
    signal.addEventListener("abort", end, { once: true });
    this.#forgetSignal = () => signal.removeEventListener("abort", end);
  }

  /** Each call may bring the deadline forward, none may put it off. */
  #cutAfter(ms: number): void {
    const cutsAt = this.surroundings.now() + ms;
    if (cutsAt >= this.#cutsAt) return;
    this.#cutsAt = cutsAt;
    this.#cancelCut();
    this.#cancelCut = this.surroundings.after(ms, () => this.connections.cut());
  }

  /** Leaves no timer and no listener of events behind. */
  #forget(): void {
    this.#cutsAt = -Infinity;
    this.#cancelCut();
    this.#forgetSignal();
  }

  /** Who asked for one of the promises is told; the other must not end the process as well. */
  #leaveFailure(): void {
    this.#ready.promise.catch(() => {});
    this.#finished.promise.catch(() => {});
  }
}
