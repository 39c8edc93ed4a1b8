/**
 * What ours answers where start-up is measured: the greeting of the rivals, as one who knows only the manual writes it.
 *
 * @module
 */

import type { App } from "../../core/gateway/types.ts";
import { HELLO } from "./content.ts";

/**
 * Greets, whatever is asked for.
 *
 * @param _environ The request
 * @param startResponse Takes the head
 * @returns The greeting
 */
export const greet: App = (_environ, startResponse) => {
  startResponse(200, { "content-type": "text/plain" });
  return HELLO;
};
