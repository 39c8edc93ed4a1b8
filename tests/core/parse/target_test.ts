/**
 * Tests of the leaf for request targets.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { parseTarget, refuseEncodedControls, type TargetParts } from "../../../core/parse/target.ts";
import { refusalOf } from "../../support/refusal.ts";

type Row = readonly [method: string, target: string, ...parts: (string | undefined)[]];

const TARGETS: readonly Row[] = [
  ["GET", "/", "origin", undefined, undefined, "/"],
  ["GET", "/?", "origin", undefined, undefined, "/?"],
  ["GET", "//a.example/b", "origin", undefined, undefined, "//a.example/b"],
  ["OPTIONS", "/*", "origin", undefined, undefined, "/*"],
  ["OPTIONS", "*", "asterisk", undefined, undefined, "*"],
  ["GET", "http://a", "absolute", "http", "a", ""],
  ["GET", "http://a/", "absolute", "http", "a", "/"],
  ["GET", "http://a:80?b", "absolute", "http", "a:80", "?b"],
  ["GET", "http://a:", "absolute", "http", "a:", ""],
  ["GET", "HTTPS://A/b:c@d", "absolute", "https", "A", "/b:c@d"],
  ["OPTIONS", "http://a", "absolute", "http", "a", ""],
  ["GET", "http://[::1]:1/[", "absolute", "http", "[::1]:1", "/["],
  ["CONNECT", "a:443", "authority", undefined, "a:443", ""],
  ["CONNECT", "[::1]:1", "authority", undefined, "[::1]:1", ""],
  ["CONNECT", "a:0", "authority", undefined, "a:0", ""],
];

Deno.test("parseTarget takes a target apart", async (t) => {
  for (const [method, target, form, scheme, authority, pathAndQuery] of TARGETS) {
    await t.step(`${method} ${target}`, () => {
      const expected = { form, scheme, authority, pathAndQuery } as TargetParts;
      assertEquals(parseTarget(method, target), expected);
    });
  }
});

const REFUSED: readonly [method: string, target: string][] = [
  ["GET", "*"],
  ["options", "*"],
  ["OPTIONS", "**"],
  ["OPTIONS", "*/"],
  ["GET", "a"],
  ["GET", "?a"],
  ["GET", "a:80"],
  ["GET", "a/b"],
  ["GET", "http:"],
  ["GET", "http:/"],
  ["GET", "http://"],
  ["GET", "http:///"],
  ["GET", "http://:80/"],
  ["GET", "http://?a"],
  ["GET", "http:a"],
  ["GET", "http:/a"],
  ["GET", "ws://a/"],
  ["GET", "httpx://a/"],
  ["GET", "://a/"],
  ["GET", "http://u@a/"],
  ["GET", "http://u:p@a/"],
  ["GET", "http://@a/"],
  ["GET", "http://a:65536/"],
  ["GET", "http://a:b/"],
  ["GET", "http://[::1/"],
  ["GET", "http://a\\b/"],
  ["GET", "http://a,b/"],
  ["CONNECT", "a"],
  ["CONNECT", "a:"],
  ["CONNECT", ":80"],
  ["CONNECT", "a:65536"],
  ["CONNECT", "u@a:80"],
  ["CONNECT", "a:80/"],
  ["CONNECT", "/"],
  ["CONNECT", "*"],
  ["CONNECT", "http://a:80/"],
  ["connect", "a:443"],
];

Deno.test("parseTarget refuses what has none of the four forms", async (t) => {
  for (const [method, target] of REFUSED) {
    await t.step(`${method} ${target}`, () => {
      assertEquals(refusalOf(() => parseTarget(method, target)), "bad-target");
    });
  }
});

Deno.test("refuseEncodedControls refuses an encoded NUL, LF and CR only", () => {
  for (const target of ["/%00", "/a%0a", "/a%0Ab", "/?%0d", "/%0D%0A", "http://a/%00"]) {
    assertEquals(refusalOf(() => refuseEncodedControls(target)), "bad-target", target);
  }
  for (const target of ["/", "/%01", "/%a0", "/%200", "/%", "/0a", "/%0", "/%0b%0c%7f"]) {
    assertEquals(refusalOf(() => refuseEncodedControls(target)), undefined, target);
  }
});
