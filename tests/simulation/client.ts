/**
 * A simulated client: sends its requests, reads the answers, holds them against the model, and leaves in its own way.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type Answer, type AnswerListener, AnswerReader } from "./answer_reader.ts";
import type { Ask } from "./ask.ts";
import type { Character } from "./cast.ts";
import { type Expectation, expectationOf } from "./expectation.ts";
import type { FarEnd, Link, LinkWorld } from "./link.ts";
import { PATTERN, placeOf } from "./pattern.ts";
import type { Random } from "../support/random.ts";
import { bodyOf, headOf } from "./request_text.ts";

/** What a client needs of its world. */
export interface ClientWorld extends LinkWorld {
  /** Connects; undefined if nobody listens any more. */
  connect(client: Client): Link | undefined;
  /** Whether the server drains. */
  readonly isDraining: boolean;
  /** The client knows an answer. */
  answered(ask: Ask, answer: Answer): void;
  /** Both ends of the connection are over. */
  over(client: Client): void;
}

/** What it sends next: octets, or nothing before a 100 (Continue) or an answer to that ask has come. */
type Part = Uint8Array | Ask;

const encoder = new TextEncoder();

/** How long a client waits for a 100 (Continue) before it sends all the same, in ms. */
const CONTINUE_MS = 3000;

/** A client with one connection. */
export class Client implements FarEnd, AnswerListener {
  readonly #world: ClientWorld;
  readonly #random: Random;
  readonly #reader: AnswerReader = new AnswerReader(this);
  readonly #outbox: Part[] = [];
  readonly #unread: Uint8Array[] = [];
  readonly #expected: Map<Ask, Expectation> = new Map();
  #batch = 0;
  #unanswered = 0;
  #sentOctets = 0;
  #isSendPlanned = false;
  #isReadPlanned = false;
  #endsWhenSent = false;
  #awaiting: Ask | undefined;
  #tunnel: { readonly ask: Ask; octets: number } | undefined;
  #isOver = false;
  /** How it is. */
  readonly character: Character;
  readonly id: number;
  readonly handshakeMs: number | undefined;
  /** Its connection. */
  link: Link | undefined;
  /** Whether it has left, by its own will. */
  hasLeft = false;
  /** Whether it has ended its side. */
  hasEnded = false;
  /** Whether the server has ended its side. */
  endSeen = false;
  /** Whether the connection was reset under its hands. */
  resetSeen = false;
  /** Whether an answer said, or meant, that nothing is answered behind it. */
  isLast = false;
  /** Whether an answer came that may be the last without saying so. */
  mayBeLast = false;
  /** Whether it does what a server has to defend itself against. */
  isHostile = false;

  /**
   * Makes a `Client`.
   *
   * @param world Its world
   * @param id Its number
   * @param character How it is
   * @param random Chance
   */
  constructor(world: ClientWorld, id: number, character: Character, random: Random) {
    this.#world = world;
    this.#random = random;
    this.id = id;
    this.character = character;
    this.handshakeMs = character.handshakeMs;
  }

  get mayGiveUp(): boolean {
    return this.hasEnded || this.#world.isDraining;
  }

  /** All its requests. */
  get asks(): Ask[] {
    return this.character.batches.flat();
  }

  /** Connects and begins. */
  begin(): void {
    const { finale } = this.character;
    this.isHostile = this.handshakeMs === Infinity;
    this.link = this.#world.connect(this);
    if (this.link === undefined) return;
    this.#world.trace("connects", this.id, 0);
    if (finale === "resets" || finale === "leaves") {
      this.#world.clock.plan(this.#random.between(0, this.character.patience), () => this.#leave(finale === "resets"));
    }
    this.#sendBatch();
  }

  arrived(bytes: Uint8Array): void {
    if (this.hasLeft) return this.#refuse();
    if (this.character.reading === "prompt") return this.#read(bytes);
    this.#unread.push(bytes);
    if (this.character.reading === "slow") this.#readLater();
    else this.isHostile = true;
  }

  endArrived(): void {
    if (this.hasLeft || this.resetSeen) return;
    if (this.#unread.length > 0) {
      if (this.character.reading === "slow") return void this.#world.clock.plan(50, () => this.endArrived());
      return;
    }
    this.#world.trace("sees end", this.id, 0);
    this.endSeen = true;
    this.#reader.end();
    if (this.#tunnel !== undefined) this.#checkTunnel(this.#tunnel);
    this.#outbox.length = 0;
    this.#world.clock.plan(this.#random.between(0, this.character.lingers), () => this.#endSide());
  }

  resetArrived(): void {
    if (this.resetSeen || this.hasLeft) return;
    this.#world.trace("sees reset", this.id, 0);
    this.resetSeen = true;
    this.#outbox.length = 0;
    this.#endIfOver();
  }

  room(): void {
    this.#send();
  }

  linkEnded(): void {
    this.#endIfOver();
  }

  continued(ask: Ask): void {
    if (this.#outbox[0] === ask) this.#outbox.shift();
    this.#send();
  }

  switched(ask: Ask, rest: string): void {
    this.#tunnel = { ask, octets: 0 };
    ask.fate = "answered";
    this.isLast = true;
    const place = placeOf(ask.id);
    this.#push(PATTERN.slice(place, place + ask.deed.size));
    this.#readTunnel(this.#tunnel, rest);
    this.#send();
    this.#endWhenSent();
  }

  answered(ask: Ask, answer: Answer): void {
    const { isBroken, closes } = this.#expected.get(ask)!;
    this.#world.trace("answered", this.id, ask.id);
    if (isBroken) return this.wrong(`answer ${ask.id} is whole, and its application failed`);
    const isEnding = this.mayGiveUp || closes === undefined;
    if (!isEnding && answer.closes !== closes && answer.status !== 503) {
      return this.wrong(`answer ${ask.id} says close: ${answer.closes}`);
    }
    this.#world.answered(ask, answer);
    this.#unanswered--;
    if (answer.closes || closes === true) this.isLast = true;
    if (closes === undefined) this.mayBeLast = true;
    // No 100 (Continue) came, so the content stays here; the server has said that it closes.
    if (this.isLast || this.#outbox[0] === ask) this.#outbox.length = 0;
    else if (this.#unanswered === 0) this.#next();
    this.#send();
  }

  wrong(what: string): void {
    this.#world.fault(`It sent ${what}`, this.id);
  }

  #next(): void {
    if (this.#batch < this.character.batches.length) {
      return void this.#world.clock.plan(this.#random.between(0, this.character.thinks), () => this.#sendBatch());
    }
    const { finale } = this.character;
    if (finale === "polite") this.#world.clock.plan(this.#random.between(0, 20), () => this.#endSide());
  }

  #sendBatch(): void {
    if (this.hasLeft || this.endSeen || this.resetSeen || this.link === undefined) return;
    const batch = this.character.batches[this.#batch++];
    if (batch === undefined) return;
    this.#world.trace("asks", this.id, batch.length);
    let text = "";
    for (const ask of batch) {
      const expected = expectationOf(ask, this.character.isPrompt);
      this.#expected.set(ask, expected);
      this.#reader.expect(ask, expected);
      this.#unanswered++;
      ask.fate = "waiting";
      const head = headOf(ask);
      ask.start = this.#sentOctets;
      ask.contentStart = ask.start + head.length;
      const body = bodyOf(ask);
      ask.end = ask.contentStart + body.length;
      this.#sentOctets = ask.end;
      text += head;
      if (ask.request.expects) {
        this.#push(text);
        this.#outbox.push(ask);
        text = "";
      }
      text += body;
      if (this.character.isApart) {
        this.#push(text);
        text = "";
      }
    }
    this.#push(text);
    this.#send();
    const isLast = this.#batch === this.character.batches.length;
    if (isLast && this.character.finale === "halfCloses") this.#endWhenSent();
    if (isLast && batch.some(({ request }) => request.spoil === "ends")) this.#endWhenSent();
  }

  /** Cuts what is to be sent as its character wants it. */
  #push(text: string): void {
    const { cuts } = this.character;
    const octets = encoder.encode(text);
    for (let at = 0; at < octets.length;) {
      const most = cuts === 0 ? octets.length : Math.max(1, Math.ceil(octets.length / cuts));
      const count = cuts === 0 ? most : this.#random.between(1, 2 * most);
      this.#outbox.push(octets.subarray(at, at + count));
      at += count;
    }
  }

  #send(): void {
    const { link } = this;
    while (link !== undefined && this.#outbox.length > 0 && !this.#isSendPlanned) {
      const part = this.#outbox[0]!;
      if (!(part instanceof Uint8Array)) return this.#awaitContinue(part);
      if (this.hasLeft || this.hasEnded) return;
      const count = Math.min(part.length, link.inward.capacity);
      if (count === 0) return;
      link.inward.send(part.subarray(0, count));
      if (count < part.length) this.#outbox[0] = part.subarray(count);
      else this.#outbox.shift();
      if (this.character.gap > 0) this.#sendLater();
    }
    if (this.#outbox.length === 0 && this.#endsWhenSent) this.#endSide();
  }

  #endWhenSent(): void {
    this.#endsWhenSent = true;
    this.#send();
  }

  #sendLater(): void {
    this.#isSendPlanned = true;
    this.#world.clock.plan(this.#random.between(0, this.character.gap), () => {
      this.#isSendPlanned = false;
      this.#send();
    });
  }

  #awaitContinue(ask: Ask): void {
    if (this.#awaiting === ask) return;
    this.#awaiting = ask;
    this.#world.clock.plan(CONTINUE_MS, () => this.continued(ask));
  }

  #read(bytes: Uint8Array): void {
    this.link!.outward.freed(bytes.length);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    if (this.#tunnel !== undefined) this.#readTunnel(this.#tunnel, text);
    else this.#reader.push(text);
  }

  #readLater(): void {
    if (this.#isReadPlanned) return;
    this.#isReadPlanned = true;
    this.#world.clock.plan(this.#random.between(1, 200), () => {
      this.#isReadPlanned = false;
      const bytes = this.#unread.shift();
      if (bytes === undefined || this.hasLeft || this.resetSeen) return;
      const count = Math.min(bytes.length, this.#random.between(1, 30_000));
      if (count < bytes.length) this.#unread.unshift(bytes.subarray(count));
      this.#read(bytes.subarray(0, count));
      if (this.#unread.length > 0) this.#readLater();
    });
  }

  #readTunnel(tunnel: { readonly ask: Ask; octets: number }, text: string): void {
    if (!PATTERN.startsWith(text, placeOf(tunnel.ask.id) + tunnel.octets)) {
      this.wrong("other octets back through the tunnel");
    }
    tunnel.octets += text.length;
  }

  #checkTunnel({ ask, octets }: { readonly ask: Ask; octets: number }): void {
    if (octets !== ask.deed.size) this.wrong(`${octets} octets back for ${ask.deed.size}`);
  }

  #endSide(): void {
    if (this.hasLeft || this.resetSeen) return;
    if (this.hasEnded) return this.#endIfOver();
    this.hasEnded = true;
    this.#world.trace("ends", this.id, 0);
    this.link!.inward.send(undefined);
    this.#endIfOver();
  }

  #leave(isReset: boolean): void {
    if (this.endSeen || this.resetSeen || this.#isOver) return;
    this.#world.trace(isReset ? "resets" : "leaves", this.id, 0);
    this.hasLeft = true;
    this.#outbox.length = 0;
    if (isReset) this.link!.reset();
    else if (!this.hasEnded) this.link!.inward.send(undefined);
    this.#endIfOver();
  }

  /** Nobody is there to read: what came is answered with a reset. */
  #refuse(): void {
    this.#world.clock.plan(this.#random.between(1, 20), () => this.link!.reset());
  }

  /** Both ends are over once nothing more can arrive. */
  #endIfOver(): void {
    const nothingArrives = this.hasLeft || this.resetSeen || (this.endSeen && this.hasEnded);
    if (this.#isOver || !this.link!.isOver || !(nothingArrives || this.character.reading === "never")) return;
    this.#isOver = true;
    this.#world.over(this);
  }
}
