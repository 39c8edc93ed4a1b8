/**
 * A conversation in a test's hand: a `Conversation` over a `FakePort` and `FakeSurroundings`, spoken to in text.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Conversation } from "../../core/gateway/conversation.ts";
import type { GatewaySettings } from "../../core/gateway/settings.ts";
import type { App, ExchangeRecord, GatewayOptions } from "../../core/gateway/types.ts";
import { FakePort, type FakePortOptions } from "./fake_port.ts";
import { FakeSurroundings, settled } from "./fake_surroundings.ts";
import { octets } from "./octet_text.ts";

export { DATE } from "./fake_surroundings.ts";

/** What may differ from the defaults. */
export interface TalkOptions extends GatewayOptions {
  /** The port. */
  readonly port?: FakePortOptions;
  /** Whether exchanges are observed: `records`. */
  readonly observed?: boolean;
  /** What it shares with others, instead of the options of a gateway. */
  readonly settings?: GatewaySettings;
}

/** What a lent block is overwritten with once the call has returned. */
const SCRUBBED = 0x0d;
/** More turns than any test needs before everything rests. */
const MANY_TURNS = 10_000;

/** A conversation with its far side. */
export class Talk {
  readonly #ownsBlocks: boolean;
  #taken = 0;
  /** The far side. */
  readonly port: FakePort;
  /** The clock and the turns. */
  readonly surroundings: FakeSurroundings = new FakeSurroundings();
  /** What is tested. */
  readonly conversation: Conversation;
  /** What `onError` was told. */
  readonly errors: unknown[] = [];
  /** What `onExchange` was told. */
  readonly records: ExchangeRecord[] = [];

  /**
   * Makes a `Talk`.
   *
   * @param app The application
   * @param options What differs from the defaults
   */
  constructor(app: App, options: TalkOptions = {}) {
    const { port, observed, settings, ...gateway } = options;
    this.port = new FakePort(port);
    this.#ownsBlocks = options.ownedBlocks ?? false;
    gateway.onError ??= (error) => this.errors.push(error);
    if (observed) gateway.onExchange = (record) => this.records.push(record);
    this.conversation = new Conversation(app, this.port, this.surroundings, settings ?? gateway);
  }

  /** All that was sent so far. */
  get sent(): string {
    return this.port.sent;
  }

  /** What was called on the port so far, writes left out. */
  get moves(): string[] {
    return this.port.calls.filter((call) => call !== "write");
  }

  /** When `tick` is due, in ms from now; Infinity if never. */
  get due(): number {
    return this.conversation.deadline - this.surroundings.now();
  }

  /**
   * Sends as the peer: in a lent block, larger than what it holds, that is overwritten when the call has returned.
   *
   * @param text What comes, one character an octet
   */
  send(text: string | Uint8Array): void {
    const bytes = typeof text === "string" ? octets(text) : text;
    const block = new Uint8Array(bytes.length + 16).fill(SCRUBBED);
    block.set(bytes, 8);
    const lent = block.subarray(8, 8 + bytes.length);
    const isFree = this.conversation.receive(lent);
    // Whoever looks at it still finds nothing.
    if (!this.#ownsBlocks) block.fill(SCRUBBED);
    else if (isFree) block.buffer.transfer(0);
    this.check();
  }

  /** Ends the peer's side. */
  end(): void {
    this.conversation.receiveEnd();
    this.check();
  }

  /** The port has taken the open write. */
  drain(): void {
    this.port.free();
    this.conversation.drained();
    this.check();
  }

  /** Takes whatever is written until nothing is open any more and everything rests. */
  async drainAll(): Promise<void> {
    for (let turn = 0; turn < MANY_TURNS; turn++) {
      await this.rest();
      if (!this.port.isOpen) return;
      this.drain();
    }
    throw new Error("The conversation writes without end");
  }

  /** The transport is gone. */
  lose(reason?: unknown): void {
    this.port.lose();
    this.conversation.abort(reason);
    this.check();
  }

  /**
   * Moves the time and ticks, as a shared tick does; the one before has looked at the deadline.
   *
   * @param ms How far
   */
  async pass(ms: number): Promise<void> {
    void this.conversation.deadline;
    this.surroundings.advance(ms);
    this.conversation.tick();
    await this.rest();
  }

  /** Runs promises and later turns until everything rests. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < MANY_TURNS; turn++) {
      await settled();
      if (this.surroundings.turn() === 0) return this.check();
    }
    throw new Error("The conversation does not come to rest");
  }

  /**
   * Gives what was sent since the last call.
   *
   * @returns The octets, one character each
   */
  take(): string {
    const fresh = this.port.sent.slice(this.#taken);
    this.#taken += fresh.length;
    return fresh;
  }

  /** Asserts that the core kept to the contract of the port. */
  check(): void {
    assertEquals(this.port.faults, []);
    this.port.verify();
  }
}

/**
 * Writes a request without content.
 *
 * @param target Its target
 * @param fields Its field lines besides Host
 * @returns The request
 */
export function get(target = "/", ...fields: string[]): string {
  return request(`GET ${target} HTTP/1.1`, fields);
}

/**
 * Writes a request with content by length.
 *
 * @param content Its content
 * @param fields Its field lines besides Host and Content-Length
 * @returns The request
 */
export function post(content: string, ...fields: string[]): string {
  return request("POST / HTTP/1.1", [`Content-Length: ${content.length}`, ...fields], content);
}

/**
 * Writes a request with chunked content.
 *
 * @param chunks What follows the head
 * @param fields Its field lines besides Host and Transfer-Encoding
 * @returns The request
 */
export function postChunked(chunks: string, ...fields: string[]): string {
  return request("POST / HTTP/1.1", ["Transfer-Encoding: chunked", ...fields], chunks);
}

/**
 * Writes a request.
 *
 * @param line Its request line
 * @param fields Its field lines besides Host
 * @param body What follows the head
 * @returns The request
 */
export function request(line: string, fields: readonly string[] = [], body = ""): string {
  return [line, "Host: example.org", ...fields, "", body].join("\r\n");
}

/**
 * Writes an answer as it has to come.
 *
 * @param status The status code and the reason phrase
 * @param fields The field lines in order
 * @param body What follows the head
 * @returns The answer
 */
export function answer(status: string, fields: readonly string[], body = ""): string {
  return [`HTTP/1.1 ${status}`, ...fields, "", body].join("\r\n");
}
