/**
 * `lint`: holds an application, and the gateway before it, to the application protocol: what Python's
 * `wsgiref.validate` checks, in the words of this gateway.
 *
 * It is for tests and development. What is wrong is a TypeError whose message begins with `Lint:`; before the head it
 * becomes a 500, behind it the connection is aborted, and `onError` is told in both cases.
 *
 * @module
 */

import type { Environ, PostHook } from "../gateway/environ.ts";
import { FLUSH, INPUT_PENDING, isPiece, isThenable } from "../gateway/piece.ts";
import type { App, Result, StartResponse } from "../gateway/types.ts";
import { LintedAnswer } from "./lint_answer.ts";
import { checkEnviron, checkHooks, lintEnviron } from "./lint_environ.ts";
import { checkCount, fault, nameOf } from "./lint_fault.ts";
import { type ResultEnding, type ResultWatcher, watchResult } from "./watch_result.ts";

/**
 * Checks all that an application does:
 *
 * - `startResponse` is called before there is content, once unless with an `Error`, with 1 to 3 arguments: a status of
 *   200 to 999 or `"200 Reason"`, and fields that are strings, have proper names, none of them `Status`, and no control
 *   characters. `content-type` stands once where there is content, never with 204 and 304, which have none. It may be
 *   missing where the request's content has none either.
 * - The result is a piece, an iterable or asynchronous iterable, a promise of one of them, or nothing; iterables give
 *   what they may, are not asked again once closed, and are closed once.
 * - `write` takes one piece. Methods of `environ`, `input` and `errors` have the arguments that they take.
 * - Members of `environ` are replaced by nothing that they cannot be; post hooks are functions.
 * - Nothing is called after the application has given all.
 *
 * @param app The application
 * @returns The application, checked
 *
 * @example
 * ```ts
 * import { lint } from "@sluice/sluice/middleware";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertEquals } from "@std/assert";
 *
 * const errors: unknown[] = [];
 * const app = lint((_environ, startResponse) => {
 *   startResponse(200);
 *   return "hello";
 * });
 * const onError = (error: unknown) => errors.push(String(error));
 * await exchange(app, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", { onError });
 * assertEquals(errors, ["TypeError: Lint: content was given without a content-type field"]);
 * ```
 */
export function lint(app: App): App {
  if (typeof app !== "function") throw fault(`the application is ${nameOf(app)}, not a function`);
  return (...args: unknown[]) => {
    checkCount("the application", args, 2);
    const [environ, startResponse] = args;
    checkEnviron(environ);
    if (typeof startResponse !== "function") throw fault(`startResponse is ${nameOf(startResponse)}, not a function`);
    return new LintedCall(app, environ, startResponse as StartResponse).run();
  };
}

/** One call of an application. */
class LintedCall implements ResultWatcher {
  readonly #app: App;
  readonly #environ: Environ;
  readonly #answer: LintedAnswer;
  #isIterable = false;
  #isClosed = false;

  constructor(app: App, environ: Environ, startResponse: StartResponse) {
    this.#app = app;
    this.#environ = environ;
    this.#answer = new LintedAnswer(startResponse, isTypeUnknown(environ));
  }

  run(): Result | PromiseLike<Result> {
    const hook: PostHook = (_environ, { completed }) => this.#checkClosed(completed);
    this.#environ.postHooks.push(hook);
    const result = this.#app(lintEnviron(this.#environ, this.#answer, hook), this.#answer.startResponse);
    return isThenable(result) ? Promise.resolve(result).then((settled) => this.#watch(settled)) : this.#watch(result);
  }

  item(item: unknown, isAsync: boolean): void {
    if (this.#isClosed) throw fault("the iterator was asked for an item after it had been closed");
    if (isPiece(item)) return this.#answer.checkPiece(item);
    if (item === FLUSH) return this.#answer.checkEnd();
    if (isAsync) throw fault(`the asynchronous iterable gave ${nameOf(item)}, not a piece or FLUSH`);
    if (item === INPUT_PENDING || isThenable(item)) return;
    throw fault(`the iterable gave ${nameOf(item)}, not a piece, FLUSH, INPUT_PENDING or a promise`);
  }

  ended(how: ResultEnding): void {
    if (how !== "exhausted") return;
    this.#answer.checkEnd();
    this.#answer.isOver = true;
    checkHooks(this.#environ.postHooks);
  }

  closed(): void {
    if (this.#isClosed) throw fault("the iterator was closed a second time");
    this.#isClosed = true;
  }

  #watch(result: unknown): Result | PromiseLike<Result> {
    checkResult(result);
    this.#isIterable = typeof result === "object" && !isPiece(result) && !Array.isArray(result);
    return watchResult(result as Result, this);
  }

  /** Of an answer that was broken off in the midst of a step the iterator is closed behind the hooks. */
  #checkClosed(completed: boolean): void {
    if (completed && this.#isIterable && !this.#isClosed) throw fault("the iterator was never closed");
    checkHooks(this.#environ.postHooks);
  }
}

/**
 * RFC 9110, section 8.3: content has a type "unless the intended media type of the enclosed representation is unknown
 * to the sender". Who passes on what came without a type does not know it.
 */
function isTypeUnknown({ input, fields }: Environ): boolean {
  return input.length !== 0 && !fields.has("content-type");
}

function checkResult(result: unknown): void {
  if (result === undefined || isPiece(result)) return;
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(result) as {
    [Symbol.iterator]?: unknown;
    [Symbol.asyncIterator]?: unknown;
  };
  if (typeof sync === "function" || typeof async === "function") return;
  throw fault(`the application gave ${nameOf(result)}, not a piece, an iterable or nothing`);
}
