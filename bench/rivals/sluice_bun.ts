/**
 * Ours on Bun, as its users write it, with a greeting.
 *
 * @module
 */

import { serve } from "../../adapters/bun.ts";
import { HOSTNAME, portArgument } from "./arguments.ts";
import { greet } from "./greeting.ts";

serve(greet, { hostname: HOSTNAME, port: portArgument() });
