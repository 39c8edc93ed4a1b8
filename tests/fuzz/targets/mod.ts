/**
 * All targets.
 *
 * @module
 */

import type { Target } from "../target.ts";
import { CLIENT, SERVER } from "./connections.ts";
import { LEAF_TARGETS, SENT_FIELDS } from "./leaves.ts";
import { FRAMES_TARGET, HANDSHAKE, INFLATE } from "./websocket.ts";

/** All that need nothing but this process. */
export const TARGETS: readonly Target[] = [
  ...LEAF_TARGETS,
  SENT_FIELDS,
  SERVER,
  CLIENT,
  FRAMES_TARGET,
  INFLATE,
  HANDSHAKE,
];
