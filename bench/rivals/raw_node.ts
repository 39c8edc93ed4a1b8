/**
 * The raw loop on Node.js.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { createServer } from "node:net";
import { HOSTNAME, portArgument } from "./arguments.ts";
import { rawAnswers } from "./raw_answer.ts";

createServer({ noDelay: true }, (socket) => {
  socket.on("data", (bytes: Buffer) => socket.write(rawAnswers(bytes, bytes.length)));
  // A client that leaves in the middle is no concern of a ceiling's.
  socket.on("error", () => {});
}).listen(portArgument(), HOSTNAME, 511);
