/**
 * The other direction of a simulated connection: from the client to the server, which may pause it. What is given to
 * the core is lent: it is overwritten as soon as the call has returned, unless the core may keep it.
 *
 * @module
 */

import type { SimulatedClock } from "./clock.ts";
import type { NetworkShape } from "./network_shape.ts";
import type { Random } from "../support/random.ts";

/** What the two ends are told. */
export interface InwardEnds {
  /** Octets are there for the server. Gives whether nobody needs their block any more. */
  received(bytes: Uint8Array): boolean;
  /** The client's end has come to the server. */
  receivedEnd(): void;
  /** Something came that nobody reads any more. */
  unwanted(): void;
  /** There is room for the client to send more. */
  room(): void;
}

/** What a lent block is overwritten with: it would be refused anywhere. */
const SCRUBBED = 0x0d;
const MARGIN = 8;
const scratch = new Uint8Array(65_536 + 2 * MARGIN).fill(SCRUBBED);

/** The way from the client to the server. */
export class Inward {
  readonly #clock: SimulatedClock;
  readonly #random: Random;
  readonly #shape: NetworkShape;
  readonly #ends: InwardEnds;
  readonly #ownedBlocks: boolean;
  /** What is on its way; undefined is the end. */
  readonly #flying: (Uint8Array | undefined)[] = [];
  /** What has arrived and is not read. */
  readonly #arrived: (Uint8Array | undefined)[] = [];
  #lastArrival = 0;
  #inFlight = 0;
  #isDeliveryPlanned = false;
  /** Whether the server reads: not before it begins, and not while it pauses. */
  isReading = false;
  /** Whether the server has closed the connection. */
  isClosed = false;
  /** Octets that the core was given. */
  delivered = 0;
  /** When it was given the last of them. */
  deliveredAt: number;
  /** Whether the client's end was told. */
  hasEnded = false;

  /**
   * Makes an `Inward`.
   *
   * @param clock The clock
   * @param random Chance
   * @param shape How octets travel
   * @param ownedBlocks Whether the core may keep blocks
   * @param ends Whom it tells
   */
  constructor(clock: SimulatedClock, random: Random, shape: NetworkShape, ownedBlocks: boolean, ends: InwardEnds) {
    this.#clock = clock;
    this.#random = random;
    this.#shape = shape;
    this.#ownedBlocks = ownedBlocks;
    this.#ends = ends;
    this.deliveredAt = clock.now;
  }

  /** How many octets the client may send. */
  get capacity(): number {
    return Math.max(0, this.#shape.capacityIn - this.#inFlight);
  }

  /**
   * Sends.
   *
   * @param bytes The octets; undefined for the end of the client's side
   */
  send(bytes: Uint8Array | undefined): void {
    const { least, most } = this.#shape;
    this.#inFlight += bytes?.length ?? 0;
    this.#lastArrival = Math.max(this.#lastArrival, this.#clock.now + this.#random.between(least, most));
    this.#flying.push(bytes);
    this.#clock.plan(this.#lastArrival - this.#clock.now, () => {
      if (this.#flying.length === 0) return;
      this.#arrived.push(this.#flying.shift());
      this.#deliver();
    });
  }

  /** The server reads again, in an event of its own: a port must not call the conversation from its methods. */
  resume(): void {
    this.isReading = true;
    this.#planDelivery();
  }

  /** A reset: what is on its way does not arrive. */
  cut(): void {
    this.#flying.length = this.#arrived.length = 0;
    this.isClosed = true;
  }

  #planDelivery(): void {
    if (this.#isDeliveryPlanned || this.#arrived.length === 0) return;
    this.#isDeliveryPlanned = true;
    this.#clock.plan(0, () => {
      this.#isDeliveryPlanned = false;
      this.#deliver();
    });
  }

  /** Gives the core one block. */
  #deliver(): void {
    if (this.#arrived.length === 0) return;
    if (this.isClosed) return this.#refuse();
    if (!this.isReading) return;
    const first = this.#arrived.shift();
    if (first === undefined) {
      this.hasEnded = true;
      return this.#ends.receivedEnd();
    }
    const bytes = first.subarray(0, this.#shape.readSize);
    if (bytes.length < first.length) this.#arrived.unshift(first.subarray(bytes.length));
    this.#inFlight -= bytes.length;
    this.delivered += bytes.length;
    this.deliveredAt = this.#clock.now;
    if (this.#ownedBlocks) this.#giveAway(bytes.slice());
    else this.#lend(bytes);
    this.#planDelivery();
    this.#ends.room();
  }

  /** What is said to be free is freed, as by adapters: whoever looks at it still finds nothing. */
  #giveAway(block: Uint8Array<ArrayBuffer>): void {
    if (this.#ends.received(block)) block.buffer.transfer(0);
  }

  #lend(bytes: Uint8Array): void {
    scratch.set(bytes, MARGIN);
    this.#ends.received(scratch.subarray(MARGIN, MARGIN + bytes.length));
    scratch.fill(SCRUBBED, MARGIN, MARGIN + bytes.length);
  }

  #refuse(): void {
    const isUnwanted = this.#arrived.some((bytes) => bytes !== undefined);
    this.#arrived.length = 0;
    if (isUnwanted) this.#ends.unwanted();
  }
}
