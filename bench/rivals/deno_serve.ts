/**
 * Deno.serve, as its users write it.
 *
 * @module
 */

import { HOSTNAME, portArgument } from "./arguments.ts";
import { handle } from "./fetch_handler.ts";

Deno.serve({ hostname: HOSTNAME, port: portArgument(), onListen() {} }, handle);
