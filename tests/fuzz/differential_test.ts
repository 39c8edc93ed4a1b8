/**
 * The differential mode: its known classes are those that core/README.md lists, each of them is shown by octets of its
 * own, and what is in no class is told.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { readCorpus } from "./corpus.ts";
import { CLASSES, tableOf } from "./differential/classes.ts";
import { compare } from "./differential/compare.ts";
import { readByHttpParserJs } from "./differential/http_parser_js.ts";
import { Llhttp } from "./differential/llhttp.ts";
import { readOurs } from "./differential/ours.ts";
import { judge } from "./differential/target.ts";
import type { Transcript } from "./differential/transcript.ts";

const README = await Deno.readTextFile(new URL("../../core/README.md", import.meta.url));

Deno.test("core/README.md lists the classes of disagreement as the tool knows them", () => {
  const [, section = ""] = README.split("## Where we disagree with other parsers\n");
  const [, , ...rows] = section.split("\n## ")[0]!.split("\n").filter((line) => line.startsWith("|"));
  const cells = rows.map((row) => row.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim()));
  assertEquals(cells, tableOf());
  const names = CLASSES.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length, "each name stands once");
  for (const { name, why } of CLASSES) assert(/^RFC 9(?:110|112), \d/.test(why), `${name} has its reason in an RFC`);
});

Deno.test("Each class of disagreement, and each parser in it, is shown by octets that are kept", async () => {
  const llhttp = await Llhttp.start();
  try {
    const inputs = readCorpus("differential");
    const transcripts = await llhttp.read(inputs);
    const shown = new Set<string>();
    for (const [index, input] of inputs.entries()) {
      const [byLlhttp, byJs] = judge(input, transcripts[index]!).split(", ");
      shown.add(`llhttp ${byLlhttp}`).add(`http-parser-js ${byJs}`);
    }
    for (const { name, theirs } of CLASSES) {
      for (const rival of Object.keys(theirs)) assert(shown.has(`${rival} ${name}`), `${rival} ${name} is not shown`);
    }
  } finally {
    await llhttp.close();
  }
});

/** Two requests, the first one with all that is compared. */
const TWO = "POST /a?b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nX-T: v\r\n\r\n" +
  "GET / HTTP/1.1\r\nHost: b\r\n\r\n";

Deno.test("The three parsers say the same of two plain requests", async () => {
  const llhttp = await Llhttp.start();
  try {
    const [byLlhttp] = await llhttp.read([TWO]);
    const { closes, ...ours } = readOurs(TWO);
    assertEquals(closes, false);
    assertEquals(ours.requests.map(({ target, content, trailers, end }) => [target, content, trailers, end]), [
      ["/a?b", "abc", [["X-T", "v"]], TWO.indexOf("GET")],
      ["/", "", [], TWO.length],
    ]);
    assertEquals(byLlhttp, ours);
    assertEquals(readByHttpParserJs(TWO), ours);
  } finally {
    await llhttp.close();
  }
});

/** Each is what a parser would say that has a bug. */
const WRONG: Readonly<Record<string, (right: Transcript) => Transcript>> = {
  head: ({ requests }) => ({ requests: requests.slice(0, 1), ending: { refused: "HPE_INVALID_HEADER_TOKEN: x" } }),
  method: (right) => withFirst(right, { method: "PUT" }),
  target: (right) => withFirst(right, { target: "/a" }),
  minor: (right) => withFirst(right, { minor: 0 }),
  fields: (right) => withFirst(right, { fields: [["Host", "b"]] }),
  isTunnel: (right) => withFirst(right, { isTunnel: true }),
  content: ({ requests }) => ({ requests: [{ ...requests[0]!, end: undefined }], ending: "waits" }),
  contents: (right) => withFirst(right, { content: "ab" }),
  trailers: (right) => withFirst(right, { trailers: [] }),
  end: (right) => withFirst(right, { end: 7 }),
};

function withFirst(right: Transcript, change: Partial<Transcript["requests"][0]>): Transcript {
  return { ...right, requests: [{ ...right.requests[0]!, ...change }, ...right.requests.slice(1)] };
}

Deno.test("A disagreement in no class is told, whatever it is about", async (t) => {
  const { closes: _, ...right } = readOurs(TWO);
  assertEquals(judge(TWO, right), "agree, agree");
  for (const [about, spoil] of Object.entries(WRONG)) {
    await t.step(about, () => {
      assertEquals(compare(TWO, readOurs(TWO), "llhttp", spoil(right))?.about as string, about);
      assertThrows(() => judge(TWO, spoil(right)), Error, `Disagreement with llhttp about ${about}`);
    });
  }
});

Deno.test("What http-parser-js does not return from it is not asked", () => {
  const endless = TWO.replace("3;x", "-3");
  assertEquals(readByHttpParserJs(endless), undefined);
  assertEquals(readOurs(endless).ending, { refused: "bad-chunk: Cannot parse chunk: its size has no digit" });
});
