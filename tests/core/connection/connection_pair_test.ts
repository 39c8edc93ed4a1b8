/**
 * Whole exchanges through both roles, with the states of both after each step; whole and octet by octet.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ConnectionPair } from "../../support/connection_pair.ts";

/** Does something and tells what is to be compared, if anything. */
type Action = (pair: ConnectionPair) => unknown;

/** What happens, the states behind it (the client's, then the server's), and what the action tells. */
type Step = readonly [what: string, act: Action, states: string, told?: unknown];

const HOST = { host: "a" };
const START = "head idle | head idle";
const ANSWERED = "done done | done done";
const CLOSED = "closed closed | closed closed";

/** Each on a new connection; they end as they start, or closed, and go through twice if they start over. */
const EXCHANGES: readonly [what: string, steps: Step[]][] = [
  ["GET, a known length", [
    ["request", (p) => p.client.request({ fields: HOST }), "head done | head idle"],
    ["it arrives", (p) => p.pump(), "head done | done idle"],
    ["respond", (p) => p.respond(200, {}, 5), "head done | done content"],
    ["the head arrives", (p) => p.pump(), "content done | done content"],
    ["send", (p) => p.server.send("hello"), "content done | done content", true],
    ["finish", (p) => p.server.finish(), "content done | done done", 0],
    ["all arrives", (p) => (p.pump(), p.responseContent), ANSWERED, "hello"],
    ["turn over", (p) => p.turnOver(), START, "start over | start over"],
  ]],
  ["GET, nothing to send", [
    ["request", (p) => (p.client.request({ fields: HOST }), p.pump()), "head done | done idle"],
    ["respond", (p) => p.respond(404, {}, 0), "head done | done content"],
    ["finish", (p) => p.server.finish(), "head done | done done", 0],
    ["it arrives", (p) => (p.pump(), p.responseContent), ANSWERED, ""],
    ["turn over", (p) => p.turnOver(), START, "start over | start over"],
  ]],
  ["POST and answer by length", [
    ["request", (p) => p.client.request({ method: "POST", fields: HOST, content: 4 }), "head content | head idle"],
    ["half of it", (p) => (p.client.send("ab"), p.pump(), p.requestContent), "head content | content idle", "ab"],
    [
      "not over",
      (p) => `${p.client.turnOver()} ${p.server.turnOver()}`,
      "head content | content idle",
      "undefined undefined",
    ],
    ["the rest", (p) => (p.client.send("cd"), p.pump(), p.requestContent), "head content | done idle", "abcd"],
    ["finish", (p) => p.client.finish(), "head done | done idle"],
    ["respond", (p) => (p.respond(200, { "content-length": "2" }), p.pump()), "content done | done content"],
    ["send too much", (p) => p.server.send("yes"), "content done | done content", false],
    ["it arrives", (p) => (p.pump(), p.responseContent), "done done | done content", "ye"],
    ["finish the answer", (p) => p.server.finish(), ANSWERED, 0],
    ["turn over", (p) => p.turnOver(), START, "start over | start over"],
  ]],
  ["chunks and trailers both ways", [
    [
      "request",
      (p) => p.client.request({ method: "PUT", fields: HOST, content: "chunked" }),
      "head content | head idle",
    ],
    [
      "content",
      (p) => (p.client.send("ab"), p.client.send(""), p.client.send("c"), p.pump(), p.requestContent),
      "head content | content idle",
      "abc",
    ],
    ["finish", (p) => (p.client.finish({ "x-a": "1" }), p.pump()), "head done | done idle"],
    ["trailers", (p) => [...p.server.trailers], "head done | done idle", [["x-a", "1"]]],
    ["respond", (p) => (p.respond(200), p.pump()), "content done | done content"],
    [
      "send",
      (p) => (p.server.send("h\xe9"), p.server.send(new Uint8Array([0x21])), p.pump(), p.responseContent),
      "content done | done content",
      "h\xc3\xa9!",
    ],
    ["finish the answer", (p) => (p.server.finish("x-b: 2\r\n"), p.pump()), ANSWERED],
    ["its trailers", (p) => [...p.client.trailers], ANSWERED, [["x-b", "2"]]],
    ["turn over", (p) => p.turnOver(), START, "start over | start over"],
    ["the next request", (p) => (p.client.request({ fields: HOST }), p.pump()), "head done | done idle"],
    ["has no trailers", (p) => [...p.server.trailers], "head done | done idle", []],
    ["the next answer", (p) => (p.respond(204), p.server.finish(), p.pump()), ANSWERED],
    ["has none either", (p) => [...p.client.trailers], ANSWERED, []],
    ["turn over again", (p) => p.turnOver(), START, "start over | start over"],
  ]],
  ["HEAD", [
    ["request", (p) => (p.client.request({ method: "HEAD", fields: HOST }), p.pump()), "head done | done idle"],
    ["respond", (p) => p.respond(200, {}, 5), "head done | done content"],
    ["send", (p) => p.server.send("hello"), "head done | done content", false],
    ["finish", (p) => (p.server.finish(), p.pump(), p.responseContent), ANSWERED, ""],
    ["turn over", (p) => p.turnOver(), START, "start over | start over"],
  ]],
  ["304 with a length", [
    ["request", (p) => (p.client.request({ fields: HOST }), p.pump()), "head done | done idle"],
    ["respond", (p) => (p.respond(304, { "content-length": "5" }), p.server.finish(), p.pump()), ANSWERED],
    ["turn over", (p) => p.turnOver(), START, "start over | start over"],
  ]],
  ["100 and 103 before the answer", [
    [
      "request",
      (p) => (p.client.request({ method: "POST", fields: { ...HOST, expect: "100-continue" }, content: 2 }), p.pump()),
      "head content | content idle",
    ],
    ["a 100 is due", (p) => p.server.owesContinue, "head content | content idle", true],
    ["inform", (p) => p.server.inform(100), "head content | content interim", true],
    ["it arrives", (p) => (p.pump(), [p.client.isFinal, ...p.statuses.splice(0)]), "head content | content interim", [
      false,
      100,
    ]],
    ["none is due", (p) => p.server.owesContinue, "head content | content interim", false],
    [
      "content",
      (p) => (p.client.send("hi"), p.client.finish(), p.pump(), p.requestContent),
      "head done | done interim",
      "hi",
    ],
    ["early hints", (p) => (p.server.inform(103), p.pump(), p.statuses.splice(0)), "head done | done interim", [103]],
    ["respond", (p) => (p.respond(200, {}, 0), p.server.finish(), p.pump(), p.statuses.splice(0)), ANSWERED, [200]],
    ["too late to inform", (p) => p.server.inform(103), ANSWERED, false],
    ["turn over", (p) => p.turnOver(), START, "start over | start over"],
  ]],
  ["an answer before the content", [
    [
      "request",
      (p) => (p.client.request({ method: "POST", fields: HOST, content: 2 }), p.pump()),
      "head content | content idle",
    ],
    ["respond", (p) => (p.respond(413, {}, 0), p.server.finish(), p.pump()), "done content | content done"],
    ["not over", (p) => p.turnOver(), "done content | content done", "undefined | undefined"],
    ["content", (p) => (p.client.send("hi"), p.client.finish(), p.pump(), p.requestContent), ANSWERED, "hi"],
    ["turn over", (p) => p.turnOver(), START, "start over | start over"],
  ]],
  ["the client asks to close", [
    [
      "request",
      (p) => (p.client.request({ fields: { ...HOST, connection: "close" } }), p.pump()),
      "head done | done idle",
    ],
    ["reasons", (p) => [p.client.closeReason, p.server.closeReason], "head done | done idle", ["asked", "asked"]],
    ["respond", (p) => (p.respond(200, {}, 0), p.server.finish(), p.pump()), ANSWERED],
    ["turn over", (p) => p.turnOver(), CLOSED, "close | close"],
  ]],
  ["the application asks to close", [
    ["request", (p) => (p.client.request({ fields: HOST }), p.pump()), "head done | done idle"],
    ["respond", (p) => (p.respond(200, { connection: "close" }, 0), p.server.finish(), p.pump()), ANSWERED],
    ["reasons", (p) => [p.client.closeReason, p.server.closeReason], ANSWERED, ["asked", "application"]],
    ["turn over", (p) => p.turnOver(), CLOSED, "close | close"],
  ]],
  ["upgrade", [
    ["request", (p) => (p.client.request({ fields: { ...HOST, upgrade: "echo" } }), p.pump()), "head done | done idle"],
    ["it is meant for us", (p) => p.server.head?.upgrade, "head done | done idle", "echo"],
    ["switch", (p) => p.switchProtocols({ upgrade: "echo" }), "head done | tunnel tunnel"],
    ["it arrives", (p) => (p.pump(), p.statuses), "tunnel tunnel | tunnel tunnel", [101]],
    ["close", (p) => (p.client.close(), p.server.close()), CLOSED],
  ]],
  ["upgrade refused", [
    ["request", (p) => (p.client.request({ fields: { ...HOST, upgrade: "echo" } }), p.pump()), "head done | done idle"],
    ["respond", (p) => (p.respond(426, { upgrade: "h2c" }, 0), p.server.finish(), p.pump()), ANSWERED],
    ["Connection names it", (p) => p.client.head?.connection.upgrade, ANSWERED, true],
    ["turn over", (p) => p.turnOver(), START, "start over | start over"],
  ]],
  ["CONNECT", [
    [
      "request",
      (p) => (p.client.request({ method: "CONNECT", target: "b:443", fields: HOST }), p.pump()),
      "head done | done idle",
    ],
    ["switch", (p) => (p.switchProtocols({}), p.pump(), p.statuses), "tunnel tunnel | tunnel tunnel", [200]],
  ]],
  ["CONNECT refused", [
    [
      "request",
      (p) => (p.client.request({ method: "CONNECT", target: "b:443", fields: HOST }), p.pump()),
      "head done | done idle",
    ],
    [
      "respond",
      (p) => (p.respond(501, {}, 2), p.server.send("no"), p.server.finish(), p.pump(), p.responseContent),
      ANSWERED,
      "no",
    ],
    ["turn over", (p) => p.turnOver(), START, "start over | start over"],
  ]],
  ["a refusal", [
    ["request", (p) => (p.client.request({ fields: HOST }), p.pump()), "head done | done idle"],
    ["refuse", (p) => (p.server.refuse(503, "D", "deadline"), p.pump(), p.statuses), ANSWERED, [503]],
    ["turn over", (p) => p.turnOver(), CLOSED, "close | close"],
  ]],
];

Deno.test("both roles go through an exchange together", async (t) => {
  for (const [exchange, steps] of EXCHANGES) {
    for (const size of [Infinity, 1]) {
      await t.step(`${exchange}${size === 1 ? ", octet by octet" : ""}`, () => {
        const pair = new ConnectionPair(size);
        assertEquals(pair.states, START);
        run(pair, steps);
        if (pair.states === START) run(pair, steps);
      });
    }
  }
});

function run(pair: ConnectionPair, steps: readonly Step[]): void {
  for (const [what, act, states, told] of steps) {
    const answer = act(pair);
    assertEquals(pair.states, states, what);
    assertEquals(answer, told, what);
  }
}
