/**
 * Attacks by content: slow, endless, in the smallest chunks, with the largest framing, never read.
 *
 * @module
 */

import { type Attack, DEADLINES, drip, flood, post, refused } from "./attack.ts";

const MEBIBYTE = new Uint8Array(1_048_576).fill(0x78);
const CHUNKED = "Transfer-Encoding: chunked";
const CHUNKS_BEGIN: string = post("/discard", CHUNKED);

/** The time that they may take, in ms. */
const CHUNKS_MS = 1000;

/** How many are sent at once. */
const CHUNKS_AT_ONCE = 10_000;

export const ATTACKS_ON_CONTENT: readonly Attack[] = [
  {
    id: "D-04",
    name: "slow content, an octet each 100 ms",
    bound: "`deadlines.contentRate`: 408",
    clients: 100,
    deadline: DEADLINES.contentRate.afterMs,
    sees: /^408 end$/,
    async attack(client) {
      client.write(post("/discard", "Content-Length: 100000"));
      await drip(client, "x");
    },
  },
  {
    id: "D-04",
    name: "content that stops",
    bound: "`deadlines.contentGap`: 408",
    clients: 100,
    deadline: DEADLINES.contentGap,
    sees: /^408 end$/,
    attack: async (client) => void await client.send(`${post("/discard", CHUNKED)}5\r\nhello\r\n`),
  },
  sendChunks("a million chunks of one octet", "/discard", 1_000_000),
  sendChunks("100,000 chunks of one octet, each awaited", "/chunks", 100_000),
  refused("D-07", "endless chunk extension", "`limits.chunkLine`: 400", 400, CHUNKS_BEGIN + "5;", "x".repeat(65_536)),
  refused(
    "D-08",
    "4 KiB of extension on each chunk",
    "`limits.chunkLine`: 400",
    400,
    CHUNKS_BEGIN,
    `1;${"x".repeat(4096)}\r\ny\r\n`.repeat(15),
  ),
  refused(
    "D-08",
    "200 octets of extension on each octet",
    "`limits.chunkDebt`: 400",
    400,
    CHUNKS_BEGIN,
    `1;${"x".repeat(200)}\r\ny\r\n`.repeat(300),
  ),
  refused(
    "D-09",
    "endless trailers",
    "`limits.trailerLines`: 431",
    431,
    CHUNKS_BEGIN + "0\r\n",
    "a: b\r\n".repeat(1000),
  ),
  refused(
    "D-09",
    "endless trailer",
    "`limits.trailerSection`: 431",
    431,
    CHUNKS_BEGIN + "0\r\na: ",
    "x".repeat(65_536),
  ),
  {
    id: "D-19",
    name: "half-close inside content",
    bound: "400, never 2xx nor 500",
    clients: 20,
    deadline: 0,
    sees: /^400 end$/,
    async attack(client) {
      await client.send(`${post("/discard", "Content-Length: 100")}hello`);
      client.endWriting();
    },
  },
  {
    id: "D-21",
    name: "early answer, 100 MB still to come",
    bound: "`deadlines.linger`, in octets and in time",
    clients: 10,
    deadline: 0,
    sees: /^200 end$/,
    async attack(client) {
      await client.send(post("/unread", "Content-Length: 100000000"));
      for (let sent = 0; sent < 100 && await client.send(MEBIBYTE); sent++);
    },
  },
  {
    id: "D-22",
    name: "10^11 octets announced, 100 asked for",
    bound: "`limits.content`: 413, and no 100",
    clients: 20,
    deadline: 0,
    sees: /^413 end$/,
    attack: async (client) =>
      void await client.send(post("/discard", "Expect: 100-continue\r\nContent-Length: 100000000000")),
  },
  {
    id: "D-23",
    name: "Expect: 100-continue, and nothing more",
    bound: "`deadlines.contentGap` from the 100: 408",
    clients: 100,
    deadline: DEADLINES.contentGap,
    sees: /^100 408 end$/,
    attack: async (client) => void await client.send(post("/discard", "Expect: 100-continue\r\nContent-Length: 10")),
  },
  {
    id: "D-26",
    name: "upload that the application never reads",
    bound: "`limits.readAhead`, `deadlines.application`: 503",
    clients: 20,
    deadline: DEADLINES.application,
    sees: /^503 (end|reset)$/,
    async attack(client) {
      await client.send(post("/take?octets=10", "Content-Length: 4000000000"));
      await flood(client, MEBIBYTE);
    },
  },
];

/** The smallest chunks, as fast as the server takes them. */
function sendChunks(name: string, path: string, count: number): Attack {
  return {
    id: "D-06",
    name,
    bound: "1024 steps a turn: served within a second",
    clients: 1,
    deadline: CHUNKS_MS,
    sees: /^200 end$/,
    async attack(client) {
      await client.send(post(path, `Connection: close\r\n${CHUNKED}`));
      const chunks = new TextEncoder().encode("1\r\nx\r\n".repeat(CHUNKS_AT_ONCE));
      for (let sent = 0; sent < count; sent += CHUNKS_AT_ONCE) await client.send(chunks);
      await client.send("0\r\n\r\n");
    },
  };
}
