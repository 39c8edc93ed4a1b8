/**
 * Signals and time for applications: wait for a signal, send one, sleep. What cogen had as operations.
 *
 * Whoever waits is released when its client is gone, or has ended its side, or the server drains: a closed tab leaves
 * by FIN, and nobody is to wait for it.
 *
 * @module
 */

import { TimeoutError } from "../errors.ts";
import { ignorable } from "./ignorable.ts";
import type { Surroundings } from "./port.ts";
import type { SignalBus, SignalParty } from "./signal_bus.ts";

/** How to wait. */
export interface WaitOptions {
  /** After how many ms the wait ends with a `TimeoutError`. @default {Infinity} */
  timeout?: number;
  /** Ends the wait, with its reason. */
  signal?: AbortSignal;
  /**
   * Whether the time begins anew while octets pass on the connection, in either direction: an idle timeout. It then
   * ends up to a quarter later. @default {false}
   */
  weak?: boolean;
  /** Whether only the loss of the connection ends the wait, not its closing (`environ.closing`). @default {false} */
  throughHalfClose?: boolean;
}

/** How to sleep: as `WaitOptions`, but the time is the point. */
export type SleepOptions = Pick<WaitOptions, "signal" | "throughHalfClose">;

/** How to send a signal. */
export interface SendOptions extends WaitOptions {
  /** The signal is held until so many wait for it, and then goes to all of them. @default {0} */
  recipients?: number;
}

/** What signals need. */
export interface SignalsHost {
  /** Where they meet. */
  readonly bus: SignalBus;
  /** The clock. */
  readonly surroundings: Pick<Surroundings, "after">;
  /** Grows whenever octets pass; weak timeouts look at it. */
  readonly activity?: number;
  /**
   * Tells why nobody may wait any more.
   *
   * @param throughHalfClose Whether only the loss of the connection counts
   * @returns The reason; undefined if one may wait
   */
  endReason?(throughHalfClose: boolean): unknown;
}

/** A part of a weak timeout, after which activity is looked at. */
const WEAK_PARTS = 4;

/**
 * The signals of one exchange: its waits end with its client. One made without `endReason` belongs to nobody, for
 * instance to an application's background work.
 */
export class Signals {
  readonly #host: SignalsHost;
  readonly #pending: Set<Releasable> = new Set();

  /**
   * Makes a `Signals`.
   *
   * @param host The bus, the clock, and whose waits they are
   */
  constructor(host: SignalsHost) {
    this.#host = host;
  }

  /** How many waits are under way. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Waits for a signal.
   *
   * @param name Its name: any value, compared as the keys of a `Map` are
   * @param options How
   * @returns The signal's value. Rejects with a `TimeoutError`, or with the reason of what ended the wait
   */
  wait(name: unknown, options: WaitOptions = {}): Promise<unknown> {
    return this.waitFor<unknown>((party) => this.#host.bus.wait(name, party), options);
  }

  /**
   * Sends a signal to all who wait for it. If nobody does it is lost, unless `recipients` says to hold it.
   *
   * @param name Its name
   * @param value Its value
   * @param options How; all but `recipients` concerns a signal that is held
   * @returns How many got it. A signal that is held rejects as `wait` does, and then nobody gets it
   */
  send(name: unknown, value?: unknown, options: SendOptions = {}): Promise<number> {
    const { recipients = 0 } = options;
    if (!Number.isInteger(recipients) || recipients < 0) {
      return Promise.reject(new RangeError(`Cannot send signal: ${recipients} recipients is no whole number`));
    }
    const begin = (party: SignalParty<number>): () => void => this.#host.bus.send(name, value, recipients, party);
    // A hook may tell others of a client that is gone.
    return recipients === 0 ? new Promise((settle, fail) => begin({ settle, fail })) : this.waitFor(begin, options);
  }

  /**
   * Waits for a time.
   *
   * @param ms How long, in ms
   * @param options How
   * @returns Settles when the time is over. Rejects with the reason of what ended it earlier
   */
  sleep(ms: number, options: SleepOptions = {}): Promise<void> {
    if (!(ms >= 0)) return Promise.reject(new RangeError(`Cannot sleep: ${ms} is not a number of at least 0`));
    const { surroundings } = this.#host;
    return this.waitFor((party) => surroundings.after(ms, () => party.settle()), options);
  }

  /**
   * Waits for anything: what `wait`, `send` and `sleep`, queues and your own events are made of.
   *
   * @param begin Begins; it is given whom to call, and gives what takes that party out again
   * @param options How
   * @returns What the party is called with. Rejects with a `TimeoutError`, or with the reason of what ended the wait
   */
  waitFor<T>(begin: (party: SignalParty<T>) => () => void, options: WaitOptions = {}): Promise<T> {
    const { timeout = Infinity, signal, throughHalfClose = false } = options;
    if (!(timeout >= 0)) {
      return Promise.reject(new RangeError(`Cannot wait: timeout ${timeout} is not a number of at least 0`));
    }
    // One that nobody awaits any more must not end the process when the client leaves.
    return ignorable(
      new Promise<T>((resolve, reject) => {
        const reason = signal?.aborted ? signal.reason : this.#host.endReason?.(throughHalfClose);
        if (reason !== undefined) return reject(reason);
        new PendingWait(this.#host, this.#pending, options, { settle: resolve, fail: reject }).begin(begin);
      }),
    );
  }

  /** Ends the waits that have a reason to end: the gateway calls it when something has happened to the connection. */
  release(): void {
    for (const wait of [...this.#pending]) {
      const reason = this.#host.endReason?.(wait.throughHalfClose);
      if (reason !== undefined) wait.fail(reason);
    }
  }
}

/** What can be released. */
interface Releasable {
  readonly throughHalfClose: boolean;
  fail(error: unknown): void;
}

/** A wait that is under way. */
class PendingWait<T> implements SignalParty<T> {
  readonly #host: SignalsHost;
  readonly #all: Set<Releasable>;
  readonly #party: SignalParty<T>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;
  #leave: (() => void) | undefined;
  #cancelTimer: (() => void) | undefined;
  #isOver = false;
  readonly throughHalfClose: boolean;

  constructor(host: SignalsHost, all: Set<Releasable>, options: WaitOptions, party: SignalParty<T>) {
    const { timeout = Infinity, signal, weak = false, throughHalfClose = false } = options;
    this.#host = host;
    this.#all = all;
    all.add(this);
    this.#party = party;
    this.#signal = signal;
    this.throughHalfClose = throughHalfClose;
    if (signal) signal.addEventListener("abort", this.#onAbort = () => this.fail(signal.reason));
    if (timeout === Infinity) return;
    if (weak) this.#watch(timeout, WEAK_PARTS, host.activity);
    else this.#cancelTimer = host.surroundings.after(timeout, () => this.#expire(timeout));
  }

  begin(begin: (party: SignalParty<T>) => () => void): void {
    try {
      const leave = begin(this);
      if (!this.#isOver) this.#leave = leave;
    } catch (error) {
      this.fail(error);
    }
  }

  settle(value: T): void {
    if (this.#end()) this.#party.settle(value);
  }

  fail(error: unknown): void {
    const leave = this.#leave;
    if (!this.#end()) return;
    leave?.();
    this.#party.fail(error);
  }

  #expire(timeout: number): void {
    this.fail(new TimeoutError(`Cannot wait any longer than ${timeout} ms`));
  }

  /** Looks a few times whether octets have passed: a time stamp for each octet would cost those who never ask. */
  #watch(timeout: number, parts: number, activity: number | undefined): void {
    this.#cancelTimer = this.#host.surroundings.after(timeout / WEAK_PARTS, () => {
      const now = this.#host.activity;
      if (now !== activity) this.#watch(timeout, WEAK_PARTS, now);
      else if (parts > 1) this.#watch(timeout, parts - 1, activity);
      else this.#expire(timeout);
    });
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#leave = undefined;
    this.#all.delete(this);
    this.#cancelTimer?.();
    if (this.#onAbort) this.#signal?.removeEventListener("abort", this.#onAbort);
    return true;
  }
}
