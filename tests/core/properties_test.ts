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
import { parseRequestHead } from "../../core/parse/request_head.ts";
import { prepareFields, prepareTrailers } from "../../core/write/fields_text.ts";
import { writeRequestHead } from "../../core/write/request_writer.ts";
import { SendBuffer } from "../../core/write/send_buffer.ts";
import { INCREMENTAL_LEAVES, type Leaf, LEAVES } from "../support/leaves.ts";
import { octets, textOf } from "../support/octet_text.ts";
import { refusalOf } from "../support/refusal.ts";
import { type SeenRequest, serveOctets, summaryOf } from "../support/serve_octets.ts";
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

Deno.test("A leaf that refuses a part refuses the whole for the same reason", async (t) => {
  for (const [name, leaf] of Object.entries(INCREMENTAL_LEAVES)) {
    await t.step(name, () => {
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

/** Fields of a message that a writer sets itself, or refuses. */
const WRITERS_OWN = /^(?:content-length|transfer-encoding|connection|te|keep-alive|proxy-connection|upgrade)$/i;

Deno.test("A request with content and trailers that is read, written and read again means the same", () => {
  let written = 0;
  fc.assert(
    fc.property(EDITED, ({ vector, edits }) => {
      const { requests } = serveOctets([edit(vector.octets, edits)]);
      for (const first of requests.filter(({ isWhole, head }) => isWhole && canBeSent(head))) {
        const { requests: [second], error } = serveOctets([rewriteRequest(first)]);
        assertEquals(error, undefined);
        assertEquals([second!.isWhole, second!.content, second!.trailers], [
          true,
          first.content,
          sendable(first.trailers),
        ]);
        assertEquals(second!.head.framing, first.head.framing);
        written++;
      }
    }),
    { numRuns: 2000 },
  );
  assert(written > 50, `only ${written} were written`);
});

function rewriteRequest({ head, fields, content, trailers }: SeenRequest): Uint8Array {
  const { method, target, framing } = head;
  const client = new ClientConnection();
  const kept = fields.filter(([name]) => !WRITERS_OWN.test(name));
  client.request({ method, target, fields: kept, content: framing.kind === "chunked" ? "chunked" : content.length });
  for (let at = 0; at < content.length; at += 3) client.send(octets(content.slice(at, at + 3)));
  client.finish(framing.kind === "chunked" ? sendable(trailers) : undefined);
  return takeAll(client.output);
}

/** The client sends no obs-text. */
function sendable(lines: readonly FieldLine[]): FieldLine[] {
  return lines.filter(([, value]) => !/[\x80-\xff]/.test(value));
}

/** A response as it may come from anywhere. */
const RESPONSE = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST"),
  minor: fc.constantFrom(0, 1),
  status: fc.constantFrom(200, 201, 204, 206, 304, 404, 503),
  fields: FIELDS,
  framing: fc.constantFrom("length", "chunked", "close"),
  content: fc.string({ maxLength: 40 }).map((text) => textOf(new TextEncoder().encode(text))),
  trailers: FIELDS,
  closes: fc.boolean(),
});

type AnyResponse = typeof RESPONSE extends fc.Arbitrary<infer Response> ? Response : never;

/** Spelled by hand, not by the writer. */
function spellResponse({ minor, status, fields, framing, content, trailers, closes }: AnyResponse): string {
  const lines = fields.map(([name, value]) => `${name}:\t${value} \r\n`).join("");
  const head = `HTTP/1.${minor} ${status} Any reason\r\n${lines}${closes ? "connection: Close\r\n" : ""}`;
  if (framing === "length") return `${head}Content-Length: ${content.length}\r\n\r\n${content}`;
  if (framing === "close" || minor === 0) return `${head}\r\n${content}`;
  const half = Math.ceil(content.length / 2);
  const chunks = [content.slice(0, half), content.slice(half)].filter((chunk) => chunk !== "")
    .map((chunk) => `${chunk.length.toString(16).padStart(3, "0")};x="y z"\r\n${chunk}\r\n`).join("");
  const section = trailers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${head}transfer-encoding: CHUNKED\r\n\r\n${chunks}0\r\n${section}\r\n`;
}

Deno.test("A response with content and trailers that is read, written and read again means the same", () => {
  fc.assert(
    fc.property(RESPONSE, (response) => {
      const first = readResponse(octets(spellResponse(response)), response.method);
      const second = readResponse(rewriteResponse(first, response.method), response.method);
      assertEquals([second.status, second.fields, second.content], [first.status, first.fields, first.content]);
      if (first.framing === "chunked") assertEquals(second.trailers, first.trailers);
    }),
    { numRuns: 1000 },
  );
});

interface SeenResponse {
  readonly status: number;
  readonly framing: string;
  readonly fields: FieldLine[];
  readonly content: string;
  readonly trailers: FieldLine[];
}

/** All that comes, up to the end of the stream; without the fields that a writer sets itself. */
function readResponse(bytes: Uint8Array, method: string): SeenResponse {
  const client = new ClientConnection();
  client.request({ method, fields: { host: "a" } });
  client.receive(bytes);
  client.receiveEnd();
  assert(client.readHead());
  const { status, framing, fields } = client.head!;
  const content = readAll(client);
  assertEquals(client.reading, "done");
  const kept = [...fields].filter(([name]) => !WRITERS_OWN.test(name) && name !== "date");
  return { status, framing: framing.kind, fields: kept, content, trailers: [...client.trailers] };
}

function rewriteResponse({ status, framing, fields, content, trailers }: SeenResponse, method: string): Uint8Array {
  const server = new ServerConnection();
  server.receive(octets(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`));
  server.readHead();
  const knownLength = framing === "length" ? content.length : undefined;
  server.respond({ status, fields: prepareFields(fields), knownLength, date: "D" });
  server.send(octets(content));
  assertEquals(server.finish(framing === "chunked" ? prepareTrailers(trailers) : ""), 0);
  return takeAll(server.output);
}
