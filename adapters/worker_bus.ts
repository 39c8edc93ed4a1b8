/**
 * The signals of applications in workers: they meet those of the server. In the worker a bus asks for everything over
 * the line; at the server a relay does it, in the name of the exchange.
 *
 * @module
 */

import type { SignalBus, SignalParty } from "../core/gateway/signal_bus.ts";
import type { Signals } from "../core/gateway/signals.ts";
import type { SignalAnswer, SignalRequest } from "./worker_messages.ts";

/** A bus whose meeting place is at the other end. Names and values have to be such that can be sent there. */
export class WorkerBus implements SignalBus {
  readonly #say: (request: SignalRequest) => void;
  readonly #parties: Map<number, SignalParty<never>> = new Map();
  #lastId = 0;

  /**
   * Makes a `WorkerBus`.
   *
   * @param say Sends to the other end
   */
  constructor(say: (request: SignalRequest) => void) {
    this.#say = say;
  }

  wait(name: unknown, party: SignalParty<unknown>): () => void {
    const id = ++this.#lastId;
    this.#say({ kind: "wait", id, name });
    return this.#keep(id, party);
  }

  send(name: unknown, value: unknown, recipients: number, party: SignalParty<number>): () => void {
    const id = ++this.#lastId;
    this.#say({ kind: "send", id, name, value, recipients });
    return this.#keep(id, party);
  }

  /**
   * Takes what the other end says.
   *
   * @param answer What became of a wait or a signal
   */
  heard(answer: SignalAnswer): void {
    const party = this.#parties.get(answer.id);
    this.#parties.delete(answer.id);
    if (answer.kind === "settle") party?.settle(answer.value as never);
    else party?.fail(answer.error);
  }

  #keep(id: number, party: SignalParty<never>): () => void {
    this.#parties.set(id, party);
    return () => {
      if (this.#parties.delete(id)) this.#say({ kind: "leave", id });
    };
  }
}

/** Does at the server what a worker asks for. */
export class SignalRelay {
  readonly #signals: Signals;
  readonly #answer: (answer: SignalAnswer) => void;
  readonly #open: Map<number, AbortController> = new Map();

  /**
   * Makes a `SignalRelay`.
   *
   * @param signals The signals of the exchange
   * @param answer Sends to the worker
   */
  constructor(signals: Signals, answer: (answer: SignalAnswer) => void) {
    this.#signals = signals;
    this.#answer = answer;
  }

  /**
   * Takes what the worker asks for.
   *
   * @param request A wait, a signal, or the end of one
   */
  async asked(request: SignalRequest): Promise<void> {
    const { id } = request;
    if (request.kind === "leave") return this.#open.get(id)?.abort();
    const controller = new AbortController();
    this.#open.set(id, controller);
    try {
      const value = await this.#do(request, controller.signal);
      if (!controller.signal.aborted) this.#answer({ kind: "settle", id, value });
    } catch (error) {
      // Whether the client is there is the worker's to see for itself; this end only must not wait for ever.
      if (!controller.signal.aborted) this.#answer({ kind: "refuse", id, error: new Error(String(error)) });
    } finally {
      this.#open.delete(id);
    }
  }

  #do(request: Exclude<SignalRequest, { kind: "leave" }>, signal: AbortSignal): Promise<unknown> {
    const { name } = request;
    if (request.kind === "wait") return this.#signals.wait(name, { signal, throughHalfClose: true });
    const { value, recipients } = request;
    return this.#signals.send(name, value, { recipients, signal, throughHalfClose: true });
  }
}
