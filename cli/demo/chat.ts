/**
 * The demo's chat: a page, a stream of what is said, and where to say it. cogen's example was a chat too, by long poll.
 *
 * @module
 */

import type { Environ } from "../../core/gateway/environ.ts";
import { PublishSubscribeQueue } from "../../core/gateway/publish_subscribe.ts";
import type { Result, StartResponse } from "../../core/gateway/types.ts";
import { eventStream, type ServerSentEvent } from "../../core/middleware/event_stream.ts";
import { CHAT_PAGE } from "./chat_page.ts";
import { TEXT } from "./fields.ts";

/** What was said. */
interface Line {
  readonly id: number;
  readonly name: string;
  readonly text: string;
}

const LONGEST_NAME = 40;
const LONGEST_TEXT = 2000;
/** Octets of what may be posted. */
const LONGEST_POST = 16_384;

/** Who comes later sees the last lines. */
const said = new PublishSubscribeQueue<Line>({ backlog: 100 });
/** Not from 0: a browser that comes again after a restart would take what is new for what it has seen. */
let lastId = Date.now();

/** `/chat`: the page. */
export function chat(_environ: Environ, startResponse: StartResponse): Result {
  startResponse(200, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; " +
      "style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  });
  return CHAT_PAGE;
}

/** `/chat/events`: what is said, as events. */
export function chatEvents(environ: Environ, startResponse: StartResponse): Result {
  return eventStream(environ, startResponse, listen(environ), { keepAlive: 15_000 });
}

async function* listen(environ: Environ): AsyncGenerator<ServerSentEvent, void> {
  // A browser that comes again says what it has seen.
  const seen = Number(environ.fields.get("last-event-id") ?? 0);
  const key = {};
  said.subscribe(key);
  try {
    yield { comment: "welcome", retry: 1000 };
    for (;;) {
      for (const { id, name, text } of await said.fetch(key, { signals: environ.signals })) {
        if (!(id <= seen)) yield { id: String(id), data: JSON.stringify({ name, text }) };
      }
    }
  } finally {
    said.unsubscribe(key);
  }
}

/** `POST /chat/say`: says something: `{ "name": ..., "text": ... }`. */
export async function say(environ: Environ, startResponse: StartResponse): Promise<Result> {
  if (environ.method !== "POST") {
    startResponse(405, { allow: "POST" });
    return;
  }
  const line = toLine(await environ.input.text({ limit: LONGEST_POST }));
  if (line === undefined) {
    startResponse(400, TEXT);
    return 'What is said has to be {"name": "...", "text": "..."}\n';
  }
  said.publish(line);
  startResponse(204);
}

function toLine(json: string): Line | undefined {
  let given: { name?: unknown; text?: unknown } | null;
  try {
    given = JSON.parse(json);
  } catch {
    return undefined;
  }
  const { name, text } = given ?? {};
  if (typeof name !== "string" || typeof text !== "string" || text.trim() === "") return undefined;
  return { id: ++lastId, name: name.slice(0, LONGEST_NAME), text: text.slice(0, LONGEST_TEXT) };
}
