/**
 * The exchange loop: runs an application for each request of one connection, one after the other, and ends the
 * connection in good order. What comes while an exchange is in hand waits as octets.
 *
 * @module
 */

import type { CloseReason } from "../connection/lifecycle.ts";
import { ServerConnection } from "../connection/server_connection.ts";
import { ConnectionLostError, ProtocolError } from "../errors.ts";
import { LF } from "../octets.ts";
import type { Deadlines } from "../limits.ts";
import { SendBuffer } from "../write/send_buffer.ts";
import { ContentTurn, type ContentTurnHost } from "./content_turn.ts";
import { isWorthDraining } from "./drain.ts";
import { Exchange, type ExchangeHost } from "./exchange.ts";
import { isAnsweredLately } from "./linger.ts";
import { Outlet } from "./outlet.ts";
import { Pacing, type PacingHost } from "./pacing.ts";
import { Parting, type PartingHost } from "./parting.ts";
import type { Port, Surroundings } from "./port.ts";
import { ReadingPause, type ReadingPauseHost } from "./reading_pause.ts";
import { receive } from "./reception.ts";
import { Reporter } from "./reporter.ts";
import type { GatewaySettings } from "./settings.ts";
import type { App } from "./types.ts";
import { nextDeadline, type Timed, whatIsDue } from "./watchdog.ts";

/** Runs the exchanges of one connection. */
export class ExchangeLoop implements ContentTurnHost, ExchangeHost, PacingHost, PartingHost, ReadingPauseHost, Timed {
  readonly #app: App;
  readonly #reporter: Reporter;
  readonly #pacing: Pacing;
  readonly #readingPause: ReadingPause;
  #isClosed = false;
  #isAdvancing = false;
  /** Made for the first content: most connections never have any. */
  #contentTurn: ContentTurn | undefined;
  /** Made when it begins: an idle connection has none. */
  #parting: Parting | undefined;
  #idleSince: number | undefined;
  #turnStart: number | undefined;
  /** The connection's protocol state. */
  readonly connection: ServerConnection;
  /** The way out. */
  readonly outlet: Outlet;
  /** The far side. */
  readonly port: Port;
  /** The clock and the turn. */
  readonly surroundings: Surroundings;
  /** What all connections share. */
  readonly settings: GatewaySettings;
  /** The deadlines in force: those of the last exchange count until the next one begins, for its answer's sake. */
  deadlines: Readonly<Deadlines>;
  /** The exchange in hand. */
  exchange: Exchange | undefined = undefined;
  /** Why the connection is closing, undefined if it is not. */
  closingBy: "peer" | "shutdown" | undefined = undefined;
  /** Since when a head is awaited in full; undefined before its first octet. */
  headSince: number | undefined = undefined;
  /** When what is left of the connection ends: draining, lingering, or the grace of a shutdown. */
  endsAt: number = Infinity;

  /**
   * Makes an `ExchangeLoop`.
   *
   * @param app The application
   * @param port The far side
   * @param surroundings The clock and the turn
   * @param settings What all connections share
   */
  constructor(app: App, port: Port, surroundings: Surroundings, settings: GatewaySettings) {
    const output = new SendBuffer(settings.pool);
    this.#app = app;
    this.port = port;
    this.surroundings = surroundings;
    this.settings = settings;
    this.deadlines = settings.deadlines;
    this.connection = new ServerConnection(settings.parse, output);
    this.outlet = new Outlet(port, output, surroundings, settings.parse.limits.sendBuffer);
    this.#reporter = new Reporter(settings, surroundings, port);
    this.#pacing = new Pacing(this);
    this.#readingPause = new ReadingPause(this);
    this.#idleSince = surroundings.now();
  }

  /**
   * Since when the connection is idle. It counts from when it is first asked for, which whoever looks at deadlines does at
   * once and again: nearly all connections are used again before.
   */
  get idleSince(): number {
    return this.#idleSince ??= this.surroundings.now();
  }

  /** When the turn began. The clock is asked once for all requests that came together: on Deno that takes 150 ns. */
  get turnStart(): number {
    return this.#turnStart ??= this.surroundings.now();
  }

  /** The value of Date for an answer that begins now. */
  get date(): string {
    return this.settings.dates.at(this.surroundings.unixTime());
  }

  /** When `tick` is due next, on the clock of `surroundings.now`; Infinity if never. */
  get deadline(): number {
    return this.#isClosed ? Infinity : nextDeadline(this);
  }

  /** How much content is read in a turn. */
  get contentTurn(): ContentTurn {
    return this.#contentTurn ??= new ContentTurn(this);
  }

  /** Whether requests are served: not when the connection is only read away or waits for its end. */
  get isServing(): boolean {
    return !this.#isClosed && this.#parting === undefined;
  }

  /** Whether requests have to wait for a later turn. */
  get isHeldBack(): boolean {
    return this.#pacing.isHeldBack;
  }

  /** Whether content is read away that the application left. */
  get isDraining(): boolean {
    return this.#parting?.isDraining === true;
  }

  /** While the connection lingers: whether enough was read away; else undefined. */
  get hasLingeredEnough(): boolean | undefined {
    return this.#parting?.hasLingeredEnough;
  }

  /**
   * Takes what came.
   *
   * @param bytes The block that holds the octets: lent until the call returns, unless `ownedBlocks` is set
   * @param end Where they end
   * @returns Whether nobody needs the block any more; with `ownedBlocks` set it may be in use
   */
  receive(bytes: Uint8Array, end: number): boolean {
    if (this.#isClosed) return true;
    const { input } = this.connection;
    this.connection.receive(bytes, end);
    this.#pacing.beginTurn();
    this.#contentTurn?.received();
    this.#takeTurn(this.settings.ownedBlocks);
    return input.bytes !== bytes && !input.isHandedOn;
  }

  /** The peer has ended its side. */
  receiveEnd(): void {
    if (this.#isClosed || this.connection.hasEnded) return;
    this.connection.receiveEnd();
    this.closingBy ??= "peer";
    this.exchange?.announceClosing();
    this.goOn();
  }

  /** The port has taken the write that it held. */
  drained(): void {
    if (this.#isClosed) return;
    // A client that was slow to take its answer has its time to ask again. Known before what waits for it is done.
    if (!this.exchange) this.#idleSince = undefined;
    this.outlet.drained();
    this.#settleSent();
  }

  /** Acts on the deadlines that have come. */
  tick(): void {
    if (this.#isClosed) return;
    switch (whatIsDue(this, this.surroundings.now())) {
      case "head":
        return this.#headIsDue();
      case "idle":
        return this.close();
      case "content":
        return this.#contentIsDue(this.exchange!);
      case "write":
        return this.abortConnection(new ConnectionLostError("The peer takes nothing any more"));
      case "application":
        return this.exchange!.expire(new Error("The application took too long"));
      case "end":
        return this.#endIsDue();
    }
  }

  /**
   * Begins to drain: what is sent during the grace is answered with `connection: close`, what is idle then closes.
   *
   * @param graceMs How long, in ms
   */
  shutdown(graceMs: number): void {
    if (this.#isClosed || this.connection.closeReason === "shutdown") return;
    this.closingBy ??= "shutdown";
    this.connection.closeAfter("shutdown");
    this.exchange?.announceClosing();
    if (!this.isServing) return;
    this.endsAt = this.surroundings.now() + graceMs;
    if (graceMs <= 0) this.#endIsDue();
  }

  /**
   * The transport is gone.
   *
   * @param reason Why: what `environ.signal` fires with
   */
  abort(reason: unknown): void {
    if (this.#isClosed) return;
    this.#leave(reason);
  }

  /** Octets were taken or are waited for: reading goes on or pauses. */
  regulateReading(): void {
    if (!this.#isClosed) this.#readingPause.regulate();
  }

  /** The answer is written whole, or refused. */
  exchangeDone(exchange: Exchange): void {
    // The application may have had the connection aborted from `return()` of its iterator.
    if (this.#isClosed) return;
    this.#reporter.add(exchange);
    this.exchange = undefined;
    // What lies unread of a tunnel is no request.
    if (exchange.tunnel) return this.#part().end();
    const event = this.connection.turnOver();
    if (event === "start over") this.awaitHead();
    else if (event === undefined && isWorthDraining(this.connection, this.settings.deadlines.drain.bytes)) {
      this.#part().drain();
    } else this.#part().linger();
    if (!this.#isAdvancing) this.goOn();
  }

  /** The connection is kept: the next request may come. */
  awaitHead(): void {
    this.#parting = undefined;
    this.#idleSince = undefined;
  }

  /** The answer cannot be completed: the peer must not take it for whole. */
  abortConnection(error: unknown): void {
    if (this.#isClosed) return;
    // What was gathered before goes out: the answers to earlier requests are whole.
    this.outlet.flush();
    this.port.abort();
    this.#leave(error);
  }

  /** Our side of a tunnel has ended. */
  endWriting(): void {
    this.outlet.flush();
    this.outlet.whenEmpty(() => this.port.endWriting());
  }

  /** Ends both sides; all that was to be sent is sent. */
  close(): void {
    if (this.#isClosed) return;
    this.port.close();
    this.#leave(undefined);
  }

  /** Goes on outside of `receive`. */
  goOn(): void {
    if (this.#isClosed) return;
    this.#pacing.continueTurn();
    this.#takeTurn(true);
  }

  #takeTurn(isBlockOurs: boolean): void {
    this.#turnStart = undefined;
    const { heads } = this.settings;
    heads.begin(this.connection.input.end);
    this.#advance();
    heads.forget();
    this.connection.release(isBlockOurs);
    this.outlet.flush();
    this.#settleSent();
    this.regulateReading();
    this.#watchHead();
  }

  #advance(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      while (this.#step());
    } finally {
      this.#isAdvancing = false;
    }
  }

  /** One step; false when there is nothing to do before something happens. */
  #step(): boolean {
    if (this.#isClosed) return false;
    if (this.#parting) return this.#parting.step();
    return this.exchange ? this.#feedExchange(this.exchange) : this.#nextRequest();
  }

  #feedExchange(exchange: Exchange): boolean {
    if (exchange.tunnel) exchange.tunnel.advance();
    else exchange.readerInUse?.advance();
    return this.exchange !== exchange;
  }

  #nextRequest(): boolean {
    const { connection } = this;
    if (connection.input.unread > 0 && !this.#pacing.mayServe()) return false;
    try {
      if (connection.readHead()) return this.#serve();
    } catch (error) {
      if (error instanceof ProtocolError) this.#refuse(error);
      else this.#giveUp(error);
      return true;
    }
    // Nothing more comes: what was begun will never be whole.
    if (connection.hasEnded) this.#part().end();
    return false;
  }

  #serve(): boolean {
    this.deadlines = this.settings.deadlines;
    const exchange = new Exchange(this);
    this.exchange = exchange;
    this.headSince = undefined;
    if (this.connection.hasEnded && this.connection.input.unread === 0) this.connection.closeAfter("peer");
    const host = receive(exchange.head, this.port.tls !== undefined, this.settings.parse.protocol, this.#app);
    if (typeof host === "function") exchange.run(host);
    else exchange.refuse(host);
    return this.exchange !== exchange;
  }

  /** What is no fault of the peer's is one of ours. */
  #giveUp(error: unknown): void {
    this.settings.reportError(error);
    this.abortConnection(error);
  }

  #refuse(error: ProtocolError): void {
    const { connection } = this;
    const { output, head } = connection;
    const wireStart = output.total;
    connection.refuse(error.status, this.date, closeReason(error));
    this.#reporter.addRefusal({ error, head, wireStart, wireEnd: output.total });
    this.#part().linger();
    if (!this.#isAdvancing) this.goOn();
  }

  #part(): Parting {
    return this.#parting ??= new Parting(this);
  }

  #endIsDue(): void {
    if (this.#parting) return this.#parting.endIsDue();
    this.endsAt = Infinity;
    this.outlet.whenEmpty(() => {
      if (this.isServing && !this.exchange && this.connection.input.unread === 0) this.#closeIdle();
    });
  }

  #closeIdle(): void {
    if (isAnsweredLately(this)) this.#part().linger();
    else this.close();
  }

  /** Who has sent a request line is told; of anything less there is no saying that it is HTTP. */
  #headIsDue(): void {
    const { bytes, start, end } = this.connection.input;
    // Behind the empty line that may stand before a request.
    const lineEnd = bytes.subarray(start, end).indexOf(LF, 2);
    if (lineEnd < 0 && this.outlet.isEmpty) return this.close();
    this.#refuse(new ProtocolError("timeout", "Cannot wait for request any longer: its head is incomplete"));
  }

  #contentIsDue(exchange: Exchange): void {
    const error = new ProtocolError("timeout", "Cannot wait for content any longer");
    if (exchange.isHeadOut) this.abortConnection(error);
    else exchange.context.reader.fail(error);
  }

  /** The head's deadline counts from its first octet and is not put off by later ones, but where it waits for us. */
  #watchHead(): void {
    const isAwaited = this.isServing && !this.exchange && this.connection.input.unread > 0 && !this.isHeldBack;
    if (isAwaited) this.headSince ??= this.surroundings.now();
    else this.headSince = undefined;
  }

  #settleSent(): void {
    if (this.#reporter.hasPending) this.#reporter.settle(this.outlet.taken);
  }

  /** An application may throw anything, `undefined` too: the loss itself has a reason. */
  #leave(why: unknown): void {
    const { exchange, outlet } = this;
    // Most connections end while nobody is to hear of it, and an error takes a seventh of one that comes and goes.
    const isNews = exchange !== undefined || this.#reporter.hasPending;
    const reason = why ?? (isNews ? new ConnectionLostError("The connection is closed") : undefined);
    this.#isClosed = true;
    this.#parting?.closed();
    this.connection.close();
    const { taken } = outlet;
    this.exchange = undefined;
    // First the exchange: whoever waits for room is to learn that there will be none.
    exchange?.lose(reason);
    outlet.close();
    this.#reporter.settle(taken);
    if (exchange) this.#reporter.add(exchange);
    this.#reporter.abandon(reason);
  }
}

function closeReason(error: ProtocolError): CloseReason {
  return error.code === "timeout" ? "deadline" : "protocol-error";
}
