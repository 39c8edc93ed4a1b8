/**
 * All attacks, by the server that they are made on.
 *
 * @module
 */

import type { Attack, Campaign } from "./attack.ts";
import { DEADLINES, MOST_CONTENT, post } from "./attack.ts";
import { ATTACKS_ON_ANSWERS } from "./attacks_on_answers.ts";
import {
  ATTACK_BY_MANY,
  ATTACK_ON_DESCRIPTORS,
  ATTACKS_ON_CONNECTIONS,
  ATTACKS_ON_HANDSHAKES,
  MANY_IDLE_MS,
} from "./attacks_on_connections.ts";
import { ATTACKS_ON_CONTENT } from "./attacks_on_content.ts";
import { ATTACKS_ON_HEADS } from "./attacks_on_heads.ts";

const KIBIBYTE = 1024;

const wishes = { lint: false, deadlines: DEADLINES, limits: { content: MOST_CONTENT } } as const;

/** The campaigns. */
export const CAMPAIGNS: readonly Campaign[] = [
  {
    name: "HTTP",
    wishes,
    attacks: [...ATTACKS_ON_HEADS, ...ATTACKS_ON_CONTENT, ...ATTACKS_ON_ANSWERS, ...ATTACKS_ON_CONNECTIONS],
  },
  { name: "TLS", wishes: { ...wishes, tls: true }, attacks: ATTACKS_ON_HANDSHAKES },
  {
    name: "many",
    wishes: { ...wishes, deadlines: { ...DEADLINES, idle: MANY_IDLE_MS } },
    growthPerClient: { deno: 7 * KIBIBYTE, node: 4 * KIBIBYTE, bun: 2.5 * KIBIBYTE },
    attacks: [ATTACK_BY_MANY],
  },
  { name: "descriptors", wishes, descriptors: 64, attacks: [ATTACK_ON_DESCRIPTORS] },
  {
    name: "connections",
    wishes: { ...wishes, connections: 8 },
    descriptors: 64,
    attacks: [{ ...ATTACK_ON_DESCRIPTORS, name: "the same, `connections: 8`" }],
  },
];

/** Requests, an upload and a download, as friends send them. */
const WARMING: Attack = {
  id: "",
  name: "warm-up",
  bound: "",
  clients: 32,
  sees: /^open$/,
  async attack(client) {
    for (let i = 0; i < 4; i++) {
      await client.send("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: friend\r\n\r\n".repeat(50));
      for (let answer = 0; answer < 50; answer++) await client.until("Hello, World!\r\n");
    }
    client.get("/stream?pieces=4&size=65536");
    await client.until("0\r\n\r\n");
    await client.send(post("/discard", "Transfer-Encoding: chunked"));
    await client.send("5\r\nhello\r\n".repeat(5000) + "0\r\n\r\n");
    await client.until("bytes=25000\n");
  },
};

/** No attack, but what a server goes through before it is measured: what it takes then it keeps. */
export const WARM_UP: Campaign = { name: "warm-up", wishes: {}, attacks: [WARMING] };

/**
 * Finds an attack.
 *
 * @param campaign The name of its campaign
 * @param index Its place there
 * @returns The attack
 * @throws {RangeError} If there is none
 */
export function findAttack(campaign: string, index: number): Attack {
  const attack = [...CAMPAIGNS, WARM_UP].find(({ name }) => name === campaign)?.attacks[index];
  if (attack === undefined) throw new RangeError(`Cannot attack: there is no ${campaign} ${index}`);
  return attack;
}
