import { assertEquals } from "@std/assert";
import { Conversation } from "../../../core/gateway/conversation.ts";
import type { Port, Surroundings } from "../../../core/gateway/port.ts";
import type { App } from "../../../core/gateway/types.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { answer, DATE, get, Talk } from "../../support/talk.ts";

/** A port with no more than it must have: it writes into a list. */
function plainPort(sent: string[]): Port {
  return {
    local: { transport: "unix", path: "/here" },
    remote: { transport: "unix", path: "/there" },
    tls: undefined,
    write: (bytes) => sent.push(textOf(bytes)) > 0,
    pauseReading: () => sent.push("[pause]"),
    resumeReading: () => sent.push("[resume]"),
    endWriting: () => sent.push("[end]"),
    close: () => sent.push("[close]"),
    abort: () => sent.push("[abort]"),
  };
}

Deno.test("A-4: a conversation wants a port and surroundings, and is run by whoever has the loop", () => {
  const tasks: (() => void)[] = [];
  const surroundings: Surroundings = {
    now: () => 0,
    unixTime: () => 784_111_777_000,
    defer: (task) => tasks.push(task),
    after: (_ms, task) => {
      tasks.push(task);
      return () => {};
    },
  };
  const app: App = function* (environ, startResponse) {
    startResponse(200);
    yield environ.pathInfo;
    yield "";
    yield "!";
  };
  const sent: string[] = [];
  const conversations = [1, 2].map(() => new Conversation(app, plainPort(sent), surroundings));
  conversations.forEach((conversation, index) => conversation.receive(octets(get(`/${index}`))));
  conversations[0]!.receiveEnd();
  for (let task = tasks.shift(); task; task = tasks.shift()) task();
  conversations[1]!.receiveEnd();
  const text = sent.join("");
  const parts = (path: string): [string, string] => [
    answer("200 OK", ["transfer-encoding: chunked", DATE], `2\r\n${path}\r\n`),
    "1\r\n!\r\n0\r\n\r\n",
  ];
  assertEquals(text.startsWith(parts("/0")[0] + parts("/1")[0]), true, text);
  assertEquals(text.split(parts("/0")[1]).length, 3, text);
});

Deno.test("a port that says it has taken what it never held changes nothing", () => {
  const talk = new Talk((_environ, startResponse) => {
    startResponse(200);
    return "ok";
  }, { observed: true });
  talk.conversation.drained();
  talk.send(get());
  talk.conversation.drained();
  assertEquals(talk.sent, answer("200 OK", ["content-length: 2", DATE], "ok"));
  assertEquals([talk.records.length, talk.moves, talk.due], [1, [], 65_000]);
});
