/**
 * The flags of `serve`.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import type { AccessLogFormat } from "./access_log.ts";
import { CommandError } from "./command_error.ts";
import type { CertificateFiles, Place } from "./place.ts";

/** What `serve` was asked for. */
export interface ServeFlags {
  /** The module to serve; undefined for the demo application. */
  readonly module: string | undefined;
  /** Where to listen. */
  readonly place: Place;
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

Usage: deno run -A cli/serve.ts [MODULE] [--host H] [--port P | --path F | --fd N] [--cert F --key F]
                                [--log none|common|json] [--quiet]

MODULE is a path or URL; its default export is an application or has "fetch".
Without it the demo application is served.

  --host H      listen on this name or address (127.0.0.1)
  --port P      listen on this port, 0 for any that is free (8000)
  --path FILE   listen on this Unix domain socket instead
  --fd N        listen on this descriptor instead, of a socket that listens already
  --cert FILE   speak TLS with this certificate chain (PEM)
  --key FILE    its private key (PEM)
  --log FORMAT  access log on standard output: none, common or json (common)
  --quiet       say nothing on start
  --help        show this help
  --version     show the version

The first SIGINT or SIGTERM ends the server in order, a second one at once.
`;

/** Flags that say where to listen. */
const PLACE_FLAGS = ["host", "port", "path", "fd", "cert", "key"] as const;

/** Which of them exclude others. */
const EXCLUDED = { path: ["host", "port", "fd", "cert", "key"], fd: ["host", "port"] } as const;

/** Flags with their values. */
type Given = Readonly<Partial<Record<(typeof PLACE_FLAGS)[number], unknown>>>;

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
    string: ["_", "log", ...PLACE_FLAGS],
    boolean: ["quiet", "help", "version"],
    alias: { help: "h" },
    default: { log: "common" },
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
    place: toPlace(given),
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

function toPlace(given: Given): Place {
  for (const [one, others] of Object.entries(EXCLUDED) as [keyof Given, readonly (keyof Given)[]][]) {
    const other = others.find((name) => given[name] !== undefined);
    if (given[one] !== undefined && other !== undefined) throw refuse(`--${one} and --${other} exclude each other`);
  }
  if (given.path !== undefined) return { path: toFile("path", given.path) };
  const tls = toTls(given);
  if (given.fd !== undefined) return { fd: toNumber("fd", given.fd, 2 ** 31 - 1), tls };
  return { host: toHost(given.host ?? "127.0.0.1"), port: toNumber("port", given.port ?? "8000", 65_535), tls };
}

function toTls({ cert, key }: Given): CertificateFiles | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw refuse("--cert and --key need each other");
  return { cert: toFile("cert", cert), key: toFile("key", key) };
}

function toFile(flag: string, value: unknown): string {
  const file = String(value);
  if (file === "") throw refuse(`--${flag} wants a file`);
  return file;
}

function toHost(value: unknown): string {
  const host = String(value);
  if (host === "" || /\s/.test(host)) throw refuse("--host wants a name or an address");
  // In URLs an IPv6 address stands in brackets, so some give it so.
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

function toNumber(flag: string, value: unknown, most: number): number {
  const text = String(value);
  if (!/^[0-9]{1,10}$/.test(text) || Number(text) > most) throw refuse(`--${flag} wants a number from 0 to ${most}`);
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
