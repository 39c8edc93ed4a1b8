/**
 * `GatewaySettings`: the options of a gateway, completed and checked once for all its connections, with what they share.
 *
 * @module
 */

import { DateCache } from "../date.ts";
import { completeDeadlines, completeLimits, completeProtocol, type Deadlines } from "../limits.ts";
import { decodeOctets } from "../octets.ts";
import { DecodeAhead } from "../parse/decode_ahead.ts";
import type { ParseSettings } from "../parse/settings.ts";
import { BlockPool } from "../write/block_pool.ts";
import type { ContentRest } from "./content_turn.ts";
import type { ErrorLog } from "./environ.ts";
import { checkMinimumChunkSize } from "./gathering.ts";
import { LocalSignalBus, type SignalBus } from "./signal_bus.ts";
import type { ExchangeRecord, GatewayOptions } from "./types.ts";

const SILENT: ErrorLog = { write() {} };

/** A connection that holds behind its last answer. */
export interface Holder {
  /** Closes it: others hold too. */
  makeRoom(): void;
}

/** What all connections of a gateway share. */
export class GatewaySettings {
  /** How heads and content are parsed, with the limits. */
  readonly parse: ParseSettings;
  /** Bounds in ms. */
  readonly deadlines: Readonly<Deadlines>;
  /** Where `environ.errors` goes. */
  readonly errors: ErrorLog;
  /** Told of each exchange, if set. */
  readonly onExchange: ((record: ExchangeRecord) => void) | undefined;
  /** Whether blocks given to `receive` may be kept. */
  readonly ownedBlocks: boolean;
  /** Decodes heads, those of one turn at once. */
  readonly heads: DecodeAhead;
  /** Blocks for sending. */
  readonly pool: BlockPool = new BlockPool();
  /** When those who read content had their last rest. */
  readonly contentRest: ContentRest = { endedAt: undefined };
  /** Those that linger and read no more, in the order in which they began. */
  readonly holding: Set<Holder> = new Set();
  /** The date of the current second. */
  readonly dates: DateCache = new DateCache();
  /** Octets that items are gathered to. */
  readonly minimumChunkSize: number;
  /** Where signals meet. */
  readonly signals: SignalBus;
  readonly #onError: ((error: unknown) => void) | undefined;

  /**
   * Makes a `GatewaySettings`.
   *
   * @param options The options
   * @throws {TypeError} For an option that is not known or has the wrong type
   * @throws {RangeError} For a number that is none of at least 0
   */
  constructor(options: GatewayOptions = {}) {
    this.heads = new DecodeAhead(options.decodeOctets ?? decodeOctets);
    this.parse = {
      limits: completeLimits(options.limits),
      protocol: completeProtocol(options.protocol),
      decodeOctets: this.heads.decode,
    };
    this.deadlines = completeDeadlines(options.deadlines);
    this.errors = options.errors ?? SILENT;
    this.onExchange = options.onExchange;
    this.ownedBlocks = options.ownedBlocks ?? false;
    this.minimumChunkSize = checkMinimumChunkSize(options.minimumChunkSize ?? 0);
    this.signals = options.signals ?? new LocalSignalBus();
    this.#onError = options.onError;
  }

  /**
   * Tells of an error of the application, of a hook, or of an observer.
   *
   * @param error The error
   */
  reportError(error: unknown): void {
    try {
      this.#onError?.(error);
    } catch {
      // There is nobody left to tell.
    }
  }
}
