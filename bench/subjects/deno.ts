/**
 * The subject on Deno: `deno run -A bench/subjects/deno.ts PORT [demo|lint|fetch]`.
 *
 * @module
 */

import { serve } from "../../adapters/deno.ts";
import { serveSubject, SUBJECT_DEADLINE } from "./subject.ts";

const server = await serveSubject(serve, Deno.args);

for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, end);

async function end(): Promise<void> {
  await server.shutdown({ deadline: SUBJECT_DEADLINE });
  Deno.exit(0);
}
