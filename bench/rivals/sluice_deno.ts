/**
 * Ours on Deno, as its users write it, with a greeting.
 *
 * @module
 */

import { serve } from "../../adapters/deno.ts";
import { HOSTNAME, portArgument } from "./arguments.ts";
import { greet } from "./greeting.ts";

serve(greet, { hostname: HOSTNAME, port: portArgument() });
