/**
 * Whole exchanges in memory, without the parser that they are compared with, so that Node.js and Bun run this file as
 * it is: `bench/profile.ts` does.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { systemSurroundings } from "../../adapters/surroundings.ts";
import demo from "../../cli/demo/app.ts";
import { Conversation } from "../../core/gateway/conversation.ts";
import type { Address, Port } from "../../core/gateway/port.ts";
import { GatewaySettings } from "../../core/gateway/settings.ts";
import { decodeOctets } from "./decode_octets.ts";
import { browserHead, minimalHead, variants } from "./inputs.ts";
import { type LeafEntry, sink, takeTurns } from "./leaf_case.ts";

/** How many requests come at once in `pipelined by 16`. */
const DEPTH = 16;

/** What comes in one read, by the name of its group. The demo tells no two queries of its root apart. */
export const EXCHANGES: Readonly<Record<string, readonly Buffer[]>> = {
  "single": variants((token) => minimalHead(token).replace(/ \/\d+/, ` /?${token}`)),
  "browser request": variants((token) => browserHead(token).replace(/ \/[^?]*/, ` /`)),
  "busy application": variants((token) => browserHead(token).replace(/ \/[^?]*\?/, ` /profile/busy?q=${token}&`)),
  [`pipelined by ${DEPTH}`]: variants((token) => minimalHead(token).replace(/ \/\d+/, ` /?${token}`).repeat(DEPTH)),
};

const ADDRESS: Address = Object.freeze({ transport: "tcp", hostname: "127.0.0.1", port: 8000 });

/** A port whose peer takes all at once. */
class MemorySink implements Port {
  readonly local: Address = ADDRESS;
  readonly remote: Address = ADDRESS;
  readonly tls: undefined = undefined;

  write(bytes: Uint8Array): boolean {
    sink.octets += bytes.length;
    return true;
  }
  pauseReading(): void {}
  resumeReading(): void {}
  endWriting(): void {
    throw new Error("The exchange was refused");
  }
  close(): void {}
  abort(): void {
    throw new Error("The exchange was aborted");
  }
}

/**
 * Our way: the octets of a read go in, those of a write come out.
 *
 * @param reads What comes
 * @returns The entry
 */
export function sluiceExchange(reads: readonly Buffer[]): LeafEntry {
  const settings = new GatewaySettings({ decodeOctets });
  const conversation = new Conversation(demo, new MemorySink(), systemSurroundings, settings);
  const next = takeTurns(reads.map((read) => new Uint8Array(read)));
  return { name: "sluice", run: () => conversation.receive(next()) };
}
