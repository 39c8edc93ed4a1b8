/**
 * The servers that are measured, on each runtime.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { runtime, type RuntimeName } from "../../tests/support/runtimes.ts";
import type { JavaScriptFolder } from "./javascript.ts";
import type { ServerCommand } from "./server_process.ts";

const ROOT = new URL("../../", import.meta.url);

/** What a server is in the comparison: ours, what the runtime brings, a framework, or the ceiling. */
export type Role = "sluice" | "native" | "framework" | "raw";

/** A server. */
export interface Contestant {
  /** Its name in tables. */
  readonly name: string;
  /** What it is. */
  readonly role: Role;
  /** The file in `bench/`. */
  readonly file: string;
  /** Arguments behind the port. @default {[]} */
  readonly args?: readonly string[];
}

/** The runtimes, in the order of the tables. */
export const RUNTIMES: readonly RuntimeName[] = ["deno", "node", "bun"];

/** How tables write them. */
export const RUNTIME_NAMES: Readonly<Record<RuntimeName, string>> = { deno: "Deno", node: "Node.js", bun: "Bun" };

const SRVX: Contestant = { name: "srvx", role: "framework", file: "rivals/srvx.ts" };
const HONO: Contestant = { name: "hono", role: "framework", file: "rivals/hono.ts" };

/** The servers by runtime; ours first, then the native one. */
export const CONTESTANTS: Readonly<Record<RuntimeName, readonly Contestant[]>> = {
  deno: [
    { name: "sluice", role: "sluice", file: "subjects/deno.ts" },
    { name: "Deno.serve", role: "native", file: "rivals/deno_serve.ts" },
    SRVX,
    HONO,
    { name: "raw loop", role: "raw", file: "rivals/raw_deno.ts" },
  ],
  node: [
    { name: "sluice", role: "sluice", file: "subjects/node.ts" },
    { name: "node:http", role: "native", file: "rivals/node_http.ts" },
    { name: "fastify", role: "framework", file: "rivals/fastify.ts" },
    SRVX,
    HONO,
    { name: "raw loop", role: "raw", file: "rivals/raw_node.ts" },
  ],
  bun: [
    { name: "sluice", role: "sluice", file: "subjects/bun.ts" },
    { name: "Bun.serve", role: "native", file: "rivals/bun_serve.ts" },
    SRVX,
    HONO,
    { name: "raw loop", role: "raw", file: "rivals/raw_bun.ts" },
  ],
};

/** Ours with a greeting alone: what else the demo application loads is not the server's. */
export const SLUICE_GREETING: Readonly<Record<RuntimeName, Contestant>> = {
  deno: { name: "sluice", role: "sluice", file: "rivals/sluice_deno.ts" },
  node: { name: "sluice", role: "sluice", file: "rivals/sluice_node.ts" },
  bun: { name: "sluice", role: "sluice", file: "rivals/sluice_bun.ts" },
};

/** Ours with `/download`, and where it is asked for with an access log. */
export const SLUICE_DOWNLOADS: Contestant = { name: "sluice", role: "sluice", file: "rivals/sluice.ts" };

/** Ours with an access log. */
export const SLUICE_LOGGED: Contestant = {
  name: "sluice, logging",
  role: "sluice",
  file: "rivals/sluice.ts",
  args: ["log"],
};

/**
 * Tells which module a server is.
 *
 * @param contestant The server
 * @returns The module, from the project's folder
 */
export function moduleOf(contestant: Contestant): string {
  return `bench/${contestant.file}`;
}

/**
 * Tells how a server is started.
 *
 * @param name The runtime
 * @param contestant The server
 * @param flags Flags for the runtime, before the file
 * @param javaScript Where it is written as JavaScript, if that is to run
 * @returns Its command
 */
export async function commandOf(
  name: RuntimeName,
  contestant: Contestant,
  flags: readonly string[] = [],
  javaScript?: JavaScriptFolder,
): Promise<ServerCommand> {
  const file = javaScript?.fileOf(moduleOf(contestant)) ?? fileURLToPath(new URL(moduleOf(contestant), ROOT));
  return { command: [...await runtime(name), ...flags, file], args: contestant.args ?? [] };
}
