/**
 * srvx on any runtime.
 *
 * @module
 */

import { serve } from "srvx";
import { HOSTNAME, portArgument } from "./arguments.ts";
import { handle } from "./fetch_handler.ts";

await serve({ hostname: HOSTNAME, port: portArgument(), silent: true, fetch: handle }).ready();
