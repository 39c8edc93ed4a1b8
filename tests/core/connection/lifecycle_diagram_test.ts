/**
 * The state diagrams in core/README.md against the tables that they are drawn from.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Moves, READING_MOVES, WRITING_MOVES } from "../../../core/connection/lifecycle.ts";

const readme = await Deno.readTextFile(new URL("../../../core/README.md", import.meta.url));
const drawn = [...readme.matchAll(/```mermaid\nstateDiagram-v2\n([\s\S]*?)```/g)].map((match) => match[1]!);

/** Draws a table; `close` leads to `closed` from everywhere and is left out. */
function draw<State extends string, Event extends string>(start: State, moves: Moves<State, Event>): string {
  const lines = [`  [*] --> ${start}\n`];
  for (const [state, events] of Object.entries(moves)) {
    for (const [event, next] of Object.entries(events as Record<string, string>)) {
      if (event !== "close") lines.push(`  ${state} --> ${next}: ${event}\n`);
    }
  }
  return lines.join("");
}

Deno.test("core/README.md draws the reading states as their table has them", () => {
  assertEquals(drawn[0], draw("head", READING_MOVES));
});

Deno.test("core/README.md draws the writing states as their table has them", () => {
  assertEquals(drawn[1], draw("idle", WRITING_MOVES));
});

Deno.test("every state closes, as core/README.md says", () => {
  for (const events of [...Object.values(READING_MOVES), ...Object.values(WRITING_MOVES)]) {
    assertEquals((events as Record<string, string>).close, "closed");
  }
});
