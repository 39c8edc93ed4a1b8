import { assertEquals, assertThrows } from "@std/assert";
import { CommandError } from "../../cli/command_error.ts";
import { parseServeFlags, type ServeFlags } from "../../cli/serve_flags.ts";

const DEFAULTS: ServeFlags = {
  module: undefined,
  place: { host: "127.0.0.1", port: 8000, tls: undefined },
  log: "common",
  quiet: false,
  help: false,
  version: false,
};

function toPlace(host: string, port: number): ServeFlags["place"] {
  return { host, port, tls: undefined };
}

const TAKEN: readonly [args: string[], flags: Partial<ServeFlags>][] = [
  [[], {}],
  [["app.ts"], { module: "app.ts" }],
  [["8000"], { module: "8000" }],
  [["--", "-app.ts"], { module: "-app.ts" }],
  [["--", "--quiet=.ts"], { module: "--quiet=.ts" }],
  [["--host", "0.0.0.0", "--port", "0", "app.ts"], { place: toPlace("0.0.0.0", 0), module: "app.ts" }],
  [["--host=::1", "--port=65535"], { place: toPlace("::1", 65_535) }],
  [["--host", "[::1]"], { place: toPlace("::1", 8000) }],
  [["--port", "1", "--port", "2"], { place: toPlace("127.0.0.1", 2) }],
  [["--path", "/run/s"], { place: { path: "/run/s" } }],
  [["--fd", "3"], { place: { fd: 3, tls: undefined } }],
  [["--fd", "3", "--cert", "c", "--key", "k"], { place: { fd: 3, tls: { cert: "c", key: "k" } } }],
  [["--key=k", "--cert=c"], { place: { ...toPlace("127.0.0.1", 8000), tls: { cert: "c", key: "k" } } }],
  [["--log", "none"], { log: "none" }],
  [["--log", "json", "--quiet"], { log: "json", quiet: true }],
  [["--help"], { help: true }],
  [["-h"], { help: true }],
  [["--version"], { version: true }],
];

Deno.test("parseServeFlags takes", async (t) => {
  for (const [args, flags] of TAKEN) {
    await t.step(JSON.stringify(args), () => assertEquals(parseServeFlags(args), { ...DEFAULTS, ...flags }));
  }
});

const REFUSED: readonly [args: string[], message: string][] = [
  [["--prot", "1"], `there is no flag "--prot"`],
  [["-p80"], `there is no flag "-p80"`],
  [["--quiet=maybe"], "--quiet takes no value"],
  [["--version=2"], "--version takes no value"],
  [["--no-quiet"], `there is no flag "--no-quiet"`],
  [["--__proto__", "x"], `there is no flag "--__proto__"`],
  [["--port"], "--port wants a number from 0 to 65535"],
  [["--port", "--quiet"], "--port wants a number from 0 to 65535"],
  [["--port="], "--port wants a number from 0 to 65535"],
  [["--port", "65536"], "--port wants a number from 0 to 65535"],
  [["--port", "1e3"], "--port wants a number from 0 to 65535"],
  [["--port=-1"], "--port wants a number from 0 to 65535"],
  [["--path="], "--path wants a file"],
  [["--path", "s", "--port", "1"], "--path and --port exclude each other"],
  [["--path", "s", "--fd", "3"], "--path and --fd exclude each other"],
  [["--path", "s", "--cert", "c", "--key", "k"], "--path and --cert exclude each other"],
  [["--fd", "3", "--host", "a"], "--fd and --host exclude each other"],
  [["--fd", "x"], "--fd wants a number from 0 to 2147483647"],
  [["--cert", "c"], "--cert and --key need each other"],
  [["--key", "k"], "--cert and --key need each other"],
  [["--cert=", "--key", "k"], "--cert wants a file"],
  [["--host="], "--host wants a name or an address"],
  [["--log", "combined"], "--log wants none, common or json"],
  [["a.ts", "b.ts"], `there is one MODULE at most, and "b.ts" is another`],
];

Deno.test("parseServeFlags refuses", async (t) => {
  for (const [args, message] of REFUSED) {
    await t.step(JSON.stringify(args), () => {
      const error = assertThrows(() => parseServeFlags(args), CommandError);
      assertEquals(error.message, `Cannot serve: ${message} (--help shows what there is)`);
      assertEquals(error.exitCode, 2);
    });
  }
});
