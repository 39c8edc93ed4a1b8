/** Turns for I/O beside large writes: when one is due, and that one which fails is over like any other. */

import { assert, assertEquals } from "@std/assert";
import { beginWrite, endWrite } from "../../adapters/io_turn.ts";

const LARGE = 16_384;

Deno.test("endWrite() asks for a turn beside another large write, once in a while", async () => {
  beginWrite(LARGE);
  assertEquals(endWrite(LARGE), undefined, "one alone keeps nobody waiting");
  beginWrite(LARGE);
  beginWrite(1);
  assertEquals(endWrite(1), undefined, "a small one is over soon");
  await stretch();
  beginWrite(LARGE);
  await taken(endWrite(LARGE));
  endWrite(LARGE);
});

Deno.test("endWrite() gives a turn that settles though the system fails, and another one later", async () => {
  const { digest } = crypto.subtle;
  beginWrite(LARGE);
  try {
    for (const fails of [true, true, false]) {
      crypto.subtle.digest = fails ? () => Promise.reject(new Error("Out of threads")) : digest;
      await stretch();
      beginWrite(LARGE);
      await taken(endWrite(LARGE));
    }
  } finally {
    crypto.subtle.digest = digest;
    endWrite(LARGE);
  }
});

async function taken(turn: Promise<void> | undefined): Promise<void> {
  assert(turn !== undefined);
  await turn;
}

/** Waits until a turn is due again. */
function stretch(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
