import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run, Running } from "../support/serve_command.ts";

const ROOT = new URL("../../", import.meta.url);

async function textOf(response: Promise<Response>): Promise<string> {
  return await (await response).text();
}

Deno.test("serve runs the demo with --allow-net alone, says so in one line, and logs", async () => {
  await using server = new Running(["--port", "0"], ["--allow-net"]);
  const url = await server.url();
  assertEquals(server.stdout, `Sluice serves the demo application on ${url}\n`);
  assertEquals(await textOf(fetch(`${url}/?a=%22`)), "Hello, World!\r\n");
  await server.until(() => server.stdout.split("\n").length > 2 ? true : undefined);
  server.kill("SIGTERM");
  const { code, stdout, stderr } = await server.end();
  assertEquals([code, stderr], [0, ""]);
  const [, line, rest] = stdout.split("\n");
  assertMatch(
    line!,
    /^127\.0\.0\.1 - - \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET \/\?a=%22 HTTP\/1\.1" 200 15$/,
  );
  assertEquals(rest, "");
});

Deno.test("serve says nothing with --quiet, and logs JSON", async () => {
  const port = freePort();
  await using server = new Running(["--port", `${port}`, "--quiet", "--log", "json"]);
  const text = await retry(() => textOf(fetch(`http://127.0.0.1:${port}/status/404`)));
  assertEquals(text, "");
  await server.until(() => server.stdout.includes("\n") ? true : undefined);
  const record = JSON.parse(server.stdout);
  assertEquals([record.method, record.target, record.status, record.completed], ["GET", "/status/404", 404, true]);
  assertEquals(record.error, null);
});

Deno.test("serve logs nothing with --log none", async () => {
  await using server = new Running(["--port", "0", "--log", "none"]);
  const url = await server.url();
  await textOf(fetch(url));
  server.kill("SIGINT");
  const { code, stdout } = await server.end();
  assertEquals([code, stdout], [0, `Sluice serves the demo application on ${url}\n`]);
});

Deno.test("serve tells an application's error once, with its stack, on standard error", async () => {
  await using server = new Running(["--port", "0"]);
  const url = await server.url();
  const response = await fetch(`${url}/error`);
  assertEquals(response.status, 500);
  assertEquals((await response.text()).includes("as asked"), false);
  server.kill("SIGTERM");
  const { code, stderr } = await server.end();
  assertEquals(code, 0);
  assertEquals(stderr.split("The demo application fails, as asked").length, 2);
  assertMatch(stderr, /^\d{4}-\S+Z Error: The demo.*\n {4}at /);
});

const MODULES: readonly [name: string, source: string, answer: string][] = [
  ["an application", `export default (_, start) => { start(200); return "app"; };`, "app"],
  ["a generator", `export default function* (_, start) { start(200); yield "a"; yield "b"; }`, "ab"],
  ["an object with fetch", `export default { fetch: (request) => new Response(new URL(request.url).pathname) };`, "/x"],
  ["an instance with fetch", `export default new class { t = "i"; fetch() { return new Response(this.t); } }();`, "i"],
];

Deno.test("serve serves", async (t) => {
  const folder = await Deno.makeTempDir();
  for (const [name, source, answer] of MODULES) {
    await t.step(name, async () => {
      await Deno.writeTextFile(`${folder}/app.js`, source);
      await using server = new Running(["app.js", "--port", "0"], ["--allow-net", "--allow-read"], folder);
      const url = await server.url();
      assertStringIncludes(server.stdout, "Sluice serves app.js on http://127.0.0.1:");
      assertEquals(await textOf(fetch(`${url}/x`)), answer);
    });
  }
  await Deno.remove(folder, { recursive: true });
});

const FAILURES: readonly [args: string[], code: number, line: RegExp, permissions?: string[]][] = [
  [["--prot", "1"], 2, /^Cannot serve: there is no flag "--prot"/],
  [["--port", "x"], 2, /^Cannot serve: --port wants/],
  [["none.ts", "--port", "0"], 1, /^Cannot load none\.ts: .*none\.ts/],
  [["syntax.ts", "--port", "0"], 1, /^Cannot load syntax\.ts: /],
  [["throws.ts", "--port", "0"], 1, /^Cannot load throws\.ts: first line\n$/],
  [["object.ts", "--port", "0"], 1, /^Cannot serve object\.ts: its default export is neither/],
  [["empty.ts", "--port", "0"], 1, /^Cannot serve empty\.ts: its default export is neither/],
  [["none:x", "--port", "0"], 1, /^Cannot load none:x: /],
  [["--port", "0", "--host", "192.0.2.1"], 1, /^Cannot listen on 192\.0\.2\.1:0: this machine has no such address\n$/],
  [["--port", "0"], 1, /^Cannot listen on 127\.0\.0\.1:0: .*--allow-net/, []],
  [["object.ts"], 1, /^Cannot load object\.ts: .*--allow-read/, ["--allow-net"]],
];

Deno.test("serve fails with one line and no stack", async (t) => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/syntax.ts`, "export default (");
  await Deno.writeTextFile(`${folder}/throws.ts`, `throw new Error("first line\\nsecond line");`);
  await Deno.writeTextFile(`${folder}/object.ts`, "export default { a: 1 };");
  await Deno.writeTextFile(`${folder}/empty.ts`, "export {};");
  for (const [args, code, line, permissions] of FAILURES) {
    await t.step(`${args.join(" ")} ${permissions ?? ""}`, async () => {
      const ended = await run(args, permissions, folder);
      assertMatch(ended.stderr, line);
      assertEquals(ended.stderr.indexOf("\n"), ended.stderr.length - 1);
      assertEquals([ended.code, ended.stdout], [code, ""]);
    });
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("serve says in one line that its port is in use", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const { code, stderr } = await run(["--port", `${port}`]);
  assertEquals([code, stderr], [1, `Cannot listen on 127.0.0.1:${port}: the address is in use\n`]);
});

Deno.test("A-5: serve has help and a version", async () => {
  const help = await run(["--help"], []);
  assertEquals([help.code, help.stderr], [0, ""]);
  assertStringIncludes(help.stdout, "[--log none|common|json]");
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  assertEquals((await run(["--version"], [])).stdout, `sluice ${version}\n`);
});

Deno.test("serve finishes what it answers when it is told to end", async () => {
  await using server = new Running(["--port", "0"]);
  const url = await server.url();
  const answer = textOf(fetch(`${url}/sleep?ms=700`));
  await new Promise((resolve) => setTimeout(resolve, 200));
  server.kill("SIGTERM");
  assertEquals(await answer, "slept 700\n");
  assertEquals((await server.end()).code, 0);
});

for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`serve ends at once with ${expected} on a second ${signal}`, async () => {
    await using server = new Running(["--port", "0"]);
    const url = await server.url();
    const answer = fetch(`${url}/sleep?ms=60000`).then(() => "answered", () => "lost");
    await new Promise((resolve) => setTimeout(resolve, 200));
    const start = Date.now();
    server.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 200));
    server.kill(signal);
    assertEquals((await server.end()).code, expected);
    assertEquals(await answer, "lost");
    assert(Date.now() - start < 3000);
  });
}

const LIFESPAN = `
  let state = "cold";
  export async function start(server) {
    console.log("start", server.address.transport, typeof server.shutdown);
    await new Promise((resolve) => setTimeout(resolve, 300));
    state = "warm";
    server.signals.wait("end").then(() => server.shutdown());
  }
  export async function stop(reason) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log("stop", reason);
  }
  export default async (environ, startResponse) => {
    if (environ.pathInfo === "/end") await environ.signals.send("end");
    startResponse(200);
    return state;
  };
`;

/** What ends it, and the reason that `stop` is told. */
const STOPS: readonly [how: string, reason: string][] = [["SIGTERM", "SIGTERM"], ["SIGINT", "SIGINT"], [
  "/end",
  "shutdown",
]];

Deno.test("serve runs start before the first answer, and stop when all has ended (lifespan)", async (t) => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/app.js`, LIFESPAN);
  for (const [how, reason] of STOPS) {
    await t.step(how, async () => {
      const port = freePort();
      await using server = new Running(["app.js", "--port", `${port}`, "--log", "none"], undefined, folder);
      const url = `http://127.0.0.1:${port}`;
      assertEquals(await retry(() => textOf(fetch(url))), "warm");
      if (how === "/end") assertEquals(await textOf(fetch(`${url}${how}`)), "warm");
      else server.kill(how as Deno.Signal);
      const { code, stdout, stderr } = await server.end();
      assertEquals([code, stderr], [0, ""]);
      assertEquals(stdout, `start tcp function\nSluice serves app.js on ${url}\nstop ${reason}\n`);
    });
  }
  await Deno.remove(folder, { recursive: true });
});

const FAULTS: readonly [name: string, source: string, line: string][] = [
  [
    "start.js",
    `export function start() { throw new Error("no database\\nat all"); }`,
    "Cannot start start.js: no database",
  ],
  ["later.js", `export const start = () => Promise.reject(new Error("no luck"));`, "Cannot start later.js: no luck"],
  [
    "stop.js",
    `export const start = (server) => void server.shutdown(); export function stop() { throw new Error("stuck"); }`,
    "Cannot stop stop.js: stuck",
  ],
];

Deno.test("serve ends with 1 and one line when start or stop fails (lifespan)", async (t) => {
  const folder = await Deno.makeTempDir();
  for (const [name, source, line] of FAULTS) {
    await t.step(name, async () => {
      await Deno.writeTextFile(`${folder}/${name}`, `export default () => ""; ${source}`);
      const { code, stderr } = await run([name, "--port", "0", "--quiet"], undefined, folder);
      assertEquals([code, stderr], [1, `${line}\n`]);
    });
  }
  await Deno.remove(folder, { recursive: true });
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** Asks again until the server listens. */
async function retry<T>(ask: () => Promise<T>): Promise<T> {
  for (let i = 0;; i++) {
    try {
      return await ask();
    } catch (error) {
      if (i === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
