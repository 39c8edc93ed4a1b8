import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import type { Environ } from "../../../core/gateway/environ.ts";
import type { Tunnel } from "../../../core/gateway/tunnel.ts";
import type { App } from "../../../core/gateway/types.ts";
import { textOf } from "../../support/octet_text.ts";
import { answer, DATE, get, post, request, Talk, type TalkOptions } from "../../support/talk.ts";

const UPGRADE = get("/", "Connection: upgrade", "Upgrade: echo, other");
const CONNECT = "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n";
const SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n";
const BLOCK = "x".repeat(40_000);

/** Echoes until the peer ends, then ends. */
const echo: App = async (environ) => {
  const tunnel = environ.upgrade();
  for await (const bytes of tunnel) await tunnel.write(bytes);
  tunnel.end();
};

/** A conversation that has switched protocols; the test has the tunnel. */
function switched(options: TalkOptions & { sent?: string } = {}) {
  const { sent = UPGRADE, ...rest } = options;
  let tunnel: Tunnel | undefined;
  let environ: Environ | undefined;
  const talk = new Talk((given) => {
    environ = given;
    tunnel = given.upgrade();
  }, rest);
  talk.send(sent);
  return { talk, tunnel: tunnel!, environ: environ! };
}

async function readText(tunnel: Tunnel): Promise<string | undefined> {
  const bytes = await tunnel.read();
  return bytes && textOf(bytes);
}

Deno.test("upgrade sends 101 and passes bytes both ways, what came behind the request included", async () => {
  const talk = new Talk(echo, { observed: true });
  talk.send(`${UPGRADE}early${get()}`);
  await talk.rest();
  assertEquals(talk.take(), `${SWITCHED}early${get()}`);
  talk.send("more\r\n\r\n\x00\xff");
  await talk.rest();
  assertEquals(talk.take(), "more\r\n\r\n\x00\xff");
  assertEquals(talk.records, [], "the exchange goes on");
  talk.end();
  await talk.rest();
  assertEquals(talk.moves, ["endWriting", "close"]);
  const { status, bodyBytes, completed, error } = talk.records[0]!;
  assertEquals([status, bodyBytes, completed, error], [101, 5 + get().length + 10, true, undefined]);
  assertEquals(talk.errors, []);
});

Deno.test("upgrade of CONNECT sends 200 without framing fields", async () => {
  const talk = new Talk(echo, { observed: true });
  talk.send(`${CONNECT}early`);
  await talk.rest();
  assertEquals(talk.take(), `HTTP/1.1 200 OK\r\n${DATE}\r\n\r\nearly`);
  talk.end();
  await talk.rest();
  assertEquals(talk.records.map(({ status, method }) => [status, method]), [[200, "CONNECT"]]);
});

Deno.test("upgrade of CONNECT keeps a Date of the application's", () => {
  const talk = new Talk((environ) => void environ.upgrade({ date: "Thu, 01 Jan 1970 00:00:00 GMT" }));
  talk.send(CONNECT);
  assertEquals(talk.sent, "HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n");
});

Deno.test("upgrade takes fields, and names the protocol that the application chooses", () => {
  const talk = new Talk((environ) => {
    environ.upgrade({ Upgrade: "other", "sec-websocket-accept": "abc" });
  });
  talk.send(UPGRADE);
  assertEquals(
    talk.sent,
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nsec-websocket-accept: abc\r\nconnection: upgrade\r\n\r\n",
  );
});

Deno.test("upgrade switches to the first protocol that the client offers, and tells them apart without regard to case", () => {
  const cases: [offered: string, chosen: string | undefined, sent: string][] = [
    [", echo", undefined, "echo"],
    ["ECHO/1.1 , other", undefined, "ECHO/1.1"],
    ["WebSocket", "websocket", "websocket"],
  ];
  for (const [offered, chosen, sent] of cases) {
    const talk = new Talk((environ) => void environ.upgrade(chosen === undefined ? undefined : { upgrade: chosen }));
    talk.send(get("/", "Connection: upgrade", `Upgrade: ${offered}`));
    assertEquals(talk.sent, SWITCHED.replace("echo", sent));
  }
});

Deno.test("upgrade works behind other exchanges and once the content is read", async () => {
  const talk = new Talk(async (environ, startResponse) => {
    if (environ.fields.get("upgrade") === undefined) {
      startResponse(200);
      return ["a", "b"];
    }
    assertEquals(await environ.input.text(), environ.method === "POST" ? "hello" : "");
    await echo(environ, startResponse);
  });
  talk.send(get() + post("hello", "Connection: upgrade", "Upgrade: echo") + "tunnelled");
  await talk.rest();
  assert(talk.sent.endsWith(`0\r\n\r\n${SWITCHED}tunnelled`), talk.sent);
});

const REFUSED: readonly [name: string, sent: string, app: App][] = [
  ["without Upgrade", get(), (environ) => void environ.upgrade()],
  ["with Upgrade that Connection does not name", get("/", "Upgrade: echo"), (environ) => void environ.upgrade()],
  [
    "on HTTP/1.0",
    request("GET / HTTP/1.0", ["Connection: upgrade", "Upgrade: echo"]),
    (environ) => void environ.upgrade(),
  ],
  ["of a 1.0 CONNECT", CONNECT.replace("1.1", "1.0"), (environ) => void environ.upgrade()],
  ["with unread content", post("hello", "Connection: upgrade", "Upgrade: echo"), (environ) => void environ.upgrade()],
  ["with a bad field", UPGRADE, (environ) => void environ.upgrade({ "x y": "z" })],
  ["with content-length", UPGRADE, (environ) => void environ.upgrade({ "content-length": "0" })],
  ["with connection: close", UPGRADE, (environ) => void environ.upgrade({ connection: "close" })],
  ["to what the client does not offer", UPGRADE, (environ) => void environ.upgrade({ upgrade: "ech" })],
  ["to more than the client offers", UPGRADE, (environ) => void environ.upgrade({ upgrade: "echo, third" })],
  ["to nothing", UPGRADE, (environ) => void environ.upgrade({ upgrade: "" })],
  ["that offers nothing", get("/", "Connection: upgrade", "Upgrade: ,"), (environ) => void environ.upgrade()],
  ["with Upgrade to CONNECT", CONNECT, (environ) => void environ.upgrade({ upgrade: "echo" })],
];

Deno.test("upgrade is refused", async (t) => {
  for (const [name, sent, app] of REFUSED) {
    await t.step(name, async () => {
      const talk = new Talk(app);
      talk.send(sent);
      await talk.rest();
      assertEquals(talk.sent, answer("500 Internal Server Error", ["content-length: 0", DATE, "connection: close"]));
      assertInstanceOf(talk.errors[0], TypeError);
    });
  }
  await t.step("behind the head", async () => {
    const talk = new Talk(function* (environ, startResponse) {
      startResponse(200);
      yield "a";
      assertThrows(() => environ.upgrade(), TypeError);
    });
    talk.send(UPGRADE);
    await talk.rest();
    assertEquals(talk.errors, []);
    assert(talk.sent.endsWith("0\r\n\r\n"));
  });
  await t.step("twice", async () => {
    const { talk, tunnel, environ } = switched();
    assertThrows(() => environ.upgrade(), TypeError);
    tunnel.write("still open");
    await talk.rest();
    assertEquals(talk.sent, `${SWITCHED}still open`);
  });
  await t.step("behind the exchange", () => {
    let environ: Environ | undefined;
    const talk = new Talk((given, startResponse) => {
      environ = given;
      startResponse(200);
    });
    talk.send(UPGRADE);
    assertThrows(() => environ!.upgrade(), TypeError);
  });
  await t.step("and the application may answer instead", () => {
    const talk = new Talk((environ, startResponse) => {
      assertThrows(() => environ.upgrade(), TypeError);
      startResponse(426, { upgrade: "echo" });
    });
    talk.send(get());
    assert(talk.sent.startsWith("HTTP/1.1 426 "));
    assertEquals(talk.moves, []);
  });
});

Deno.test("a tunnel's read gives what is there, undefined at the end, one at a time", async () => {
  const { talk, tunnel } = switched();
  const first = tunnel.read();
  await assertRejects(() => tunnel.read(), TypeError);
  talk.send("hello");
  assertEquals(textOf((await first)!), "hello");
  talk.send("a");
  talk.send("b");
  assertEquals(await readText(tunnel), "ab");
  talk.send("c");
  talk.end();
  assertEquals(await readText(tunnel), "c");
  assertEquals(await readText(tunnel), undefined);
  assertEquals(await readText(tunnel), undefined);
  tunnel.write("still");
  assertEquals(talk.moves, []);
  tunnel.end();
  assertEquals(talk.moves, ["endWriting", "close"]);
  await tunnel.closed;
  assertEquals(await readText(tunnel), undefined);
});

Deno.test("a tunnel is half-closed in either order", async (t) => {
  await t.step("the peer first", async () => {
    const { talk, tunnel } = switched();
    talk.end();
    assertEquals(await readText(tunnel), undefined);
    tunnel.write("last words");
    tunnel.end();
    assertEquals(talk.port.calls, ["write", "write", "endWriting", "close"]);
    await tunnel.closed;
  });
  await t.step("our side first", async () => {
    const { talk, tunnel } = switched({ observed: true });
    tunnel.end();
    tunnel.end();
    assertEquals(talk.moves, ["endWriting"]);
    assertThrows(() => tunnel.write("late"), TypeError);
    talk.send("goes on");
    assertEquals(await readText(tunnel), "goes on");
    assertEquals(talk.records, []);
    talk.end();
    assertEquals(await readText(tunnel), undefined);
    assertEquals(talk.moves, ["endWriting", "close"]);
    await tunnel.closed;
    assertEquals(talk.records.length, 1);
  });
  await t.step("with octets that nobody has read, which can be read behind the end", async () => {
    const { talk, tunnel } = switched({ observed: true });
    tunnel.end();
    talk.send("unread");
    talk.end();
    assertEquals(talk.moves, ["endWriting", "close"]);
    await tunnel.closed;
    assertEquals(talk.records.map(({ completed }) => completed), [true]);
    assertEquals(await readText(tunnel), "unread");
    assertEquals(await readText(tunnel), undefined);
  });
  await t.step("our side while the peer takes nothing", async () => {
    const { talk, tunnel } = switched();
    talk.port.isHolding = true;
    tunnel.write("one");
    tunnel.write("two");
    tunnel.end();
    assertEquals(talk.moves, []);
    talk.end();
    await talk.rest();
    assertEquals(talk.moves, []);
    await talk.drainAll();
    assertEquals(talk.sent, `${SWITCHED}onetwo`);
    assertEquals(talk.moves, ["endWriting", "close"]);
  });
});

Deno.test("a tunnel's write gives a promise when the peer is slower", async () => {
  const { talk, tunnel } = switched();
  talk.port.isHolding = true;
  assertEquals(tunnel.write(BLOCK), undefined);
  const promise = tunnel.write(BLOCK);
  assert(promise instanceof Promise);
  let isSettled = false;
  promise.then(() => isSettled = true);
  await talk.rest();
  assertEquals(isSettled, false);
  await talk.drainAll();
  assertEquals(isSettled, true);
  assertEquals(talk.sent, SWITCHED + BLOCK + BLOCK);
});

Deno.test("a tunnel's write copies, and sends at once", () => {
  const { talk, tunnel } = switched();
  const bytes = new Uint8Array(100_000).fill(0x61);
  talk.port.isHolding = true;
  tunnel.write(bytes);
  bytes.fill(0x62);
  assertEquals(tunnel.write(""), talk.port.isOpen ? tunnel.write(new Uint8Array()) : undefined);
  talk.port.isHolding = false;
  talk.drain();
  assertEquals(talk.sent, SWITCHED + "a".repeat(100_000));
});

Deno.test("a tunnel that nobody reads pauses reading", async () => {
  const { talk, tunnel } = switched();
  for (let i = 0; i < 8; i++) talk.send("x".repeat(8192));
  assertEquals(talk.moves, ["pauseReading"]);
  assertEquals((await readText(tunnel))!.length, 65_536);
  assertEquals(talk.moves, ["pauseReading", "resumeReading"]);
});

Deno.test("a tunnel that is lost tells everybody", async () => {
  const reason = new Error("Reset");
  const { talk, tunnel, environ } = switched({ observed: true });
  talk.port.isHolding = true;
  const reading = tunnel.read();
  reading.catch(() => {});
  tunnel.write(BLOCK);
  const writing = tunnel.write(BLOCK) as Promise<void>;
  const ignored = tunnel.write(BLOCK);
  assert(ignored instanceof Promise);
  const { signal } = environ;
  talk.lose(reason);
  await talk.rest();
  assertEquals(await assertRejects(() => reading), reason);
  assertEquals(await assertRejects(() => writing), reason);
  assertEquals(await assertRejects(() => tunnel.closed), reason);
  assertEquals(await assertRejects(() => tunnel.read()), reason);
  assertEquals(await assertRejects(async () => await tunnel.write("late")), reason);
  tunnel.write("late, and ignored");
  tunnel.end();
  await talk.rest();
  assertEquals(signal.reason, reason);
  assertEquals(talk.records.map(({ status, completed, error }) => [status, completed, error]), [[101, false, reason]]);
  assertEquals(talk.errors, []);
});

Deno.test("a tunnel's end behind a loss does nothing", async () => {
  const { talk, tunnel } = switched();
  talk.lose(new Error("Reset"));
  tunnel.end();
  await talk.rest();
  assertEquals(talk.moves, []);
});

Deno.test("what came before a loss is not read behind it", async () => {
  const { talk, tunnel } = switched();
  talk.send("unread");
  talk.lose(new Error("Reset"));
  await assertRejects(() => tunnel.read(), Error, "Reset");
});

Deno.test("a tunnel is not timed while nothing waits in it", async () => {
  const { talk, tunnel } = switched({ deadlines: { application: 1000 } });
  assertEquals(talk.due, Infinity);
  tunnel.read();
  await talk.pass(1_000_000);
  talk.send("x");
  await talk.rest();
  assertEquals(talk.due, Infinity);
  assertEquals(talk.moves, []);
});

Deno.test("a shutdown tells a tunnel and leaves its end to it", async () => {
  const { talk, tunnel, environ } = switched();
  const { closing, signal } = environ;
  talk.conversation.shutdown(1000);
  assertEquals(closing.aborted, true);
  await talk.pass(1000);
  assertEquals(talk.moves, []);
  assertEquals(signal.aborted, false);
  tunnel.end();
  talk.end();
  await talk.rest();
  assertEquals(talk.moves, ["endWriting", "close"]);
});

Deno.test("an application that fails in a tunnel aborts it", async () => {
  const failure = new Error("Fails");
  const talk = new Talk(async (environ) => {
    const tunnel = environ.upgrade();
    await tunnel.read();
    throw failure;
  }, { observed: true });
  talk.send(`${UPGRADE}x`);
  await talk.rest();
  assertEquals(talk.moves, ["abort"]);
  assertEquals(talk.errors, [failure]);
  assertEquals(talk.records.map(({ completed, error }) => [completed, error]), [[false, failure]]);
});
