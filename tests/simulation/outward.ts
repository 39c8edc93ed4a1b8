/**
 * One direction of a simulated connection: from the server to the client. It holds the core to the contract of
 * `Port.write`, and takes what it is given as sockets do: at once, later, or bit by bit as the client makes room.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { SimulatedClock } from "./clock.ts";
import type { NetworkShape } from "./network_shape.ts";
import type { Random } from "../support/random.ts";

/** What the two ends are told. */
export interface OutwardEnds {
  /** Octets have come to the client, which tells `freed` when it has read them. */
  arrived(bytes: Uint8Array): void;
  /** The server's end has come to the client. */
  endArrived(): void;
  /** The write that was held is taken. */
  taken(): void;
  /** The core broke the contract. */
  fault(what: string): void;
}

/** A write that is not taken yet. */
interface HeldWrite {
  readonly block: Uint8Array;
  readonly copy: Uint8Array;
  readonly since: number;
  passed: number;
}

/** The way from the server to the client. */
export class Outward {
  readonly #clock: SimulatedClock;
  readonly #random: Random;
  readonly #shape: NetworkShape;
  readonly #ends: OutwardEnds;
  readonly #flying: (Uint8Array | undefined)[] = [];
  #lastArrival = 0;
  #inFlight = 0;
  #held: HeldWrite | undefined;
  #whenTaken: (() => void) | undefined;
  #isCut = false;
  /** Octets that the core was told to be taken. */
  takenOctets = 0;
  /** When the last of them were. */
  takenAt: number;

  /**
   * Makes an `Outward`.
   *
   * @param clock The clock
   * @param random Chance
   * @param shape How octets travel
   * @param ends Whom it tells
   */
  constructor(clock: SimulatedClock, random: Random, shape: NetworkShape, ends: OutwardEnds) {
    this.#clock = clock;
    this.#random = random;
    this.#shape = shape;
    this.#ends = ends;
    this.takenAt = clock.now;
  }

  /** Since when a write is open; undefined while none is. */
  get heldSince(): number | undefined {
    return this.#held?.since;
  }

  /**
   * Takes a write.
   *
   * @param block The octets
   * @returns Whether they are taken at once
   */
  write(block: Uint8Array): boolean {
    if (this.#held !== undefined) this.#ends.fault("It wrote while a write was open");
    if (block.length === 0) this.#ends.fault("It wrote nothing");
    const room = this.#shape.capacity - this.#inFlight;
    if (this.#shape.takesAtOnce && block.length <= room) {
      this.#send(block.slice());
      this.#note(block.length);
      return true;
    }
    const copy = block.slice();
    this.#held = { block, copy, since: this.#clock.now, passed: 0 };
    this.#passHeld(this.#held);
    return false;
  }

  /**
   * Ends the server's side once all is taken.
   *
   * @param task What to do then
   */
  end(task?: () => void): void {
    const finish = (): void => {
      this.#fly(undefined);
      task?.();
    };
    if (this.#held === undefined) finish();
    else this.#whenTaken = finish;
  }

  /**
   * The client has read.
   *
   * @param octets How many octets
   */
  freed(octets: number): void {
    this.#inFlight -= octets;
    if (this.#held !== undefined) this.#passHeld(this.#held);
  }

  /** A reset: what is on its way does not arrive. */
  cut(): void {
    this.#isCut = true;
    this.#held = undefined;
    this.#flying.length = 0;
  }

  #passHeld(held: HeldWrite): void {
    const { capacity } = this.#shape;
    const rest = held.copy.length - held.passed;
    const room = capacity - this.#inFlight;
    // As sockets do: octet by octet is nobody served.
    if (rest === 0 || room < Math.min(rest, capacity >> 1)) return;
    const count = Math.min(rest, room);
    this.#send(held.copy.slice(held.passed, held.passed + count));
    held.passed += count;
    if (held.passed === held.copy.length) this.#clock.plan(this.#random.between(0, 2), () => this.#taken(held));
  }

  #taken(held: HeldWrite): void {
    if (this.#isCut) return;
    if (Buffer.compare(held.block, held.copy) !== 0) this.#ends.fault("It changed the block of an open write");
    this.#held = undefined;
    this.#note(held.copy.length);
    const whenTaken = this.#whenTaken;
    this.#whenTaken = undefined;
    this.#ends.taken();
    whenTaken?.();
  }

  #note(octets: number): void {
    this.takenOctets += octets;
    this.takenAt = this.#clock.now;
  }

  #send(bytes: Uint8Array): void {
    this.#inFlight += bytes.length;
    const isSplit = this.#shape.splits && bytes.length > 1;
    const cut = isSplit ? this.#random.between(1, bytes.length - 1) : bytes.length;
    this.#fly(bytes.subarray(0, cut));
    if (isSplit) this.#fly(bytes.subarray(cut));
  }

  /** Each event lets the first of those on their way arrive: they do not overtake one another. */
  #fly(bytes: Uint8Array | undefined): void {
    const { least, most } = this.#shape;
    this.#lastArrival = Math.max(this.#lastArrival, this.#clock.now + this.#random.between(least, most));
    this.#flying.push(bytes);
    this.#clock.plan(this.#lastArrival - this.#clock.now, () => {
      if (this.#isCut) return;
      const first = this.#flying.shift();
      if (first === undefined) this.#ends.endArrived();
      else this.#ends.arrived(first);
    });
  }
}
