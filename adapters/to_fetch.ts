/**
 * An application as a fetch handler, `(request) => Promise<Response>`: to serve it under `Deno.serve` or `Bun.serve`, to
 * mount it in a framework, or to try it without a socket. It is served in memory as it is served on a socket, so all
 * that the gateway does holds here too; `fetchApp` is the other way round.
 *
 * Content streams both ways. What Fetch has no words for gets lost: interim responses, trailers, the reason phrase of
 * HTTP/1.1. An upgrade is a TypeError.
 *
 * @module
 */

import { ClientConnection } from "../core/connection/client_connection.ts";
import type { FieldLine } from "../core/fields.ts";
import type { App } from "../core/gateway/types.ts";
import { HOP_BY_HOP } from "../core/middleware/hop_by_hop.ts";
import { connect, type MemoryConnection, type MemoryOptions } from "./memory.ts";

/** Fields of the connection, which the bridge sets itself, and those that make no sense behind it. */
const LEFT_OUT: ReadonlySet<string> = new Set([...HOP_BY_HOP, "content-length", "expect", "host"]);

/** Fields of an answer that are about the connection in memory. */
const NOT_ANSWERED: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding"]);

/** Statuses whose `Response` may have no body (Fetch, "null body status"). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Makes a fetch handler of an application.
 *
 * @param app The application
 * @param options How it is served
 * @returns The handler. Its promise rejects with a `TypeError` for a request that HTTP/1.1 cannot carry or an answer that
 * Fetch cannot, with the reason of the request's signal when that fires, and with a `ResetError` or `ProtocolError` if
 * the application breaks its answer off
 *
 * @example
 * ```ts
 * import { toFetch } from "@sluice/sluice/fetch";
 * import { assertEquals } from "@std/assert";
 *
 * const handler = toFetch((environ, startResponse) => {
 *   startResponse(200, { "content-type": "text/plain" });
 *   return `You asked for ${environ.pathInfo}`;
 * });
 * const response = await handler(new Request("http://example.org/stars"));
 * assertEquals(await response.text(), "You asked for /stars");
 * ```
 */
export function toFetch(app: App, options: MemoryOptions = {}): (request: Request) => Promise<Response> {
  return async (request: Request): Promise<Response> => {
    request.signal.throwIfAborted();
    const tls = new URL(request.url).protocol === "https:" ? {} : undefined;
    const connection = connect(app, tls ? { tls, ...options } : options);
    const abort = (): void => connection.abort();
    request.signal.addEventListener("abort", abort, { once: true });
    const call = new Call(connection, () => request.signal.removeEventListener("abort", abort));
    try {
      return await call.answer(request);
    } catch (error) {
      call.end();
      throw request.signal.aborted ? request.signal.reason : error;
    }
  };
}

/** One request on a connection of its own. */
class Call {
  readonly #connection: MemoryConnection;
  readonly #client: ClientConnection = new ClientConnection();
  readonly #onEnd: () => void;
  #isOver: boolean = false;

  constructor(connection: MemoryConnection, onEnd: () => void) {
    this.#connection = connection;
    this.#onEnd = onEnd;
  }

  /** Sends the request; its content goes on being sent while the answer is read. */
  async answer(request: Request): Promise<Response> {
    const { pathname, search, host } = new URL(request.url);
    this.#client.request({
      method: request.method,
      // A backslash is one of the few octets that URLs have in a query and HTTP has not.
      target: pathname + search.replaceAll("\\", "%5C"),
      fields: [["host", host], ["connection", "close"], ...fieldsOf(request.headers)],
      content: request.body === null ? 0 : "chunked",
    });
    this.#flush();
    // An answer may come before all content is sent, and instead of it.
    if (request.body !== null) this.#sendContent(request.body).catch(() => this.#connection.abort());
    // Interim responses come first; Fetch has no place for them.
    while (!this.#client.isFinal) {
      if (!this.#client.readHead()) await this.#receive();
    }
    return this.#toResponse(request.method);
  }

  /** The exchange is over, or nobody wants the rest of it. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#connection.abort();
    this.#onEnd();
  }

  #flush(): void {
    for (let bytes = this.#client.output.take(); bytes; bytes = this.#client.output.take()) {
      if (!this.#isOver) this.#connection.write(bytes);
      this.#client.output.release();
    }
  }

  async #sendContent(body: ReadableStream<Uint8Array>): Promise<void> {
    for await (const piece of body) {
      // Leaving the loop cancels the stream.
      if (this.#isOver) return;
      this.#client.send(piece);
      this.#flush();
      await this.#connection.taken();
    }
    this.#client.finish();
    this.#flush();
  }

  async #receive(): Promise<void> {
    const bytes = await this.#connection.read();
    if (bytes) this.#client.receive(bytes);
    else this.#client.receiveEnd();
  }

  #toResponse(method: string): Response {
    const { status, reason, fields } = this.#client.head!;
    if (status === 101) throw new TypeError("Cannot answer: a Response cannot carry an upgrade");
    const lines = [...fields].filter(([name]) => !NOT_ANSWERED.has(name.toLowerCase()));
    const headers = lines.map(([name, value]): [string, string] => [name, value]);
    const hasBody = method !== "HEAD" && !WITHOUT_BODY.has(status);
    if (!hasBody) this.end();
    return new Response(hasBody ? this.#toStream() : null, { status, statusText: reason, headers });
  }

  #toStream(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      type: "bytes",
      pull: async (controller) => {
        try {
          const piece = await this.#nextPiece();
          if (piece) return controller.enqueue(piece);
          this.end();
          controller.close();
          controller.byobRequest?.respond(0);
        } catch (error) {
          this.end();
          throw error;
        }
      },
      cancel: () => this.end(),
    });
  }

  async #nextPiece(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const client = this.#client;
    for (let step = client.readContent(); step !== "end"; step = client.readContent()) {
      if (step === "more") {
        await this.#receive();
        continue;
      }
      const piece = new Uint8Array(client.input.bytes.subarray(client.input.start, client.runEnd));
      client.takeContent(piece.length);
      return piece;
    }
    return undefined;
  }
}

function fieldsOf(headers: Headers): FieldLine[] {
  return [...headers].filter(([name]) => !LEFT_OUT.has(name));
}
