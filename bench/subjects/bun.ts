/**
 * The subject on Bun: `bun bench/subjects/bun.ts PORT [demo|lint|fetch]`.
 *
 * @module
 */

import process from "node:process";
import { serve } from "../../adapters/bun.ts";
import { serveSubject, SUBJECT_DEADLINE } from "./subject.ts";

const server = await serveSubject(serve, process.argv.slice(2));

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);

async function end(): Promise<void> {
  await server.shutdown({ deadline: SUBJECT_DEADLINE });
  process.exit(0);
}
