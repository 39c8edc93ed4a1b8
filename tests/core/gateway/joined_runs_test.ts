/**
 * Tests of joining runs: what is copied, what is not, and that no octet of a piece changes later.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ReceiveBuffer } from "../../../core/connection/receive_buffer.ts";
import { JoinedRuns } from "../../../core/gateway/joined_runs.ts";
import { octets, textOf } from "../../support/octet_text.ts";

/** Joins the runs that are marked by brackets; all that stands between them is passed. */
function join(input: ReceiveBuffer, ownedBlocks: boolean, most = Infinity): Uint8Array {
  const joined = new JoinedRuns(input, ownedBlocks);
  for (;;) {
    const start = input.bytes.indexOf(0x5b, input.start);
    if (start < 0 || start >= input.end) return joined.take();
    input.start = start + 1;
    const bracket = input.bytes.indexOf(0x5d, input.start);
    const end = bracket < 0 ? input.end : bracket;
    joined.add(end, most);
    input.start = end;
  }
}

function received(text: string, margin = 0): { input: ReceiveBuffer; block: Uint8Array } {
  const input = new ReceiveBuffer();
  const block = octets("-".repeat(margin) + text);
  input.receive(block);
  input.start = margin;
  return { input, block };
}

const CASES: readonly [runs: string[], between: string, rest?: string][] = [
  [["hello"], ""],
  [["hello"], "", "rest"],
  [["a", "b", "c"], "\r\n1\r\n"],
  [["x".repeat(48), "y".repeat(49), "z".repeat(5000)], "---"],
  [["x".repeat(5000), "", "y".repeat(5000)], ""],
  [["x".repeat(5000), "", "y".repeat(5000)], "", "rest"],
  [[], "nothing"],
];

Deno.test("JoinedRuns joins runs, in blocks of its own and of others", async (t) => {
  for (const [runs, between, rest = ""] of CASES) {
    for (const ownedBlocks of [false, true]) {
      await t.step(`${runs.map((run) => run.length)}, ${rest}, ${ownedBlocks ? "owned" : "lent"}`, () => {
        const { input, block } = received(runs.map((run) => `[${run}`).join(`]${between}`) + (rest && `]${rest}`));
        const before = textOf(block);
        const piece = join(input, ownedBlocks);
        assertEquals(textOf(piece), runs.join(""));
        if (!ownedBlocks) assertEquals(textOf(block), before);
        // What is unread stays as it was.
        assertEquals(textOf(block.subarray(input.start)), before.slice(input.start));
        // Of a block with unread octets no part is given: it may be transferred.
        const isLargePart = rest === "" && piece.length > 0 && piece.length >= block.length / 4;
        assertEquals(piece.buffer === block.buffer, ownedBlocks && isLargePart);
      });
    }
  }
});

Deno.test("JoinedRuns copies a piece that is less than a quarter of its block", () => {
  for (const [length, isPart] of [[24, false], [25, true]] as const) {
    const { input, block } = received(`[${"x".repeat(length)}`, 100 - length - 1);
    const piece = join(input, true);
    assertEquals(piece.buffer === block.buffer, isPart, `${length} of ${block.length}`);
    block.fill(0x79);
    assertEquals(textOf(piece), (isPart ? "y" : "x").repeat(length));
  }
});

Deno.test("JoinedRuns takes no part of a block that the buffer uses again", () => {
  const input = new ReceiveBuffer();
  input.receive(octets("[he"));
  input.release(false);
  input.receive(octets("llo"));
  const piece = join(input, true);
  assertEquals(textOf(piece), "hello");
  assertEquals(piece.buffer === input.bytes.buffer, false);
});
