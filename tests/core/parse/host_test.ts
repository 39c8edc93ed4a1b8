/**
 * Tests of the leaf for hosts. The vectors hold a host of each kind; here stand the edges.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { isPlainHost, parseHost } from "../../../core/parse/host.ts";
import { octets } from "../../support/octet_text.ts";

const HOSTS: readonly [text: string, host: string, port: string | undefined][] = [
  ["a", "a", undefined],
  ["a:", "a", ""],
  ["a:0", "a", "0"],
  ["a:65535", "a", "65535"],
  ["a:00000000000000080", "a", "00000000000000080"],
  ["A.Example.", "A.Example.", undefined],
  ["-._~!$&'()*+;=", "-._~!$&'()*+;=", undefined],
  ["%00%fF", "%00%fF", undefined],
  ["999.1.1.1", "999.1.1.1", undefined],
  ["[::]", "[::]", undefined],
  ["[::]:80", "[::]", "80"],
  ["[::]:", "[::]", ""],
  ["[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]", undefined],
  ["[1::8]", "[1::8]", undefined],
  ["[1::]", "[1::]", undefined],
  ["[::8]", "[::8]", undefined],
  ["[1:2:3:4:5:6:7::]", "[1:2:3:4:5:6:7::]", undefined],
  ["[::2:3:4:5:6:7:8]", "[::2:3:4:5:6:7:8]", undefined],
  ["[1:2:3::5:6:7:8]", "[1:2:3::5:6:7:8]", undefined],
  ["[ABCD:ef01::]", "[ABCD:ef01::]", undefined],
  ["[1:2:3:4:5:6:1.2.3.4]", "[1:2:3:4:5:6:1.2.3.4]", undefined],
  ["[::1.2.3.4]", "[::1.2.3.4]", undefined],
  ["[1:2:3:4:5::255.255.255.255]", "[1:2:3:4:5::255.255.255.255]", undefined],
  ["[v1.a]", "[v1.a]", undefined],
  ["[vF0.:]:1", "[vF0.:]", "1"],
  ["[V9._~a-z]", "[V9._~a-z]", undefined],
];

Deno.test("parseHost takes a host apart from its port", async (t) => {
  for (const [text, host, port] of HOSTS) await t.step(text, () => assertEquals(parseHost(text), { host, port }));
});

const NO_HOSTS: readonly string[] = [
  "",
  ":",
  ":80",
  "a b",
  " a",
  "a ",
  "a\t",
  "a,b",
  "a@b",
  "a/",
  "a?",
  "a#",
  "a\\",
  "a\x00",
  "a\x7f",
  "\xe9",
  "a%",
  "a%4",
  "a%4g",
  "%%41",
  "a:b",
  "a:1:2",
  "a:-1",
  "a:+1",
  "a: 1",
  "a:0x50",
  "a:65536",
  "a:99999999999999999999999",
  "[]",
  "[",
  "]",
  "[]:80",
  "[a]",
  "[1.2.3.4]",
  "[:]",
  "[:::]",
  "[1]",
  "[1:2:3:4:5:6:7]",
  "[1:2:3:4:5:6:7:8:9]",
  "[1:2:3:4:5:6:7:8::]",
  "[::1:2:3:4:5:6:7:8]",
  "[1:2:3:4::5:6:7:8]",
  "[1::2::3]",
  "[1:]",
  "[:1]",
  "[1:2:3:4:5:6:7:]",
  "[:2:3:4:5:6:7:8]",
  "[12345::]",
  "[g::]",
  "[::1%eth0]",
  "[::1%25eth0]",
  "[1:2:3:4:5:6:7:1.2.3.4]",
  "[1.2.3.4::]",
  "[1.2.3.4:1::]",
  "[::1.2.3]",
  "[::1.2.3.4.5]",
  "[::1.2.3.]",
  "[::1.2.3.256]",
  "[::01.2.3.4]",
  "[::1.2.3.4:5]",
  "[v.a]",
  "[v1.]",
  "[v1]",
  "[vg.a]",
  "[v1.a/b]",
  "[::1]a",
  "[::1]]",
  "[[::1]]",
  "[::1] :80",
  "[::1]:80:81",
  "a[::1]",
  "::1",
  "::1:80",
];

Deno.test("parseHost takes nothing else", async (t) => {
  for (const text of NO_HOSTS) await t.step(JSON.stringify(text), () => assertEquals(parseHost(text), undefined));
});

/** Within a block whose other octets are a host too. */
function looksPlain(text: string): boolean {
  const bytes = octets(`a${text}a`);
  return isPlainHost(bytes, 1, bytes.length - 1);
}

Deno.test("isPlainHost takes hosts without escapes and brackets, and nothing that parseHost does not take", () => {
  for (const [text] of HOSTS) assertEquals(looksPlain(text), !/[%[]/.test(text), text);
  for (const text of NO_HOSTS) assertEquals(looksPlain(text), false, JSON.stringify(text));
  for (let octet = 0; octet < 256; octet++) {
    for (
      const text of [
        `${String.fromCharCode(octet)}a`,
        `a${String.fromCharCode(octet)}`,
        `a:${String.fromCharCode(octet)}`,
      ]
    ) {
      if (looksPlain(text)) assert(parseHost(text) !== undefined, JSON.stringify(text));
    }
  }
});
