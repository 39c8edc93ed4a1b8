/**
 * What carries the core: the far side of one byte stream, and the only time and turn the core knows.
 *
 * A transport of your own implements `Port` for each of its connections, one `Surroundings` for all of them, makes a
 * `Conversation` of each, and has everything: see core/README.md.
 *
 * @module
 */

/** Where one end of a connection is. */
export type Address = NetworkAddress | UnixAddress;

/** An end of a TCP connection. */
export interface NetworkAddress {
  /** Tells the kinds apart. */
  readonly transport: "tcp";
  /** The IP address, IPv6 without brackets. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
}

/** An end of a Unix domain socket. */
export interface UnixAddress {
  /** Tells the kinds apart. */
  readonly transport: "unix";
  /** The path; empty for an end without a name, as clients have. */
  readonly path: string;
}

/** What is known of a connection's TLS; members that the runtime does not tell are left out. */
export interface TlsInfo {
  /** The version, for instance `TLSv1.3`. */
  readonly version?: string;
  /** The cipher suite's name. */
  readonly cipher?: string;
  /** The protocol that ALPN agreed on. */
  readonly applicationProtocol?: string;
  /** The name that the client asked for (SNI). */
  readonly serverName?: string;
}

/**
 * The far side of one byte stream, as an adapter gives it to the core.
 *
 * A port never calls the conversation from inside one of its own methods. After `close()` or `abort()` every call does
 * nothing.
 */
export interface Port {
  /** Our end. Asked only when wanted, so a getter may look it up. */
  readonly local: Address;
  /** The peer's end. */
  readonly remote: Address;
  /** The connection's TLS, undefined on clear text. */
  readonly tls: TlsInfo | undefined;
  /**
   * Sends all of a block. At most one write is open at a time. A write that fails is told by `Conversation.abort`.
   *
   * @param bytes The block
   * @returns true: taken (sent or copied), the block is free again. false: the port holds it; there is no further write
   * and no change to the block until the port calls `Conversation.drained`
   */
  write(bytes: Uint8Array): boolean;
  /** Stops reading: what the peer sends waits in its own buffers. */
  pauseReading(): void;
  /** Reads again. */
  resumeReading(): void;
  /** Ends our side (FIN; with TLS close_notify first) once what was written is sent. Reading goes on. */
  endWriting(): void;
  /** Ends both sides once what was written is sent. */
  close(): void;
  /** Ends both sides at once, with a reset where the runtime has one. */
  abort(): void;
}

/** The only time and turn that the core knows. Tests give a false one. */
export interface Surroundings {
  /**
   * Tells the time for deadlines and durations.
   *
   * @returns Milliseconds on a clock that never goes back
   */
  now(): number;
  /**
   * Tells the time for Date fields.
   *
   * @returns Milliseconds since the epoch
   */
  unixTime(): number;
  /**
   * Runs a task in a later turn of the event loop; never as a microtask, so that I/O comes in between.
   *
   * @param task What is to run
   */
  defer(task: () => void): void;
  /**
   * Runs a task later.
   *
   * @param ms How much later, in milliseconds
   * @param task What is to run
   * @returns Cancels it; does nothing once it ran
   */
  after(ms: number, task: () => void): () => void;
}
