/**
 * The ways in which the applications of the simulation read content. Each compares what it is given with what was sent.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Environ } from "../../core/gateway/environ.ts";
import type { ChunkItem } from "../../core/gateway/input.ts";
import type { Ask } from "./ask.ts";
import { PATTERN_OCTETS, placeOf } from "./pattern.ts";

/** Reads what it wants to. */
export type Reader = (environ: Environ, ask: Ask) => Promise<void>;

/** Content came that was not sent. */
export class WrongContentError extends Error {
  /** The class's name, `WrongContentError`. */
  override readonly name: string = "WrongContentError";
}

/** By name. Those of `PARTIAL` leave some unread; all others read to the end. */
export const READERS: Readonly<Record<string, Reader>> = {
  bytes: async ({ input }, ask) => readOn(ask, await input.bytes()),
  text: async ({ input }, ask) => readOn(ask, new TextEncoder().encode(await input.text())),
  read: async ({ input }, ask) => readOn(ask, await input.read()),
  exact: async ({ input }, ask) => {
    for (let octets = 1;; octets = octets * 3 % 5000) {
      const bytes = await input.read(octets);
      readOn(ask, bytes);
      if (bytes.length === octets) continue;
      if (ask.read < ask.request.octets) throw new WrongContentError(`Read ${bytes.length} octets for ${octets}`);
      return;
    }
  },
  pieces: async ({ input }, ask) => {
    for await (const piece of input) readOn(ask, piece);
  },
  slowly: async ({ input, signals }, ask) => {
    for await (const piece of input) {
      readOn(ask, piece);
      await signals.sleep(20, { throughHalfClose: true });
    }
  },
  lines: async ({ input }, ask) => {
    for await (const line of input.lines()) {
      if (line.subarray(0, -1).includes(0x0a)) throw new WrongContentError("Read a line with a line end within");
      readOn(ask, line);
    }
  },
  chunks: async ({ input }, ask) => {
    for await (const item of input.chunks()) readChunkItem(ask, item);
  },
  half: async ({ input }, ask) => readOn(ask, await input.read(ask.request.octets >> 1)),
  nothing: async () => {},
};

/** Those that leave content unread. */
export const PARTIAL: ReadonlySet<string> = new Set(["half", "nothing"]);

/**
 * Takes note of an item of `chunks()`.
 *
 * @param ask The exchange
 * @param item The item
 * @throws {WrongContentError} If it is not what was sent
 */
export function readChunkItem(ask: Ask, item: ChunkItem): void {
  if (item instanceof Uint8Array) return readOn(ask, item);
  const [size, first] = item;
  if (first instanceof Uint8Array) {
    const { framing, octets, chunk } = ask.request;
    const wanted = framing === "length" ? octets : Math.min(chunk, octets - ask.read);
    if (size !== wanted) throw new WrongContentError(`Read a chunk of ${size} octets for ${wanted}`);
    return readOn(ask, first);
  }
  const sum = ask.request.hasTrailers ? String(ask.request.octets) : undefined;
  if (first.get("x-sum") !== sum) throw new WrongContentError(`Read trailers with ${first.get("x-sum")} for ${sum}`);
}

/**
 * Takes note of what was read.
 *
 * @param ask The exchange
 * @param bytes The octets
 * @throws {WrongContentError} If they are not what was sent
 */
export function readOn(ask: Ask, bytes: Uint8Array): void {
  const place = placeOf(ask.id) + ask.read;
  ask.read += bytes.length;
  const isRight = ask.read <= ask.request.octets &&
    Buffer.compare(bytes, PATTERN_OCTETS.subarray(place, place + bytes.length)) === 0;
  if (!isRight) throw new WrongContentError(`Read other octets than were sent, within ${ask.read}`);
}
