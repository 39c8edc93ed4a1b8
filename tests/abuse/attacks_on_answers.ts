/**
 * Attacks by how answers are taken: slowly, not at all, half of them.
 *
 * @module
 */

import { type Attack, DEADLINES, drip, flood, pause } from "./attack.ts";

const HELLO = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** An answer that never ends. */
const ENDLESS = "/watched";

export const ATTACKS_ON_ANSWERS: readonly Attack[] = [
  {
    id: "D-05",
    name: "large answer that nobody reads",
    bound: "`limits.sendBuffer`, `deadlines.writeStall`: abort",
    clients: 10,
    deadline: DEADLINES.writeStall,
    sees: /^(200 )?(end|reset)$/,
    async attack(client) {
      client.pause();
      client.get(ENDLESS);
      // By this alone a client that does not read learns of the end.
      await drip(client, "x");
    },
  },
  {
    id: "D-05",
    name: "large answer that is read slowly",
    bound: "`limits.sendBuffer`",
    clients: 10,
    sees: /^(200 )?(open|end|reset)$/,
    async attack(client, lasts) {
      client.get(ENDLESS);
      while (lasts() && client.state === "open") {
        client.resume();
        await client.count(client.octets + 1, 1000);
        client.pause();
        await pause(50);
      }
    },
  },
  {
    id: "D-15",
    name: "pipelining flood, no answer is read",
    bound: "`limits.readAhead`, `deadlines.writeStall`: abort",
    clients: 4,
    deadline: DEADLINES.writeStall,
    sees: /^(end|reset)$/,
    async attack(client) {
      client.pause();
      return await flood(client, HELLO.repeat(1000));
    },
  },
  {
    id: "D-17",
    name: "reset in mid-answer",
    bound: "the exchange ends with its client",
    clients: 20,
    sees: /^(200 )?(open|end|reset)$/,
    async attack(client) {
      client.get(ENDLESS);
      await client.count(100_000);
      client.reset();
    },
  },
  {
    id: "D-17",
    name: "reset in mid-content",
    bound: "the exchange ends with its client",
    clients: 20,
    sees: /^(open|end|reset)$/,
    async attack(client) {
      await client.send(`POST /discard HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n${"x".repeat(50_000)}`);
      client.reset();
    },
  },
  {
    id: "D-18",
    name: "half-close behind the request",
    bound: "the answer, then the end",
    clients: 20,
    deadline: 0,
    sees: /^200 end$/,
    async attack(client) {
      await client.send(HELLO);
      client.endWriting();
    },
  },
  {
    id: "D-26",
    name: "application that never settles",
    bound: "`deadlines.application`: 503",
    clients: 100,
    deadline: DEADLINES.application,
    sees: /^503 end$/,
    attack: (client) => Promise.resolve(client.get("/sleep?ms=600000")),
  },
  {
    id: "D-27",
    name: "answer that fails midway",
    bound: "no last chunk: abort",
    clients: 20,
    deadline: 0,
    sees: /^200 (end|reset)$/,
    async attack(client) {
      client.get("/error-late");
      await client.ending();
      if (client.text.endsWith("0\r\n\r\n")) throw new Error("It looks complete");
    },
  },
];
