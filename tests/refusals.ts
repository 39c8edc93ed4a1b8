/**
 * Fires the vectors that we refuse at the servers that Node.js, Deno and Bun bring along, and prints those that at least
 * one of them serves: `deno task refusals`. With `--write` it writes what it found into the table of `core/README.md`.
 *
 * Served means: as many answers of success came as there are requests before the one to be refused, and one more. The
 * vectors with limits or options of their own are left out, for those have no meaning elsewhere, and so are responses.
 *
 * @module
 */

import { OctetClient, PatienceError } from "./contract/octet_client.ts";
import { nameRefusal, NATIVE_SERVERS, type NativeServer, writeRefusals } from "./support/refusal_table.ts";
import { startSubject } from "./support/subject.ts";
import { readVectors, type Vector } from "./support/vectors.ts";

const README = new URL("../core/README.md", import.meta.url);
const SUBJECT = new URL("support/native_server.ts", import.meta.url);

/** How long a server may take to end the connection once we have ended our side, in ms. */
const PATIENCE = 500;

/** An answer of success; the subject's answers have no content. */
const SUCCESS = /^HTTP\/1\.[01] 2\d\d/gm;
const STATUS = /^HTTP\/1\.[01] ([2-5]\d\d)/gm;

if (import.meta.main) await main(Deno.args.includes("--write"));

/** Fires all, prints, and writes if that is asked for. */
async function main(isToBeWritten: boolean): Promise<void> {
  const vectors = readVectors().filter(({ kind, limits, protocol, asked }) =>
    kind === "refuse" && asked === undefined && Object.keys(limits).length + Object.keys(protocol).length === 0
  );
  const columns = await Promise.all(NATIVE_SERVERS.map((server) => fireAll(server, vectors)));
  const found = new Map(
    vectors.map((vector, index) => [nameRefusal(vector.name), columns.map((column) => column[index]!)]),
  );
  const served = [...found].filter(([, cells]) => cells.includes("serves"));
  for (const [name, cells] of served) console.log(`${name.padEnd(44)}${cells.map((cell) => cell.padEnd(8)).join("")}`);
  console.log(`${served.length} of ${found.size} refusals are served by at least one of ${NATIVE_SERVERS.join(", ")}`);
  if (!isToBeWritten) return;
  const readme = writeRefusals(await Deno.readTextFile(README), (name) => found.get(name) ?? ["?", "?", "?"]);
  await Deno.writeTextFile(README, readme);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", README.pathname] }).output();
}

async function fireAll(server: NativeServer, vectors: readonly Vector[]): Promise<string[]> {
  await using subject = await startSubject(server, SUBJECT);
  const cells: string[] = [];
  for (const vector of vectors) cells.push(await fire(subject.port, vector));
  return cells;
}

/** Gives `serves`, the status of the refusal, or `closes` where there is none. */
async function fire(port: number, { octets, requests }: Vector): Promise<string> {
  using client = await OctetClient.connect(port);
  await client.send(octets);
  await client.endWriting();
  try {
    await client.readToEnd(PATIENCE);
  } catch (error) {
    // One that neither serves nor refuses in that time waits for more.
    if (!(error instanceof PatienceError)) throw error;
  }
  const successes = client.received.match(SUCCESS)?.length ?? 0;
  if (successes > requests.length) return "serves";
  return [...client.received.matchAll(STATUS)].at(requests.length)?.[1] ?? (client.hasEnded ? "closes" : "waits");
}
