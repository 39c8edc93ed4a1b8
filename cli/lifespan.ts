/**
 * The lifespan of an application: a module may export `start(server)` and `stop(reason)` beside its application.
 *
 * @module
 */

import { systemSurroundings } from "../adapters/surroundings.ts";
import type { Address } from "../core/gateway/port.ts";
import type { SignalBus } from "../core/gateway/signal_bus.ts";
import { Signals } from "../core/gateway/signals.ts";
import type { App } from "../core/gateway/types.ts";
import { CommandError, toLine } from "./command_error.ts";

/** The server, as `start` gets it. */
export interface StartingServer {
  /** Where it listens. */
  readonly address: Address | undefined;
  /** The signals of the server, for work that belongs to no exchange: what it sends reaches `environ.signals`. */
  readonly signals: Signals;
  /** Settles when the server has ended. */
  readonly finished: Promise<void>;
  /** Ends the server in order, as a signal of the system does. */
  shutdown(): Promise<void>;
}

/** Runs before the first request is answered. What it throws ends the command. */
export type Start = (server: StartingServer) => void | PromiseLike<void>;

/** Why the server has ended: the system's signal, or `shutdown` if the application ended it. */
export type StopReason = "SIGINT" | "SIGTERM" | "shutdown";

/** Runs when the last connection has ended, and is awaited. */
export type Stop = (reason: StopReason) => void | PromiseLike<void>;

/** What a module gives. */
export interface AppModule {
  /** What messages call it. */
  readonly name: string;
  /** The application. */
  readonly app: App;
  /** Runs before the first request is answered. */
  readonly start: Start | undefined;
  /** Runs when the last connection has ended. */
  readonly stop: Stop | undefined;
}

/** What is used of an adapter's server. */
interface LiveServer {
  readonly address: Address | undefined;
  readonly finished: Promise<void>;
  shutdown(options: { grace: number }): Promise<void>;
}

/** Runs an application's `start` and `stop` around its server. */
export class Lifespan {
  readonly #module: AppModule;
  readonly #started: PromiseWithResolvers<void> = Promise.withResolvers();
  #isStarted = false;

  /**
   * Makes a `Lifespan`.
   *
   * @param module What `start` and `stop` stand in
   */
  constructor(module: AppModule) {
    this.#module = module;
    this.#started.promise.catch(() => {});
  }

  /** The application, whose requests wait until `start` is done. */
  get app(): App {
    const { app, start } = this.#module;
    if (start === undefined) return app;
    return (environ, startResponse) => {
      if (this.#isStarted) return app(environ, startResponse);
      return this.#started.promise.then(() => app(environ, startResponse));
    };
  }

  /**
   * Starts the application.
   *
   * @param server Its server, which listens
   * @param bus Where the server's signals meet
   * @param grace How long connections are answered once the application ends the server, in ms
   * @returns Settles when it has started, or its server has ended
   * @throws {CommandError} If it fails
   */
  async start(server: LiveServer, bus: SignalBus, grace: number): Promise<void> {
    const { name, start } = this.#module;
    if (start === undefined) return;
    const { address, finished } = server;
    const signals = new Signals({ bus, surroundings: systemSurroundings });
    const shutdown = (): Promise<void> => server.shutdown({ grace });
    try {
      await Promise.race([start({ address, signals, finished, shutdown }), finished]);
    } catch (error) {
      this.#started.reject(error);
      throw new CommandError(`Cannot start ${name}: ${toLine(error)}`);
    }
    this.#isStarted = true;
    this.#started.resolve();
  }

  /**
   * Stops the application: its server has ended.
   *
   * @param reason Why
   * @returns Settles when it has stopped
   * @throws {CommandError} If it fails
   */
  async stop(reason: StopReason): Promise<void> {
    try {
      await this.#module.stop?.(reason);
    } catch (error) {
      throw new CommandError(`Cannot stop ${this.#module.name}: ${toLine(error)}`);
    }
  }
}
