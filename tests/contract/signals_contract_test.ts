/**
 * The demo's paths about signals, events, hooks, 100 (Continue), fetch, workers and chat, over real sockets on each runtime.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { OctetClient, pause } from "./octet_client.ts";
import { fieldOf, type RawAnswer } from "./raw_answer.ts";
import { runChecks, RUNTIMES, type Subject } from "./runtimes.ts";

const HOST = "Host: a\r\n";

const CHECKS: Record<string, (subject: Subject) => Promise<void>> = {
  "/wait/NAME gets what /signal/NAME sends, and that counts (C-4, D-39)": async ({ port }) => {
    using first = await OctetClient.connect(port);
    using second = await OctetClient.connect(port);
    for (const client of [first, second]) await client.send(get("/wait/news?timeout=8000"));
    assert(await first.isQuiet(50));
    assertEquals((await ask(port, "/signal/old?value=x")).content, "woke 0\n");
    assertEquals((await ask(port, "/signal/news?value=rain%C3%A9")).content, "woke 2\n");
    for (const client of [first, second]) {
      const answer = await client.answer();
      assertEquals([answer.status, answer.content], [200, "rain\xc3\xa9\n"]);
    }
    assertEquals((await ask(port, "/signal/news")).content, "woke 0\n");
  },

  "/wait/NAME answers timeout": async ({ port }) => {
    const start = performance.now();
    assertEquals((await ask(port, "/wait/nothing?timeout=100")).content, "timeout\n");
    const ms = performance.now() - start;
    assert(ms >= 95 && ms < 1500, `${ms} ms`);
    assertEquals((await ask(port, "/wait/nothing?timeout=x")).status, 400);
  },

  "/wait/NAME gives up when its client leaves, by FIN and by reset (D-44)": async ({ port }) => {
    using fin = await OctetClient.connect(port);
    const reset = await OctetClient.connect(port);
    for (const client of [fin, reset]) await client.send(get("/wait/left?timeout=600000"));
    await pause(50);
    await fin.endWriting();
    reset.close();
    await pause(100);
    assertEquals((await ask(port, "/signal/left")).content, "woke 0\n");
    assertEquals((await fin.answer()).status, 503);
  },

  "/events streams events, and ends when the client has ended its side": async ({ port }) => {
    const answer = await ask(port, "/events?n=3&delay=10");
    assertEquals([answer.status, fieldOf(answer, "content-type")], [200, "text/event-stream"]);
    assertEquals(answer.content, [1, 2, 3].map((n) => `id: ${n}\ndata: event ${n}\n\n`).join(""));
    using client = await OctetClient.connect(port);
    await client.send(get("/events?n=1000&delay=600000"));
    await client.readCount(150);
    await client.endWriting();
    assertEquals((await client.answer({}, 2000)).content, "id: 1\ndata: event 1\n\n");
  },

  "/continue sends 100 with a field on its first read": async ({ port }) => {
    using client = await OctetClient.connect(port);
    await client.send(`POST /continue HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`);
    assertMatch(await client.readCount(30), /^HTTP\/1\.1 100 Continue\r\nx-continue: 1\r\n/);
    await client.send("hello");
    assertEquals((await client.answer()).content, "bytes=5\n");
  },

  "/hooks/last tells how the last /hooks ended": async ({ port }) => {
    const { status, head } = await ask(port, "/hooks");
    assertEquals(status, 200);
    const outcome = JSON.parse((await ask(port, "/hooks/last")).content);
    const { durationMs, wireBytes, ...rest } = outcome;
    assertEquals(rest, { status: 200, bodyBytes: 7, completed: true, error: null });
    assert(durationMs >= 0 && wireBytes >= head.length + 7, JSON.stringify(outcome));
  },

  "/fetch/ is answered by a fetch handler": async ({ port }) => {
    assertEquals((await ask(port, "/fetch/")).content, "Hello from fetch\n");
    assertEquals((await ask(port, "/fetch/json")).content, '{"method":"GET","path":"/json"}');
    assertEquals((await ask(port, "/fetch/none")).status, 404);
    using client = await OctetClient.connect(port);
    await client.send(`POST /fetch/echo HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello`);
    assertEquals((await client.answer()).content, "hello");
  },

  "/blocking blocks a worker, and not the server": async ({ port }) => {
    assertEquals((await ask(port, "/blocking")).content, "blocked 0\n");
    const blocked = ask(port, "/blocking?ms=300");
    await pause(50);
    const start = performance.now();
    assertEquals((await ask(port, "/")).content, "Hello, World!\r\n");
    assert(performance.now() - start < 100);
    assertEquals((await blocked).content, "blocked 300\n");
    assertEquals((await ask(port, "/blocking?ms=60001")).status, 400);
  },

  "/chat tells all who listen what one says": async ({ port }) => {
    const page = await ask(port, "/chat");
    assertEquals([page.status, fieldOf(page, "content-type")], [200, "text/html; charset=utf-8"]);
    using listener = await OctetClient.connect(port);
    await listener.send(get("/chat/events"));
    await listener.readCount(150);
    assertEquals((await say(port, '{"name":"Ann","text":"<b>hi</b>"}')).status, 204);
    await readUntil(listener, 'data: {"name":"Ann","text":"<b>hi</b>"}\n\n');
    assertEquals((await say(port, '{"name":"Ann","text":""}')).status, 400);
    assertEquals((await say(port, "nonsense")).status, 400);
    assertEquals((await ask(port, "/chat/say")).status, 405);
    // Who comes later gets the last lines, but not those it has seen.
    const lastId = /id: (\d+)\n/.exec(listener.received)![1];
    using late = await OctetClient.connect(port);
    await late.send(get("/chat/events", `Last-Event-ID: ${lastId}\r\n`));
    assertEquals((await say(port, '{"name":"Bob","text":"two"}')).status, 204);
    await readUntil(late, "two");
    assertEquals(late.rest.includes("Ann"), false);
  },
};

for (const runtime of RUNTIMES) {
  Deno.test(`signals of the demo on ${runtime}`, (t) => runChecks(t, runtime, CHECKS));
}

function get(target: string, fields = ""): string {
  return `GET ${target} HTTP/1.1\r\n${HOST}${fields}\r\n`;
}

async function ask(port: number, target: string): Promise<RawAnswer> {
  using client = await OctetClient.connect(port);
  await client.send(get(target));
  return await client.answer();
}

async function say(port: number, json: string): Promise<RawAnswer> {
  using client = await OctetClient.connect(port);
  await client.send(`POST /chat/say HTTP/1.1\r\n${HOST}Content-Length: ${json.length}\r\n\r\n${json}`);
  return await client.answer();
}

async function readUntil(client: OctetClient, text: string): Promise<void> {
  for (let i = 0; i < 200 && !client.received.includes(text); i++) await client.isQuiet(20);
  assert(client.received.includes(text), client.received);
}
