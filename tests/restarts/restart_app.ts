/**
 * What is served while servers come and go: each request has an id of its own, and its answer is known from that alone,
 * so that client and server check each other. It runs on every runtime.
 *
 * @module
 */

import type { Environ } from "../../core/gateway/environ.ts";
import type { App, Item, StartResponse } from "../../core/gateway/types.ts";

/** What a server tells of its life when it ends. */
export interface Report {
  /** The ids of the requests that its application was given, in that order. */
  readonly taken: number[];
  /** Those whose answer went out whole, as its post hooks were told. */
  readonly completed: number[];
}

/** The styles of the application, by the id. */
const STYLES = 5;

/** How long a slow answer takes, in ms: longer than a grace of some servers. */
const SLOW = 40;

/** Less than what a server that ends reads away of what it does not answer: it would hold for 2 s else. */
const MOST_UPLOADED = 4000;

/**
 * Gives the content of the answer to a request.
 *
 * @param id The id of the request
 * @returns The content: the id, a checksum of it, and letters that no other id has in this order
 */
export function contentOf(id: number): string {
  const letters = String.fromCharCode(...Array.from({ length: 26 }, (_, i) => 97 + (id + i) % 26));
  const text = letters.repeat(1 + (id % 7) * (id % 7 === 6 ? 200 : 3));
  return `${id} ${checksumOf(`${id}${text}`)} ${text}\n`;
}

/**
 * Gives what a client sends with a request.
 *
 * @param id The id of the request
 * @returns The content of the request; empty for most
 */
export function uploadOf(id: number): string {
  return styleOf(id) === 4 ? contentOf(id + 1).slice(0, MOST_UPLOADED) : "";
}

/**
 * Computes a checksum, FNV-1a with 32 bits.
 *
 * @param text The text, ASCII
 * @returns The checksum
 */
export function checksumOf(text: string): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return sum;
}

/**
 * Makes the application.
 *
 * @param report Where it takes note of what it is given
 * @returns The application: `/ID` is answered with `contentOf(ID)`
 */
export function restartApp(report: Report): App {
  return (environ, startResponse) => {
    const id = Number(environ.pathInfo.slice(1));
    report.taken.push(id);
    environ.postHooks.push((_environ, { completed }) => {
      if (completed) report.completed.push(id);
    });
    return answers[styleOf(id)]!(id, environ, startResponse);
  };
}

function styleOf(id: number): number {
  return id % STYLES;
}

type Answer = (id: number, environ: Environ, startResponse: StartResponse) => ReturnType<App>;

const answers: readonly Answer[] = [
  function whole(id, _environ, startResponse) {
    startResponse(200);
    return contentOf(id);
  },
  function* inPieces(id, _environ, startResponse): Generator<Item, void> {
    startResponse(200);
    const content = contentOf(id);
    for (let at = 0; at < content.length; at += 1000) {
      yield content.slice(at, at + 1000);
      yield Promise.resolve();
    }
  },
  async function later(id, _environ, startResponse) {
    await new Promise((resolve) => setTimeout(resolve, id % SLOW));
    startResponse(200);
    return contentOf(id);
  },
  async function* slowly(id, _environ, startResponse): AsyncGenerator<string> {
    startResponse(200);
    const content = contentOf(id);
    yield content.slice(0, 5);
    await new Promise((resolve) => setTimeout(resolve, id % SLOW));
    yield content.slice(5);
  },
  async function upload(id, environ, startResponse) {
    const content = await environ.input.text();
    startResponse(content === uploadOf(id) ? 200 : 422);
    return contentOf(id);
  },
];
