import { assertEquals } from "@std/assert";
import { FLUSH, INPUT_PENDING, type Item } from "../../../core/gateway/piece.ts";
import type { App } from "../../../core/gateway/types.ts";
import { trace } from "../../../core/middleware/trace.ts";
import { get, Talk } from "../../support/talk.ts";

async function traced(app: App, requests: string = get("/a?b")): Promise<{ lines: string[]; talk: Talk }> {
  const lines: string[] = [];
  const talk = new Talk(trace(app, (line) => lines.push(line)));
  talk.send(requests);
  await talk.rest();
  return { lines, talk };
}

Deno.test("trace tells of a generator's steps", async () => {
  const { lines, talk } = await traced(function* (_environ, startResponse) {
    const write = startResponse("200 Fine", { "x-a": `b"c` });
    write("one");
    yield Promise.resolve();
    yield FLUSH;
    yield new Uint8Array(4);
  });
  assertEquals(lines, [
    `1 GET "/a?b" HTTP/1.1`,
    `1 starts 200 Fine, x-a: "b\\"c"`,
    "1 writes a text of 3",
    "1 gives a promise",
    "1 gives FLUSH",
    "1 gives octets of 4",
    "1 exhausted",
    "1 completed after 0 ms: 200, 7 octets of content, " + `${talk.sent.length} sent`,
  ]);
});

Deno.test("trace numbers requests, and tells of failures", async () => {
  const { lines } = await traced((environ, startResponse) => {
    if (environ.pathInfo === "/2") throw new Error("Fails\nhere");
    startResponse(204);
  }, get("/1") + get("/2"));
  assertEquals(lines.filter((line) => !line.includes("completed")), [
    `1 GET "/1" HTTP/1.1`,
    "1 starts 204",
    "1 exhausted",
    `2 GET "/2" HTTP/1.1`,
    "2 failed: Error: Fails\\nhere",
  ]);
  assertEquals(lines.length, 7);
});

Deno.test("trace tells of a client that left, and of a rejection", async () => {
  const lines: string[] = [];
  const talk = new Talk(trace(async function* (environ, startResponse) {
    startResponse(200, {}, environ.pathInfo === "/2" ? new Error("Second") : undefined);
    yield "one";
    await new Promise((_resolve, reject) => environ.signal.addEventListener("abort", () => reject("left")));
  }, (line) => lines.push(line)));
  talk.send(get("/2"));
  await talk.rest();
  talk.lose(new Error("Gone"));
  await talk.rest();
  assertEquals(lines.slice(1, 4), ["1 starts 200, because of Error: Second", "1 gives a text of 3", "1 closed"]);
  assertEquals(lines.at(-1)?.startsWith("1 broken off after 0 ms: 200, 3 octets of content, "), true, lines.at(-1));
  assertEquals(lines.at(-1)?.endsWith("sent, Error: Gone"), true, lines.at(-1));
});

Deno.test("trace tells of what waits, of what is no item, no fields, and of a promise that fails", async () => {
  const item = await traced(function* (_environ, startResponse): Generator<Item, void> {
    startResponse(200);
    yield INPUT_PENDING;
    yield null as never;
  });
  assertEquals(item.lines.slice(1, 4), ["1 starts 200", "1 gives INPUT_PENDING", "1 gives what is no item: null"]);
  const fields = await traced((_environ, startResponse) => void startResponse(200, [null] as never));
  assertEquals(fields.lines[1], "1 starts 200, what is no fields");
  const fails = await traced(() => Promise.reject("not an error"));
  assertEquals(fails.lines[1], "1 failed: not an error");
  for (const { talk } of [item, fields, fails]) assertEquals(talk.sent.slice(9, 12), "500");
});

Deno.test("trace changes nothing, nor does it stumble over what is wrong", async () => {
  const { lines, talk } = await traced((_environ, startResponse) => {
    startResponse(200, "x" as never);
    return 5 as never;
  });
  assertEquals(talk.sent.slice(9, 12), "500");
  assertEquals(lines[1], "1 starts 200");
});
