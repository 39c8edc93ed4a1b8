/**
 * Attacks by connections alone: many, silent, short, half shaken hands.
 *
 * @module
 */

import { type Attack, DEADLINES } from "./attack.ts";

/** What a TLS client sends first, cut off. */
const HALF_HELLO = Uint8Array.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);

export const ATTACKS_ON_CONNECTIONS: readonly Attack[] = [
  {
    id: "D-02",
    name: "silent connection",
    bound: "`deadlines.idle`: closed without a word",
    clients: 200,
    deadline: DEADLINES.idle,
    sees: /^end$/,
    attack: () => Promise.resolve(),
  },
  {
    id: "D-03",
    name: "idle behind an answer",
    bound: "`deadlines.idle`: closed without a word",
    clients: 200,
    deadline: DEADLINES.idle,
    sees: /^200 end$/,
    attack: (client) => Promise.resolve(client.get("/")),
  },
  {
    id: "churn",
    name: "connections that come and go",
    bound: "nothing is left of them",
    clients: 20,
    sees: /^(open|end)$/,
    attack: () => Promise.resolve(),
  },
  {
    id: "churn",
    name: "a connection for each request",
    bound: "nothing is left of them",
    clients: 20,
    sees: /^200 end$/,
    deadline: 0,
    attack: async (client) => void await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
  },
];

export const ATTACKS_ON_HANDSHAKES: readonly Attack[] = [
  {
    id: "TLS",
    name: "handshake that does not begin",
    bound: "`deadlines.tlsHandshake`: abort",
    clients: 200,
    deadline: DEADLINES.tlsHandshake,
    sees: /^(end|reset)$/,
    attack: () => Promise.resolve(),
  },
  {
    id: "TLS",
    name: "handshake that stalls",
    bound: "`deadlines.tlsHandshake`: abort",
    clients: 200,
    deadline: DEADLINES.tlsHandshake,
    sees: /^(end|reset)$/,
    attack: async (client) => void await client.send(HALF_HELLO),
  },
];

/** More connections than the server has descriptors for. */
export const ATTACK_ON_DESCRIPTORS: Attack = {
  id: "D-24",
  name: "300 connections, 64 descriptors",
  bound: "lives, and serves again",
  clients: 300,
  comesOnce: true,
  sees: /^(200 )?(open|end|reset)$|^Error: (connect|read) E/,
  async attack(client) {
    client.get("/");
    await client.ending(DEADLINES.idle + 1000);
  },
};

/** The idle deadline of the server that is given this many, in ms: all have to be there at once. */
export const MANY_IDLE_MS = 4000;

/** Connections that had one answer, and then stay. */
export const ATTACK_BY_MANY: Attack = {
  id: "D-16",
  name: "10,000 idle connections",
  bound: "`deadlines.idle`",
  clients: 10_000,
  comesOnce: true,
  opensWithAttack: true,
  deadline: MANY_IDLE_MS,
  sees: /^end$/,
  async attack(client) {
    client.get("/");
    await client.until("Hello, World!\r\n");
  },
};
