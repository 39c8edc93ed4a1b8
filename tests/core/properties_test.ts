/**
 * Properties of the parser and the writer that hold for whatever comes.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ClientConnection } from "../../core/connection/client_connection.ts";
import { ServerConnection } from "../../core/connection/server_connection.ts";
import type { FieldLine } from "../../core/fields.ts";
import { decodeOctets } from "../../core/octets.ts";
import { parseChunkLine } from "../../core/parse/chunk_line.ts";
import { ChunkedDecoder } from "../../core/parse/chunked.ts";
import { createFieldMarks, scanFieldLines } from "../../core/parse/field_lines.ts";
import { parseHost } from "../../core/parse/host.ts";
import { parseRequestHead } from "../../core/parse/request_head.ts";
import { parseResponseHead } from "../../core/parse/response_head.ts";
import type { ParseSettings } from "../../core/parse/settings.ts";
import { parseTarget } from "../../core/parse/target.ts";
import { prepareFields } from "../../core/write/fields_text.ts";
import { writeRequestHead } from "../../core/write/request_writer.ts";
import { SendBuffer } from "../../core/write/send_buffer.ts";
import { octets, textOf } from "../support/octet_text.ts";
import { refusalOf } from "../support/refusal.ts";
import { serveOctets, settingsOf, summaryOf } from "../support/serve_octets.ts";
import { MARGIN, poisonedBlocks } from "../support/splits.ts";
import { takeAll } from "../support/take_all.ts";
import { readVectors } from "../support/vectors.ts";

const VECTORS = readVectors().filter(({ octets }) => octets.length < 400);

/** Octets and runs that matter to some grammar element. */
const MATTERS: readonly string[] = [
  ...'\r\n\t \0:;,="\\/?*@#%[]01fg~',
  ..."\x0b\x1f\x7f\x80\xa0\xff",
  "\r\n",
  "\r\n\r\n",
  "0\r\n",
  "Content-Length: 1\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Host: a\r\n",
  "GET / HTTP/1.1\r\n",
];

interface Edit {
  readonly at: number;
  readonly drop: number;
  readonly insert: string;
}

/** Vectors with a few edits: they come far into the parser, and go wrong at all places. */
const EDITED = fc.record({
  vector: fc.constantFrom(...VECTORS),
  edits: fc.array(
    fc.record({ at: fc.nat(400), drop: fc.nat(3), insert: fc.constantFrom("", ...MATTERS) }),
    { maxLength: 3 },
  ),
});

function edit(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  let text = textOf(bytes);
  for (const { at, drop, insert } of edits) {
    const place = at % (text.length + 1);
    text = text.slice(0, place) + insert + text.slice(place + drop);
  }
  return octets(text);
}

Deno.test("ServerConnection reads the same in whichever pieces it comes", () => {
  const cuts = fc.array(fc.nat(500), { maxLength: 8 });
  fc.assert(
    fc.property(EDITED, cuts, ({ vector, edits }, places) => {
      const bytes = edit(vector.octets, edits);
      const options = { limits: vector.limits, protocol: vector.protocol };
      const whole = summaryOf(serveOctets([bytes], options));
      assertEquals(summaryOf(serveOctets(cut(bytes, places), options)), whole);
      assertEquals(summaryOf(serveOctets(cut(bytes, [...bytes.keys()]), options)), whole);
    }),
    { numRuns: 3000 },
  );
});

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((one, other) => one - other);
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (const place of [...sorted, bytes.length]) {
    if (place > start) pieces.push(bytes.subarray(start, place));
    start = place;
  }
  return pieces;
}

type Leaf = (bytes: Uint8Array, start: number, end: number) => unknown;

/** Each gives something that does not depend on where in a block the octets lie. */
const LEAVES: Readonly<Record<string, Leaf>> = {
  parseRequestHead,
  parseResponseHead: (bytes, start, end) => parseResponseHead(bytes, start, end, "GET"),
  scanFieldLines: (bytes, start, end) => {
    const marks = createFieldMarks();
    const sectionEnd = scanFieldLines(bytes, start, end, 200, 5, marks);
    const offsets = marks.offsets.slice(0, marks.count * 4).map((offset) => offset - start);
    return sectionEnd < 0 ? "more" : [sectionEnd - start, offsets];
  },
  parseChunkLine: (bytes, start, end) => {
    const into = { chunkSize: 0 };
    const dataStart = parseChunkLine(bytes, start, end, 64, into);
    return dataStart < 0 ? "more" : [dataStart - start, into.chunkSize];
  },
  chunkedDecoder: (bytes, start, end) => {
    const decoder = new ChunkedDecoder();
    decoder.begin();
    let data = "";
    let step = decoder.next(bytes, start, end);
    for (; step === "run"; step = decoder.next(bytes, decoder.position, end)) {
      data += decodeOctets(bytes, decoder.position, decoder.runEnd);
      decoder.take(decoder.runEnd - decoder.position);
    }
    return [step, data, decoder.position - start, [...decoder.trailers]];
  },
  parseHost: (bytes, start, end) => parseHost(decodeOctets(bytes, start, end)),
  parseTarget: (bytes, start, end) => parseTarget("OPTIONS", decodeOctets(bytes, start, end)),
};

const ANYTHING = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.array(fc.constantFrom(...MATTERS, "GET", "HTTP/1.1 200 OK\r\n", "a", "5"), { maxLength: 20 })
    .map((words) => octets(words.join(""))),
  EDITED.map(({ vector, edits }) => edit(vector.octets, edits)),
);

Deno.test("No leaf throws anything but ProtocolError, or sees an octet outside of its bounds", async (t) => {
  for (const [name, leaf] of Object.entries(LEAVES)) {
    await t.step(name, () => {
      fc.assert(
        fc.property(ANYTHING, (bytes) => {
          const expected = outcomeOf(leaf, bytes, 0, bytes.length);
          for (const block of poisonedBlocks(bytes)) {
            assertEquals(outcomeOf(leaf, block, MARGIN, MARGIN + bytes.length), expected);
          }
        }),
        { numRuns: 1500 },
      );
    });
  }
});

/** Whatever is thrown that is no `ProtocolError` passes through and fails the property. */
function outcomeOf(leaf: Leaf, bytes: Uint8Array, start: number, end: number): unknown {
  let result: unknown;
  const code = refusalOf(() => (result = leaf(bytes, start, end)));
  return code ?? result;
}

/** Leaves whose octets come in pieces. */
const INCREMENTAL = ["parseRequestHead", "parseResponseHead", "scanFieldLines", "parseChunkLine", "chunkedDecoder"];

Deno.test("A leaf that refuses a part refuses the whole for the same reason", async (t) => {
  for (const name of INCREMENTAL) {
    await t.step(name, () => {
      const leaf = LEAVES[name]!;
      fc.assert(
        fc.property(ANYTHING, (bytes) => {
          const whole = refusalOf(() => leaf(bytes, 0, bytes.length));
          for (let end = 0; end < bytes.length; end++) {
            const part = refusalOf(() => leaf(bytes, 0, end));
            if (part !== undefined) return assertEquals(part, whole, `at ${end}`);
          }
        }),
        { numRuns: 1500 },
      );
    });
  }
});

const TCHARS = "!#$%&'*+-.^_`|~09azAZ";
const NAME = fc.string({ unit: fc.constantFrom(...TCHARS), minLength: 1, maxLength: 12 }).map((name) => `x${name}`);
const VALUE = fc.string({ unit: fc.constantFrom(..."\t !\"',:;=@~azAZ09"), maxLength: 20 })
  .map((value) => value.replace(/^[ \t]+|[ \t]+$/g, ""));
const FIELDS: fc.Arbitrary<FieldLine[]> = fc.array(fc.tuple(NAME, VALUE), { maxLength: 8 });
const PIECES = fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { maxLength: 5 });
const TARGET = fc.string({ unit: fc.constantFrom(..."/?%=&:@[]{}|^`~a0"), maxLength: 20 }).map((rest) => `/${rest}`);
const METHOD = fc.string({ unit: fc.constantFrom(...TCHARS), minLength: 1, maxLength: 20 }).filter((method) =>
  method !== "CONNECT"
);

Deno.test("ServerConnection reads what ClientConnection wrote", () => {
  fc.assert(
    fc.property(
      METHOD,
      TARGET,
      FIELDS,
      PIECES,
      FIELDS,
      fc.boolean(),
      (method, target, fields, pieces, trailers, isChunked) => {
        const all = pieces.join("");
        const content = isChunked ? "chunked" : new TextEncoder().encode(all).length;
        const client = new ClientConnection();
        client.request({ method, target, fields: [["Host", "a"], ...fields], content });
        for (const piece of pieces) if (client.writing === "content") client.send(piece);
        client.finish(isChunked ? trailers : undefined);
        const { requests, error } = serveOctets([takeAll(client.output)]);
        assertEquals(error, undefined);
        const [request] = requests;
        assertEquals([request!.head.method, request!.head.target], [method, target]);
        assertEquals(request!.fields.slice(0, fields.length + 1), [["Host", "a"], ...fields]);
        assertEquals(request!.content, textOf(new TextEncoder().encode(all)));
        assertEquals(request!.trailers, isChunked ? trailers : []);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("ClientConnection reads what ServerConnection wrote", () => {
  const statuses = fc.constantFrom(200, 204, 205, 304, 404, 500, 599);
  const methods = fc.constantFrom("GET", "HEAD", "POST");
  fc.assert(
    fc.property(methods, statuses, FIELDS, PIECES, fc.boolean(), (method, status, fields, pieces, isKnown) => {
      const bytes = new TextEncoder().encode(pieces.join(""));
      const client = new ClientConnection();
      client.request({ method, fields: { host: "a" } });
      const server = new ServerConnection();
      server.receive(takeAll(client.output));
      server.readHead();
      const knownLength = isKnown ? bytes.length : undefined;
      const { hasBody } = server.respond({ status, fields: prepareFields(fields), knownLength, date: "D" });
      for (const piece of pieces) server.send(piece);
      server.finish();
      client.receive(takeAll(server.output));
      assert(client.readHead());
      assertEquals(client.head!.status, status);
      assertEquals([...client.head!.fields].slice(0, fields.length), fields);
      assertEquals(readAll(client), hasBody ? textOf(bytes) : "");
      assertEquals([client.turnOver(), server.turnOver()], ["start over", "start over"]);
      assertEquals(client.input.unread, 0);
    }),
    { numRuns: 500 },
  );
});

function readAll(client: ClientConnection): string {
  let content = "";
  while (client.readContent() === "run") {
    content += decodeOctets(client.input.bytes, client.input.start, client.runEnd);
    client.takeContent(client.runEnd - client.input.start);
  }
  return content;
}

Deno.test("A request head that is parsed, written and parsed again means the same", () => {
  fc.assert(
    fc.property(EDITED, ({ vector, edits }) => {
      const bytes = edit(vector.octets, edits);
      const first = headOf(bytes);
      // What only a server takes, the client does not send: obs-text, other hop-by-hop fields, no Host, ...
      if (!first || !canBeSent(first)) return;
      const out = new SendBuffer();
      const { method, target, framing } = first;
      const content = framing.kind === "length" ? framing.length : framing.kind === "chunked" ? "chunked" : 0;
      const fields = [...first.fields].filter(([name]) =>
        !/^(?:content-length|transfer-encoding|connection)$/i.test(name)
      );
      writeRequestHead(out, { method, target, fields, content });
      const second = headOf(takeAll(out))!;
      assertEquals([second.method, second.target, second.framing], [method, target, framing]);
      assertEquals([second.host, second.targetParts], [first.host, first.targetParts]);
      assertEquals([...second.fields].slice(0, fields.length), fields);
    }),
    { numRuns: 2000 },
  );
});

type Head = NonNullable<ReturnType<typeof parseRequestHead>>;

function headOf(bytes: Uint8Array): Head | undefined {
  let head: Head | undefined;
  refusalOf(() => (head = parseRequestHead(bytes, 0, bytes.length)));
  return head;
}

function canBeSent({ fields, host, target }: Head): boolean {
  const isHopByHop = /^(?:te|keep-alive|proxy-connection|upgrade)$/i;
  return host !== undefined && !target.includes("\\") &&
    [...fields].every(([name, value]) => !isHopByHop.test(name) && !/[\x80-\xff]/.test(value));
}

/** A block that counts how often its octets are looked at one by one. */
function countedBlock(bytes: Uint8Array): { block: Uint8Array; reads: () => number } {
  let reads = 0;
  const block = new Proxy(bytes, {
    get(target, key) {
      if (typeof key === "string" && key >= "0" && key < ":") reads++;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { block, reads: () => reads };
}

/** Gives how many looks a text costs that comes octet by octet and is read to its end. */
function looksAt(text: string, settings: ParseSettings): number {
  const bytes = octets(text);
  const { block, reads } = countedBlock(bytes);
  const connection = new ServerConnection(settings);
  const { input } = connection;
  input.bytes = block;
  for (input.end = 1; input.end <= bytes.length; input.end++) {
    if (connection.reading === "head") connection.readHead();
    while (connection.readContent() === "run") connection.takeContent(connection.runEnd - input.start);
  }
  assertEquals(connection.reading, "done", "it was not read to its end");
  return reads();
}

const GENEROUS = settingsOf({
  requestLine: 1e6,
  fieldSection: 1e6,
  fieldLines: 1e6,
  trailerSection: 1e6,
  trailerLines: 1e6,
});
const NON_ASCII = settingsOf({ requestLine: 1e6 }, { allowNonAsciiTarget: true });
const CHUNKED = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

const GROWING: readonly [what: string, text: (n: number) => string, settings: ParseSettings][] = [
  ["a long target", (n) => `GET /${"a".repeat(n)} HTTP/1.1\r\nHost: a\r\n\r\n`, GENEROUS],
  ["a query of backslashes", (n) => `GET /?${"\\".repeat(n)} HTTP/1.1\r\nHost: a\r\n\r\n`, GENEROUS],
  ["a target beyond ASCII", (n) => `GET /${"\xc3\xa9".repeat(n / 2)} HTTP/1.1\r\nHost: a\r\n\r\n`, NON_ASCII],
  ["a long value", (n) => `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(n)}\r\n\r\n`, GENEROUS],
  ["a long name", (n) => `GET / HTTP/1.1\r\nHost: a\r\n${"X".repeat(n)}: a\r\n\r\n`, GENEROUS],
  ["white space round a value", (n) => `GET / HTTP/1.1\r\nHost: a\r\nX:${" ".repeat(n)}\r\n\r\n`, GENEROUS],
  ["many lines", (n) => `GET / HTTP/1.1\r\nHost: a\r\n${"a: b\r\n".repeat(n / 6)}\r\n`, GENEROUS],
  ["a long trailer", (n) => `${CHUNKED}0\r\nX: ${"a".repeat(n)}\r\n\r\n`, GENEROUS],
  ["many trailers", (n) => `${CHUNKED}0\r\n${"a: b\r\n".repeat(n / 6)}\r\n`, GENEROUS],
  ["many small chunks", (n) => `${CHUNKED}${"1\r\na\r\n".repeat(n / 6)}0\r\n\r\n`, GENEROUS],
  [
    "long chunk lines",
    (n) => `${CHUNKED}${`40;${"a".repeat(150)}\r\n${"d".repeat(64)}\r\n`.repeat(n / 222)}0\r\n\r\n`,
    GENEROUS,
  ],
  ["a long chunk", (n) => `${CHUNKED}${n.toString(16)}\r\n${"a".repeat(n)}\r\n0\r\n\r\n`, GENEROUS],
];

Deno.test("ServerConnection looks at each octet a bounded number of times, however small the pieces", async (t) => {
  for (const [what, text, settings] of GROWING) {
    await t.step(what, () => {
      const [one, two, four] = [2000, 4000, 8000].map((n) => looksAt(text(n), settings)) as [number, number, number];
      assert(two / one <= 2.2, `${one}, then ${two}`);
      assert(four / two <= 2.2, `${two}, then ${four}`);
    });
  }
});
