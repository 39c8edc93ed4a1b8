/** The set of open connections, with connections that only note what is done to them. */

import { assert, assertEquals } from "@std/assert";
import { Connection, type Service } from "../../adapters/connection.ts";
import { Connections } from "../../adapters/connections.ts";
import { systemSurroundings } from "../../adapters/surroundings.ts";
import { GatewaySettings } from "../../core/gateway/settings.ts";
import type { Address } from "../../core/gateway/port.ts";

const ADDRESS: Address = { transport: "unix", path: "" };

/** A connection that notes in a log what is done to it. */
class Noted extends Connection {
  readonly local: Address = ADDRESS;
  readonly remote: Address = ADDRESS;
  readonly tls: undefined = undefined;
  readonly #name: string;
  readonly #log: string[];

  constructor(service: Service, name: string, log: string[]) {
    super(service);
    this.#name = name;
    this.#log = log;
  }

  start(): void {
    this.#note("starts");
    if (this.#name === "broken") throw new Error("The peer has left");
    if (this.#name === "handshake") this.awaitHandshake();
    else this.converse();
  }

  park(): void {
    this.#note("is parked");
  }

  write(): boolean {
    return true;
  }

  pauseReading(): void {}

  resumeReading(): void {}

  endWriting(): void {}

  /** Ends it, as the peer does. */
  leave(): void {
    this.ended();
  }

  protected finish(): void {
    this.#note("finishes");
    if (this.#name !== "stuck") this.ended();
  }

  protected destroy(): void {
    this.#note("is destroyed");
    this.ended();
  }

  #note(text: string): void {
    this.#log.push(`${this.#name} ${text}`);
  }
}

/** A set with a way to open connections in it. */
function setUp(limit?: number, deadlines = {}, surroundings = systemSurroundings) {
  const log: string[] = [];
  const connections = new Connections(surroundings, limit);
  const service: Service = {
    app: () => "",
    settings: new GatewaySettings({ deadlines }),
    surroundings: systemSurroundings,
    local: undefined,
    leave: (connection) => connections.leave(connection),
  };
  const open = (name: string): Noted => {
    const connection = new Noted(service, name, log);
    connections.admit(connection);
    return connection;
  };
  return { connections, open, log };
}

Deno.test("Connections parks as many as its limit, in order, and closes the rest", async () => {
  const { connections, open, log } = setUp(2);
  const [a, , c] = ["a", "b", "c", "d", "e"].map(open) as [Noted, Noted, Noted];
  assertEquals(log.splice(0), ["a starts", "b starts", "c is parked", "d is parked", "e is destroyed"]);
  assertEquals(connections.size, 2);
  a.leave();
  assertEquals(log.splice(0), ["c starts"]);
  open("f");
  c.leave();
  assertEquals(log.splice(0), ["f is parked", "d starts"]);
  await connections.shutdown(0);
  assertEquals(log, ["f is destroyed", "b finishes", "d finishes"]);
});

Deno.test("Connections forgets a parked connection that leaves", async () => {
  const { connections, open, log } = setUp(1);
  const [a, b] = ["a", "b"].map(open) as [Noted, Noted];
  b.leave();
  const c = open("c");
  a.leave();
  assertEquals(log.splice(0), ["a starts", "b is parked", "c is parked", "c starts"]);
  c.leave();
  await connections.shutdown(0);
});

Deno.test("Connections.room() waits for a connection to leave", async () => {
  const { connections, open } = setUp(1);
  assertEquals(connections.room(), undefined);
  const a = open("a");
  let isRoom = false;
  const room = connections.room()?.then(() => isRoom = true);
  await Promise.resolve();
  assert(!isRoom);
  a.leave();
  await room;
  assertEquals(connections.room(), undefined);
});

Deno.test("Connections outlives a connection that cannot start", () => {
  const { connections, open, log } = setUp();
  open("broken");
  assertEquals(log, ["broken starts", "broken is destroyed"]);
  assertEquals(connections.size, 0);
});

Deno.test("Connections meets the deadlines of handshakes, of idle and of closing connections within a second", async () => {
  const { connections, open, log } = setUp(Infinity, { tlsHandshake: 100, idle: 300, writeStall: 200 });
  open("handshake");
  open("idle");
  open("stuck").close();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assertEquals(log.slice(3).toSorted(), [
    "handshake is destroyed",
    "idle finishes",
    "stuck finishes",
    "stuck is destroyed",
  ]);
  assertEquals(connections.size, 0);
});

Deno.test("Connections.shutdown() ends idle connections at once, handshakes by force, and takes no more", async () => {
  const { connections, open, log } = setUp();
  open("handshake");
  open("idle");
  log.length = 0;
  await connections.shutdown(0);
  assertEquals(log.splice(0), ["handshake is destroyed", "idle finishes"]);
  open("late");
  assertEquals(log, ["late is destroyed"]);
});

Deno.test("Connections.cut() ends what a shutdown has left", async () => {
  const { connections, open, log } = setUp();
  open("stuck");
  const isOver = connections.shutdown(0);
  assertEquals(log.splice(0), ["stuck starts", "stuck finishes"]);
  connections.cut();
  assertEquals(log, ["stuck is destroyed"]);
  await isOver;
});

Deno.test("Connections lets others have their turn when many deadlines come at once", async () => {
  // What was done when a rest began: only a timer has every runtime look for I/O.
  const rests: number[] = [];
  const { connections, open, log } = setUp(Infinity, { idle: 0 }, {
    ...systemSurroundings,
    after(ms, task) {
      rests.push(log.length);
      assert(ms >= 2, "one that is due at once is none");
      return systemSurroundings.after(ms, task);
    },
  });
  for (let i = 0; i < 200; i++) open("idle");
  log.length = 0;
  // Where a turn of the loop found the log.
  const seen: number[] = [];
  while (connections.size > 0) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    seen.push(log.length);
  }
  const most = Math.max(...seen.map((length, index) => length - (seen[index - 1] ?? 0)));
  assertEquals(log.length, 200);
  assert(most < 200, "all act in one turn");
  assertEquals(rests, [32, 64, 96, 128, 160, 192]);
});
