/**
 * Middleware: functions from application to application. Each passes promises, iterables, suspension and backpressure
 * on as they are, so they can be put into each other in any order.
 *
 * @example
 * ```ts
 * import { capitalizeFields, mount, syncInput } from "@sluice/sluice/middleware";
 * import type { App } from "@sluice/sluice";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertMatch } from "@std/assert";
 *
 * const hello: App = (environ, startResponse) => {
 *   startResponse(200, { "content-type": "text/plain" });
 *   return `Hello from ${environ.scriptName}`;
 * };
 * const app = capitalizeFields(mount({ "/small": syncInput(hello, { limit: 1000 }), "/": hello }));
 * const answer = await exchange(app, "GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
 * assertMatch(new TextDecoder().decode(answer), /Content-Type: .*Hello from \/small$/s);
 * ```
 *
 * @module
 */

export { capitalizeFields } from "./capitalize_fields.ts";
export {
  type EventSource,
  eventStream,
  type EventStreamOptions,
  formatEvent,
  type ServerSentEvent,
} from "./event_stream.ts";
export { lazyStartResponse } from "./lazy_start_response.ts";
export { lint } from "./lint.ts";
export { mount, type Prefixes } from "./mount.ts";
export { syncInput, type SyncInputOptions } from "./sync_input.ts";
export { trace, type TraceLog } from "./trace.ts";
export {
  wsgi,
  type WsgiApp,
  type WsgiEnviron,
  type WsgiOptions,
  type WsgiPostHook,
  type WsgiStartResponse,
} from "./wsgi.ts";
export {
  Cogen,
  type CogenCore,
  type CogenEvents,
  type CogenException,
  type CogenInput,
  type CogenOperation,
  type CogenTimeout,
} from "./cogen.ts";
export { WsgiInput } from "./wsgi_input.ts";
