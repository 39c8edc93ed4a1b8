/**
 * The raw loop on Deno.
 *
 * @module
 */

import { HOSTNAME, portArgument } from "./arguments.ts";
import { rawAnswers } from "./raw_answer.ts";

for await (const connection of Deno.listen({ hostname: HOSTNAME, port: portArgument() })) {
  connection.setNoDelay(true);
  // A client that leaves in the middle is no concern of a ceiling's.
  answerAll(connection).catch(() => {});
}

async function answerAll(connection: Deno.TcpConn): Promise<void> {
  using _closed = connection;
  const block = new Uint8Array(4096);
  for (let count = await connection.read(block); count !== null; count = await connection.read(block)) {
    const answers = rawAnswers(block, count);
    for (let sent = 0; sent < answers.length;) sent += await connection.write(answers.subarray(sent));
  }
}
