/**
 * The bounds: every loop over what a peer sends has one of these, by name, with the answer it gives.
 *
 * @module
 */

/** Bounds on what one connection may send and hold, in octets or counts; the last one is for all of a gateway. */
export interface Limits {
  /** Octets of a request line or status line, line end not counted; over it 414. @default {8192} */
  requestLine: number;
  /** Octets of a method; over it 501. @default {32} */
  method: number;
  /** Octets of a field section with its line ends; over it 431. @default {32768} */
  fieldSection: number;
  /** Field lines of a head; over it 431. @default {100} */
  fieldLines: number;
  /** Octets of a request's content; over it 413. @default {Infinity} */
  content: number;
  /** Octets of a chunk's size line with its extensions; over it 400. @default {256} */
  chunkLine: number;
  /** Octets of chunk framing beyond 16 + 2 x the data they frame, summed; over it 400. @default {16384} */
  chunkDebt: number;
  /** Octets of a trailer section with its line ends; over it 431. @default {8192} */
  trailerSection: number;
  /** Field lines of a trailer section; over it 431. @default {100} */
  trailerLines: number;
  /** Octets that may lie unread in the core before reading from the peer pauses. @default {65536} */
  readAhead: number;
  /** Octets that may wait for the peer before the application pauses. @default {65536} */
  sendBuffer: number;
  /** Connections that hold behind their last answer and are read no more; then the oldest one closes. @default {64} */
  holding: number;
}

/** Bounds on time, in ms. */
export interface Deadlines {
  /** A head must be whole this long after its first octet; then 408. @default {10_000} */
  head: number;
  /** How long a connection may be silent between exchanges, and before the first; then it closes. @default {65_000} */
  idle: number;
  /** The longest pause within content; then 408, or an abort when the head of the answer is out. @default {30_000} */
  contentGap: number;
  /** The least rate of content, on average, once `afterMs` are over; below it as `contentGap`. @default {{ bytesPerSecond: 240, afterMs: 5000 }} */
  contentRate: ContentRate;
  /** How long the peer may take nothing while bytes wait for it; then an abort. @default {30_000} */
  writeStall: number;
  /** A TLS handshake must be done by then; else an abort. @default {10_000} */
  tlsHandshake: number;
  /** How much unread content is read away after an answer, and how long, to keep the connection. @default {{ bytes: 65_536, ms: 1000 }} */
  drain: ClosingBound;
  /** How much is read away while closing, and how long the peer has to close. @default {{ bytes: 65_536, ms: 2000 }} */
  linger: ClosingBound;
  /** What is still open this long after a shutdown began is aborted. @default {10_000} */
  shutdown: number;
  /** How long an application may take until its head is out; then 503. @default {Infinity} */
  application: number;
}

/** A least rate of content. */
export interface ContentRate {
  /** Octets in a second, on average. */
  bytesPerSecond: number;
  /** When the measuring begins to count, in ms. */
  afterMs: number;
}

/** A bound in octets and in time. */
export interface ClosingBound {
  /** Octets. */
  bytes: number;
  /** Milliseconds. */
  ms: number;
}

/** Departures from the strict reading, each named after what it does. All are off by default. */
export interface ProtocolOptions {
  /** Takes octets above 0x7e in a request target instead of 400. @default {false} */
  allowNonAsciiTarget: boolean;
  /** Takes `Host:` without a value instead of 400. @default {false} */
  allowEmptyHost: boolean;
  /** Takes `Content-Length: 007` instead of 400. @default {false} */
  allowLeadingZeros: boolean;
  /**
   * Takes a further chunked body behind the last one each time the application sends a 100 (Continue) of its own, as
   * eventlet does for OpenStack Swift. That is not HTTP: only for clients that are known to speak so. @default {false}
   */
  allowContentPerContinue: boolean;
  /** Drops field lines whose name has an underscore. @default {false} */
  dropUnderscoreNames: boolean;
  /** Refuses `%00`, `%0a` and `%0d` in a request target with 400. @default {false} */
  refuseEncodedControls: boolean;
  /** Refuses a repeated field that may stand only once (Content-Type and others) with 400. @default {false} */
  refuseRepeatedSingletons: boolean;
  /** Takes `https:` request targets on a connection without TLS instead of 421. @default {false} */
  trustedGateway: boolean;
  /** Hands `OPTIONS *` to the application instead of answering it. @default {false} */
  asteriskToApplication: boolean;
}

/** The default of each limit. */
export const DEFAULT_LIMITS: Readonly<Limits> = Object.freeze({
  requestLine: 8192,
  method: 32,
  fieldSection: 32_768,
  fieldLines: 100,
  content: Infinity,
  chunkLine: 256,
  chunkDebt: 16_384,
  trailerSection: 8192,
  trailerLines: 100,
  readAhead: 65_536,
  sendBuffer: 65_536,
  holding: 64,
});

/** The default of each deadline. */
export const DEFAULT_DEADLINES: Readonly<Deadlines> = Object.freeze({
  head: 10_000,
  idle: 65_000,
  contentGap: 30_000,
  contentRate: Object.freeze({ bytesPerSecond: 240, afterMs: 5000 }),
  writeStall: 30_000,
  tlsHandshake: 10_000,
  drain: Object.freeze({ bytes: 65_536, ms: 1000 }),
  linger: Object.freeze({ bytes: 65_536, ms: 2000 }),
  shutdown: 10_000,
  application: Infinity,
});

/** The default of each protocol option: strict. */
export const DEFAULT_PROTOCOL: Readonly<ProtocolOptions> = Object.freeze({
  allowNonAsciiTarget: false,
  allowEmptyHost: false,
  allowLeadingZeros: false,
  allowContentPerContinue: false,
  dropUnderscoreNames: false,
  refuseEncodedControls: false,
  refuseRepeatedSingletons: false,
  trustedGateway: false,
  asteriskToApplication: false,
});

/**
 * Completes limits with the defaults.
 *
 * @param limits Those that differ
 * @returns All of them
 * @throws {RangeError} If one is not a number of at least 0
 * @throws {TypeError} If one has a name that is not known
 */
export function completeLimits(limits: Partial<Limits> = {}): Readonly<Limits> {
  return complete("limits", limits, DEFAULT_LIMITS);
}

/**
 * Completes deadlines with the defaults.
 *
 * @param deadlines Those that differ
 * @returns All of them
 * @throws {RangeError} If one is not a number of at least 0
 * @throws {TypeError} If one has a name that is not known
 */
export function completeDeadlines(deadlines: Partial<Deadlines> = {}): Readonly<Deadlines> {
  return complete("deadlines", deadlines, DEFAULT_DEADLINES);
}

/**
 * Completes protocol options with the defaults.
 *
 * @param protocol Those that differ
 * @returns All of them
 * @throws {TypeError} If one has a name that is not known, or is no boolean
 */
export function completeProtocol(protocol: Partial<ProtocolOptions> = {}): Readonly<ProtocolOptions> {
  return complete("protocol", protocol, DEFAULT_PROTOCOL);
}

/**
 * Changes those deadlines that one exchange may change.
 *
 * @param values The changes
 * @param deadlines The deadlines in force
 * @returns The deadlines that are in force then
 * @throws {RangeError} If one is not a number of at least 0
 * @throws {TypeError} If one is not an exchange's to change
 */
export function overrideDeadlines(values: Partial<Deadlines>, deadlines: Readonly<Deadlines>): Readonly<Deadlines> {
  const { contentGap, contentRate, writeStall, application } = deadlines;
  const changed = complete<Partial<Deadlines>>("deadlines", values, {
    contentGap,
    contentRate,
    writeStall,
    application,
  });
  return Object.freeze({ ...deadlines, ...changed });
}

/** Bounds guard against peers, so a misspelt one must not pass silently. */
function complete<T extends object>(where: string, given: Partial<T>, defaults: Readonly<T>): Readonly<T> {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) throw new TypeError(`Cannot use ${where}: "${name}" is not one of them`);
    if (value !== undefined) checkLike(`${where}.${name}`, value, defaults[name as keyof T]);
  }
  const stated = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.freeze({ ...defaults, ...Object.fromEntries(stated) });
}

function checkLike(where: string, value: unknown, model: unknown): void {
  if (typeof value !== typeof model || value === null) {
    throw new TypeError(`Cannot use ${where}: "${String(value)}" is not a ${typeof model}`);
  }
  if (typeof value === "number" && !(value >= 0)) {
    throw new RangeError(`Cannot use ${where}: ${value} is not a number of at least 0`);
  }
  if (typeof model !== "object" || model === null) return;
  for (const [member, modelValue] of Object.entries(model)) {
    checkLike(`${where}.${member}`, (value as Record<string, unknown>)[member], modelValue);
  }
}
