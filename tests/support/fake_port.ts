/**
 * A port without a socket: records every call in order and holds the core to the contract of `Port`. What the core may
 * not do throws at once and stays in `faults`, in case that somebody catches it.
 *
 * @module
 */

import type { Address, Port, TlsInfo } from "../../core/gateway/port.ts";
import { textOf } from "./octet_text.ts";

/** A call of the core. */
export type PortCall = "write" | "pauseReading" | "resumeReading" | "endWriting" | "close" | "abort";

/** Where a fake connection is from and to. */
export interface FakePortOptions {
  /** Our end. */
  readonly local?: Address;
  /** The peer's end. */
  readonly remote?: Address;
  /** The connection's TLS. */
  readonly tls?: TlsInfo;
  /** What `write` answers, asked for each write; by default that all is taken. */
  readonly takes?: () => boolean;
}

/** The far side of a connection that is not there. */
export class FakePort implements Port {
  readonly #takes: (() => boolean) | undefined;
  #held: { readonly block: Uint8Array; readonly copy: Uint8Array } | undefined;
  #sent: Uint8Array[] = [];
  #isOver = false;
  #hasEndedWriting = false;
  #isPaused = false;
  readonly local: Address;
  readonly remote: Address;
  readonly tls: TlsInfo | undefined;
  /** All calls in order. */
  readonly calls: PortCall[] = [];
  /** The blocks that were written, as they were given: only to be compared, not to be read. */
  readonly blocks: Uint8Array[] = [];
  /** What the core did that it may not do. */
  readonly faults: string[] = [];
  /** Whether writes are held until `free`. Counts only without `takes`. */
  isHolding = false;

  /**
   * Makes a `FakePort`.
   *
   * @param options Where it is from and to, and what `write` answers
   */
  constructor(options: FakePortOptions = {}) {
    this.local = options.local ?? { transport: "tcp", hostname: "127.0.0.1", port: 8000 };
    this.remote = options.remote ?? { transport: "tcp", hostname: "192.0.2.7", port: 50123 };
    this.tls = options.tls;
    this.#takes = options.takes;
  }

  /** All octets written so far, one character an octet. */
  get sent(): string {
    return this.#sent.map(textOf).join("");
  }

  /** How many octets were written. */
  get sentOctets(): number {
    return this.#sent.reduce((octets, block) => octets + block.length, 0);
  }

  /** Each write's octets, one character an octet. */
  get writes(): string[] {
    return this.#sent.map(textOf);
  }

  /** Whether a write is open. */
  get isOpen(): boolean {
    return this.#held !== undefined;
  }

  /** Whether reading is paused. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  write(bytes: Uint8Array): boolean {
    this.#note("write");
    if (this.#held) this.#fault("write while a write is open");
    if (this.#hasEndedWriting) this.#fault("write after endWriting");
    if (bytes.length === 0) this.#fault("write of nothing");
    const copy = bytes.slice();
    this.#sent.push(copy);
    this.blocks.push(bytes);
    const isTaken = this.#takes ? this.#takes() : !this.isHolding;
    if (!isTaken) this.#held = { block: bytes, copy };
    return isTaken;
  }

  pauseReading(): void {
    this.#note("pauseReading");
    if (this.#isPaused) this.#fault("pauseReading twice");
    this.#isPaused = true;
  }

  resumeReading(): void {
    this.#note("resumeReading");
    if (!this.#isPaused) this.#fault("resumeReading without a pause");
    this.#isPaused = false;
  }

  endWriting(): void {
    this.#note("endWriting");
    if (this.#hasEndedWriting) this.#fault("endWriting twice");
    this.#hasEndedWriting = true;
  }

  close(): void {
    this.#note("close");
    this.#isOver = true;
  }

  abort(): void {
    this.#note("abort");
    this.#isOver = true;
  }

  /** The open write is taken. The owner tells the conversation. */
  free(): void {
    this.verify();
    this.#held = undefined;
  }

  /** The transport is gone: the core may not call any more. */
  lose(): void {
    this.#isOver = true;
  }

  /** Asserts that the block of an open write is as it was. */
  verify(): void {
    const held = this.#held;
    if (held?.block.some((octet, at) => octet !== held.copy[at])) throw new Error("The open write's block changed");
  }

  #note(call: PortCall): void {
    if (this.#isOver) this.#fault(`${call} after the end`);
    this.calls.push(call);
  }

  #fault(what: string): never {
    this.faults.push(what);
    throw new Error(`The core broke the contract of the port: ${what}`);
  }
}
