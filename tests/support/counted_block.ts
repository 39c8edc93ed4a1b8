/**
 * Blocks that count how often their octets are looked at, one by one and in runs, and that nobody may look beside.
 *
 * @module
 */

import { decodeOctets, type OctetDecoder } from "../../core/octets.ts";

/** Methods that look at all octets of their view, or may. */
const LOOKING: ReadonlySet<PropertyKey> = new Set([
  "indexOf",
  "lastIndexOf",
  "includes",
  "find",
  "findIndex",
  "every",
  "some",
  "forEach",
  "slice",
  "join",
  "at",
  "set",
  "copyWithin",
  Symbol.iterator,
]);

/** Counts the looks at blocks. */
export class LookCounter {
  /** How many octets were looked at, each as often as it was. */
  looks = 0;
  readonly #raw: WeakMap<Uint8Array, Uint8Array> = new WeakMap();

  /**
   * Makes a block that counts.
   *
   * @param bytes Its octets
   * @returns The block
   */
  block(bytes: Uint8Array): Uint8Array {
    const proxy = new Proxy(bytes, { get: (target, key) => this.#get(target, key) });
    this.#raw.set(proxy, bytes);
    return proxy;
  }

  /** Decodes, and counts what it decodes. */
  readonly decode: OctetDecoder = (bytes, start, end) => {
    this.looks += end - start;
    return decodeOctets(this.#raw.get(bytes) ?? bytes, start, end);
  };

  #get(target: Uint8Array, key: string | symbol): unknown {
    if (typeof key === "string" && /^\d/.test(key)) {
      this.looks++;
      if (Number(key) >= target.length) throw new RangeError(`Octet ${key} of ${target.length} was looked at`);
      return target[Number(key)];
    }
    const value: unknown = Reflect.get(target, key, target);
    if (typeof value !== "function") return value;
    if (key === "subarray") return (start?: number, end?: number) => this.block(target.subarray(start, end));
    if (LOOKING.has(key)) this.looks += target.length;
    return value.bind(target);
  }
}
