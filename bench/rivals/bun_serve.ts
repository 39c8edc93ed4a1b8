/**
 * Bun.serve, as its users write it.
 *
 * @module
 */

import { HOSTNAME, portArgument } from "./arguments.ts";
import { bun } from "./bun_global.ts";
import { handle } from "./fetch_handler.ts";

/** Large bodies are measured too: its own limit is 128 MiB. */
const MOST_CONTENT = 2 ** 31;

bun.serve({
  hostname: HOSTNAME,
  port: portArgument(),
  fetch: handle,
  idleTimeout: 0,
  maxRequestBodySize: MOST_CONTENT,
});
