/**
 * The adapter without a socket: applications are tried octet by octet, in any runtime, a browser too.
 *
 * @example All answers to some octets
 * ```ts
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertMatch } from "@std/assert";
 *
 * const answers = await exchange((environ, startResponse) => {
 *   startResponse(200, { "content-type": "text/plain" });
 *   return environ.method;
 * }, "GET / HTTP/1.1\r\nHost: a\r\n\r\nDELETE / HTTP/1.1\r\nHost: a\r\n\r\n");
 * const text = new TextDecoder().decode(answers);
 * assertMatch(text, /\r\n\r\nGETHTTP.*\r\n\r\nDELETE$/s);
 * ```
 *
 * @module
 */

import { ConnectionLostError } from "../core/errors.ts";
import { Conversation } from "../core/gateway/conversation.ts";
import type { Address, Surroundings, TlsInfo } from "../core/gateway/port.ts";
import type { App, GatewayOptions } from "../core/gateway/types.ts";
import { concat } from "./concat.ts";
import { MemoryPort, ResetError } from "./memory_port.ts";
import { systemSurroundings } from "./surroundings.ts";

export { ManualSurroundings } from "./manual_surroundings.ts";
export { ResetError } from "./memory_port.ts";

/** How often deadlines are looked at, in ms. */
const TICK = 500;

/** What is given to the conversation at once, as a socket gives it, so that it can pause. */
const READ_SIZE = 65_536;

const CAPACITY = 65_536;
const LOCAL: Address = { transport: "tcp", hostname: "127.0.0.1", port: 80 };
const REMOTE: Address = { transport: "tcp", hostname: "127.0.0.1", port: 50_000 };

/** Options of `connect` and `exchange`. */
export interface MemoryOptions extends Omit<GatewayOptions, "ownedBlocks"> {
  /** The time. Give a `ManualSurroundings` to reach deadlines without waiting. @default {the runtime's} */
  surroundings?: Surroundings;
  /** The server's end. @default {{ transport: "tcp", hostname: "127.0.0.1", port: 80 }} */
  local?: Address;
  /** The client's end. @default {{ transport: "tcp", hostname: "127.0.0.1", port: 50000 }} */
  remote?: Address;
  /** The connection's TLS. @default {undefined} */
  tls?: TlsInfo;
  /** Octets that may wait for `read` before the server's writes wait. @default {65536} */
  capacity?: number;
}

/** The far end of a connection in memory: the client's. */
export interface MemoryConnection extends AsyncDisposable {
  /** Whether the server has ended its side, and all it sent is read. */
  readonly isAtEnd: boolean;
  /**
   * Sends. What the server answers at once is there when this returns.
   *
   * @param bytes The octets; a string goes as UTF-8
   */
  write(bytes: Uint8Array | string): void;
  /**
   * Waits until the server has taken all that was written: it reads no faster than its application does.
   *
   * @returns Settles then, and when the connection is over
   */
  taken(): Promise<void>;
  /** Ends the client's side. */
  endWriting(): void;
  /**
   * Reads what the server has sent.
   *
   * @returns All that has come, of one octet at least; undefined at the end
   * @throws {ResetError} If the server aborted the connection
   */
  read(): Promise<Uint8Array | undefined>;
  /**
   * Reads until the server ends its side.
   *
   * @returns All that came
   * @throws {ResetError} If the server aborted the connection; it holds what came before
   */
  readAll(): Promise<Uint8Array>;
  /** Breaks the connection, as a reset does. */
  abort(): void;
  /** Breaks the connection if it is still open. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Connects to an application.
 *
 * @param app The application
 * @param options How it is served
 * @returns The client's end
 *
 * @example
 * ```ts
 * import { connect } from "@sluice/sluice/memory";
 * import { assertStringIncludes } from "@std/assert";
 *
 * await using connection = connect(() => "never asked");
 * connection.write("GET / HTTP/9.9\r\n\r\n");
 * const answer = new TextDecoder().decode(await connection.readAll());
 * assertStringIncludes(answer, "HTTP/1.1 505 ");
 * ```
 */
export function connect(app: App, options: MemoryOptions = {}): MemoryConnection {
  return new FarEnd(app, options);
}

/**
 * Sends octets to an application, ends the client's side, and reads all answers.
 *
 * @param app The application
 * @param bytes The octets; a string goes as UTF-8
 * @param options How it is served
 * @returns All that the server sent
 * @throws {ResetError} If the server aborted the connection; it holds what came before
 *
 * @example
 * ```ts
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const answer = await exchange(() => "never asked", "GET / HTTP/1.1\r\n\r\n");
 * assertStringIncludes(new TextDecoder().decode(answer), "HTTP/1.1 400 ", "Host is missing");
 * ```
 */
export async function exchange(
  app: App,
  bytes: Uint8Array | string,
  options: MemoryOptions = {},
): Promise<Uint8Array> {
  await using connection = connect(app, options);
  connection.write(bytes);
  connection.endWriting();
  return await connection.readAll();
}

class FarEnd implements MemoryConnection {
  readonly #surroundings: Surroundings;
  readonly #port: MemoryPort;
  readonly #conversation: Conversation;
  /** What the conversation has not taken yet. */
  #inbox: Uint8Array[] = [];
  #isEnded: boolean = false;
  #endIsTold: boolean = false;
  #isDelivering: boolean = false;
  #onTaken: (() => void)[] = [];
  #cancelTick: () => void = () => {};

  constructor(app: App, options: MemoryOptions) {
    const { surroundings = systemSurroundings, local = LOCAL, remote = REMOTE, tls, capacity = CAPACITY, ...gateway } =
      options;
    this.#surroundings = surroundings;
    this.#port = new MemoryPort({ local, remote, tls }, capacity, {
      onResume: () => this.#deliver(),
      onClose: () => this.#closed(),
    });
    this.#conversation = new Conversation(app, this.#port, surroundings, { ...gateway, ownedBlocks: false });
    this.#tickLater();
  }

  get isAtEnd(): boolean {
    return this.#port.outbox.isAtEnd;
  }

  write(bytes: Uint8Array | string): void {
    if (this.#isEnded) throw new TypeError("Cannot write: the client's side is ended");
    const octets = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes.slice();
    for (let start = 0; start < octets.length; start += READ_SIZE) {
      this.#inbox.push(octets.subarray(start, start + READ_SIZE));
    }
    this.#deliver();
  }

  taken(): Promise<void> {
    if (this.#inbox.length === 0 || this.#port.isClosed) return Promise.resolve();
    return new Promise((resolve) => this.#onTaken.push(resolve));
  }

  endWriting(): void {
    this.#isEnded = true;
    this.#deliver();
  }

  async read(): Promise<Uint8Array | undefined> {
    const bytes = await this.#port.outbox.read();
    if (this.#port.holdsWrite) {
      this.#port.holdsWrite = false;
      this.#conversation.drained();
    }
    return bytes;
  }

  async readAll(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    try {
      for (let bytes = await this.read(); bytes !== undefined; bytes = await this.read()) pieces.push(bytes);
    } catch {
      throw new ResetError(concat(pieces));
    }
    return concat(pieces);
  }

  abort(): void {
    if (this.#port.isClosed) return;
    this.#isEnded = true;
    this.#port.abort();
    this.#conversation.abort(new ConnectionLostError("The client aborted the connection"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    return Promise.resolve();
  }

  /** One piece after the other: an application that itself writes here must not call the conversation again. */
  #deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    while (!this.#port.isPaused && !this.#port.isClosed && this.#inbox.length > 0) {
      this.#conversation.receive(this.#inbox.shift() as Uint8Array);
    }
    if (this.#isEnded && this.#inbox.length === 0 && !this.#endIsTold && !this.#port.isPaused) {
      this.#endIsTold = true;
      this.#conversation.receiveEnd();
    }
    this.#isDelivering = false;
    if (this.#inbox.length === 0) this.#tellTaken();
  }

  #tellTaken(): void {
    for (const told of this.#onTaken.splice(0)) told();
  }

  #closed(): void {
    this.#cancelTick();
    this.#tellTaken();
  }

  #tickLater(): void {
    this.#cancelTick = this.#surroundings.after(TICK, () => {
      if (this.#port.isClosed) return;
      if (this.#conversation.deadline <= this.#surroundings.now()) this.#conversation.tick();
      if (!this.#port.isClosed) this.#tickLater();
    });
  }
}
