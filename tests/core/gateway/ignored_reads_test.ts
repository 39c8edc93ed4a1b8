/**
 * Reads that an application begins and leaves alone. A rejection that nobody handles ends the process in Deno and
 * Node.js, and how fast the client sends must not decide that: the runner of tests fails on one too.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Input } from "../../../core/gateway/input.ts";
import { get, post, Talk } from "../../support/talk.ts";

const READS: Record<string, (input: Input) => unknown> = {
  "read": (input) => input.read(),
  "read of 5": (input) => input.read(5),
  "readSome": (input) => input.readSome(),
  "readLine": (input) => input.readLine(),
  "readLines": (input) => input.readLines(),
  "bytes": (input) => input.bytes(),
  "text": (input) => input.text(),
  "json": (input) => input.json(),
  "text over its limit": (input) => input.text({ limit: 1 }),
};

const ENDS: Record<string, (talk: Talk) => void> = {
  "is lost": (talk) => talk.lose(new Error("Reset")),
  "ends": (talk) => talk.end(),
};

Deno.test("Input: a read that nobody awaits ends nothing when its client leaves", async (t) => {
  for (const [read, begin] of Object.entries(READS)) {
    for (const [how, end] of Object.entries(ENDS)) {
      await t.step(`${read}, the connection ${how}`, async () => {
        const talk = new Talk((environ) => {
          begin(environ.input);
          return new Promise(() => {});
        });
        talk.send(post("hello").slice(0, -5));
        end(talk);
        await talk.rest();
        assertEquals(talk.errors, []);
      });
    }
  }
});

Deno.test("Input: a read that nobody awaits ends nothing when the exchange is over before it", async (t) => {
  for (const [read, begin] of Object.entries(READS)) {
    await t.step(read, async () => {
      const talk = new Talk((environ, startResponse) => {
        begin(environ.input);
        startResponse(400);
        return "answered";
      });
      talk.send(post("hello").slice(0, -5));
      await talk.rest();
      assert(talk.sent.endsWith("answered"), talk.sent);
    });
  }
});

Deno.test("Tunnel: a read that nobody awaits ends nothing when its client leaves", async () => {
  const talk = new Talk((environ) => void environ.upgrade().read());
  talk.send(get("/", "Connection: upgrade", "Upgrade: x"));
  talk.lose(new Error("Reset"));
  await talk.rest();
});
