/**
 * What the three subjects have in common: they serve the demo application, as it is or within `lint`, or a plain
 * fetch handler, on the loopback interface, quietly.
 *
 * @module
 */

import type { App, GatewayOptions } from "../../core/gateway/types.ts";
import { fetchApp } from "../../core/middleware/fetch_app.ts";
import { lint } from "../../core/middleware/lint.ts";
import demo from "../../cli/demo/app.ts";

/** What a subject uses of an adapter. */
export interface SubjectServer {
  /** Settles when the server listens. */
  readonly ready: Promise<void>;
  /** Where it listens. */
  readonly address: { readonly transport: "tcp"; readonly port: number } | { readonly transport: "unix" } | undefined;
  /** Ends it in order. */
  shutdown(options?: { grace?: number; deadline?: number }): Promise<void>;
}

/** An adapter's `serve`. */
export type SubjectServe = (
  app: App,
  options: Pick<GatewayOptions, "onError"> & { hostname: string; port: number },
) => SubjectServer;

/**
 * Starts a subject: `RUNTIME FILE PORT [demo|lint|fetch]`. It prints `listening PORT`, the real one.
 *
 * @param serve The adapter's `serve`
 * @param args The arguments: the port, 0 for any, and what is served
 * @returns The server, which listens
 * @throws {TypeError} If the arguments are none
 */
export async function serveSubject(serve: SubjectServe, args: readonly string[]): Promise<SubjectServer> {
  const [port = "", subject = "demo"] = args;
  if (!/^[0-9]{1,5}$/.test(port) || !Object.hasOwn(SUBJECTS, subject)) {
    throw new TypeError("Cannot start: the arguments are PORT [demo|lint|fetch]");
  }
  const server = serve(SUBJECTS[subject as keyof typeof SUBJECTS], {
    hostname: "127.0.0.1",
    port: Number(port),
    onError: tellFault,
  });
  await server.ready;
  const address = server.address;
  console.log(`listening ${address?.transport === "tcp" ? address.port : port}`);
  return server;
}

/**
 * Writes what `lint` finds to standard error, and nothing else: the demo has paths that fail on purpose.
 *
 * @param error What went wrong
 */
export function tellFault(error: unknown): void {
  if (error instanceof Error && error.message.startsWith("Lint: ")) console.error(error.message);
}

/** How long those that are served have left when the subject is to end, in ms. */
export const SUBJECT_DEADLINE = 2000;

/** A handler as anybody would write it, which tells what it was given. */
async function describe(request: Request): Promise<Response> {
  const length = request.body === null ? 0 : (await request.arrayBuffer()).byteLength;
  return new Response(`${request.method} ${request.url} ${length}\n`);
}

const SUBJECTS = { demo: demo as App, lint: lint(demo), fetch: fetchApp(describe) };
