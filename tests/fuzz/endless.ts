/**
 * A program that runs one input for ever, watched: what the watchdog does is seen from outside.
 *
 * @module
 */

import { Watchdog } from "./watchdog.ts";

const LIMIT_MS = 300;

using watchdog = new Watchdog(LIMIT_MS, false);
watchdog.beat("endless", "GET\r\n");
for (;;) { /* an endless loop, as a parser might have one */ }
