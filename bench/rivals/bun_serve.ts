/**
 * Bun.serve, as its users write it.
 *
 * @module
 */

import { HOSTNAME, portArgument } from "./arguments.ts";
import { bun } from "./bun_global.ts";
import { handle } from "./fetch_handler.ts";

bun.serve({ hostname: HOSTNAME, port: portArgument(), fetch: handle, idleTimeout: 0 });
