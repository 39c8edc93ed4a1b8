/**
 * The load tool's end of a connection, which counts its answers.
 *
 * @module
 */

import { AnswerCounter } from "./answer_counter.ts";

/** One connection. */
export class Client {
  readonly #connection: Deno.TcpConn;
  readonly #block: Uint8Array = new Uint8Array(65_536);
  readonly #counter: AnswerCounter = new AnswerCounter();

  private constructor(connection: Deno.TcpConn) {
    connection.setNoDelay(true);
    this.#connection = connection;
  }

  /**
   * Connects.
   *
   * @param port The port on the loopback interface
   * @returns The connection
   */
  static async open(port: number): Promise<Client> {
    return new Client(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /**
   * Sends.
   *
   * @param bytes What; not to be changed before it is sent
   */
  async send(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#connection.write(bytes.subarray(sent));
  }

  /**
   * Reads once.
   *
   * @returns How many answers ended in what came
   * @throws {Error} If the server closed the connection, or an answer is bad
   */
  async receive(): Promise<number> {
    const count = await this.#connection.read(this.#block);
    if (count === null) throw new Error("The server closed the connection");
    return this.#counter.count(this.#block, count);
  }
}
