/**
 * A request as the Fetch standard has it, made of an environ: one half of the bridge of `fetch_app.ts`.
 *
 * Not every request can be told in Fetch's words. What cannot is answered, never guessed: a method that Fetch forbids
 * or would spell otherwise (501), a host that makes no URL (400). Nothing here throws for what a client sent.
 *
 * @module
 */

import type { FieldSection } from "../fields.ts";
import type { Environ } from "../gateway/environ.ts";
import type { Input } from "../gateway/input.ts";

/** Methods that no `Request` may have, in any case (Fetch, "forbidden method"). */
const FORBIDDEN: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

/** Methods that `Request` puts in upper case (Fetch, "normalize a method"); `patch` is not among them. */
const NORMALISED: ReadonlySet<string> = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]);

/**
 * Makes the request that a fetch handler takes. Its content is read from the client as the handler reads it, its
 * signal is the environ's, made when it is first asked for.
 *
 * @param environ The request as the gateway has it
 * @returns The request; or the status that answers what Fetch cannot say: 501 for the method, 400 for the host
 */
export function toRequest(environ: Environ): Request | 501 | 400 {
  const method = environ.method;
  if (!isFetchMethod(method)) return 501;
  const url = environ.url;
  // A host that is well-formed in HTTP may be none in a URL: `1.2.3.256`, `a%2fb`, `[v1.a]`.
  if (!URL.canParse(url)) return 400;
  const init: StreamInit = { method, headers: toHeaders(environ.fields) };
  // In this order: what is not asked for `input` never has to make one.
  if (method !== "GET" && method !== "HEAD" && environ.input.length !== 0) {
    init.body = toStream(environ.input);
    init.duplex = "half";
  }
  return new GatewayRequest(url, init, environ);
}

/** `duplex` says that content may be sent while the answer is read; the standard wants it beside a stream. */
interface StreamInit extends RequestInit {
  duplex?: "half";
}

/** `get` and `Get` are methods of their own in HTTP, and not `GET`. */
function isFetchMethod(method: string): boolean {
  if (NORMALISED.has(method)) return true;
  const upper = method.toUpperCase();
  return !NORMALISED.has(upper) && !FORBIDDEN.has(upper);
}

/**
 * A `Request` that takes two members from the environ. `signal`: given to the constructor it would cost more than all
 * the rest of the request, and few handlers look at it. `method`: Bun knows a fixed list and turns others into `GET`.
 */
class GatewayRequest extends Request {
  readonly #environ: Environ;

  constructor(input: string | Request, init: RequestInit | undefined, environ: Environ) {
    super(input, init);
    this.#environ = environ;
  }

  override get method(): string {
    return this.#environ.method;
  }

  override get signal(): AbortSignal {
    return this.#environ.signal;
  }

  override clone(): GatewayRequest {
    return new GatewayRequest(super.clone(), undefined, this.#environ);
  }
}

/**
 * Cookie lines are joined here, because `Headers` would join them by a comma, which is part of no cookie-string
 * (RFC 6265, section 5.4).
 */
function toHeaders(fields: FieldSection): [string, string][] {
  const lines: [string, string][] = [];
  let cookie: [string, string] | undefined;
  for (const [name, value] of fields) {
    if (name.length === 6 && name.toLowerCase() === "cookie") {
      if (cookie !== undefined) {
        cookie[1] += "; " + value;
        continue;
      }
      cookie = [name, value];
      lines.push(cookie);
    } else {
      lines.push([name, value]);
    }
  }
  return lines;
}

/**
 * The content as a stream of octets. Nothing is read before the handler reads, so a client that waits for
 * 100 (Continue) gets it at the first read, and one that sends faster than the handler reads is held up.
 */
function toStream(input: Input): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: "bytes",
    async pull(controller: ReadableByteStreamController): Promise<void> {
      const piece = await input.readSome();
      if (piece.length > 0) {
        controller.enqueue(piece);
        return;
      }
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}
