/**
 * Clients that leave, by FIN and by a reset, while the application waits or streams: how soon it is told, and that
 * nobody is blamed.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { RawClient } from "../support/raw_client.ts";
import type { Report } from "./disconnect_subject.ts";
import { RUNTIMES } from "./runtimes.ts";
import { startSubject } from "../support/subject.ts";
import { pause } from "./octet_client.ts";

/** How soon an application is told, in ms. */
const SOON = 100;

interface Row {
  readonly path: string;
  readonly leaves: "FIN" | "reset";
  /** What tells of it, and by which error. */
  readonly told: "closing" | "signal";
  /** What the application throws. */
  readonly thrown?: string;
}

const ROWS: readonly Row[] = [
  { path: "/wait", leaves: "FIN", told: "closing" },
  { path: "/wait", leaves: "reset", told: "signal" },
  { path: "/sleep", leaves: "FIN", told: "closing", thrown: "ConnectionClosingError" },
  { path: "/sleep", leaves: "reset", told: "signal", thrown: "ConnectionLostError" },
  { path: "/write", leaves: "FIN", told: "closing" },
  { path: "/write", leaves: "reset", told: "signal", thrown: "ConnectionLostError" },
  { path: "/flood", leaves: "reset", told: "signal", thrown: "ConnectionLostError" },
];

const NAMES = { closing: "ConnectionClosingError", signal: "ConnectionLostError" } as const;

for (const runtime of RUNTIMES) {
  Deno.test(`clients that leave on ${runtime} (D-44)`, async (t) => {
    await using subject = await startSubject(runtime, new URL("disconnect_subject.ts", import.meta.url));
    for (const row of ROWS) {
      await t.step(`${row.path}, ${row.leaves}`, () => leave(subject.port, row));
    }
    await t.step("a client that got its answer", () => succeed(subject.port));
    await t.step("nobody is blamed", async () => {
      assertEquals((await ask(subject.port, "")).faults, []);
    });
  });
}

async function leave(port: number, { path, leaves, told, thrown }: Row): Promise<void> {
  const id = path + leaves;
  using client = await RawClient.connect(port);
  client.get(`${path}?id=${id}`);
  await reportOf(port, id, "started");
  await pause(30);
  const left = Date.now();
  if (leaves === "FIN") client.endWriting();
  else client.reset();
  const report = await reportOf(port, id, told);
  const [time, name] = report[told]!;
  assertEquals(name, NAMES[told]);
  assert(time - left <= SOON, `told after ${time - left} ms`);
  if (told === "closing") assertEquals(report.signal, undefined);
  if (thrown === undefined) return;
  assertEquals((await reportOf(port, id, "thrown")).thrown![1], thrown);
  assertEquals((await reportOf(port, id, "done")).done![1], thrown);
}

async function succeed(port: number): Promise<void> {
  using client = await RawClient.connect(port);
  for (const id of ["first", "second"]) {
    client.get(`/ok?id=${id}`);
    await client.until("\r\n\r\nok");
  }
  client.endWriting();
  await client.ending();
  await pause(50);
  for (const id of ["first", "second"]) {
    const { closing, signal, done } = await reportOf(port, id, "done");
    assertEquals([closing, signal, done![1]], [undefined, undefined, ""]);
  }
}

async function ask(port: number, id: string): Promise<Report & { faults: string[] }> {
  const response = await fetch(`http://127.0.0.1:${port}/report?id=${id}`);
  return await response.json();
}

/** Asks until the event is told. */
async function reportOf(port: number, id: string, event: keyof Report): Promise<Report> {
  for (let i = 0; i < 300; i++) {
    const report = await ask(port, id);
    if (report[event] !== undefined) return report;
    await pause(10);
  }
  throw new Error(`${id}: no ${event} within 3 s`);
}
