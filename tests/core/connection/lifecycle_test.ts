/**
 * Tests of the two transition tables: every move, legal or not, and the joint rule.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import {
  jointEvent,
  moveReading,
  moveWriting,
  READING_MOVES,
  type ReadingEvent,
  type ReadingState,
  WRITING_MOVES,
  type WritingEvent,
  type WritingState,
} from "../../../core/connection/lifecycle.ts";

const READING_STATES: readonly ReadingState[] = ["head", "content", "done", "tunnel", "closed"];
const READING_EVENTS: readonly ReadingEvent[] = [
  "head with content",
  "head without content",
  "end of content",
  "further content",
  "start over",
  "switch protocols",
  "close",
];

/** A column for each event, in their order; `-` is illegal. */
const READING: Readonly<Record<ReadingState, readonly string[]>> = {
  head: ["content", "done", "-", "-", "-", "-", "closed"],
  content: ["-", "-", "done", "-", "-", "-", "closed"],
  done: ["-", "-", "-", "content", "head", "tunnel", "closed"],
  tunnel: ["-", "-", "-", "-", "-", "-", "closed"],
  closed: ["-", "-", "-", "-", "-", "-", "closed"],
};

const WRITING_STATES: readonly WritingState[] = ["idle", "interim", "content", "done", "tunnel", "closed"];
const WRITING_EVENTS: readonly WritingEvent[] = [
  "inform",
  "begin",
  "finish",
  "start over",
  "switch protocols",
  "close",
];

const WRITING: Readonly<Record<WritingState, readonly string[]>> = {
  idle: ["interim", "content", "-", "-", "tunnel", "closed"],
  interim: ["interim", "content", "-", "-", "tunnel", "closed"],
  content: ["-", "-", "done", "-", "-", "closed"],
  done: ["-", "-", "-", "idle", "tunnel", "closed"],
  tunnel: ["-", "-", "-", "-", "-", "closed"],
  closed: ["-", "-", "-", "-", "-", "closed"],
};

Deno.test("move makes every legal reading move and refuses the others", async (t) => {
  assertEquals(Object.keys(READING_MOVES), [...READING_STATES]);
  for (const state of READING_STATES) {
    for (const [index, event] of READING_EVENTS.entries()) {
      await t.step(`${state}: ${event}`, () => {
        const next = READING[state][index]!;
        if (next !== "-") return assertEquals(moveReading(state, event) as string, next);
        const message = `Cannot move connection: "${event}" in state "${state}"`;
        assertThrows(() => moveReading(state, event), Error, message);
      });
    }
  }
});

Deno.test("move makes every legal writing move and refuses the others", async (t) => {
  assertEquals(Object.keys(WRITING_MOVES), [...WRITING_STATES]);
  for (const state of WRITING_STATES) {
    for (const [index, event] of WRITING_EVENTS.entries()) {
      await t.step(`${state}: ${event}`, () => {
        const next = WRITING[state][index]!;
        if (next !== "-") return assertEquals(moveWriting(state, event) as string, next);
        const message = `Cannot move connection: "${event}" in state "${state}"`;
        assertThrows(() => moveWriting(state, event), Error, message);
      });
    }
  }
});

Deno.test("jointEvent starts over or closes when both are done, and never before", async (t) => {
  for (const reading of READING_STATES) {
    for (const writing of WRITING_STATES) {
      await t.step(`${reading}, ${writing}`, () => {
        const isDone = reading === "done" && writing === "done";
        assertEquals(jointEvent(reading, writing, true), isDone ? "start over" : undefined);
        assertEquals(jointEvent(reading, writing, false), isDone ? "close" : undefined);
      });
    }
  }
});
