/**
 * Server-sent events: `text/event-stream`, as the HTML standard has it (section 9.2). Browsers read it with
 * `EventSource`.
 *
 * @module
 */

import type { FieldLine } from "../fields.ts";
import type { Environ } from "../gateway/environ.ts";
import { FLUSH } from "../gateway/piece.ts";
import type { StartResponse } from "../gateway/types.ts";

/** An event. At least one member is given. */
export interface ServerSentEvent {
  /** The event's content; each of its lines becomes a line of the stream. Without it browsers tell nobody. */
  readonly data?: string;
  /** The event's type: one line. @default {"message"} */
  readonly event?: string;
  /** What the browser sends as `Last-Event-ID` when it comes again: one line without NUL. */
  readonly id?: string;
  /** How long the browser waits before it comes again, in ms. */
  readonly retry?: number;
  /** What nobody sees but who looks at the stream itself. */
  readonly comment?: string;
}

/** Where events come from; a text is the data of an event. */
export type EventSource =
  | AsyncIterable<ServerSentEvent | string>
  | Iterable<ServerSentEvent | string>;

/** Options of `eventStream`. */
export interface EventStreamOptions {
  /** After how many ms of silence an empty comment is sent, which keeps proxies from closing. @default {Infinity} */
  keepAlive?: number;
  /** Fields of the answer besides `content-type` and `cache-control`. */
  fields?: readonly FieldLine[];
  /** Whether the stream goes on when the client has ended its side, or the server drains. @default {false} */
  throughHalfClose?: boolean;
}

/** What became of asking the source: asked once, it may be waited for several times. */
type Asked = { readonly step: IteratorResult<ServerSentEvent | string> } | { readonly error: unknown };

/** An empty comment. */
const KEEP_ALIVE = ":\n\n";

const LINE_END = /\r\n|\r|\n/;

/**
 * Answers with a stream of events. The head goes out at once. The stream ends, in order, when the source does, when
 * the client is gone, and when the connection is closing (`environ.closing`); then the source's `return` is called.
 *
 * @param environ The request
 * @param startResponse Takes the head
 * @param source Where the events come from
 * @param options How
 * @returns The content, for the application to return
 *
 * @example
 * ```ts
 * import { eventStream } from "@sluice/sluice/middleware";
 * import type { App } from "@sluice/sluice";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const events = [{ id: "1", data: "two\nlines" }, "one"];
 * // `exchange` ends its side at once; a browser's tab does so when it leaves.
 * const app: App = (environ, startResponse) =>
 *   eventStream(environ, startResponse, events, { throughHalfClose: true });
 * const answer = await exchange(app, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
 * const text = new TextDecoder().decode(answer);
 * assertStringIncludes(text, "id: 1\ndata: two\ndata: lines\n\n");
 * assertStringIncludes(text, "data: one\n\n");
 * ```
 */
export async function* eventStream(
  environ: Environ,
  startResponse: StartResponse,
  source: EventSource,
  options: EventStreamOptions = {},
): AsyncGenerator<string | typeof FLUSH, void> {
  const { fields = [], keepAlive = Infinity, throughHalfClose = false } = options;
  // "no-store": an event of yesterday out of a cache is wrong.
  startResponse(200, [["content-type", "text/event-stream"], ["cache-control", "no-store"], ...fields]);
  yield FLUSH;
  const iterator = open(source);
  let asked: Promise<Asked> | undefined;
  try {
    for (;;) {
      asked ??= ask(iterator);
      const answer = await wait(environ, asked, { timeout: keepAlive, throughHalfClose });
      if (answer === "closing") return;
      if (answer === "silence") {
        yield KEEP_ALIVE;
        continue;
      }
      asked = undefined;
      if ("error" in answer) throw answer.error;
      if (answer.step.done) return;
      const event = answer.step.value;
      yield formatEvent(typeof event === "string" ? { data: event } : event);
    }
  } catch (error) {
    if (!isOfClient(environ, error)) throw error;
  } finally {
    close(iterator, asked !== undefined, environ);
  }
}

/**
 * Writes an event as it stands in the stream.
 *
 * @param event The event
 * @returns Its lines, with the empty line that ends it
 * @throws {TypeError} If `event` or `id` is no single line, `id` has a NUL, or nothing is given
 * @throws {RangeError} If `retry` is no whole number of at least 0
 *
 * @example
 * ```ts
 * import { formatEvent } from "@sluice/sluice/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatEvent({ event: "tick", data: "1" }), "event: tick\ndata: 1\n\n");
 * ```
 */
export function formatEvent(event: ServerSentEvent): string {
  const { comment, event: type, id, retry, data } = event;
  let lines = "";
  if (comment !== undefined) lines += toLines("", comment);
  if (type !== undefined) lines += toLine("event", type);
  if (id !== undefined) lines += toLine("id", id);
  if (retry !== undefined) {
    if (!Number.isInteger(retry) || retry < 0) throw new RangeError(`Cannot format event: retry ${retry} is no time`);
    lines += `retry: ${retry}\n`;
  }
  if (data !== undefined) lines += toLines("data", data);
  if (lines === "") throw new TypeError("Cannot format event: nothing is given");
  return `${lines}\n`;
}

function toLines(name: string, text: string): string {
  return text.split(LINE_END).map((line) => `${name}: ${line}\n`).join("");
}

function toLine(name: "event" | "id", text: string): string {
  // What stands behind a line end would be a field of the sender's making; browsers ignore an id with NUL.
  if (LINE_END.test(text)) throw new TypeError(`Cannot format event: ${name} has a line end`);
  if (name === "id" && text.includes("\0")) throw new TypeError("Cannot format event: id has a NUL");
  return `${name}: ${text}\n`;
}

type EventIterator = Iterator<ServerSentEvent | string> | AsyncIterator<ServerSentEvent | string>;

function open(source: EventSource): EventIterator {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
}

async function ask(iterator: EventIterator): Promise<Asked> {
  try {
    return { step: await iterator.next() };
  } catch (error) {
    return { error };
  }
}

/** Waits for the source, no longer than the client is there and the silence is bearable. */
async function wait(
  environ: Environ,
  asked: Promise<Asked>,
  options: { timeout: number; throughHalfClose: boolean },
): Promise<Asked | "closing" | "silence"> {
  try {
    return await environ.signals.waitFor<Asked>((party) => {
      asked.then((answer) => party.settle(answer));
      return () => {};
    }, options);
  } catch (error) {
    // The source's own errors come as answers.
    return (error as Error)?.name === "TimeoutError" && !environ.signal.aborted ? "silence" : "closing";
  }
}

/** A source that waits by `environ.signals` ends with the client's reason. */
function isOfClient(environ: Environ, error: unknown): boolean {
  const { closing, signal } = environ;
  return (closing.aborted && error === closing.reason) || (signal.aborted && error === signal.reason);
}

/** A source that waits for something cannot end before it; nobody waits for that. */
function close(iterator: EventIterator, isWaiting: boolean, environ: Environ): void {
  const closed = (async () => void await iterator.return?.())();
  closed.catch((error: unknown) => {
    if (!isWaiting || !isOfClient(environ, error)) environ.errors.write(`${String(error)}\n`);
  });
}
