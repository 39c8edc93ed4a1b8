/**
 * Between applications and the handlers of the Fetch standard, `(request) => response`: `fetchApp` serves such a handler,
 * `toFetch` makes one of an application.
 *
 * @module
 */

export { fetchApp, type FetchHandler } from "../core/middleware/fetch_app.ts";
export { toFetch } from "./to_fetch.ts";
export type { MemoryOptions } from "./memory.ts";
