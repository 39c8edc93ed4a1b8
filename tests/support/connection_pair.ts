/**
 * Both roles against each other: what one of them writes the other one reads.
 *
 * @module
 */

import { ClientConnection } from "../../core/connection/client_connection.ts";
import { ServerConnection } from "../../core/connection/server_connection.ts";
import type { FieldsInit } from "../../core/fields.ts";
import { prepareFields } from "../../core/write/fields_text.ts";
import { textOf } from "./octet_text.ts";
import { piecesOf } from "./splits.ts";
import { takeAll } from "./take_all.ts";

const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";

/** A client and a server, and the octets between them. */
export class ConnectionPair {
  readonly client: ClientConnection = new ClientConnection();
  readonly server: ServerConnection = new ServerConnection();
  readonly #pieceSize: number;
  /** The content that the server has read of the request in hand. */
  requestContent = "";
  /** The content that the client has read of the response in hand. */
  responseContent = "";
  /** The status of each response head that the client has read. */
  readonly statuses: number[] = [];

  /**
   * @param pieceSize Into pieces of how many octets the stream is cut
   */
  constructor(pieceSize: number) {
    this.#pieceSize = pieceSize;
  }

  /** The four states: the client's reading and writing, the server's reading and writing. */
  get states(): string {
    const { client, server } = this;
    return `${client.reading} ${client.writing} | ${server.reading} ${server.writing}`;
  }

  /** The server begins a response. */
  respond(status: number, fields: FieldsInit = {}, knownLength?: number): void {
    const prepared = prepareFields(fields, { allowUpgrade: status === 426 });
    this.server.respond({ status, fields: prepared, knownLength, date: DATE });
  }

  /** The server switches protocols. */
  switchProtocols(fields: FieldsInit): void {
    this.server.switchProtocols(prepareFields(fields, { allowUpgrade: true }), DATE);
  }

  /** All that was written reaches the other side and is read there, until nothing moves. */
  pump(): void {
    while (this.#toServer() || this.#toClient()) { /* goes on */ }
  }

  /** Both sides ask how it goes on. */
  turnOver(): string {
    this.requestContent = "";
    this.responseContent = "";
    return `${this.client.turnOver()} | ${this.server.turnOver()}`;
  }

  /** The server's side ends, as when it closes the connection. */
  endServer(): void {
    this.client.receiveEnd();
    this.#readResponse();
  }

  #toServer(): boolean {
    const octets = takeAll(this.client.output);
    for (const piece of piecesOf(octets, this.#pieceSize)) {
      this.server.receive(piece.slice());
      if (this.server.reading === "head") this.server.readHead();
      this.requestContent += readRuns(this.server);
      this.server.release();
    }
    return octets.length > 0;
  }

  #toClient(): boolean {
    const octets = takeAll(this.server.output);
    for (const piece of piecesOf(octets, this.#pieceSize)) {
      this.client.receive(piece.slice());
      this.#readResponse();
      this.client.release();
    }
    return octets.length > 0;
  }

  #readResponse(): void {
    while (this.client.reading === "head" && this.client.readHead()) this.statuses.push(this.client.head!.status);
    this.responseContent += readRuns(this.client);
  }
}

function readRuns(connection: ClientConnection | ServerConnection): string {
  let content = "";
  while (connection.readContent() === "run") {
    const { bytes, start } = connection.input;
    content += textOf(bytes.subarray(start, connection.runEnd));
    connection.takeContent(connection.runEnd - start);
  }
  return content;
}
