/**
 * A world: one server, its clients, their network and their clock, all from one seed.
 *
 * @module
 */

import { type Host, type ListeningSocket, type Runtime, type Server, serveWith } from "../../adapters/server.ts";
import type { Environ, Outcome } from "../../core/gateway/environ.ts";
import type { ExchangeRecord } from "../../core/gateway/types.ts";
import type { Answer } from "./answer_reader.ts";
import { type Ask, LAST } from "./ask.ts";
import { drawCharacter } from "./cast.ts";
import { Client, type ClientWorld } from "./client.ts";
import { type Pending, SimulatedClock } from "./clock.ts";
import { surrounded } from "./faults.ts";
import type { Link } from "./link.ts";
import { Random } from "../support/random.ts";
import { REFUSALS } from "./refusals.ts";
import { type ServedWorld, serving } from "./serving.ts";
import { MeantError } from "./styles.ts";
import { Tally } from "./tally.ts";
import { TraceHash } from "./trace_hash.ts";
import { checkClient, checkLink, isMeant, whyLost } from "./watch.ts";

/** What a world is made of. */
export interface WorldOptions {
  /** What determines it. */
  readonly seed: number;
  /** How many requests its clients mean to send, about. */
  readonly exchanges: number;
  /** Told of each event. */
  readonly log?: (line: string) => void;
  /** The only character of its clients. */
  readonly cast?: string | undefined;
  /** What is broken on purpose: a name in `FAULTS`. */
  readonly fault?: string | undefined;
}

/** How often the links are looked at, in ms. */
const LOOK_MS = 1000;

/** For how long after the last client has begun a world goes on at most, in ms. */
const MOST_MS = 400_000;

/** A world. */
export class World implements ClientWorld, ServedWorld {
  readonly #random: Random;
  readonly #options: WorldOptions;
  readonly #asks: Ask[] = [];
  readonly #clients: Client[] = [];
  readonly #open: Set<Client> = new Set();
  /** Answers that clients have and whose applications have not been told of. */
  readonly #answers: Map<Ask, Answer> = new Map();
  readonly #server: Server;
  #host: Host | undefined;
  #toBegin = 0;
  #isFinished = false;
  #unnamed = 0;
  /** When the shutdown began. */
  drainsAt: number = Infinity;
  /** When what is left is cut. */
  cutsAt: number = Infinity;
  readonly clock: SimulatedClock;
  readonly ownedBlocks: boolean;
  readonly waiting: Set<number> = new Set();
  /** What was done that may not be done. */
  readonly faults: string[] = [];
  /** What happened, in numbers. */
  readonly tally: Tally = new Tally();
  /** What happened, as a number. */
  readonly hash: TraceHash = new TraceHash();

  /**
   * Makes a world.
   *
   * @param options What it is made of
   */
  constructor(options: WorldOptions) {
    const random = new Random(options.seed);
    this.#options = options;
    this.#random = random;
    this.clock = new SimulatedClock(random.fork());
    this.ownedBlocks = random.chance(0.5);
    const runtime: Runtime<never> = {
      ownedBlocks: this.ownedBlocks,
      listen: (_place, host) => this.#listen(host),
    };
    const connections = random.chance(0.2) ? random.between(20, 200) : Infinity;
    this.#server = serveWith<never>(surrounded(options.fault).app(serving(this)), {
      connections,
      onExchange: (record) => this.#recorded(record),
      onError: (error) => this.#failed(error),
    }, runtime);
    this.#populate();
  }

  get isDraining(): boolean {
    return this.clock.now >= this.drainsAt;
  }

  /**
   * Lets it happen.
   *
   * @returns Settles when all is over, or something was done that may not be done
   */
  async run(): Promise<void> {
    const noteRejection = (event: PromiseRejectionEvent): void => {
      event.preventDefault();
      this.fault(`It left a rejection: ${event.reason?.stack ?? event.reason}`, -1);
    };
    globalThis.addEventListener("unhandledrejection", noteRejection);
    try {
      await this.clock.run(() => this.faults.length > 0 || this.#isOver);
      if (this.faults.length === 0) this.#checkSums();
    } finally {
      globalThis.removeEventListener("unhandledrejection", noteRejection);
    }
  }

  get #isOver(): boolean {
    return this.#isFinished && this.#open.size === 0;
  }

  fault(what: string, client: number): void {
    const name = client < 0 ? "" : ` (client ${client}, ${this.#clients[client]?.character.name})`;
    this.faults.push(`at ${this.clock.now}: ${what}${name}`);
  }

  trace(what: string, client: number, detail: number): void {
    this.hash.add(what, this.clock.now, client, detail);
    this.#options.log?.(`${this.clock.now} client ${client} ${what} ${detail}`);
  }

  connect(client: Client): Link | undefined {
    if (this.#host === undefined || this.isDraining) {
      this.tally.count("clients", "not connected");
      return undefined;
    }
    const host = this.#host;
    const pending: Pending = { timers: 0, deferred: 0 };
    const surroundings = this.clock.surroundings(pending);
    const service = {
      app: host.app,
      settings: host.settings,
      local: host.local,
      surroundings: surrounded(this.#options.fault).surroundings(surroundings),
      leave: (connection: Link) => host.leave(connection),
    };
    const LinkClass = surrounded(this.#options.fault).link;
    const link = new LinkClass(service as never, this, client, client.character.shape, this.#random.fork(), pending);
    client.link = link;
    this.#open.add(client);
    this.tally.count("clients", client.character.name);
    host.connections.admit(link);
    return link;
  }

  find(environ: Environ): Ask | undefined {
    const name = environ.fields.get("x-id") ?? environ.target.slice(environ.target.lastIndexOf("/") + 1);
    return this.#asks[Number(name)];
  }

  called(ask: Ask): void {
    const { link } = this.#clients[ask.client]!;
    this.trace("called", ask.client, ask.id);
    const before = link!.called.at(-1)?.index ?? -1;
    const isNext = ask.index > before && (ask.index === before + 1 || ask.index === LAST);
    if (++ask.calls > 1 || !isNext) this.fault(`It called an application for ${ask.id} behind ${before}`, ask.client);
    ask.calledAt = this.clock.now;
    ask.takenBefore = link!.outward.takenOctets;
    link!.called.push(ask);
  }

  hooked(ask: Ask, outcome: Outcome): void {
    this.trace("hooked", ask.client, ask.id);
    if (++ask.hooks > 1) this.fault(`It ran the hook of ${ask.id} twice`, ask.client);
    ask.outcome = outcome;
    if (ask.iterators !== ask.returns) this.fault(`It did not close the iterator of ${ask.id} once`, ask.client);
    if (outcome.completed && ask.deed.style !== "late" && ask.signal?.aborted) {
      this.fault(`It fired the signal of ${ask.id}, which is answered`, ask.client);
    }
  }

  signalled(ask: Ask, closing: AbortSignal): void {
    this.trace("signalled", ask.client, ask.id);
    const { link } = this.#clients[ask.client]!;
    const isClosing = link!.inward.hasEnded || this.isDraining;
    if (isClosing && !closing.aborted) this.fault(`It fired signal before closing in ${ask.id}`, ask.client);
    if (ask.outcome?.completed && ask.deed.style !== "late") {
      this.fault(`It fired the signal of ${ask.id} behind its answer`, ask.client);
    }
  }

  answered(ask: Ask, answer: Answer): void {
    const isRefused = REFUSALS[ask.deed.style] !== undefined;
    ask.fate = isRefused ? "refused" : "answered";
    this.tally.count("styles", ask.request.spoil === "" ? ask.deed.style : `content ${ask.request.spoil}`);
    if (ask.outcome !== undefined) this.#compare(ask, answer, ask.outcome);
    else if (ask.calls > 0) this.#answers.set(ask, answer);
  }

  over(client: Client): void {
    this.trace("over", client.id, 0);
    // What it left for later turns has its time; timers do not.
    this.clock.plan(5, () => {
      this.#open.delete(client);
      for (const fault of checkClient(client, this)) this.fault(fault, client.id);
      for (const ask of client.asks) this.#settle(ask);
    });
  }

  #settle(ask: Ask): void {
    const answer = this.#answers.get(ask);
    this.#answers.delete(ask);
    if (ask.fate === "unsent") return;
    this.tally.count("requests", ask.fate);
    if (ask.fate === "lost") this.tally.count("lost", whyLost(ask, this.#clients[ask.client]!, this));
    if (answer !== undefined && ask.outcome !== undefined) this.#compare(ask, answer, ask.outcome);
  }

  /** What the application was told of its answer is what the client has seen. */
  #compare(ask: Ask, answer: Answer, outcome: Outcome): void {
    const { status, bodyBytes, wireBytes, completed } = outcome;
    const told = `${status} ${bodyBytes} ${wireBytes} ${completed}`;
    const seen = `${answer.status} ${answer.size} ${answer.octets} true`;
    // A client may have all of an answer whose last octets the port had not told to be taken when it was lost.
    const isUntold = !completed && this.#clients[ask.client]!.link!.state === "ended";
    if (told !== seen && !(isUntold && `${status} ${bodyBytes} ${wireBytes} true` === seen)) {
      this.fault(`It told ${told} of answer ${ask.id}, which was ${seen}`, ask.client);
    }
  }

  #recorded(record: ExchangeRecord): void {
    this.tally.count(
      "records",
      record.environ === undefined ? "refused" : record.completed ? "completed" : "not completed",
    );
    const ask = record.environ && this.find(record.environ);
    if (ask === undefined || ask.calls === 0) return void this.#unnamed++;
    if (++ask.records > 1) this.fault(`It recorded ${ask.id} twice`, ask.client);
    if (ask.hooks !== 1) this.fault(`It recorded ${ask.id} before its hook ran`, ask.client);
  }

  #failed(error: unknown): void {
    this.tally.count("errors", error instanceof Error ? error.name : "others");
    if (!(error instanceof MeantError) && !isMeant(error)) {
      this.fault(`It reported ${error instanceof Error ? error.stack : error}`, -1);
    }
  }

  #listen(host: Host): ListeningSocket {
    this.#host = host;
    return { address: { transport: "tcp", hostname: "192.0.2.1", port: 443 }, close() {}, ref() {}, unref() {} };
  }

  /** Makes the clients and plans when each begins, and when the server ends: when all are over, or in the midst. */
  #populate(): void {
    const random = this.#random;
    const { exchanges, cast } = this.#options;
    let at = 0;
    // Those who ask nothing count as one.
    while (this.#asks.length < exchanges && this.#clients.length < exchanges) {
      const own = random.fork();
      let next = this.#asks.length;
      const character = drawCharacter({ random: own, client: this.#clients.length, number: () => next++ }, cast);
      this.#asks.push(...character.batches.flat());
      const client = new Client(this, this.#clients.length, character, own);
      this.#clients.push(client);
      at += random.between(0, 40);
      this.#toBegin++;
      this.clock.plan(at, () => {
        this.#toBegin--;
        client.begin();
      });
    }
    if (random.chance(0.4)) this.clock.plan(random.between(0, at + 2000), () => this.#shutDown());
    this.clock.plan(at + MOST_MS, () => {
      for (const client of this.#open) this.fault("It never ended the connection", client.id);
    });
    this.clock.plan(LOOK_MS, () => this.#look());
  }

  #look(): void {
    for (const { link, character, id } of this.#open) {
      for (const fault of checkLink(link!, character, this.clock.now)) this.fault(fault, id);
    }
    if (this.#open.size === 0 && this.#toBegin === 0) this.#shutDown();
    this.clock.plan(LOOK_MS, () => this.#look());
  }

  #shutDown(): void {
    if (this.isDraining) return;
    const grace = this.#random.pick([0, 0, 500, 3000]);
    const deadline = this.#random.pick([1000, 10_000, 10_000, 20_000]);
    this.trace("shuts down", -1, grace);
    this.drainsAt = this.clock.now;
    this.cutsAt = this.clock.now + deadline;
    void this.#server.shutdown({ grace, deadline }).then(() => {
      this.#isFinished = true;
      this.trace("finished", -1, 0);
    });
    this.clock.plan(deadline + 1000, () => {
      if (!this.#isFinished) this.fault(`It was not down ${deadline} ms behind the shutdown`, -1);
    });
  }

  #checkSums(): void {
    const called = this.#asks.filter(({ calls }) => calls > 0);
    for (const ask of called) {
      if (ask.hooks !== 1 || ask.records !== 1) {
        this.fault(`It ran ${ask.hooks} hooks and told ${ask.records} records of ${ask.id}`, ask.client);
      }
      if (ask.iterators !== ask.returns) {
        this.fault(`It closed ${ask.returns} of ${ask.iterators} iterators of ${ask.id}`, ask.client);
      }
    }
    if (this.#asks.some(({ fate }) => fate === "waiting")) {
      this.fault("It left a request without an answer and an end", -1);
    }
    const refused =
      this.#asks.filter(({ fate, deed }) => fate === "refused" && REFUSALS[deed.style] !== undefined).length;
    const sent = this.#asks.filter(({ fate, deed }) => fate !== "unsent" && REFUSALS[deed.style] !== undefined).length;
    if (this.#unnamed < refused || this.#unnamed > sent) {
      this.fault(`It recorded ${this.#unnamed} refusals, of which ${refused} were seen and ${sent} sent`, -1);
    }
    if (this.waiting.size > 0) this.fault("It left somebody waiting for a signal", -1);
  }
}
