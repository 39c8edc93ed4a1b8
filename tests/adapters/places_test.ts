/** Where no server can be: each runtime says so, in time and clearly, leaves nothing open and no file changed. */

import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { RUNTIMES } from "../contract/runtimes.ts";
import { IdleSocket } from "../support/listening_socket.ts";
import type { Attempt } from "../support/places_subject.ts";
import { NEEDS_LINUX } from "../support/needs_linux.ts";
import { runtime } from "../support/runtimes.ts";

const SUBJECT = fileURLToPath(new URL("../support/places_subject.ts", import.meta.url));

/** What each attempt has to fail with: the code, or what Bun, which has none there, says instead. */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  "an unbound socket": /EINVAL Cannot serve: the socket of descriptor \d+ did not listen/,
  "a socket that does not listen": /EINVAL Cannot serve: the socket of descriptor \d+ did not listen/,
  "a Unix socket that does not listen": /EINVAL Cannot serve: the socket of descriptor \d+ did not listen/,
  "port in use": /EADDRINUSE/,
  "port in use, TLS": /EADDRINUSE/,
  "no such address": /EADDRNOTAVAIL/,
  "a regular file": /EADDRINUSE/,
  // Node.js tells of a missing folder as of a missing permission.
  "no such folder": /ENOENT|EACCES/,
  "no descriptor": /EINVAL/,
  "key of another": /Cannot serve: "key" is not the key of "cert"/,
  "no certificate": /Cannot serve: "cert" is no certificate in PEM/,
  "no key": /Cannot serve: "key" is no private key in PEM/,
  "half a certificate": /Cannot serve: "cert" is no certificate in PEM/,
  "out of descriptors": /EMFILE|Failed to listen/,
};

for (const name of RUNTIMES) {
  Deno.test(`${name}: serve() where it cannot says why, and leaves nothing behind`, NEEDS_LINUX, async () => {
    const folder = await Deno.makeTempDir();
    using unbound = new IdleSocket("unbound");
    using bound = new IdleSocket("bound");
    using unix = new IdleSocket("unix");
    const sockets = [unbound, bound, unix].map(({ fd }) => `${fd}`);
    const [command, ...leading] = await runtime(name);
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-c", 'ulimit -n 200; exec "$@"', "sh", command!, ...leading, SUBJECT, folder, ...sockets],
      env: { NO_COLOR: "1" },
    }).output();
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(lines.pop(), { left: 0, file: "precious" });
    for (const { name, how, code, message } of lines as Attempt[]) {
      assertMatch(`${how} ${code} ${message}`, EXPECTED[name]!, name);
      assertMatch(how, /thrown|rejected/, name);
    }
    assertEquals(lines.map(({ name }) => name), Object.keys(EXPECTED));
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    await Deno.remove(folder, { recursive: true });
  });
}
