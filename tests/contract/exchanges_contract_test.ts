/**
 * Exchanges from a seed between ours and what each runtime has of its own: our client against `Deno.serve`, `node:http`
 * and `Bun.serve`, and `fetch` and `node:http` of each runtime against our server.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { serve } from "../../adapters/deno.ts";
import { ClientConnection } from "../../core/connection/client_connection.ts";
import type { Environ } from "../../core/gateway/environ.ts";
import type { StartResponse } from "../../core/gateway/types.ts";
import { lint } from "../../core/middleware/lint.ts";
import { octets, textOf } from "../support/octet_text.ts";
import { Random } from "../support/random.ts";
import { runtime as startCommand, type RuntimeName } from "../support/runtimes.ts";
import { startSubject } from "../support/subject.ts";
import { takeAll } from "../support/take_all.ts";
import type { SeenByClients } from "./planned_client.ts";
import {
  expectedAnswer,
  planExchanges,
  type PlannedAnswer,
  type PlannedExchange,
  readFromField,
  type SeenAnswer,
  type SeenRequest,
  tellInField,
} from "./planned_exchanges.ts";
import { RUNTIMES } from "./runtimes.ts";

const SEED = 1;
const COUNT = 150;

/** The servers, and what becomes of the trailers of a request: Bun takes what is behind them for a malformed request. */
const SERVERS: readonly [runtime: RuntimeName, wanted: string, trailers: "given" | "dropped" | "misread"][] = [
  ["deno", "serve", "dropped"],
  ["bun", "serve", "misread"],
  ["node", "http", "given"],
];

for (const [runtime, wanted, trailers] of SERVERS) {
  Deno.test(`our client reads what a server of ${runtime} writes, and is read by it`, async () => {
    const file = new URL("planned_server.ts", import.meta.url);
    await using subject = await startSubject(runtime, file, { args: [wanted] });
    const plans = planExchanges(SEED, COUNT);
    using talk = new OurClient(subject.port);
    for (const [index, plan] of plans.entries()) {
      const asked = trailers === "misread" ? { ...plan, trailer: undefined } : plan;
      assertSeen(await talk.ask(asked), asked, trailers === "given", `exchange ${index}`);
    }
    assert(talk.connections < COUNT / 4, `${talk.connections} connections were opened: they are not kept`);
  });
}

/** What was seen has come as JSON, in which undefined is left out. */
function assertSeen(seen: SeenAnswer | undefined, plan: PlannedExchange, hasTrailers: boolean, which: string): void {
  const expected = expectedAnswer(plan, hasTrailers);
  const [one, other] = [seen, expected].map((answer) => JSON.parse(JSON.stringify(answer ?? null)));
  assertEquals(one, other, `${which}: ${JSON.stringify(plan)}`);
}

/** Our client over TCP: it writes in pieces, and reads what comes. */
class OurClient implements Disposable {
  readonly #port: number;
  readonly #random: Random = new Random(SEED);
  #socket: Deno.TcpConn | undefined;
  #client: ClientConnection = new ClientConnection();
  /** How many connections it took. */
  connections = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /** Asks, and reads the answer. */
  async ask(plan: PlannedExchange): Promise<SeenAnswer> {
    if (!this.#socket) await this.#connect();
    const client = this.#client;
    const { method, target, mark, framing, content, expects, answer } = plan;
    const fields: [string, string][] = [["Host", "127.0.0.1"], ["x-mark", mark], ["x-answer", tellInField(answer)]];
    if (expects) fields.push(["expect", "100-continue"]);
    client.request({ method, target, fields, content: framing === "chunked" ? "chunked" : content.length });
    if (expects) {
      await this.#send();
      while (!await this.#readHead()) { /* waits for the 100 */ }
      assertEquals(client.head!.status, 100);
    }
    for (let at = 0; at < content.length; at += 90) client.send(octets(content.slice(at, at + 90)));
    client.finish(plan.trailer === undefined ? undefined : { "x-trailer": plan.trailer });
    await this.#send();
    const seen = await this.#readAnswer();
    if (client.turnOver() === "close") this.#close();
    return seen;
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  async #connect(): Promise<void> {
    this.#socket = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
    this.#socket.setNoDelay();
    this.#client = new ClientConnection();
    this.connections++;
  }

  #close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** In two pieces, cut anywhere. */
  async #send(): Promise<void> {
    const bytes = takeAll(this.#client.output);
    const cut = this.#random.between(0, bytes.length);
    for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
      for (let rest = piece; rest.length > 0;) rest = rest.subarray(await this.#socket!.write(rest));
    }
  }

  async #readAnswer(): Promise<SeenAnswer> {
    const client = this.#client;
    while (!client.isFinal) await this.#readHead();
    let content = "";
    for (let step = client.readContent(); step !== "end"; step = client.readContent()) {
      if (step === "more") await this.#receive();
      else {
        const { bytes, start } = client.input;
        content += textOf(bytes.subarray(start, client.runEnd));
        client.takeContent(client.runEnd - start);
      }
    }
    const { status, fields } = client.head!;
    return {
      status,
      mark: fields.get("x-mark"),
      content,
      trailer: client.trailers.get("x-trailer"),
      seen: readFromField<SeenRequest>(fields.get("x-seen")),
    };
  }

  async #readHead(): Promise<boolean> {
    if (this.#client.readHead()) return true;
    await this.#receive();
    return false;
  }

  /** In small pieces, so that answers come in several. */
  async #receive(): Promise<void> {
    this.#client.release();
    const block = new Uint8Array(this.#random.between(1, 300));
    const count = await this.#socket!.read(block);
    if (count === null) this.#client.receiveEnd();
    else this.#client.receive(block.subarray(0, count));
  }
}

/** Our server's part of the exchanges. */
async function* planned(environ: Environ, startResponse: StartResponse): AsyncGenerator<Uint8Array, void> {
  const { status, framing, content, mark, trailer } = readFromField<PlannedAnswer>(environ.fields.get("x-answer"));
  const received = textOf(await environ.input.bytes());
  const seen: SeenRequest = {
    method: environ.method,
    target: environ.target,
    mark: environ.fields.get("x-mark"),
    content: received,
    trailer: environ.input.trailers.get("x-trailer"),
  };
  const length = framing === "length" && status !== 204 && status !== 304 && environ.method !== "HEAD";
  startResponse(status, {
    "x-mark": mark,
    "x-seen": tellInField(seen),
    ...(content !== "" && { "content-type": "text/plain" }),
    ...(length && { "content-length": String(content.length) }),
  });
  if (trailer !== undefined) environ.trailers({ "x-trailer": trailer });
  for (let at = 0; at < content.length; at += 100) yield octets(content.slice(at, at + 100));
}

for (const runtime of RUNTIMES) {
  Deno.test(`our server reads what clients of ${runtime} write, and is read by them`, async () => {
    const faults: unknown[] = [];
    await using server = serve(lint(planned), {
      hostname: "127.0.0.1",
      port: 0,
      onError: (error) => void faults.push(error),
    });
    const { port } = server.address as Deno.NetAddr;
    const [command, ...leading] = await startCommand(runtime);
    const file = fileURLToPath(new URL("planned_client.ts", import.meta.url));
    const args = [...leading, file, ...[port, SEED, COUNT].map(String)];
    const { stdout, stderr } = await new Deno.Command(command!, { args }).output();
    const decoder = new TextDecoder();
    assertEquals([decoder.decode(stderr), faults], ["", []]);
    const seen = JSON.parse(decoder.decode(stdout)) as SeenByClients;
    for (const [index, plan] of planExchanges(SEED, COUNT).entries()) {
      assertSeen(seen.fetch[index], plan, false, `fetch, exchange ${index}`);
      assertSeen(seen.http[index], plan, true, `node:http, exchange ${index}`);
    }
  });
}
