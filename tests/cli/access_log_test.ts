import { assertEquals } from "@std/assert";
import { ACCESS_LOG_LINES, toErrorEntry } from "../../cli/access_log.ts";
import type { ExchangeRecord } from "../../core/gateway/types.ts";

// 2026-03-09T08:05:01.500Z, when the answer was sent.
const NOW = Date.UTC(2026, 2, 9, 8, 5, 1, 500);

const RECORD: ExchangeRecord = {
  remote: { transport: "tcp", hostname: "192.0.2.1", port: 4711 },
  method: "GET",
  target: "/a?b=c",
  version: "1.1",
  status: 200,
  bodyBytes: 15,
  wireBytes: 120,
  completed: true,
  error: undefined,
  durationMs: 2.34567,
  environ: undefined,
};

const COMMON: readonly [what: string, record: Partial<ExchangeRecord>, line: string][] = [
  ["an exchange", {}, `192.0.2.1 - - [09/Mar/2026:08:05:01 +0000] "GET /a?b=c HTTP/1.1" 200 15`],
  ["no content", { bodyBytes: 0 }, `192.0.2.1 - - [09/Mar/2026:08:05:01 +0000] "GET /a?b=c HTTP/1.1" 200 -`],
  [
    "the time of the request, not of the answer",
    { durationMs: 61_000 },
    `192.0.2.1 - - [09/Mar/2026:08:04:00 +0000] "GET /a?b=c HTTP/1.1" 200 15`,
  ],
  [
    "a client that left",
    { status: 0, bodyBytes: 0 },
    `192.0.2.1 - - [09/Mar/2026:08:05:01 +0000] "GET /a?b=c HTTP/1.1" - -`,
  ],
  [
    "a head that could not be read",
    { method: "", target: "", version: "", status: 400, bodyBytes: 0 },
    `192.0.2.1 - - [09/Mar/2026:08:05:01 +0000] "-" 400 -`,
  ],
  [
    "a target that would end the quotes and the line",
    { target: `/"\\\r\n\x1b[2J\x7f\xe9` },
    String.raw`192.0.2.1 - - [09/Mar/2026:08:05:01 +0000] "GET /\x22\x5c\x0d\x0a\x1b[2J\x7f\xe9 HTTP/1.1" 200 15`,
  ],
  [
    "a Unix socket",
    { remote: { transport: "unix", path: "" } },
    `- - - [09/Mar/2026:08:05:01 +0000] "GET /a?b=c HTTP/1.1" 200 15`,
  ],
];

Deno.test("the common log says", async (t) => {
  for (const [what, record, line] of COMMON) {
    await t.step(what, () => assertEquals(ACCESS_LOG_LINES.common({ ...RECORD, ...record }, NOW), `${line}\n`));
  }
});

Deno.test("the JSON log says an exchange as an object in one line", () => {
  const line = ACCESS_LOG_LINES.json({ ...RECORD, error: new TypeError("a\nb\x9b"), completed: false }, NOW);
  assertEquals(line.indexOf("\n"), line.length - 1);
  assertEquals(line.includes("\x9b"), false);
  assertEquals(JSON.parse(line), {
    time: "2026-03-09T08:05:01.497Z",
    remote: "192.0.2.1:4711",
    method: "GET",
    target: "/a?b=c",
    version: "1.1",
    status: 200,
    bodyBytes: 15,
    wireBytes: 120,
    durationMs: 2.346,
    completed: false,
    error: "TypeError: a\nb\x9b",
  });
});

Deno.test("the JSON log says no error as null, an IPv6 address in brackets", () => {
  const record = { ...RECORD, remote: { transport: "tcp", hostname: "::1", port: 80 } } as const;
  const { remote, error } = JSON.parse(ACCESS_LOG_LINES.json(record, NOW));
  assertEquals([remote, error], ["[::1]:80", null]);
});

const ENTRIES: readonly [error: unknown, entry: string][] = [
  ["text", "Thrown: text"],
  [undefined, "Thrown: undefined"],
  [withStack("Error: a\n    at f (b.ts:1:2)"), "Error: a\n    at f (b.ts:1:2)"],
  // What a client could have put into the message must not look like an entry of its own.
  [withStack("Error: a\n2026-01-01 b\r\nc\rd\n    at f"), "Error: a\n  2026-01-01 b\n  c\n  d\n    at f"],
  [
    withStack("Error: a\n    at f", withStack("Error: b\n    at g")),
    "Error: a\n    at f\n  Caused by: Error: b\n    at g",
  ],
  [withStack("Error: \x1b[31m\x9b"), "Error: \\u001b[31m\\u009b"],
];

Deno.test("toErrorEntry says", async (t) => {
  for (const [error, entry] of ENTRIES) {
    const name = JSON.stringify(error instanceof Error ? error.stack : String(error));
    await t.step(name, () => assertEquals(toErrorEntry(error, NOW), `2026-03-09T08:05:01.500Z ${entry}\n`));
  }
});

function withStack(stack: string, cause?: Error): Error {
  const error = new Error("", { cause });
  error.stack = stack;
  return error;
}
