/**
 * What `lint` asks of an environ, of the gateway's side and of the application's.
 *
 * @module
 */

import { Environ, type PostHook } from "../gateway/environ.ts";
import { isThenable } from "../gateway/piece.ts";
import type { LintedAnswer } from "./lint_answer.ts";
import { checkCount, fault, nameOf } from "./lint_fault.ts";

/** How many arguments a method takes. */
type Counts = Readonly<Record<string, readonly [least: number, most: number]>>;

const ENVIRON_CALLS: Counts = { inform: [1, 2], trailers: [1, 1], upgrade: [0, 1] };

const INPUT_CALLS: Counts = {
  read: [0, 1],
  readSome: [0, 0],
  readLine: [0, 1],
  readLines: [0, 1],
  lines: [0, 0],
  bytes: [0, 1],
  text: [0, 1],
  json: [0, 1],
  chunks: [0, 0],
  available: [0, 0],
  availableChunks: [0, 0],
  continueFields: [1, 1],
  sendContinue: [0, 1],
};

/** What an application may set, and what it may set it to. */
const SETTABLE: Readonly<Record<string, (value: unknown) => boolean>> = {
  scriptName: isScriptName,
  pathInfo: (value) => typeof value === "string",
  postHooks: (value) => Array.isArray(value) && value.every((hook) => typeof hook === "function"),
  minimumChunkSize: (value) => typeof value === "number" && value >= 0,
};

/**
 * Checks what the gateway, or middleware before `lint`, gives as environ.
 *
 * @param environ The environ
 * @throws {TypeError} If it is none, or a member is not what it should be
 */
export function checkEnviron(environ: unknown): asserts environ is Environ {
  if (!(environ instanceof Environ)) throw fault(`environ is ${nameOf(environ)}, not an Environ`);
  const { method, scriptName, pathInfo, urlScheme, errors } = environ;
  if (!/^[^\s]+$/.test(method)) throw fault(`environ.method is ${JSON.stringify(method)}`);
  if (!isScriptName(scriptName)) {
    throw fault(`environ.scriptName is ${JSON.stringify(scriptName)}, not empty or a path that is not "/"`);
  }
  if (!/^(?:|\*|\/.*)$/s.test(pathInfo)) throw fault(`environ.pathInfo is ${JSON.stringify(pathInfo)}, not a path`);
  if (urlScheme !== "http" && urlScheme !== "https") throw fault(`environ.urlScheme is ${JSON.stringify(urlScheme)}`);
  if (typeof errors?.write !== "function") throw fault("environ.errors has no write");
}

/**
 * Checks the hooks: what is set is seen at once, what is pushed only here.
 *
 * @param hooks The hooks
 * @throws {TypeError} If one is no function
 */
export function checkHooks(hooks: readonly unknown[]): void {
  for (const hook of hooks) {
    if (typeof hook !== "function") throw fault(`a post hook is ${nameOf(hook)}, not a function`);
  }
}

/**
 * Gives an environ that looks at what the application does with it.
 *
 * @param environ The environ
 * @param answer The answer
 * @param hook The hook of `lint` itself, to be kept when hooks are replaced
 * @returns The environ, watched
 */
export function lintEnviron(environ: Environ, answer: LintedAnswer, hook: PostHook): Environ {
  let input: object | undefined;
  const errors = {
    write(...args: unknown[]): void {
      checkCount("errors.write", args, 1);
      if (typeof args[0] !== "string") throw fault(`errors.write was called with ${nameOf(args[0])}, not a string`);
      environ.errors.write(args[0]);
    },
  };
  return new Proxy(environ, {
    get(target, name) {
      if (name === "input") return input ??= lintCalls(target.input, "input", INPUT_CALLS, () => {});
      if (name === "errors") return errors;
      // Private members bind getters and methods to the environ itself.
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== "function" || typeof name !== "string" || name === "constructor") return value;
      const check = (): void => answer.checkNotOver(`environ.${name}`);
      const call = checked(target, `environ.${name}`, value, ENVIRON_CALLS[name], check);
      return name === "upgrade" ? (...args: unknown[]) => answer.upgraded(call(...args)) : call;
    },
    set(target, name, value) {
      checkSetting(name, value);
      if (name === "postHooks" && !(value as PostHook[]).includes(hook)) (value as PostHook[]).unshift(hook);
      return Reflect.set(target, name, value, target);
    },
    deleteProperty(_target, name) {
      throw fault(`environ.${String(name)} was deleted`);
    },
    defineProperty(_target, name) {
      throw fault(`environ.${String(name)} was defined anew: derive an environ instead`);
    },
  });
}

function checkSetting(name: PropertyKey, value: unknown): void {
  const isAllowed = typeof name === "string" && Object.hasOwn(SETTABLE, name) ? SETTABLE[name] : undefined;
  if (!isAllowed) {
    throw fault(`environ.${String(name)} was set: derive an environ, or put what is yours into environ.state`);
  }
  if (!isAllowed(value)) throw fault(`environ.${String(name)} was set to ${nameOf(value)}, which it cannot be`);
}

function isScriptName(value: unknown): boolean {
  return typeof value === "string" && (value === "" || (value.startsWith("/") && value !== "/"));
}

function lintCalls(object: object, name: string, counts: Counts, before: () => void): object {
  return new Proxy(object, {
    get(target, key) {
      const value = Reflect.get(target, key, target) as unknown;
      if (typeof value !== "function" || key === "constructor") return value;
      return checked(
        target,
        `${name}.${String(key)}`,
        value,
        typeof key === "string" ? counts[key] : undefined,
        before,
      );
    },
    set(_target, key) {
      throw fault(`${name}.${String(key)} was set`);
    },
  });
}

/** A method that checks how it is called, and then does as ever. */
function checked(
  target: object,
  name: string,
  method: unknown,
  counts: readonly [least: number, most: number] | undefined,
  before: () => void,
): (...args: unknown[]) => unknown {
  return (...args) => {
    if (counts) checkCount(name, args, ...counts);
    before();
    const given: unknown = (method as (...args: unknown[]) => unknown).apply(target, args);
    if (!/\.read(?:Some|Line)?$/.test(name) || !isThenable(given)) return given;
    return Promise.resolve(given).then((bytes) => {
      if (!(bytes instanceof Uint8Array)) throw fault(`${name} gave ${nameOf(bytes)}, not a Uint8Array`);
      return bytes;
    });
  };
}
