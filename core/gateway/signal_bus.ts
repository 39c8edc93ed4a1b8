/**
 * The signal bus: where those who wait for a signal and those who send one meet. In one process by default; a bus that
 * reaches other processes implements `SignalBus` and is given as the option `signals`.
 *
 * @module
 */

/** One who waits on a bus. Exactly one of the two is called, once. */
export interface SignalParty<T> {
  /**
   * It has happened.
   *
   * @param value What it brought
   */
  settle(value: T): void;
  /**
   * It will not happen: the bus itself failed.
   *
   * @param error Why
   */
  fail(error: unknown): void;
}

/**
 * Where signals meet. It has no memory: a signal for which nobody waits is lost.
 *
 * What it gives takes the party out again: then the bus must not call it any more. Calling it once the party was
 * called does nothing.
 */
export interface SignalBus {
  /**
   * Waits for the next signal of a name.
   *
   * @param name The name
   * @param party Is given the signal's value
   * @returns Takes the party out
   */
  wait(name: unknown, party: SignalParty<unknown>): () => void;
  /**
   * Sends a signal to all who wait for it.
   *
   * @param name The name
   * @param value Its value
   * @param recipients It is held until so many wait; 0 sends it at once
   * @param party Is given the number of those who got it
   * @returns Takes the signal back, if it is still held
   */
  send(name: unknown, value: unknown, recipients: number, party: SignalParty<number>): () => void;
}

/** A signal that is held until enough wait. */
interface HeldSignal {
  readonly value: unknown;
  readonly recipients: number;
  readonly party: SignalParty<number>;
}

/** Who waits for a name, and what is held for it. */
interface Meeting {
  readonly waiting: Set<SignalParty<unknown>>;
  readonly held: Set<HeldSignal>;
}

/**
 * A bus within one process. Names are any values and are compared as the keys of a `Map` are: texts and numbers by
 * value, objects by identity.
 *
 * @example
 * ```ts
 * import { LocalSignalBus } from "@sluice/sluice/core";
 * import { assertEquals } from "@std/assert";
 *
 * const bus = new LocalSignalBus();
 * const seen: unknown[] = [];
 * const fail = (error: unknown) => seen.push(error);
 * bus.wait("news", { settle: (value) => seen.push(value), fail });
 * bus.send("news", "rain", 0, { settle: (woken) => seen.push(woken), fail });
 * assertEquals(seen, ["rain", 1]);
 * ```
 */
export class LocalSignalBus implements SignalBus {
  readonly #meetings: Map<unknown, Meeting> = new Map();

  /** How many names somebody waits for or holds a signal for. */
  get size(): number {
    return this.#meetings.size;
  }

  wait(name: unknown, party: SignalParty<unknown>): () => void {
    const meeting = this.#meeting(name);
    meeting.waiting.add(party);
    this.#releaseHeld(name, meeting);
    return () => {
      if (meeting.waiting.delete(party)) this.#forgetIfEmpty(name, meeting);
    };
  }

  send(name: unknown, value: unknown, recipients: number, party: SignalParty<number>): () => void {
    const meeting = this.#meeting(name);
    const signal: HeldSignal = { value, recipients, party };
    meeting.held.add(signal);
    this.#releaseHeld(name, meeting);
    return () => {
      if (meeting.held.delete(signal)) this.#forgetIfEmpty(name, meeting);
    };
  }

  #meeting(name: unknown): Meeting {
    let meeting = this.#meetings.get(name);
    if (meeting === undefined) this.#meetings.set(name, meeting = { waiting: new Set(), held: new Set() });
    return meeting;
  }

  /** Who begins to wait meanwhile waits for the next signal. */
  #releaseHeld(name: unknown, meeting: Meeting): void {
    for (const signal of [...meeting.held]) {
      if (meeting.waiting.size < signal.recipients || !meeting.held.delete(signal)) continue;
      const woken = [...meeting.waiting];
      meeting.waiting.clear();
      for (const party of woken) party.settle(signal.value);
      signal.party.settle(woken.length);
    }
    this.#forgetIfEmpty(name, meeting);
  }

  #forgetIfEmpty(name: unknown, meeting: Meeting): void {
    const isEmpty = meeting.waiting.size === 0 && meeting.held.size === 0;
    if (isEmpty && this.#meetings.get(name) === meeting) this.#meetings.delete(name);
  }
}
