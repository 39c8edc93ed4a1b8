/**
 * The open connections of a server: the limit on them, their deadlines, and how they end.
 *
 * @module
 */

import type { Surroundings } from "../core/gateway/port.ts";
import type { Connection } from "./connection.ts";

/**
 * How often deadlines are looked at, in ms. Each is met a second late at the most, and where thousands come at once as
 * much later as `REST` says.
 */
const TICK = 500;

/** How often while the server ends, in ms: somebody waits for it. */
const CLOSING_TICK = 50;

/** How many connections at most act on their deadlines at once: a thousand that close take 50 ms. */
const DUE_AT_ONCE = 32;

/**
 * How long the next ones wait, in ms. In turns that follow each other Deno closed two thousand before it looked for I/O,
 * and others waited for 190 ms; until a timer there is nothing else to do.
 */
const REST = 2;

/** What a timer is on runtimes where it is an object. */
interface Timer {
  ref?(): void;
  unref?(): void;
}

/** The open connections. */
export class Connections {
  readonly #surroundings: Surroundings;
  readonly #limit: number;
  readonly #open: Set<Connection> = new Set();
  /** Those that wait for room, in order. */
  readonly #parked: Set<Connection> = new Set();
  #ticker: Timer | undefined;
  /** Where the look at deadlines is that goes on later. */
  #round: SetIterator<Connection> | undefined;
  #isReferenced: boolean = true;
  #isClosing: boolean = false;
  #onRoom: (() => void) | undefined;
  #onEmpty: (() => void) | undefined;

  /**
   * Makes a `Connections`.
   *
   * @param surroundings The time
   * @param limit How many may be open
   */
  constructor(surroundings: Surroundings, limit: number = Infinity) {
    this.#surroundings = surroundings;
    this.#limit = limit;
  }

  /** How many there are, those that wait for room left out. */
  get size(): number {
    return this.#open.size;
  }

  /** Those that are open. */
  [Symbol.iterator](): Iterator<Connection> {
    return this.#open.values();
  }

  /**
   * Takes a connection: it starts, or is parked while there is no room, or is closed when as many are parked already.
   *
   * @param connection The connection
   */
  admit(connection: Connection): void {
    if (this.#isClosing) return connection.abort();
    if (this.#open.size < this.#limit) return this.#start(connection);
    if (this.#parked.size >= this.#limit) return connection.abort();
    this.#parked.add(connection);
    connection.park();
  }

  /**
   * Lets a connection go that has ended. The first that waits takes its place.
   *
   * @param connection The connection
   */
  leave(connection: Connection): void {
    this.#parked.delete(connection);
    if (!this.#open.delete(connection)) return;
    const onRoom = this.#onRoom;
    this.#onRoom = undefined;
    onRoom?.();
    for (const next of this.#parked) {
      this.#parked.delete(next);
      this.#start(next);
      break;
    }
    if (this.#open.size > 0) return;
    this.#stopTicking();
    this.#onEmpty?.();
  }

  /**
   * Tells when there is room for one more.
   *
   * @returns A promise of it, or undefined if there is room now
   */
  room(): Promise<void> | undefined {
    if (this.#open.size < this.#limit) return undefined;
    return new Promise((resolve) => this.#onRoom = resolve);
  }

  /**
   * Ends all in order, and takes no more.
   *
   * @param graceMs How long what still arrives is answered
   * @returns Settles when the last has ended
   */
  shutdown(graceMs: number): Promise<void> {
    this.#isClosing = true;
    const parked = [...this.#parked];
    this.#parked.clear();
    for (const connection of parked) connection.abort();
    for (const connection of this.#open) connection.shutdown(graceMs);
    if (this.#open.size === 0) return Promise.resolve();
    this.#stopTicking();
    this.#startTicking();
    return new Promise((resolve) => this.#onEmpty = resolve);
  }

  /** Ends all at once, since the server does. */
  cut(): void {
    for (const connection of this.#open) connection.cut();
  }

  /**
   * Whether deadlines keep the process alive.
   *
   * @param isReferenced true if they do, as by default
   */
  reference(isReferenced: boolean): void {
    this.#isReferenced = isReferenced;
    if (isReferenced) this.#ticker?.ref?.();
    else this.#ticker?.unref?.();
  }

  #start(connection: Connection): void {
    this.#open.add(connection);
    this.#startTicking();
    try {
      connection.start();
    } catch {
      // The peer has left already.
      connection.abort();
    }
  }

  /** One timer for all: a timer for each connection costs memory and time. */
  #startTicking(): void {
    if (this.#ticker !== undefined) return;
    const ticker = setInterval(() => this.#tick(), this.#isClosing ? CLOSING_TICK : TICK);
    this.#ticker = ticker as unknown as Timer;
    if (!this.#isReferenced) this.reference(false);
  }

  #stopTicking(): void {
    // One that is not there is no error for any runtime.
    clearInterval(this.#ticker as unknown as number);
    this.#ticker = undefined;
  }

  #tick(): void {
    // The round before is still under way.
    if (this.#round !== undefined) return;
    this.#round = this.#open.values();
    this.#goRound();
  }

  /** Many deadlines may come at once, as when thousands of idle connections were opened together. */
  #goRound(): void {
    const now = this.#surroundings.now();
    let due = 0;
    for (const connection of this.#round ?? []) {
      if (connection.deadline > now) continue;
      connection.tick();
      if (++due === DUE_AT_ONCE) return void this.#surroundings.after(REST, () => this.#goRound());
    }
    this.#round = undefined;
  }
}
