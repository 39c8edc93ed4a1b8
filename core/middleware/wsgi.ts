/**
 * `wsgi`: runs applications written against the dictionary of PEP 3333, with what asynwsgi, eventlet and cogen put into
 * it, under the names that they had.
 *
 * Where Python blocks, `await` stands, or `yield` in a generator. Octets are `Uint8Array`s; strings that are sent go out
 * as UTF-8, strings of the dictionary have one character an octet.
 *
 * @module
 */

import { type EnvironDict, toEnvironDict } from "../gateway/environ_dict.ts";
import type { Environ, Outcome } from "../gateway/environ.ts";
import { fileWrapper } from "../gateway/file_wrapper.ts";
import { INPUT_PENDING, isThenable } from "../gateway/piece.ts";
import type { App, Result, StartResponse, Write } from "../gateway/types.ts";
import { Cogen, type CogenCore, type CogenInput } from "./cogen.ts";
import { WsgiInput } from "./wsgi_input.ts";
import { runResult, type WsgiCall } from "./wsgi_result.ts";

/** A hook of eventlet: it is called with the dictionary, the arguments, and the keyword arguments if there are any. */
export type WsgiPostHook = readonly [
  // deno-lint-ignore no-explicit-any -- the arguments are the application's own
  func: (environ: WsgiEnviron, ...args: any[]) => unknown,
  args?: readonly unknown[],
  kwargs?: Readonly<Record<string, unknown>>,
];

/** The dictionary with the extensions. */
export interface WsgiEnviron extends EnvironDict<WsgiInput> {
  /** The path as it came, without the query (eventlet). */
  RAW_PATH_INFO: string;
  /** The field lines in order, their case kept (eventlet). */
  headers_raw: (readonly [name: string, value: string])[];
  /** That the content ends by itself: it may be read to its end. */
  "wsgi.input_terminated": true;
  /** What iterating `wsgi.input` gives when nothing is there yet; to be yielded back (asynwsgi). */
  "wsgi.input_sentinel": typeof INPUT_PENDING;
  /** Gives a file as content (PEP 3333). */
  "wsgi.file_wrapper": typeof fileWrapper;
  /** `wsgi.input`, whatever middleware puts there (eventlet). */
  "eventlet.input": WsgiInput;
  /** Called when the answer is sent or the client has left (eventlet). */
  "eventlet.posthooks": WsgiPostHook[];
  /** Octets that items are gathered to before they go out as one chunk; may be set at any time (eventlet). */
  "eventlet.minimum_write_chunk_size": number;
  /** Says that a server that stops need not wait for this application while it waits for something (eventlet). */
  "eventlet.set_idle": () => void;
  /** The operation under way and its result (cogen, until 2008). */
  cogen: Cogen;
  /** The same (cogen, from 2008 on). */
  "cogen.wsgi": Cogen;
  /** Signals and time (cogen). */
  "cogen.core": CogenCore;
  /** Reads (cogen). */
  "cogen.input": CogenInput;
  /** Makes an operation of any function (cogen). */
  "cogen.call": Cogen["call"];
  /** Makes an operation of a promise (cogen). */
  "cogen.yield": Cogen["yield"];
  /** The environ itself. */
  "sluice.environ": Environ;
  /** How the exchange ended; there for post hooks. */
  "sluice.outcome"?: Outcome;
}

/** `start_response`. */
export interface WsgiStartResponse {
  /**
   * @param status For instance `200 OK`
   * @param headers The fields; numbers are taken as values, as eventlet does
   * @param exc_info Why this is not the first call: an error, or Python's triple of class, error and traceback
   * @returns Sends a piece at once
   */
  (
    status: string | number,
    headers?: Iterable<readonly [name: string, value: string | number]>,
    exc_info?: unknown,
  ): Write;
}

/**
 * An application as PEP 3333 has it.
 *
 * @param environ The dictionary
 * @param start_response Takes the status and the fields
 * @returns The content
 */
export type WsgiApp = (environ: WsgiEnviron, start_response: WsgiStartResponse) => Result | PromiseLike<Result>;

/** How `wsgi` runs an application. */
export interface WsgiOptions {
  /** Whether the head goes out with the first empty item behind `start_response`, as in cogen. @default {false} */
  earlyHead?: boolean;
  /** What the deployer adds to each dictionary. @default {{}} */
  environ?: Readonly<Record<string, unknown>>;
}

/**
 * Runs an application that is written against the dictionary.
 *
 * @param app The application
 * @param options The early head, and what is added to the dictionary
 * @returns The application for the gateway
 *
 * @example
 * ```ts
 * import { wsgi } from "@sluice/sluice/middleware";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertMatch } from "@std/assert";
 *
 * const app = wsgi((environ, start_response) => {
 *   start_response("200 OK", [["Content-Type", "text/plain"]]);
 *   return ["Hello from ", environ.PATH_INFO];
 * });
 * const answer = await exchange(app, "GET /here HTTP/1.0\r\n\r\n");
 * assertMatch(new TextDecoder().decode(answer), /Hello from \/here$/);
 * ```
 */
export function wsgi(app: WsgiApp, options: WsgiOptions = {}): App {
  return (environ, startResponse) => {
    const cogen = new Cogen(environ);
    let isHeadDue = false;
    const call: WsgiCall = {
      environ,
      cogen,
      isIdle: false,
      wantsHead: () => isHeadDue && !(isHeadDue = false),
    };
    const dict = createDict(call, options);
    environ.postHooks.push((_environ, outcome) => runHooks(dict, outcome));
    const result = app(dict, (...args) => {
      const write = start(startResponse, ...args);
      isHeadDue = options.earlyHead ?? false;
      return write;
    });
    return runResult(result, call);
  };
}

function createDict(call: WsgiCall, options: WsgiOptions): WsgiEnviron {
  const { environ, cogen } = call;
  const input = new WsgiInput(environ.input);
  return {
    ...toEnvironDict(environ),
    RAW_PATH_INFO: environ.rawPathInfo,
    headers_raw: [...environ.fields],
    "wsgi.input": input,
    "wsgi.input_terminated": true,
    "wsgi.input_sentinel": INPUT_PENDING,
    "wsgi.file_wrapper": fileWrapper,
    "eventlet.input": input,
    "eventlet.posthooks": [],
    get "eventlet.minimum_write_chunk_size"(): number {
      return environ.minimumChunkSize;
    },
    set "eventlet.minimum_write_chunk_size"(octets: number) {
      environ.minimumChunkSize = octets;
    },
    "eventlet.set_idle": () => void (call.isIdle = true),
    cogen,
    "cogen.wsgi": cogen,
    "cogen.core": cogen.core,
    "cogen.input": cogen.input,
    "cogen.call": cogen.call,
    "cogen.yield": cogen.yield,
    "sluice.environ": environ,
    ...options.environ,
  };
}

function start(startResponse: StartResponse, ...[status, headers, info]: Parameters<WsgiStartResponse>): Write {
  const lines = Array.from(headers ?? [], ([name, value]) => {
    return [name, typeof value === "number" ? String(value) : value] as const;
  });
  // Python's triple: the error is its second member.
  const error: unknown = Array.isArray(info) ? info[1] : info;
  return startResponse(status, lines, error ?? undefined);
}

/** The list is read again at the end: an application may have replaced it. A hook that fails hides none of the others. */
async function runHooks(dict: WsgiEnviron, outcome: Outcome): Promise<void> {
  dict["sluice.outcome"] = outcome;
  const results: unknown[] = [];
  for (const [func, args = [], kwargs] of dict["eventlet.posthooks"] ?? []) {
    const hasKeywords = kwargs !== undefined && Object.keys(kwargs).length > 0;
    try {
      results.push(func(dict, ...args, ...(hasKeywords ? [kwargs] : [])));
    } catch (error) {
      results.push(Promise.reject(error));
    }
  }
  const settled = await Promise.allSettled(results.filter(isThenable));
  const errors = settled.filter((one) => one.status === "rejected").map((one) => one.reason as unknown);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} post hooks failed`);
}
