import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Write } from "../../../core/gateway/types.ts";
import { octets } from "../../support/octet_text.ts";
import { answer, DATE, get, request, Talk } from "../../support/talk.ts";

const CHUNKED = ["transfer-encoding: chunked", DATE];
const BLOCK = "x".repeat(40_000);

/** A conversation whose application answers by `write` only, from outside, until `end`. */
function writing(options: { target?: string; fields?: Record<string, string>; holds?: boolean; line?: string } = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let write: Write | undefined;
  const talk = new Talk((_environ, startResponse) => {
    write = startResponse(200, options.fields);
    return promise;
  });
  talk.port.isHolding = options.holds ?? false;
  talk.send(options.line ? request(options.line) : get());
  return { talk, write: write!, end: resolve, fail: reject };
}

Deno.test("write sends in a later turn what gathers until then", async () => {
  const { talk, write, end } = writing();
  assertEquals(write("a"), undefined);
  assertEquals(write(octets("b")), undefined);
  assertEquals(talk.sent, "");
  assertEquals(talk.surroundings.deferred, 1);
  await talk.rest();
  assertEquals(talk.port.writes, [answer("200 OK", CHUNKED, "1\r\na\r\n1\r\nb\r\n")]);
  write("c");
  end();
  await talk.rest();
  assertEquals(talk.port.writes.slice(1), ["1\r\nc\r\n0\r\n\r\n"]);
});

Deno.test("write of an empty piece does nothing, and the head stays", async () => {
  const { talk, write, end } = writing();
  assertEquals(write(""), undefined);
  assertEquals(write(new Uint8Array()), undefined);
  await talk.rest();
  assertEquals(talk.sent, "");
  end();
  await talk.rest();
  assertEquals(talk.sent, answer("200 OK", ["content-length: 0", DATE]));
});

Deno.test("what was written goes before what is returned or yielded", async (t) => {
  const chunks = "7\r\nwritten\r\n";
  await t.step("a string", async () => {
    const talk = new Talk((_environ, startResponse) => {
      startResponse(200)("written");
      return "returned";
    });
    talk.send(get());
    assertEquals(talk.port.writes, [answer("200 OK", CHUNKED, `${chunks}8\r\nreturned\r\n0\r\n\r\n`)]);
    await talk.rest();
    assertEquals(talk.port.writes.length, 1);
  });
  await t.step("a long string that is no ASCII", async () => {
    const talk = new Talk((_environ, startResponse) => {
      startResponse(200, { "content-length": "2007" })("written");
      return "\u00e9".repeat(1000);
    });
    talk.send(get());
    await talk.rest();
    assertEquals(talk.sent, answer("200 OK", ["content-length: 2007", DATE], "written" + "\xc3\xa9".repeat(1000)));
  });
  await t.step("a generator", async () => {
    const talk = new Talk(function* (_environ, startResponse) {
      const write = startResponse(200);
      write("written");
      yield "a";
      write("again");
      yield "b";
    });
    talk.send(get());
    await talk.rest();
    assertEquals(talk.sent, answer("200 OK", CHUNKED, `${chunks}1\r\na\r\n5\r\nagain\r\n1\r\nb\r\n0\r\n\r\n`));
  });
});

Deno.test("write copies: its piece may be changed at once", async () => {
  const { talk, write, end } = writing({ fields: { "content-length": "100000" } });
  const piece = new Uint8Array(50_000).fill(0x61);
  write(piece);
  piece.fill(0x62);
  write(piece);
  piece.fill(0x63);
  end();
  await talk.rest();
  assertEquals(talk.sent, answer("200 OK", ["content-length: 100000", DATE], "a".repeat(50_000) + "b".repeat(50_000)));
});

Deno.test("write gives a promise when the client is slower", async () => {
  const { talk, write, end } = writing({ holds: true });
  assertEquals(write(BLOCK), undefined);
  await talk.rest();
  assert(talk.port.isOpen);
  const promise = write(BLOCK);
  assert(promise instanceof Promise);
  let isSettled = false;
  promise.then(() => isSettled = true);
  await talk.rest();
  assertEquals(isSettled, false);
  await talk.drainAll();
  assertEquals(isSettled, true);
  end();
  await talk.drainAll();
  assertEquals(talk.sent, answer("200 OK", CHUNKED, `9c40\r\n${BLOCK}\r\n`.repeat(2) + "0\r\n\r\n"));
});

Deno.test("write gives no promise when the port takes all, however much it is", () => {
  const { talk, write } = writing();
  for (let i = 0; i < 10; i++) assertEquals(write(BLOCK), undefined);
  assert(talk.port.sentOctets > 300_000, "it is not gathered without bound");
});

Deno.test("the promise of write rejects when the connection is lost, and is safe to ignore", async () => {
  const reason = new Error("Reset");
  const { talk, write } = writing({ holds: true });
  const promises: unknown[] = [write(BLOCK), write(BLOCK), write(BLOCK)];
  const awaited = promises.filter((promise) => promise instanceof Promise);
  assertEquals(awaited.length, 2);
  talk.lose(reason);
  const late = write("late");
  assert(late instanceof Promise);
  await talk.rest();
  for (const promise of [...awaited, late]) {
    const error = await assertRejects(() => promise as Promise<void>);
    assert(error === reason);
  }
  assertEquals(talk.errors, []);
});

Deno.test("the promise of write rejects when the client stalls", async () => {
  const { talk, write } = writing({ holds: true });
  write(BLOCK);
  const promise = write(BLOCK) as Promise<void>;
  await talk.rest();
  await talk.pass(30_000);
  assertEquals(talk.moves, ["abort"]);
  assertEquals((await assertRejects(() => promise) as Error).name, "ConnectionLostError");
});

Deno.test("write behind the end of the answer is a TypeError", async () => {
  const { talk, write, end } = writing();
  end();
  await talk.rest();
  assertThrows(() => write("late"), TypeError);
  assertThrows(() => write(""), TypeError);
});

Deno.test("write of more than was announced sends what was, and is a RangeError", async () => {
  const { talk, write, end } = writing({ fields: { "content-length": "4" } });
  write("abc");
  assertThrows(() => write("def"), RangeError);
  assertThrows(() => write("ghi"), RangeError);
  end();
  await talk.rest();
  assertEquals(talk.sent, answer("200 OK", ["content-length: 4", DATE], "abcd"));
  assertEquals(talk.moves, []);
});

Deno.test("write of less than was announced aborts", async () => {
  const { talk, write, end } = writing({ fields: { "content-length": "4" } });
  write("abc");
  end();
  await talk.rest();
  assertEquals(talk.sent, answer("200 OK", ["content-length: 4", DATE], "abc"));
  assertEquals(talk.moves, ["abort"]);
});

Deno.test("write to HEAD sends the head and no content", async () => {
  const { talk, write, end } = writing({ line: "HEAD / HTTP/1.1" });
  assertEquals(write("abc"), undefined);
  assertEquals(write(BLOCK), undefined);
  end();
  await talk.rest();
  assertEquals(talk.sent, answer("200 OK", CHUNKED));
});

Deno.test("write to CONNECT that is not taken throws, and 501 is answered even when that is caught", async () => {
  const talk = new Talk((_environ, startResponse) => {
    assertThrows(() => startResponse(200)("abc"));
  });
  talk.send("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
  await talk.rest();
  assertEquals(talk.sent, answer("501 Not Implemented", ["content-length: 0", DATE, "connection: close"]));
});

Deno.test("a piece that is none is a TypeError of write and nothing of it is sent", async () => {
  for (const piece of [undefined, null, 5, {}, ["a"], new ArrayBuffer(4)]) {
    const { talk, write, end } = writing();
    assertThrows(() => write(piece as unknown as string), TypeError);
    write("fine");
    end();
    await talk.rest();
    assertEquals(talk.sent, answer("200 OK", CHUNKED, "4\r\nfine\r\n0\r\n\r\n"));
  }
});

Deno.test("a write error while others wait settles each of them once", async () => {
  const { talk, write } = writing({ holds: true });
  write(BLOCK);
  const outcomes: string[] = [];
  for (let i = 0; i < 3; i++) {
    (write(BLOCK) as Promise<void>).then(() => outcomes.push("room"), () => outcomes.push("lost"));
  }
  await talk.rest();
  talk.drain();
  await talk.rest();
  assertEquals(outcomes, [], "more than the limit waits still");
  talk.lose();
  await talk.rest();
  assertEquals(outcomes, ["lost", "lost", "lost"]);
});
