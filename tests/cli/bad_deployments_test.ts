/** The command in deployments that are wrong, or go wrong: one line that says what, and nothing broken. */

import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { pause } from "../contract/octet_client.ts";
import { ListeningSocket } from "../support/listening_socket.ts";
import { NEEDS_LINUX } from "../support/needs_linux.ts";
import { RawClient } from "../support/raw_client.ts";
import { type Ended, run, Running } from "../support/serve_command.ts";

const SUPPORT = fileURLToPath(new URL("../support/", import.meta.url));
const TLS = ["--port", "0", "--cert", `${SUPPORT}localhost.crt`, "--key"];

/** Each with FOLDER for a folder that has a `file`, and SUPPORT for that of the certificates. */
const CANNOT_START: readonly [args: string[], line: string][] = [
  [["--path", "FOLDER/file"], "Cannot listen on FOLDER/file: there is a file, which is no socket"],
  [["--path", "FOLDER"], "Cannot listen on FOLDER: there is a file, which is no socket"],
  [["--path", "FOLDER/none/s"], "Cannot listen on FOLDER/none/s: its folder is missing"],
  [
    ["--path", `/tmp/${"x".repeat(200)}`],
    `Cannot listen on /tmp/${"x".repeat(200)}: the path is too long for a socket`,
  ],
  [["--fd", "0"], "Cannot listen on descriptor 0: it is no socket that listens"],
  [["--host", "192.0.2.1"], "Cannot listen on 192.0.2.1:8000: this machine has no such address"],
  [[...TLS, "SUPPORT/other.key"], "Cannot serve: SUPPORT/other.key is not the key of SUPPORT/localhost.crt"],
  [[...TLS, "SUPPORT/localhost.crt"], "Cannot serve: SUPPORT/localhost.crt is no private key in PEM"],
  [[...TLS, "FOLDER/none.key"], "Cannot read the key FOLDER/none.key: there is no such file or folder"],
  [[...TLS, "FOLDER"], "Cannot read the key FOLDER: it is a folder"],
  [
    ["--port", "0", "--cert", "FOLDER/file", "--key", "SUPPORT/localhost.key"],
    "Cannot serve: FOLDER/file is no certificate in PEM",
  ],
];

Deno.test("serve cannot start: one line, exit code 1, and every file as it was", async (t) => {
  await withFolder(async (folder) => {
    const place = (text: string): string => text.replaceAll("FOLDER", folder).replaceAll("SUPPORT/", SUPPORT);
    for (const [args, line] of CANNOT_START) {
      await t.step(line, async () => {
        const { code, stdout, stderr } = await run(args.map(place));
        assertEquals([code, stdout, stderr], [1, "", `${place(line)}\n`]);
      });
    }
    assertEquals(await Deno.readTextFile(`${folder}/file`), "precious");
  });
});

Deno.test("serve takes the path of a dead server, refuses that of a live one, and leaves none behind", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/socket`;
    const dead = new Running(["--path", path]);
    await greeting(dead, path);
    dead.kill("SIGKILL");
    await dead.end();
    assert((await Deno.lstat(path)).isSocket);
    await using server = new Running(["--path", path]);
    await greeting(server, path);
    const { code, stderr } = await run(["--path", path]);
    assertEquals([code, stderr], [1, `Cannot listen on ${path}: a server listens there\n`]);
    using client = await RawClient.connect(path);
    client.get("/");
    await client.until("Hello, World!");
    assertEquals(await endOf(server), { code: 0, stderr: "" });
    await assertRejects(() => Deno.lstat(path), Deno.errors.NotFound);
  });
});

/** A certificate that is not valid now is served: clients decide. */
const NOT_VALID: readonly [file: string, line: RegExp][] = [
  ["expired.crt", /^\S+Z The certificate has expired on 2020-02-01\n$/],
  ["early.crt", /^\S+Z The certificate is not valid before 2124-01-01\n$/],
];

Deno.test("serve serves a certificate that is not valid now, and says so in one line", async (t) => {
  for (const [file, line] of NOT_VALID) {
    await t.step(file, async () => {
      await using server = new Running(["--port", "0", "--cert", SUPPORT + file, "--key", `${SUPPORT}localhost.key`]);
      const port = await server.until(() => /on https:\/\/127\.0\.0\.1:(\d+)\n/.exec(server.stdout)?.[1]);
      using client = await RawClient.connect(Number(port), true);
      client.get("/");
      await client.until("Hello, World!");
      assertMatch(server.stderr, line);
    });
  }
});

/** Outputs that fail, and why. */
const OUTPUTS: readonly [name: string, shell: string, reason: RegExp][] = [
  ["a full disk", 'exec "$@" > /dev/full', /No space left on device/],
  [
    "a reader that goes away",
    'p=$(mktemp -u); mkfifo $p; head -n 1 $p > /dev/null & exec "$@" > $p',
    /Broken pipe|EPIPE/,
  ],
];

Deno.test("serve goes on without its log, and says so once, on", NEEDS_LINUX, async (t) => {
  for (const [name, shell, reason] of OUTPUTS) {
    await t.step(name, async () => {
      using socket = new ListeningSocket();
      await using server = new Running(["--fd", `${socket.fd}`], undefined, undefined, shell);
      for (let i = 0; i < 3; i++) {
        const response = await fetch(`http://127.0.0.1:${socket.port}/`);
        assertEquals(await response.text(), "Hello, World!\r\n");
        await pause(30);
      }
      const said = await server.until(() => /^.+\n/.exec(server.stderr)?.[0]);
      assertMatch(said, /^Cannot write to the standard output: .+; nothing more is written there\n$/);
      assertMatch(said, reason);
      assertEquals(server.stderr, said);
    });
  }
});

Deno.test("serve --help that cannot write it fails", NEEDS_LINUX, async () => {
  for (const flag of ["--help", "--version"]) {
    await using command = new Running([flag], undefined, undefined, 'exec "$@" > /dev/full');
    const { code, stderr } = await command.end();
    assertEquals(code, 1);
    assertMatch(stderr, /^Cannot write to the standard output: No space left on device.*\n$/);
  }
});

Deno.test(
  "serve that runs out of descriptors says so once, holds what it has, and goes on when there are some",
  NEEDS_LINUX,
  async () => {
    using socket = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = socket.addr;
    socket.close();
    const args = ["--port", `${port}`, "--log", "none"];
    await using server = new Running(args, undefined, undefined, 'ulimit -n 60; exec "$@"');
    await server.url();
    using first = await RawClient.connect(port);
    first.get("/");
    await first.until("Hello, World!");
    const many = await Promise.all(Array.from({ length: 80 }, () => RawClient.connect(port)));
    many.forEach((client) => client.get("/"));
    await server.until(() => server.stderr.includes("\n") || undefined);
    first.get("/");
    await first.until("Hello, World!");
    // As those go that are served, the others come in.
    await Promise.all(many.map(async (client) => {
      using _client = client;
      await client.until("Hello, World!", 20_000);
    }));
    const { code, stderr } = await endOf(server);
    assertEquals(code, 0);
    for (const line of stderr.trimEnd().split("\n")) {
      assertMatch(line, /^\S+Z Cannot accept connections: Too many open files/);
    }
    assert(stderr.split("\n").length < 12, stderr);
  },
);

Deno.test("serve on a descriptor is replaced without a connection that is refused", NEEDS_LINUX, async () => {
  using socket = new ListeningSocket();
  const start = (): Running => new Running(["--fd", `${socket.fd}`, "--log", "none"]);
  let server = start();
  for (let i = 0; i < 3; i++) {
    // Connected before anybody serves: it waits in the queue.
    using client = await RawClient.connect(socket.port);
    client.get("/");
    await client.until("Hello, World!");
    const last = server;
    assertStringIncludes(await last.url(), `:${socket.port}`);
    if (i < 2) server = start();
    assertEquals(await endOf(last), { code: 0, stderr: "" });
  }
});

async function endOf(server: Running): Promise<Pick<Ended, "code" | "stderr">> {
  server.kill("SIGTERM");
  const { code, stderr } = await server.end();
  return { code, stderr };
}

async function greeting(server: Running, path: string): Promise<void> {
  await server.until(() => server.stdout.includes(`on unix:${path}\n`) || undefined);
}

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file`, "precious");
  await test(folder);
  await Deno.remove(folder, { recursive: true });
}
