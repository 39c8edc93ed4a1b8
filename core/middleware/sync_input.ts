/**
 * `syncInput`: gathers a request's content before the application is called, for applications that want all of it at
 * once: cogen's `SynchronousInputMiddleware`, with a bound.
 *
 * @module
 */

import { deriveEnviron } from "../gateway/derive_environ.ts";
import { GatheredContent } from "../gateway/gathered_content.ts";
import { Input } from "../gateway/input.ts";
import type { App } from "../gateway/types.ts";

/** How `syncInput` gathers. */
export interface SyncInputOptions {
  /** The most octets that are gathered; more are answered with 413. @default {1_048_576} */
  limit?: number;
}

/**
 * Gathers the content, by length or chunked, and then runs the application. Its `environ.input` knows its length, and
 * has all at once: `available()` gives it without a promise and never `INPUT_PENDING`.
 *
 * A request without content is passed on at once. A client that waits for 100 (Continue) gets it first. Content over the
 * limit is refused with 413 before the application is called, by length without reading it; content that breaks as the
 * gateway refuses it.
 *
 * @param app The application
 * @param options The limit
 * @returns The application
 * @throws {RangeError} For a limit that is no whole number of at least 0, nor Infinity
 *
 * @example
 * ```ts
 * import { syncInput } from "@sluice/sluice/middleware";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertMatch } from "@std/assert";
 *
 * const app = syncInput((environ, startResponse) => {
 *   startResponse(200, { "content-type": "text/plain" });
 *   const [content] = environ.input.available();
 *   return content as Uint8Array;
 * });
 * const chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n";
 * assertMatch(new TextDecoder().decode(await exchange(app, chunked)), /content-length: 5\r\n.*hello$/s);
 * ```
 */
export function syncInput(app: App, options: SyncInputOptions = {}): App {
  const { limit = 1_048_576 } = options;
  if (!(limit === Infinity || (Number.isInteger(limit) && limit >= 0))) {
    throw new RangeError(`Cannot gather content: ${limit} is no limit`);
  }
  return (environ, startResponse) => {
    const { input } = environ;
    if (input.length === 0) return app(environ, startResponse);
    return input.bytes({ limit }).then((content) => {
      const gathered = new Input(new GatheredContent(content, input), { kind: "length", length: content.length });
      return app(deriveEnviron(environ, { input: gathered }), startResponse);
    });
  };
}
