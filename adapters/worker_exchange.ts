/**
 * One exchange that a worker answers, as the server sees it: the request goes over as octets, the answer comes back as
 * octets, and each side sends no more than the other takes.
 *
 * @module
 */

import { ClientConnection } from "../core/connection/client_connection.ts";
import type { ConnectionClosingError } from "../core/errors.ts";
import type { FieldLine } from "../core/fields.ts";
import type { Environ } from "../core/gateway/environ.ts";
import type { StartResponse } from "../core/gateway/types.ts";
import { DEFAULT_PARSE_SETTINGS, type ParseSettings } from "../core/parse/settings.ts";
import { concat } from "./concat.ts";
import { SignalRelay } from "./worker_bus.ts";
import type { Thread } from "./worker_thread.ts";
import { type FromWorker, WINDOW } from "./worker_messages.ts";

/** The answer comes from ourselves; the gateway of the worker has looked after it. */
const SETTINGS: ParseSettings = {
  ...DEFAULT_PARSE_SETTINGS,
  limits: { ...DEFAULT_PARSE_SETTINGS.limits, fieldSection: Infinity, fieldLines: Infinity, requestLine: Infinity },
};

/** Fields that concern one connection alone, ours or the worker's. */
const OF_CONNECTION: ReadonlySet<string> = new Set(["transfer-encoding", "keep-alive", "upgrade", "proxy-connection"]);

/** An exchange in a worker's hands. */
export class WorkerExchange implements AsyncIterableIterator<Uint8Array> {
  readonly #environ: Environ;
  readonly #thread: Thread;
  readonly #client = new ClientConnection(SETTINGS);
  #relay: SignalRelay | undefined;
  readonly #head = Promise.withResolvers<void>();
  /** Octets that the worker has not taken. */
  #untaken = 0;
  #received = 0;
  #credited = 0;
  #isSendingContent = false;
  #isSent = false;
  #isOver = false;
  #error: unknown = undefined;
  /** Wakes who waits for the worker to take octets, or to send some. */
  #onTaken: () => void = () => {};
  #onReceived: () => void = () => {};
  readonly #onLost = (): void => this.#abandon(this.#environ.signal.reason);
  readonly #onClosing = (): void => this.#announceClosing();

  /**
   * Makes a `WorkerExchange`.
   *
   * @param environ The request
   * @param thread The worker, which is idle
   */
  constructor(environ: Environ, thread: Thread) {
    this.#environ = environ;
    this.#thread = thread;
    this.#head.promise.catch(() => {});
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Sends the request, and waits for the head of the answer.
   *
   * @param startResponse Takes the head
   * @returns The content
   */
  async answer(startResponse: StartResponse): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { signal, closing } = this.#environ;
    signal.addEventListener("abort", this.#onLost);
    closing.addEventListener("abort", this.#onClosing);
    try {
      if (signal.aborted) throw signal.reason;
      this.#begin();
      await this.#head.promise;
      const { status, reason, fields } = this.#client.head!;
      startResponse(reason === "" ? status : `${status} ${reason}`, this.#fieldsOf(fields));
      if (this.#client.reading === "content") return this;
      this.#end();
      return undefined;
    } catch (error) {
      this.#abandon(error);
      throw error;
    }
  }

  /**
   * Takes what the worker says.
   *
   * @param message The message
   */
  said(message: FromWorker): void {
    if (message.kind === "log") this.#environ.errors.write(message.text);
    else if (message.kind === "wait" || message.kind === "send" || message.kind === "leave") {
      this.#relay ??= new SignalRelay(this.#environ.signals, (answer) => this.#thread.post(answer));
      // A hook may send signals, too.
      return void this.#relay.asked(message);
    }
    if (this.#isOver) {
      // A hook's, perhaps: there is no exchange any more that could fail.
      if (message.kind === "fault") this.#environ.errors.write(`${String(message.error)}\n`);
      return;
    }
    if (message.kind === "octets") this.#receive(message.bytes);
    else if (message.kind === "taken") {
      this.#untaken -= message.octets;
      this.#onTaken();
    } else if (message.kind === "fault") this.fail(message.error);
    else if (message.kind === "end") {
      this.#client.receiveEnd();
      this.#advance();
    }
  }

  /**
   * Ends the exchange: the worker is lost, or its application failed.
   *
   * @param error Why
   */
  fail(error: unknown): void {
    this.#abandon(error ?? new Error("The application in the worker failed"));
  }

  /** Gives the next piece of the answer's content. */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      if (this.#isOver) return { done: true, value: undefined };
      const piece = this.#read();
      if (piece === "end") {
        const { trailers } = this.#client;
        if (trailers.length > 0) this.#environ.trailers(trailers);
        this.#end();
      } else if (piece === "more") await new Promise<void>((resolve) => this.#onReceived = resolve);
      else return { done: false, value: piece };
    }
  }

  /** No more of the answer is wanted. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#abandon(undefined);
    return Promise.resolve({ done: true, value: undefined });
  }

  #begin(): void {
    const { local, remote, tls, scriptName, pathInfo, method, input, fields } = this.#environ;
    const copies = { local: { ...local }, remote: { ...remote }, tls: tls && { ...tls } };
    this.#thread.post({ kind: "begin", circumstances: { ...copies, scriptName, pathInfo } });
    // The client side has to know what was asked; the head itself goes over as it came.
    this.#client.request({ method, target: "/", fields: { host: "worker" }, content: input.length ?? "chunked" });
    this.#takeOutput();
    this.#post(encodeHead(this.#environ));
    const isAwaitingContinue = fields.get("expect") !== undefined && this.#environ.version === "1.1";
    if (input.length === 0) this.#contentSent();
    else if (!isAwaitingContinue) this.#sendContent();
  }

  /** Sends the content on, no faster than the application in the worker reads it. */
  async #sendContent(): Promise<void> {
    if (this.#isSendingContent || this.#isSent) return;
    this.#isSendingContent = true;
    const { input } = this.#environ;
    try {
      for (let piece = await input.readSome(); piece.length > 0; piece = await input.readSome()) {
        if (this.#isOver) return;
        this.#client.send(piece);
        this.#post(this.#takeOutput());
        while (this.#untaken > WINDOW && !this.#isOver) await new Promise<void>((resolve) => this.#onTaken = resolve);
      }
      if (this.#isOver) return;
      this.#client.finish(input.trailers);
      this.#post(this.#takeOutput());
      this.#contentSent();
    } catch (error) {
      this.#abandon(error);
    }
  }

  #contentSent(): void {
    this.#isSent = true;
    if (this.#environ.closing.aborted) this.#announceClosing();
  }

  /** To the worker the end of the peer is the end of the content, too: so that comes first. */
  #announceClosing(): void {
    const { by } = this.#environ.closing.reason as ConnectionClosingError;
    if (this.#isOver || (by === "peer" && !this.#isSent)) return;
    this.#thread.post({ kind: "closing", by });
  }

  #post(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.length === 0) return;
    this.#untaken += bytes.length;
    this.#thread.post({ kind: "octets", bytes });
  }

  #takeOutput(): Uint8Array<ArrayBuffer> {
    const { output } = this.#client;
    const parts: Uint8Array[] = [];
    for (let block = output.take(); block; block = output.take()) {
      parts.push(block.slice());
      output.release();
    }
    return concat(parts);
  }

  #receive(bytes: Uint8Array): void {
    this.#received += bytes.length;
    this.#client.receive(bytes);
    this.#advance();
    this.#client.release(true);
  }

  /** Reads heads as far as they are there; the content is read by who asks for it. */
  #advance(): void {
    try {
      while (!this.#client.isFinal && this.#client.readHead()) this.#passOn();
      if (this.#client.isFinal) this.#head.resolve();
    } catch (error) {
      return this.#abandon(error);
    }
    this.#credit();
    this.#onReceived();
  }

  #passOn(): void {
    const { status, fields } = this.#client.head!;
    if (this.#client.isFinal) return;
    if (status === 100) {
      this.#environ.input.sendContinue(fields);
      void this.#sendContent();
    } else this.#environ.inform(status, fields);
  }

  #read(): Uint8Array | "more" | "end" {
    const client = this.#client;
    const step = client.readContent();
    if (step !== "run") return step;
    const { bytes, start } = client.input;
    const piece = bytes.slice(start, client.runEnd);
    client.takeContent(piece.length);
    this.#credit();
    return piece;
  }

  /** Lets the worker send as much again as was read. */
  #credit(): void {
    const octets = this.#received - this.#client.input.unread - this.#credited;
    if (octets < WINDOW / 4) return;
    this.#credited += octets;
    this.#thread.post({ kind: "taken", octets });
  }

  #fieldsOf(fields: Iterable<FieldLine>): FieldLine[] {
    const isOld = this.#environ.version === "1.0";
    return [...fields].filter(([name, value]) => {
      const lower = name.toLowerCase();
      if (lower === "connection") return !isOld && value.toLowerCase() === "close";
      return !OF_CONNECTION.has(lower);
    });
  }

  #abandon(error: unknown): void {
    if (this.#isOver) return;
    this.#error = error;
    this.#thread.post({ kind: "abort" });
    this.#end();
    this.#head.reject(error ?? new Error("The exchange is over"));
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#environ.signal.removeEventListener("abort", this.#onLost);
    this.#environ.closing.removeEventListener("abort", this.#onClosing);
    this.#onTaken();
    this.#onReceived();
    this.#thread.post({ kind: "finish" });
  }
}

/** The head as it came: what an answer's field may not hold, a request's may. */
function encodeHead({ method, target, version, fields, input }: Environ): Uint8Array<ArrayBuffer> {
  const framing = input.length === undefined ? "transfer-encoding: chunked\r\n" : `content-length: ${input.length}\r\n`;
  const hasFraming = input.length !== 0 || fields.get("content-length") !== undefined;
  let text = `${method} ${target} HTTP/${version}\r\n${hasFraming ? framing : ""}`;
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    if (lower !== "content-length" && !OF_CONNECTION.has(lower)) text += `${name}: ${value}\r\n`;
  }
  return Uint8Array.from(`${text}\r\n`, (character) => character.charCodeAt(0));
}
