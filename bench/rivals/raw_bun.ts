/**
 * The raw loop on Bun.
 *
 * @module
 */

import { HOSTNAME, portArgument } from "./arguments.ts";
import { bun } from "./bun_global.ts";
import { rawAnswers } from "./raw_answer.ts";

bun.listen({
  hostname: HOSTNAME,
  port: portArgument(),
  socket: { data: (socket, bytes) => void socket.write(rawAnswers(bytes, bytes.length)) },
});
