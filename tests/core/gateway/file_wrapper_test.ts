import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { type FileSource, fileWrapper, type SyncFileSource } from "../../../core/gateway/file_wrapper.ts";
import type { App } from "../../../core/gateway/types.ts";
import { lint } from "../../../core/middleware/lint.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { answer, DATE, get, request, Talk } from "../../support/talk.ts";

/** A file in memory, that tells what was done with it. */
class TestFile implements FileSource {
  readonly #content: Uint8Array;
  position: number;
  readonly calls: string[] = [];

  constructor(content: string, position = 0) {
    this.#content = octets(content);
    this.position = position;
  }

  read(block: Uint8Array): Promise<number | null> {
    return Promise.resolve(this.readSync(block));
  }

  readSync(block: Uint8Array): number | null {
    this.calls.push(`read ${block.length}`);
    const bytes = this.#content.subarray(this.position, this.position + block.length);
    block.set(bytes);
    this.position += bytes.length;
    return bytes.length === 0 ? null : bytes.length;
  }

  close(): void {
    this.calls.push("close");
  }
}

function serving(file: FileSource | SyncFileSource, fields: Record<string, string> = {}, blockSize = 4): App {
  return (_environ, startResponse) => {
    startResponse(200, fields);
    return fileWrapper(file, blockSize);
  };
}

async function talkTo(app: App, text = get()): Promise<Talk> {
  const talk = new Talk(app);
  talk.send(text);
  await talk.rest();
  return talk;
}

const LENGTH = { "content-length": "10" };
const CHUNKS = "4\r\n0123\r\n4\r\n4567\r\n2\r\n89\r\n0\r\n\r\n";
const FRAMINGS: readonly [name: string, text: string, fields: Record<string, string>, sent: string][] = [
  ["1.0", "GET / HTTP/1.0\r\n\r\n", {}, answer("200 OK", [DATE, "connection: close"], "0123456789")],
  [
    "1.0 keep-alive, by length",
    "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    LENGTH,
    answer("200 OK", ["content-length: 10", DATE, "connection: keep-alive"], "0123456789"),
  ],
  ["1.1 chunked", get(), {}, answer("200 OK", ["transfer-encoding: chunked", DATE], CHUNKS)],
  [
    "1.1 close, by length",
    get("/", "Connection: close"),
    LENGTH,
    answer("200 OK", ["content-length: 10", DATE, "connection: close"], "0123456789"),
  ],
];

Deno.test("S-23, D-38: fileWrapper sends blocks in every framing, and closes the file", async (t) => {
  for (const [name, text, fields, sent] of FRAMINGS) {
    for (const kind of ["read", "readSync"]) {
      await t.step(`${name}, ${kind}`, async () => {
        const file = new TestFile("0123456789");
        const source = kind === "read" ? file : { readSync: file.readSync.bind(file), close: () => file.close() };
        const talk = await talkTo(serving(source, fields), text);
        assertEquals(talk.sent, sent);
        assertEquals(talk.errors, []);
        assertEquals(file.calls.filter((call) => call === "close").length, 1);
      });
    }
  }
});

Deno.test("S-23: fileWrapper starts at the file's position and ends at Content-Length", async () => {
  const file = new TestFile("0123456789", 2);
  const talk = await talkTo(serving(file, { "content-length": "5" }));
  assertEquals(talk.sent, answer("200 OK", ["content-length: 5", DATE], "23456"));
  assertEquals(talk.errors, []);
  assertEquals(file.calls, ["read 4", "read 1", "close"]);
  assertEquals(file.position, 7);
});

Deno.test("S-23, S-15: a file shorter than Content-Length aborts", async () => {
  const file = new TestFile("0123456789", 8);
  const talk = await talkTo(serving(file, { "content-length": "5" }));
  assertEquals(talk.moves, ["abort"]);
  assertEquals(file.calls, ["read 4", "read 3", "close"]);
});

Deno.test("S-23: nothing is read before fileWrapper is returned, and no close is owed then", () => {
  const file = new TestFile("0123456789");
  fileWrapper(file);
  assertEquals(file.calls, []);
});

Deno.test("S-23: fileWrapper falls back to a plain iterable within middleware", async () => {
  const file = new TestFile("0123456789");
  const talk = await talkTo(lint(serving(file, { "content-type": "text/plain", "content-length": "6" })));
  assertEquals(talk.sent, answer("200 OK", ["content-type: text/plain", "content-length: 6", DATE], "012345"));
  assertEquals(file.calls.at(-1), "close");
  const iterated: string[] = [];
  for await (const block of fileWrapper(new TestFile("0123456789"), 4)) iterated.push(textOf(block));
  assertEquals(iterated, ["0123", "4567", "89"]);
  const kept: Uint8Array[] = [];
  for await (const block of fileWrapper(new TestFile("0123456789"), 4)) kept.push(block);
  assertEquals(kept.map(textOf), ["0123", "4567", "89"]);
});

Deno.test("S-5, S-23: the file is closed in every ending", async (t) => {
  await t.step("HEAD", async () => {
    const file = new TestFile("0123456789");
    const talk = await talkTo(serving(file, LENGTH), request("HEAD / HTTP/1.1"));
    assertEquals(talk.sent, answer("200 OK", ["content-length: 10", DATE]));
    assertEquals(file.calls.at(-1), "close");
  });
  await t.step("a read that fails", async () => {
    let closed = 0;
    const talk = await talkTo(serving({
      read: () => Promise.reject(new Error("Bad sector")),
      close: () => void closed++,
    }));
    assertEquals(talk.sent.slice(9, 12), "500");
    assertEquals([closed, String(talk.errors)], [1, "Error: Bad sector"]);
  });
  await t.step("a read that gives nonsense", async () => {
    const talk = await talkTo(serving({ readSync: () => 5 }));
    assertEquals(talk.sent.slice(9, 12), "500");
    assertMatch(String(talk.errors), /5 octets in a block of 4/);
  });
  await t.step("startResponse was not called", async () => {
    const file = new TestFile("0123456789");
    const talk = await talkTo(() => fileWrapper(file));
    assertEquals(talk.sent.slice(9, 12), "500");
    assertEquals(file.calls.filter((call) => call === "close").length, 1);
  });
  await t.step("the client leaves while the file is read", async () => {
    const calls: string[] = [];
    let settle: (count: number) => void = () => {};
    const talk = await talkTo(serving({
      read: () => {
        calls.push("read");
        return new Promise((resolve) => settle = resolve);
      },
      close: () => void calls.push("close"),
    }));
    talk.lose(new Error("Gone"));
    await talk.rest();
    assertEquals(calls, ["read"], "a file that is being read must not be closed");
    settle(4);
    await talk.rest();
    assertEquals(calls, ["read", "close"]);
    assertEquals(talk.errors, []);
  });
  await t.step("the client leaves between two reads", async () => {
    const file = new TestFile("x".repeat(200_000));
    const talk = new Talk(serving(file, {}, 65_536), { port: { takes: () => false } });
    talk.send(get());
    await talk.rest();
    assertEquals(file.calls, ["read 65536"]);
    talk.lose(new Error("Gone"));
    await talk.rest();
    assertEquals(file.calls, ["read 65536", "close"]);
  });
});

Deno.test("S-23, S-3: fileWrapper reads no faster than the client takes", async () => {
  const file = new TestFile("x".repeat(1_000_000));
  const talk = new Talk(serving(file, {}, 65_536));
  talk.port.isHolding = true;
  talk.send(get());
  await talk.rest();
  assertEquals(file.position, 65_536);
  for (let reads = 1; reads < 5; reads++) {
    assert(file.position <= reads * 2 * 65_536);
    talk.drain();
    await talk.rest();
  }
  talk.port.isHolding = false;
  await talk.drainAll();
  assertEquals(talk.sent.length > 1_000_000, true);
  assertEquals(file.calls.at(-1), "close");
});

Deno.test("fileWrapper serves a file of the runtime from its position", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "0123456789".repeat(20_000));
    const file = await Deno.open(path);
    await file.seek(100_000, Deno.SeekMode.Start);
    const talk = new Talk((_environ, startResponse) => {
      startResponse(200, { "content-length": "90000" });
      return fileWrapper(file);
    });
    talk.send(get());
    while (!talk.sent.endsWith("789") || talk.sent.length < 90_000) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await talk.rest();
    }
    assertEquals(talk.sent.slice(talk.sent.indexOf("\r\n\r\n") + 4), "0123456789".repeat(9000));
    await assertRejects(() => file.stat(), Deno.errors.BadResource);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("S-23: fileWrapper that has ended stays so, and its file is closed once", async () => {
  const file = new TestFile("abcdef");
  const wrapper = fileWrapper(file, 4);
  assertEquals((await Array.fromAsync(wrapper)).map(textOf), ["abcd", "ef"]);
  const end = { done: true, value: undefined } as const;
  assertEquals([await wrapper.next(), await wrapper.return(), await wrapper.next()], [end, end, end]);
  assertEquals(file.calls, ["read 4", "read 4", "read 4", "close"]);
});

Deno.test("fileWrapper refuses what cannot be read in blocks", () => {
  for (const size of [0, -1, 1.5, NaN, Infinity]) assertThrows(() => fileWrapper(new TestFile(""), size), RangeError);
  assertThrows(() => fileWrapper({} as FileSource), TypeError);
});
