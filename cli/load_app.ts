/**
 * Loads the application that a command is to serve.
 *
 * @module
 */

import process from "node:process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { App } from "../core/gateway/types.ts";
import { fetchApp, type FetchHandler } from "../core/middleware/fetch_app.ts";
import { CommandError, toLine } from "./command_error.ts";
import type { AppModule, Start, Stop } from "./lifespan.ts";

/** What begins a URL; one letter alone is a drive of Windows. */
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;

/**
 * Loads an application: a module's default export that is one, or that has `fetch`, as the applications of most
 * frameworks have; and the functions `start` and `stop`, if it exports them.
 *
 * @param specifier The module: a path from the working directory, or a URL
 * @returns What it gives
 * @throws {CommandError} If the module cannot be loaded, or has no such default export
 */
export async function loadApp(specifier: string): Promise<AppModule> {
  let module: { default?: unknown; start?: unknown; stop?: unknown };
  try {
    module = await import(toUrl(specifier));
  } catch (error) {
    throw new CommandError(`Cannot load ${specifier}: ${toLine(error)}`);
  }
  const app = toApp(module.default);
  if (app === undefined) {
    throw new CommandError(
      `Cannot serve ${specifier}: its default export is neither an application (a function) nor has it "fetch"`,
    );
  }
  return { name: specifier, app, start: toFunction<Start>(module.start), stop: toFunction<Stop>(module.stop) };
}

function toFunction<T>(given: unknown): T | undefined {
  return typeof given === "function" ? given as T : undefined;
}

/** On Deno the working directory needs --allow-read, as the module itself does. */
function toUrl(specifier: string): string {
  return SCHEME.test(specifier) ? specifier : pathToFileURL(resolve(process.cwd(), specifier)).href;
}

function toApp(given: unknown): App | undefined {
  const handler = given as { fetch?: FetchHandler } | null | undefined;
  if (typeof handler?.fetch === "function") {
    return fetchApp((request, environ) => (handler as { fetch: FetchHandler }).fetch(request, environ));
  }
  return typeof given === "function" ? given as App : undefined;
}
