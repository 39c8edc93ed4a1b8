/**
 * The known classes excuse nothing that is right: each refusal that a class knows is put into the mouth of ours for
 * requests that are valid by the RFCs, and is told there.
 *
 * @module
 */

import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { readCorpus } from "./corpus.ts";
import { classify } from "./differential/classes.ts";
import { compare, type Disagreement, type Rival } from "./differential/compare.ts";
import { readByHttpParserJs } from "./differential/http_parser_js.ts";
import { readOurs } from "./differential/ours.ts";
import { above, HOST_AND_PORT, HOST_WITH_PORT, isTrailer } from "./grammar.ts";
import { chunkedFault, decodeChunkedPlainly } from "./reference.ts";

const CHUNKED_HEAD = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/** For each class that ours refuses, at least one that has what the class is about, and has it right. */
const TWINS: readonly string[] = [
  "GET /a?b HTTP/1.1\r\nHost: example.com:8080\r\n\r\n",
  "\r\nGET http://[2001:db8::1]:65535/ HTTP/1.1\r\nHOST:[2001:db8::1]:65535\r\n\r\n",
  "HEAD //*/%41:@ HTTP/1.1\r\nHost: %41.b:\r\nX: a: b\xff\t c\r\nY:\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: 1.2.3.4\r\nConnection: ,close , keep-alive\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection:\r\nX: folded\r\n\r\n",
  "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n\n:",
  "POST / HTTP/1.1\r\nContent-Length: 0\r\nHost: a\r\n\r\n",
  'PUT / HTTP/1.1\r\nHost: a\r\ntransfer-encoding:\tChunked \r\n\r\n2;a=b;c="d\\"\\\\;="\r\n\n\r\r\n0\r\n\r\n',
  `${CHUNKED_HEAD}00000000000A;a\r\n0\r\n;\n"\x00;;\r\r\n0;b=""\r\nX: a\r\nY:\r\n\r\n`,
  `${CHUNKED_HEAD}0\r\n\r\n`,
];
const RIVALS: readonly Rival[] = ["llhttp", "http-parser-js"];

/** What ours refuses, as it says it, and about what. */
const REFUSED: readonly (Pick<Disagreement, "about" | "ours" | "octets"> & { theirs: "takes" })[] = readCorpus(
  "differential",
).flatMap((octets) => {
  const { ending, requests } = readOurs(octets);
  if (typeof ending !== "object") return [];
  const about = requests.length === 0 ? "head" : "content";
  return [{ about, ours: `refuses: ${ending.refused}`, theirs: "takes", octets }];
});

Deno.test("No class excuses a refusal of what is valid, whatever comes behind it", () => {
  assert(REFUSED.length > 60);
  for (const refused of REFUSED) {
    assert(RIVALS.some((rival) => classify({ ...refused, rival }) !== undefined), `known: ${refused.ours}`);
    for (const twin of TWINS) {
      for (const octets of [twin, twin + refused.octets]) {
        for (const rival of RIVALS) {
          const name = classify({ ...refused, octets, rival });
          assertEquals(name, undefined, `${rival}, ${refused.ours}, ${JSON.stringify(octets)}`);
        }
      }
    }
  }
});

Deno.test("The twins are valid: ours and http-parser-js take them and say the same", () => {
  for (const twin of TWINS) {
    const ours = readOurs(twin);
    assertEquals(ours.ending, "clean", JSON.stringify(twin));
    const difference = compare(twin, ours, "http-parser-js", readByHttpParserJs(twin));
    assert(difference === undefined || classify(difference) === "obs-text", JSON.stringify(difference));
  }
});

Deno.test("The minor version is compared as our head tells it", () => {
  assertEquals(readOurs("GET / HTTP/1.9\r\nHost: a\r\n\r\n").requests[0]!.minor, 1);
  assertEquals(readOurs("GET / HTTP/1.0\r\n\r\n").requests[0]!.minor, 0);
});

Deno.test("The grammar of hosts takes what RFC 3986 has, and no more", () => {
  const host = new RegExp(`^${HOST_AND_PORT}$`);
  for (
    const text of ["a", "a.b-c_~:80", "%4a", "a:", "a:0", "a:00065535", "1.2.3.4:1", "[::]", "[1:2:3:4:5:6:7:8]:9"]
      .concat(["[1::8]", "[1:2:3:4:5:6:7::]", "[::1.2.3.4]", "[1:2:3:4:5:6:1.2.3.4]", "[vF.a:b]"])
  ) assert(host.test(text), text);
  for (
    const text of ["", ":80", "a:65536", "a:70000", "a:100000", "a:x", "a,b", "a@b", "a/b", "%4", "%zz", "[::1", "::1"]
      .concat(["[1:2]", "[1::2::3]", "[:::]", "[1:2:3:4:5:6:7:8:9]", "[::256.1.1.1]", "[12345::]", "[v.a]", "a\xff"])
  ) assertNotMatch(text, host);
  assert(new RegExp(`^${HOST_WITH_PORT}$`).test("a:1"));
  assertNotMatch("a:", new RegExp(`^${HOST_WITH_PORT}$`));
});

Deno.test("The grammar counts", () => {
  const large = new RegExp(`^${above("9007199254740991")}$`);
  for (const text of ["9007199254740992", "9007199254741000", "9107199254740991", "10000000000000000"]) {
    assert(large.test(text), text);
  }
  for (const text of ["9007199254740991", "9007199254740990", "8999999999999999", "1"]) assertNotMatch(text, large);
});

Deno.test("The plain decoder keeps its limits, and tells where a body leaves the grammar", () => {
  const limits = { chunkLine: 4, chunkDebt: 9, trailerSection: 10, trailerLines: 1 };
  for (
    const [fits, exceeds] of [
      ["0;ab\r\n\r\n", "0;abc\r\n\r\n"],
      ["2;ab\r\nhi\r\n0\r\na:b\r\n\r\n", "0\r\na:b\r\nb:\r\n\r\n"],
      ["0\r\nX: v\r\n\r\n", "0\r\nX: abcd\r\n\r\n"],
      ["01;a\r\nh\r\n".repeat(9) + "0\r\n\r\n", "01;a\r\nh\r\n".repeat(9) + "1;abcdefghijkl\r\nh\r\n0\r\n\r\n"],
    ] as const
  ) {
    assert(decodeChunkedPlainly(fits, limits), fits);
    assertEquals(decodeChunkedPlainly(exceeds, limits), undefined, exceeds);
    assert(decodeChunkedPlainly(exceeds), exceeds);
  }
  const long = `1;${"a".repeat(30)}\r\nh\r\n0\r\n\r\n`;
  assertEquals(decodeChunkedPlainly(long, { ...limits, chunkLine: 40 }), undefined, "too much framing");
  for (const fault of ["2;\r\nhi\r\n", "\n0\r\n\r\n", "0\r\nX\r\n\r\n"]) {
    assertEquals(chunkedFault(`1\r\na${fault[0] === "\n" ? "" : "\r\n"}${fault}`), fault);
  }
  assertEquals(chunkedFault("0\r\n\r\nrest"), "");
});

Deno.test("Trailers that are kept and left out", () => {
  for (const name of ["Host", "content-LENGTH", "TE", "If-Range", "Content-Type", "X-Forwarded-Proto", "Origin"]) {
    assert(!isTrailer(name), name);
  }
  for (const name of ["ETag", "Digest", "X-Host", "Content-Digest", "Server-Timing", "hosts"]) {
    assert(isTrailer(name), name);
  }
});
