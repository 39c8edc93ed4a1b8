/**
 * One simulated connection: the real `Connection` of the adapters on a network that is none. It watches what can be
 * seen of the server from here: the contract of the port, the deadlines, and how much the core holds.
 *
 * @module
 */

import { Connection, type Service } from "../../adapters/connection.ts";
import type { Address, TlsInfo } from "../../core/gateway/port.ts";
import type { Ask } from "./ask.ts";
import type { Pending, SimulatedClock } from "./clock.ts";
import { Inward } from "./inward.ts";
import type { NetworkShape } from "./network_shape.ts";
import { Outward } from "./outward.ts";
import type { Random } from "../support/random.ts";
import { checkMemory } from "./watch.ts";

/** The client's end. */
export interface FarEnd {
  /** Its number. */
  readonly id: number;
  /** How long its TLS handshake takes, in ms; undefined on clear text. */
  readonly handshakeMs: number | undefined;
  /** Whether it has left before it was accepted. */
  readonly hasLeft: boolean;
  /** Octets have arrived. */
  arrived(bytes: Uint8Array): void;
  /** The server has ended its side. */
  endArrived(): void;
  /** The connection is reset, by the server or because of what was sent to it. */
  resetArrived(): void;
  /** There is room to send more. */
  room(): void;
  /** The server's end of the connection is over. */
  linkEnded(): void;
}

/** What a link is told of its world. */
export interface LinkWorld {
  /** The clock. */
  readonly clock: SimulatedClock;
  /** Whether the core may keep blocks. */
  readonly ownedBlocks: boolean;
  /** What was done that may not be done. */
  fault(what: string, client: number): void;
  /** Something happened: for the trace. */
  trace(what: string, client: number, detail: number): void;
}

/** Where a connection is. */
export type LinkState = "parked" | "open" | "finishing" | "destroyed" | "lost" | "ended";

const LOCAL: Address = { transport: "tcp", hostname: "192.0.2.1", port: 443 };

/** The server's end of a simulated connection. */
export class Link extends Connection {
  readonly #world: LinkWorld;
  readonly #far: FarEnd;
  readonly #random: Random;
  readonly local: Address = LOCAL;
  readonly remote: Address;
  /** To the client. */
  readonly outward: Outward;
  /** From the client. */
  readonly inward: Inward;
  /** Its timers and deferred tasks. */
  readonly pending: Pending;
  /** Where it is. */
  state: LinkState = "parked";
  /** The requests with which an application was called, in order. */
  readonly called: Ask[] = [];
  /** When the octets of HTTP began. */
  conversedAt: number | undefined = undefined;
  /** When the server ended its side. */
  endedWritingAt: number | undefined = undefined;
  /** When the server closed or reset, and how much had been delivered then. */
  closedAt: number | undefined = undefined;
  /** Whether the server reset it. */
  wasDestroyed = false;
  /** Whether it had closed it before. */
  wasClosing = false;
  /** When the server wrote last. */
  wroteAt = 0;

  /**
   * Makes a `Link`.
   *
   * @param service The server's side
   * @param world Where it is
   * @param far The client's end
   * @param shape How octets travel
   * @param random Chance
   * @param pending Where its timers are counted
   */
  constructor(
    service: Service,
    world: LinkWorld,
    far: FarEnd,
    shape: NetworkShape,
    random: Random,
    pending: Pending,
  ) {
    super(service);
    this.#world = world;
    this.#far = far;
    this.#random = random;
    this.pending = pending;
    this.remote = { transport: "tcp", hostname: "198.51.100.7", port: 1024 + far.id };
    this.outward = new Outward(world.clock, random, shape, {
      arrived: (bytes) => far.arrived(bytes),
      endArrived: () => far.endArrived(),
      taken: () => this.#tell("taken", 0, () => this.drained()),
      fault: (what) => this.#fault(what),
    });
    this.inward = new Inward(world.clock, random, shape, world.ownedBlocks, {
      received: (bytes) => {
        let isFree = false;
        this.#tell("received", bytes.length, () => isFree = this.received(bytes));
        this.#checkMemory();
        return isFree;
      },
      receivedEnd: () => this.#tell("received end", 0, () => this.receivedEnd()),
      unwanted: () => this.#refuseMore(),
      room: () => far.room(),
    });
  }

  get tls(): TlsInfo | undefined {
    return this.#far.handshakeMs === undefined ? undefined : { version: "TLSv1.3" };
  }

  /** Whether the server's end is over. */
  get isOver(): boolean {
    return this.state === "ended";
  }

  start(): void {
    if (this.#far.hasLeft) throw new Error("The peer has left");
    const { handshakeMs } = this.#far;
    if (handshakeMs === undefined) return this.#begin();
    this.awaitHandshake();
    if (handshakeMs < Infinity) this.#world.clock.plan(handshakeMs, () => this.#begin());
  }

  park(): void {
    this.#trace("parked", 0);
  }

  write(bytes: Uint8Array): boolean {
    this.#check("write");
    if (this.endedWritingAt !== undefined) this.#fault("It wrote behind the end of its side");
    this.wroteAt = this.#world.clock.now;
    const isTaken = this.outward.write(bytes);
    this.#trace(isTaken ? "wrote" : "writes", bytes.length);
    this.#checkMemory();
    return isTaken;
  }

  pauseReading(): void {
    this.#check("pauseReading");
    if (!this.inward.isReading) this.#fault("It paused reading twice");
    this.inward.isReading = false;
    this.#trace("pauses", 0);
  }

  resumeReading(): void {
    this.#check("resumeReading");
    if (this.inward.isReading) this.#fault("It resumed reading without a pause");
    this.inward.resume();
    this.#trace("resumes", 0);
  }

  endWriting(): void {
    this.#check("endWriting");
    if (this.endedWritingAt !== undefined) this.#fault("It ended its side twice");
    this.endedWritingAt = this.#world.clock.now;
    this.outward.end();
    this.#trace("ends writing", 0);
  }

  /** Resets, as the client. */
  reset(): void {
    if (this.state === "ended" || this.state === "destroyed") return;
    this.state = "lost";
    this.#cut();
    // From now on the port is to be left alone.
    this.#tell("lost", 0, () => this.lost(new Error("Connection reset by peer")));
  }

  protected finish(): void {
    if (this.state !== "open") this.#fault(`It closed a connection that is ${this.state}`);
    this.#trace("closes", 0);
    this.state = "finishing";
    this.closedAt = this.#world.clock.now;
    this.inward.isClosed = true;
    const end = (): void => void this.#world.clock.plan(this.#random.between(0, 3), () => this.#end());
    if (this.endedWritingAt === undefined) this.outward.end(end);
    else end();
  }

  protected destroy(): void {
    this.#trace("destroys", 0);
    if (this.state !== "lost") {
      this.wasDestroyed = true;
      this.wasClosing = this.state === "finishing";
      this.state = "destroyed";
      this.closedAt = this.#world.clock.now;
      this.#cut();
      this.#world.clock.plan(this.#random.between(1, 20), () => this.#far.resetArrived());
    }
    this.#world.clock.plan(this.#random.between(0, 3), () => this.#end());
  }

  #begin(): void {
    if (this.isClosing || this.state !== "parked") return;
    this.state = "open";
    this.conversedAt = this.#world.clock.now;
    this.#trace("opens", 0);
    this.converse();
    this.inward.resume();
  }

  /** What comes behind the close is answered with a reset, which may overtake what is on its way. */
  #refuseMore(): void {
    if (this.state === "lost" || this.state === "destroyed") return;
    if (this.#random.chance(0.5)) this.outward.cut();
    this.#world.clock.plan(this.#random.between(1, 20), () => this.#far.resetArrived());
  }

  #cut(): void {
    this.outward.cut();
    this.inward.cut();
  }

  #end(): void {
    if (this.state === "ended") return;
    this.state = "ended";
    this.inward.isClosed = true;
    this.#tell("ended", 0, () => this.ended());
    if (this.deadline !== Infinity) this.#fault("A deadline was left behind");
    this.#far.linkEnded();
  }

  #check(call: string): void {
    if (this.state !== "open") this.#fault(`It called ${call} when the connection was ${this.state}`);
  }

  /** Tells the core; what it throws is its fault. */
  #tell(what: string, detail: number, tell: () => void): void {
    this.#trace(what, detail);
    try {
      tell();
    } catch (error) {
      this.#fault(`It threw ${error instanceof Error ? error.stack : error}`);
    }
  }

  #checkMemory(): void {
    for (const fault of checkMemory(this)) this.#fault(fault);
  }

  #trace(what: string, detail: number): void {
    this.#world.trace(what, this.#far.id, detail);
  }

  #fault(what: string): void {
    this.#world.fault(what, this.#far.id);
  }
}
