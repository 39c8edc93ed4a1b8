/**
 * fastify on Node.js.
 *
 * @module
 */

import createFastify from "fastify";
import { HOSTNAME, portArgument } from "./arguments.ts";
import { busyFields, HELLO, LOOKED_AT, PAGE, readCookie } from "./content.ts";

const fastify = createFastify();

fastify.get("/", (_request, reply) => reply.type("text/plain").send(HELLO));
fastify.get("/profile/string", (_request, reply) => reply.type("text/plain").send(PAGE));
fastify.get("/profile/busy", ({ headers, query }, reply) => {
  let seen = 0;
  for (const name of LOOKED_AT) if (headers[name] !== undefined) seen++;
  if (readCookie(headers.cookie, "session") !== undefined) seen++;
  if ((query as { q?: string }).q !== undefined) seen++;
  return reply.headers(busyFields(seen)).send(PAGE);
});

await fastify.listen({ host: HOSTNAME, port: portArgument() });
