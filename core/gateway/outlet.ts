/**
 * The outlet: moves what has gathered to the port, one write at a time, and tells when there is room again.
 *
 * Backpressure is counted here, not taken from the port's answer: the open write and what has gathered behind it.
 *
 * @module
 */

import type { SendBuffer } from "../write/send_buffer.ts";
import { ignorable } from "./ignorable.ts";
import type { Port, Surroundings } from "./port.ts";

/** Sends what gathers in a send buffer. */
export class Outlet {
  readonly #port: Port;
  readonly #surroundings: Surroundings;
  readonly #buffer: SendBuffer;
  readonly #limit: number;
  #openOctets = 0;
  #isFlushPlanned = false;
  #isClosed = false;
  #whenRoom: (() => void)[] = [];
  #whenEmpty: (() => void)[] = [];
  #openSince: number | undefined;

  /**
   * Makes an `Outlet`.
   *
   * @param port Where to
   * @param buffer Where from
   * @param surroundings The clock and the turn
   * @param limit How many octets may wait before whoever sends has to pause
   */
  constructor(port: Port, buffer: SendBuffer, surroundings: Surroundings, limit: number) {
    this.#port = port;
    this.#buffer = buffer;
    this.#surroundings = surroundings;
    this.#limit = limit;
  }

  /**
   * Since when the open write waits for the peer; undefined while none is open. It counts from when it is first asked
   * for, which whoever looks at deadlines does at once and again: nearly all writes are taken before.
   */
  get openSince(): number | undefined {
    if (this.#openOctets === 0 || this.#isClosed) return undefined;
    return this.#openSince ??= this.#surroundings.now();
  }

  /** Whether more waits than the limit allows. */
  get isFull(): boolean {
    return this.#openOctets + this.#buffer.pending > this.#limit;
  }

  /** Whether all was taken by the port. */
  get isEmpty(): boolean {
    return this.#openOctets === 0 && this.#buffer.pending === 0;
  }

  /** How many octets were gathered since the connection began, sent or not. */
  get total(): number {
    return this.#buffer.total;
  }

  /** How many octets the port has taken since the connection began. */
  get taken(): number {
    return this.total - this.#buffer.pending - this.#openOctets;
  }

  /** Sends what has gathered, as far as the port takes it. */
  flush(): void {
    if (this.#isClosed) return;
    while (this.#openOctets === 0) {
      const bytes = this.#buffer.take();
      if (!bytes) break;
      if (this.#port.write(bytes)) {
        this.#buffer.release();
      } else {
        this.#openOctets = bytes.length;
        this.#openSince = undefined;
      }
    }
    if (this.#whenEmpty.length > 0 && this.isEmpty) runAll(this.#whenEmpty);
  }

  /** Sends in a later turn of the event loop what gathers until then. */
  flushSoon(): void {
    if (this.#isFlushPlanned || this.#buffer.pending === 0) return;
    this.#isFlushPlanned = true;
    this.#surroundings.defer(() => {
      this.#isFlushPlanned = false;
      this.flush();
    });
  }

  /** The port has taken the open write. */
  drained(): void {
    if (this.#openOctets === 0) return;
    this.#openOctets = 0;
    this.#buffer.release();
    this.flush();
    if (this.#whenRoom.length > 0 && !this.isFull) runAll(this.#whenRoom);
  }

  /**
   * Calls back once there is room, at once if there is; or when the connection is over, which the task has to see.
   *
   * @param task What to call
   */
  whenRoom(task: () => void): void {
    if (this.isFull && !this.#isClosed) this.#whenRoom.push(task);
    else task();
  }

  /**
   * Waits for room.
   *
   * @param lossReason Tells why the connection is lost, undefined if it is not
   * @returns Settles once there is room. Rejects with the reason if there will be none; may be left alone
   */
  room(lossReason: () => unknown): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.whenRoom(() => {
      const reason = lossReason();
      if (reason === undefined) resolve();
      else reject(reason);
    });
    return ignorable(promise);
  }

  /**
   * Calls back once the port has taken all, at once if it has; never when the connection is over.
   *
   * @param task What to call
   */
  whenEmpty(task: () => void): void {
    if (this.#isClosed) return;
    if (this.isEmpty) task();
    else this.#whenEmpty.push(task);
  }

  /** The connection is over: nothing more is sent. Who waits for room must not wait for ever. */
  close(): void {
    this.#isClosed = true;
    this.#whenEmpty = [];
    this.#buffer.clear();
    runAll(this.#whenRoom);
  }
}

/** Empties the list before it runs it: a task may wait again. */
function runAll(tasks: (() => void)[]): void {
  for (const task of tasks.splice(0)) task();
}
