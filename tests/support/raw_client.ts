/**
 * A client that sends and reads octets as they are, for tests of transports: it can end its side, reset, and not read,
 * and it tells how the server ended.
 *
 * @module
 */

import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** How much of the text is kept. */
const KEPT = 10_000;

const decoder = new TextDecoder("latin1");

/** How the server ended its side: in order, by a reset, or not within the time. */
export type Ending = "end" | "reset" | "open";

/** A client; its text has one character for each octet, and no more than its last 10,000. */
export class RawClient implements Disposable {
  readonly #socket: Socket;
  #text: string = "";
  #octets: number = 0;
  #ending: Ending = "open";
  #change: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Uint8Array) => {
      this.#octets += bytes.length;
      // Of what is large the end is enough.
      this.#text = (this.#text + decoder.decode(bytes)).slice(-KEPT);
      this.#changed();
    });
    socket.on("end", () => this.#end("end"));
    socket.on("error", () => this.#end("reset"));
    socket.on("close", (hadError: boolean) => this.#end(hadError ? "reset" : "end"));
  }

  /**
   * Connects.
   *
   * @param where A port of the loopback, or the path of a Unix domain socket.
   * @param tls Whether TLS is spoken, with any certificate.
   * @returns The client, connected; with TLS the hands are shaken.
   */
  static async connect(where: number | string, tls: boolean = false): Promise<RawClient> {
    const place = typeof where === "string" ? { path: where } : { port: where, host: "127.0.0.1" };
    const socket = tls
      ? connectTls({ ...place, servername: "localhost", rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] })
      : connectTcp({ ...place, allowHalfOpen: true });
    socket.allowHalfOpen = true;
    await new Promise<void>((resolve, reject) => {
      socket.once(tls ? "secureConnect" : "connect", resolve);
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  /** What has come and was not taken by `until`. */
  get text(): string {
    return this.#text;
  }

  /** How many octets have come in all. */
  get octets(): number {
    return this.#octets;
  }

  /** How the server has ended so far. */
  get state(): Ending {
    return this.#ending;
  }

  /** Sends. */
  write(text: string | Uint8Array): void {
    this.#socket.write(typeof text === "string" ? new TextEncoder().encode(text) : text);
  }

  /**
   * Sends, and waits until the system has taken it, or the server has ended.
   *
   * @returns false once the server has ended
   */
  async send(text: string | Uint8Array): Promise<boolean> {
    if (this.#ending !== "open") return false;
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    let isTaken = false;
    this.#socket.write(bytes, () => {
      isTaken = true;
      this.#changed();
    });
    await this.#wait(() => isTaken || this.#ending !== "open", Infinity);
    return this.#ending === "open";
  }

  /** Sends a request without content. */
  get(target: string): void {
    this.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  }

  /**
   * Waits for a text, and takes all up to its end.
   *
   * @param text The text.
   * @param timeoutMs How long it may take.
   * @returns What came, up to the end of the text.
   */
  async until(text: string, timeoutMs: number = 5000): Promise<string> {
    await this.#wait(() => this.#text.includes(text) || this.#ending !== "open", timeoutMs);
    const end = this.#text.indexOf(text);
    if (end < 0) throw new Error(`"${text}" did not come (${this.#ending}), but ${JSON.stringify(this.#text)}`);
    const taken = this.#text.slice(0, end + text.length);
    this.#text = this.#text.slice(taken.length);
    return taken;
  }

  /** Waits until so many octets have come in all, or the server ended; gives how many. */
  async count(octets: number, timeoutMs: number = 20_000): Promise<number> {
    await this.#wait(() => this.#octets >= octets || this.#ending !== "open", timeoutMs);
    return this.#octets;
  }

  /** Waits for the server's end, and tells how it was. */
  async ending(timeoutMs: number = 5000): Promise<Ending> {
    await this.#wait(() => this.#ending !== "open", timeoutMs);
    return this.#ending;
  }

  /** Ends our side. */
  endWriting(): void {
    this.#socket.end();
  }

  /** Leaves by a reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Reads no more, so that the server's writes come to a stop. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#socket.resume();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #wait(isSo: () => boolean, timeoutMs: number): Promise<void> {
    let isLate = false;
    const timer = timeoutMs === Infinity ? undefined : setTimeout(() => {
      isLate = true;
      this.#changed();
    }, timeoutMs);
    while (!isSo() && !isLate) await this.#change.promise;
    clearTimeout(timer);
  }

  #end(ending: Ending): void {
    if (this.#ending === "open") this.#ending = ending;
    this.#changed();
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
