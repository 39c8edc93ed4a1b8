/**
 * Derived environs: how middleware shows an application another path, input or field section than the one that came,
 * without changing them for others.
 *
 * @module
 */

import { Environ } from "./environ.ts";

/** What a derived environ may have of its own: any member that is no method. */
export type EnvironOverrides = {
  -readonly [Key in keyof Environ as Environ[Key] extends (...args: never) => unknown ? never : Key]?: Environ[Key];
};

/** Where a derived environ keeps the one that it is derived from. */
const BASE = Symbol("base");

/** Any environ, seen as what its members are forwarded to. */
type Members = Record<PropertyKey, unknown>;

/** What forwards each member to the base; made with the first derived environ. */
let forwarding: object | undefined;

/**
 * Derives an environ: members given are its own, all others are the original's, to read and to write, so that a hook
 * or a state set on the one is there on the other.
 *
 * @param environ The original, which may itself be derived
 * @param overrides The members of its own; a getter among them is asked each time
 * @returns The derived environ, an `Environ` like any
 *
 * @example
 * ```ts
 * import { deriveEnviron } from "@sluice/sluice/core";
 * import type { App } from "@sluice/sluice";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertMatch } from "@std/assert";
 *
 * const app: App = (environ, startResponse) => {
 *   startResponse(200, { "content-type": "text/plain" });
 *   return environ.method;
 * };
 * const readOnly: App = (environ, startResponse) => app(deriveEnviron(environ, { method: "GET" }), startResponse);
 * const answer = await exchange(readOnly, "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n");
 * assertMatch(new TextDecoder().decode(answer), /GET$/);
 * ```
 */
export function deriveEnviron(environ: Environ, overrides: EnvironOverrides): Environ {
  forwarding ??= createForwarding(environ);
  const derived = Object.create(forwarding) as Members;
  derived[BASE] = environ;
  // Defined, not assigned: assigning would go through to the original.
  Object.defineProperties(derived, Object.getOwnPropertyDescriptors(overrides));
  return derived as unknown as Environ;
}

/**
 * Private members bind the accessors of `Environ` to its own instances, so `Object.create(environ)` would not do; and a
 * `Proxy` costs several times as much at each access.
 */
function createForwarding(environ: Environ): object {
  const prototype = Object.create(Environ.prototype) as object;
  const members = { ...Object.getOwnPropertyDescriptors(Environ.prototype), ...fieldsOf(environ) };
  for (const [name, { value }] of Object.entries(members)) {
    if (name === "constructor") continue;
    Object.defineProperty(prototype, name, typeof value === "function" ? forwardCall(name) : forwardValue(name));
  }
  return prototype;
}

/** The members that every environ has as fields; those of a derived one are accessors already. */
function fieldsOf(environ: Environ): Record<string, PropertyDescriptor> {
  const fields: Record<string, PropertyDescriptor> = {};
  for (const name of Object.keys(environ)) fields[name] = { value: undefined };
  return fields;
}

function forwardCall(name: string): PropertyDescriptor {
  return {
    value(this: Members, ...args: unknown[]): unknown {
      const base = this[BASE] as Members;
      return (base[name] as (...args: unknown[]) => unknown).apply(base, args);
    },
    writable: true,
    configurable: true,
  };
}

function forwardValue(name: string): PropertyDescriptor {
  return {
    get(this: Members): unknown {
      return (this[BASE] as Members)[name];
    },
    set(this: Members, value: unknown): void {
      (this[BASE] as Members)[name] = value;
    },
    configurable: true,
  };
}
