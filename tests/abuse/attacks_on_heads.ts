/**
 * Attacks by request heads: slow ones, endless ones, hostile names.
 *
 * @module
 */

import { type Attack, DEADLINES, drip, pause, refused } from "./attack.ts";

const BEGIN = "GET / HTTP/1.1\r\nHost: a\r\n";
const BLOCK = 65_536;

/** Names that an object has by its prototype, and names whose hashes are alike. */
const NAMES: readonly string[] = [
  ...["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "__defineGetter__"],
  ...likeHashes(),
];

export const ATTACKS_ON_HEADS: readonly Attack[] = [
  {
    id: "D-01",
    name: "slow head, an octet each 100 ms",
    bound: "`deadlines.head` from its first octet: 408",
    clients: 100,
    deadline: DEADLINES.head,
    sees: /^408 end$/,
    async attack(client) {
      client.write(`${BEGIN}X: `);
      await drip(client, "y");
    },
  },
  {
    id: "D-01",
    name: "slow request line",
    bound: "`deadlines.head`: closed without a word",
    clients: 100,
    deadline: DEADLINES.head,
    sees: /^end$/,
    attack: (client) => drip(client, "G"),
  },
  refused("D-10", "endless request target", "`limits.requestLine`: 414", 414, "GET /", "x".repeat(BLOCK)),
  refused("D-11", "endless field value", "`limits.fieldSection`: 431", 431, `${BEGIN}X: `, "x".repeat(BLOCK)),
  {
    id: "D-12",
    name: "100,000 field lines",
    bound: "`limits.fieldLines`: 431",
    clients: 10,
    deadline: 0,
    sees: /^431 end$/,
    async attack(client) {
      await client.send(BEGIN);
      for (let i = 0; i < 100 && await client.send("a: b\r\n".repeat(1000)); i++);
    },
  },
  {
    id: "D-13",
    name: "field without an end, 64 octets a segment",
    bound: "`limits.fieldSection`, each octet looked at once: 431",
    clients: 5,
    deadline: DEADLINES.head,
    sees: /^431 end$/,
    async attack(client) {
      await client.send(`${BEGIN}X: `);
      const segment = "x".repeat(64);
      // A client that only sends would not see the answer before the reset that follows it.
      for (let i = 1; await client.send(segment); i++) if (i % 100 === 0) await pause(0);
    },
  },
  {
    id: "D-14",
    name: "names of prototypes, and of equal hashes",
    bound: "plain data, and `limits.fieldLines` of them: served",
    clients: 20,
    sees: /^open$/,
    async attack(client, lasts) {
      const request = `GET /environ HTTP/1.1\r\nHost: a\r\n${
        NAMES.map((name) => `${name}: polluted\r\n`).join("")
      }\r\n`;
      while (lasts()) {
        await client.send(request);
        const answer = await client.until("]]}\n");
        if (!NAMES.every((name) => answer.includes(`["${name}","polluted"]`))) throw new Error("Fields are lost");
      }
    },
  },
  {
    id: "D-20",
    name: "100,000 empty lines",
    bound: "one is skipped: 400",
    clients: 10,
    deadline: 0,
    sees: /^400 end$/,
    async attack(client) {
      for (let i = 0; i < 100 && await client.send("\r\n".repeat(1000)); i++);
    },
  },
  ...garbage(),
];

/** What is not HTTP at all. */
function garbage(): Attack[] {
  const kinds: readonly (readonly [name: string, octets: string | Uint8Array])[] = [
    ["a TLS hello", Uint8Array.from([0x16, 3, 1, 0, 0xa5, 1, 0, 0, 0xa1, 3, 3, ...new Uint8Array(155).fill(0x61)])],
    ["another protocol", "SSH-2.0-OpenSSH_9.9\r\n"],
    ["random octets", Uint8Array.from({ length: 4096 }, (_, index) => (index * 167 + 13) % 256)],
  ];
  return kinds.map(([name, octets]) => ({
    id: "D-25",
    name: `${name} on the port of HTTP`,
    bound: "400, and nothing in the log of errors",
    clients: 10,
    deadline: 0,
    sees: /^400 end$/,
    attack: async (client) => void await client.send(octets),
  }));
}

/**
 * Array indexes, whose hashes in V8 are no secret, apart by a multiple of any table's size; and, for hashes that multiply
 * by 31, all words of six parts that are "Aa" or "BB".
 */
function likeHashes(): string[] {
  const indexes = Array.from({ length: 28 }, (_, index) => String(100_000_000 + index * 2 ** 20));
  const words = Array.from(
    { length: 64 },
    (_, index) => index.toString(2).padStart(6, "0").replaceAll("0", "Aa").replaceAll("1", "BB"),
  );
  return [...indexes, ...words];
}
