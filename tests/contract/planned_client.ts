/**
 * Clients of the runtime's own: `RUNTIME planned_client.ts PORT SEED COUNT` asks a server by `fetch` and by `node:http`,
 * and prints as JSON what each of them saw (`planned_exchanges.ts`).
 *
 * @module
 */

import { Agent, type IncomingMessage, request } from "node:http";
import process from "node:process";
import {
  planExchanges,
  type PlannedExchange,
  readFromField,
  type SeenAnswer,
  tellInField,
} from "./planned_exchanges.ts";

/** What the two of them saw. */
export interface SeenByClients {
  readonly fetch: readonly SeenAnswer[];
  readonly http: readonly SeenAnswer[];
}

const [port, seed, count] = process.argv.slice(2).map(Number) as [number, number, number];
const plans = planExchanges(seed, count);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const seen = { fetch: [] as SeenAnswer[], http: [] as SeenAnswer[] };
for (const plan of plans) seen.fetch.push(await askByFetch(plan));
for (const plan of plans) seen.http.push(await askByHttp(plan));
agent.destroy();
// Kept connections of fetch would hold the process up; what is written to a pipe has to be out before it ends.
process.stdout.write(JSON.stringify(seen satisfies SeenByClients), () => process.exit(0));

function fieldsOf({ mark, answer }: PlannedExchange): Record<string, string> {
  return { "x-mark": mark, "x-answer": tellInField(answer) };
}

async function askByFetch(plan: PlannedExchange): Promise<SeenAnswer> {
  const { method, target, framing, content } = plan;
  const body = framing === "none" ? undefined : framing === "length" ? content : new Blob([content]).stream();
  const options = { method, headers: fieldsOf(plan), body: body ?? null, duplex: "half", redirect: "manual" };
  const response = await fetch(`http://127.0.0.1:${port}${target}`, options as RequestInit);
  return {
    status: response.status,
    mark: response.headers.get("x-mark") ?? undefined,
    content: await response.text(),
    trailer: undefined,
    seen: readFromField(response.headers.get("x-seen")),
  };
}

async function askByHttp(plan: PlannedExchange): Promise<SeenAnswer> {
  const { method, target, framing, content, trailer, expects } = plan;
  const headers: Record<string, string | number> = fieldsOf(plan);
  if (framing === "length") headers["content-length"] = content.length;
  if (framing === "chunked") headers["transfer-encoding"] = "chunked";
  if (expects) headers["expect"] = "100-continue";
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request({ host: "127.0.0.1", port, method, path: target, headers, agent }, resolve);
  outgoing.on("error", reject);
  const send = (): void => {
    if (content !== "") outgoing.write(content);
    if (trailer !== undefined) outgoing.addTrailers({ "x-trailer": trailer });
    outgoing.end();
  };
  if (expects) outgoing.on("continue", send).flushHeaders();
  else send();
  const incoming = await promise;
  incoming.setEncoding("latin1");
  let received = "";
  for await (const piece of incoming) received += piece;
  return {
    status: incoming.statusCode!,
    mark: incoming.headers["x-mark"] as string | undefined,
    content: received,
    trailer: incoming.trailers["x-trailer"],
    seen: readFromField(incoming.headers["x-seen"] as string | undefined),
  };
}
