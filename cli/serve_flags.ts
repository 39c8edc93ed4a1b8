/**
 * The flags of `serve`.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import type { AccessLogFormat } from "./access_log.ts";
import { CommandError } from "./command_error.ts";

/** What `serve` was asked for. */
export interface ServeFlags {
  /** The module to serve; undefined for the demo application. */
  readonly module: string | undefined;
  /** The name or address to listen on. */
  readonly host: string;
  /** The port to listen on, 0 for any. */
  readonly port: number;
  /** The format of the access log. */
  readonly log: AccessLogFormat | "none";
  /** Whether to say nothing on start. */
  readonly quiet: boolean;
  /** Whether only the help was asked for. */
  readonly help: boolean;
  /** Whether only the version was asked for. */
  readonly version: boolean;
}

/** What `serve --help` says. */
export const SERVE_HELP = `Serve an application over HTTP/1.1

Usage: deno run -A cli/serve.ts [MODULE] [--host H] [--port P] [--log none|common|json] [--quiet]

MODULE is a path or URL; its default export is an application or has "fetch".
Without it the demo application is served.

  --host H      listen on this name or address (127.0.0.1)
  --port P      listen on this port, 0 for any that is free (8000)
  --log FORMAT  access log on standard output: none, common or json (common)
  --quiet       say nothing on start
  --help        show this help
  --version     show the version

The first SIGINT or SIGTERM ends the server in order, a second one at once.
`;

/**
 * Reads the flags.
 *
 * @param args The arguments
 * @returns What was asked for
 * @throws {CommandError} With exit code 2, if there is a flag that is not known or a value that cannot be used
 */
export function parseServeFlags(args: readonly string[]): ServeFlags {
  const unknown: string[] = [];
  const given = parseArgs([...args], {
    string: ["_", "host", "port", "log"],
    boolean: ["quiet", "help", "version"],
    alias: { help: "h" },
    default: { host: "127.0.0.1", port: "8000", log: "common" },
    unknown: (arg: string, key?: string): boolean => {
      if (key !== undefined) unknown.push(arg);
      return key === undefined;
    },
  });
  if (unknown.length > 0) throw refuse(`there is no flag ${quote(unknown[0]!)}`);
  // `parseArgs` would take any value of these for "true".
  const valued = args.slice(0, endOfFlags(args)).find((arg) => /^--(?:quiet|help|version)=/.test(arg));
  if (valued !== undefined) throw refuse(`${valued.slice(0, valued.indexOf("="))} takes no value`);
  const [module, ...more] = given._.map(String);
  if (more.length > 0) throw refuse(`there is one MODULE at most, and ${quote(more[0]!)} is another`);
  return {
    module,
    host: toHost(given.host),
    port: toPort(given.port),
    log: toLog(given.log),
    quiet: given.quiet,
    help: given.help,
    version: given.version,
  };
}

/** Behind `--` there are no flags. */
function endOfFlags(args: readonly string[]): number {
  const end = args.indexOf("--");
  return end < 0 ? args.length : end;
}

function toHost(value: unknown): string {
  const host = String(value);
  if (host === "" || /\s/.test(host)) throw refuse("--host wants a name or an address");
  // In URLs an IPv6 address stands in brackets, so some give it so.
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

function toPort(value: unknown): number {
  const text = String(value);
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) > 65_535) throw refuse("--port wants a number from 0 to 65535");
  return Number(text);
}

function toLog(value: unknown): ServeFlags["log"] {
  const format = String(value);
  if (format === "none" || format === "common" || format === "json") return format;
  throw refuse("--log wants none, common or json");
}

function refuse(reason: string): CommandError {
  return new CommandError(`Cannot serve: ${reason} (--help shows what there is)`, 2);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
