import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import type { Input } from "../../../core/gateway/input.ts";
import { INPUT_PENDING, type Item } from "../../../core/gateway/piece.ts";
import type { App } from "../../../core/gateway/types.ts";
import { octets, textOf } from "../../support/octet_text.ts";
import { splitsOf } from "../../support/splits.ts";
import { get, post, postChunked, request, Talk } from "../../support/talk.ts";

/** An application that reads in some way; what it gave or threw is in `seen`. */
function reading(read: (input: Input) => unknown, seen: unknown[]): App {
  return async (environ, startResponse) => {
    try {
      seen.push(await read(environ.input));
    } catch (error) {
      seen.push(error);
    }
    startResponse(200);
  };
}

/** Reads the content of one request, that comes in these pieces. */
async function readAs(read: (input: Input) => unknown, pieces: readonly (string | Uint8Array)[]): Promise<unknown> {
  const seen: unknown[] = [];
  const talk = new Talk(reading(read, seen));
  for (const piece of pieces) {
    talk.send(piece);
    await talk.rest();
  }
  assertEquals(seen.length, 1, "the read is not over");
  assertEquals(talk.errors, []);
  if (!(seen[0] instanceof Error)) assert(talk.sent.startsWith("HTTP/1.1 200 "), talk.sent);
  return seen[0];
}

const HELLO = "hello\nbig\nworld";
const CHUNKS = "6\r\nhello\n\r\n5;x=y\r\nbig\nw\r\n4\r\norld\r\n0\r\nX-Sum: 15\r\n\r\n";

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<string[]> {
  const texts: string[] = [];
  for await (const piece of pieces) texts.push(textOf(piece));
  return texts;
}

async function repeat(read: () => Promise<Uint8Array>): Promise<string[]> {
  const texts: string[] = [];
  for (let bytes = await read(); bytes.length > 0; bytes = await read()) texts.push(textOf(bytes));
  return texts;
}

/** Ways to read whose results do not depend on how the octets came. */
const READS: Record<string, [read: (input: Input) => Promise<unknown>, whole: unknown, none: unknown]> = {
  "read()": [async (input) => textOf(await input.read()), HELLO, ""],
  "read(Infinity)": [async (input) => textOf(await input.read(Infinity)), HELLO, ""],
  "read(4)": [(input) => repeat(() => input.read(4)), ["hell", "o\nbi", "g\nwo", "rld"], []],
  "read(1)": [(input) => repeat(() => input.read(1)), [...HELLO], []],
  "read(1000)": [(input) => repeat(() => input.read(1000)), [HELLO], []],
  "readSome()": [async (input) => (await repeat(() => input.readSome())).join(""), HELLO, ""],
  "readLine()": [(input) => repeat(() => input.readLine()), ["hello\n", "big\n", "world"], []],
  "readLine(4)": [(input) => repeat(() => input.readLine(4)), ["hell", "o\n", "big\n", "worl", "d"], []],
  "readLine(6)": [(input) => repeat(() => input.readLine(6)), ["hello\n", "big\n", "world"], []],
  "readLines()": [async (input) => (await input.readLines()).map(textOf), ["hello\n", "big\n", "world"], []],
  "readLines(6)": [async (input) => (await input.readLines(6)).map(textOf), ["hello\n"], []],
  "readLines(7)": [async (input) => (await input.readLines(7)).map(textOf), ["hello\n", "big\n"], []],
  "readLines(0)": [async (input) => (await input.readLines(0)).map(textOf), [], []],
  "lines()": [(input) => gather(input.lines()), ["hello\n", "big\n", "world"], []],
  "iteration": [async (input) => (await gather(input)).join(""), HELLO, ""],
  "bytes()": [async (input) => textOf(await input.bytes()), HELLO, ""],
  "bytes({ limit: 15 })": [async (input) => textOf(await input.bytes({ limit: 15 })), HELLO, ""],
  "text()": [(input) => input.text(), HELLO, ""],
  "read(3), readLine(), read(0), text()": [
    async (input) => [
      textOf(await input.read(3)),
      textOf(await input.readLine()),
      textOf(await input.read(0)),
      await input.text(),
    ],
    ["hel", "lo\n", "", "big\nworld"],
    ["", "", "", ""],
  ],
};

Deno.test("Input gives the same content however the octets came", async (t) => {
  const framings = { "by length": post(HELLO), "chunked": postChunked(CHUNKS) };
  for (const [framing, whole] of Object.entries(framings)) {
    for (const [name, [read, expected]] of Object.entries(READS)) {
      await t.step(`${name} ${framing}`, async () => {
        const position = async (input: Input) => [await read(input), input.position];
        for (const split of splitsOf(octets(whole))) {
          const [content, at] = await readAs(position, split.pieces) as [unknown, number];
          assertEquals(content, expected, split.name);
          const isCutShort = name.startsWith("readLines(");
          if (!isCutShort) assertEquals(at, HELLO.length, split.name);
        }
      });
    }
  }
});

Deno.test("Input is empty without content", async (t) => {
  for (const [name, [read, , none]] of Object.entries(READS)) {
    for (const whole of [get(), post(""), request("POST / HTTP/1.1"), postChunked("0\r\n\r\n")]) {
      await t.step(`${name} of ${JSON.stringify(whole.split("\r\n").slice(2).join(" "))}`, async () => {
        assertEquals(await readAs(read, [whole]), none);
      });
    }
  }
});

Deno.test("Input reads on behind the end and finds nothing", async () => {
  const read = async (input: Input) => {
    await input.read();
    return [await input.read(), await input.read(5), await input.readSome(), await input.readLine()];
  };
  for (const whole of [post(HELLO), postChunked(CHUNKS), get()]) {
    assertEquals(await readAs(read, [whole]), [1, 2, 3, 4].map(() => new Uint8Array()));
  }
});

Deno.test("Input tells length, position and trailers", async () => {
  const seen: unknown[] = [];
  const read = async (input: Input) => {
    seen.push(input.length, input.position, [...input.trailers]);
    await input.read(5);
    seen.push(input.position, [...input.trailers]);
    await input.read();
    seen.push(input.position, [...input.trailers]);
  };
  await readAs(read, [post(HELLO)]);
  assertEquals(seen.splice(0), [15, 0, [], 5, [], 15, []]);
  await readAs(read, [postChunked(CHUNKS)]);
  assertEquals(seen.splice(0), [undefined, 0, [], 5, [], 15, [["X-Sum", "15"]]]);
  await readAs(read, [get()]);
  assertEquals(seen.splice(0), [0, 0, [], 0, [], 0, []]);
});

Deno.test("environ.input is one and the same", () => {
  const talk = new Talk((environ, startResponse) => {
    assertStrictEquals(environ.input, environ.input);
    startResponse(200);
  });
  talk.send(post("hello"));
  assertEquals(talk.errors, []);
});

Deno.test("Input drops trailers that may not stand there, and never merges the others", async () => {
  const chunks = "1\r\nx\r\n0\r\nContent-Length: 5\r\nx-a: 1\r\nHost: evil\r\nX-A: 2\r\nAuthorization: y\r\n\r\n";
  const read = async (input: Input) => {
    await input.read();
    return [...input.trailers];
  };
  assertEquals(await readAs(read, [postChunked(chunks)]), [["x-a", "1"], ["X-A", "2"]]);
});

Deno.test("Input keeps the trailers of its own request", async () => {
  const inputs: Input[] = [];
  const talk = new Talk(async (environ, startResponse) => {
    inputs.push(environ.input);
    await environ.input.read();
    startResponse(200);
  });
  talk.send(postChunked("0\r\nx-a: first\r\n\r\n") + postChunked("0\r\nx-a: second\r\n\r\n") + get());
  await talk.rest();
  assertEquals(inputs.map((input) => [...input.trailers]), [[["x-a", "first"]], [["x-a", "second"]], []]);
});

Deno.test("Input asked for after the exchange knows nothing of the next one", async () => {
  let late: Input | undefined;
  const talk = new Talk((environ, startResponse) => {
    startResponse(200);
    if (environ.target === "/") {
      environ.postHooks.push((environ) => {
        late = environ.input;
      });
      return;
    }
    return environ.input.read().then(() => undefined);
  });
  talk.send(get() + postChunked("1\r\nx\r\n", "Expect: 100-continue").replace("POST /", "POST /next"));
  await talk.rest();
  assert(late);
  assertEquals([...late.trailers], []);
  await assertRejects(() => late!.read(), TypeError, "the exchange is over");
  const before = talk.sent;
  assertEquals(late.sendContinue(), false);
  assertEquals(talk.sent, before);
  talk.send("0\r\nx-a: theirs\r\n\r\n");
  await talk.rest();
  assertEquals([...late.trailers], []);
});

Deno.test("Input refuses numbers that are none", async (t) => {
  for (const octets of [-1, NaN, 1.5, -Infinity]) {
    await t.step(`${octets}`, async () => {
      for (const name of ["read", "readLine"] as const) {
        const seen: unknown[] = [];
        const read = async (input: Input) => {
          seen.push(await input[name](octets).catch((error: unknown) => error));
          return textOf(await input.read());
        };
        assertEquals(await readAs(read, [post(HELLO)]), HELLO, "nothing was taken");
        assertInstanceOf(seen[0], RangeError);
      }
      const limited = async (input: Input) => {
        await assertRejects(() => input.bytes({ limit: octets }), RangeError);
        return textOf(await input.read());
      };
      assertEquals(await readAs(limited, [post(HELLO)]), HELLO);
    });
  }
  await t.step("readLine(0)", async () => {
    assertInstanceOf(await readAs((input) => input.readLine(0), [post(HELLO)]), RangeError);
  });
});

Deno.test("Input refuses a read while another is under way", async () => {
  const refusals: unknown[] = [];
  const read = async (input: Input) => {
    const first = input.read(5);
    for (const second of [() => input.read(), () => input.readSome(), () => input.readLine(), () => input.text()]) {
      refusals.push(await second().catch((error: unknown) => error));
    }
    refusals.push(assertThrows(() => input.available().next()));
    return textOf(await first);
  };
  assertEquals(await readAs(read, [post("hello").slice(0, -2), "lo"]), "hello");
  assertEquals(refusals.length, 5);
  for (const refusal of refusals) assertInstanceOf(refusal, TypeError);
});

Deno.test("a read after the exchange is refused, and one under way rejects with its end", async () => {
  let input: Input | undefined;
  let pending: Promise<Uint8Array> | undefined;
  const talk = new Talk((environ, startResponse) => {
    input = environ.input;
    pending = input.read();
    pending.catch(() => {});
    startResponse(200);
    return "early";
  });
  talk.send(post(HELLO).slice(0, -5));
  await talk.rest();
  await assertRejects(() => pending!, TypeError, "the exchange is over");
  await assertRejects(() => input!.read(), TypeError, "the exchange is over");
  await assertRejects(() => input!.text(), TypeError, "the exchange is over");
  assertThrows(() => input!.available().next(), TypeError, "the exchange is over");
});

const TOO_MUCH: Record<string, (input: Input) => Promise<unknown>> = {
  "bytes({ limit: 14 })": (input) => input.bytes({ limit: 14 }),
  "bytes({ limit: 0 })": (input) => input.bytes({ limit: 0 }),
  "text({ limit: 14 })": (input) => input.text({ limit: 14 }),
  "json({ limit: 14 })": (input) => input.json({ limit: 14 }),
  "bytes behind read(5)": async (input) => {
    await input.read(5);
    return input.bytes({ limit: 9 });
  },
};

Deno.test("Input refuses more content than a read of all takes, with 413", async (t) => {
  for (const [name, read] of Object.entries(TOO_MUCH)) {
    for (const [framing, whole] of [["by length", post(HELLO)], ["chunked", postChunked(CHUNKS)]] as const) {
      await t.step(`${name} ${framing}`, async () => {
        for (const survives of [false, true]) {
          let seen: unknown;
          const talk = new Talk(async (environ, startResponse) => {
            seen = await read(environ.input).catch((error) => error);
            startResponse(200);
            if (!survives) throw seen;
            return "as if nothing were";
          });
          talk.send(whole);
          await talk.rest();
          assertEquals((seen as { code: string }).code, "content-too-large");
          assert(talk.sent.startsWith("HTTP/1.1 413 "), talk.sent);
          assert(talk.sent.includes("\r\nconnection: close\r\n"));
          assertEquals(talk.errors, []);
        }
      });
    }
  }
  await t.step("the default is 1 MiB", async () => {
    const most = "x".repeat(1_048_576);
    assertEquals((await readAs((input) => input.bytes(), [post(most)]) as Uint8Array).length, 1_048_576);
    const error = await readAs((input) => input.bytes(), [post(`${most}x`)]) as { code: string };
    assertEquals(error.code, "content-too-large");
  });
});

Deno.test("Input reads text as UTF-8 and JSON", async () => {
  assertEquals(await readAs((input) => input.text(), [post("\xc3\xa9\xff")]), "\u00e9\ufffd");
  assertEquals(await readAs((input) => input.json(), [post('{"a":[1]}')]), { a: [1] });
  assertInstanceOf(await readAs((input) => input.json(), [post("{")]), SyntaxError);
  assertInstanceOf(await readAs((input) => input.json(), [get()]), SyntaxError);
});

Deno.test("Input gives octets of its own", async () => {
  const seen: unknown[] = [];
  const talk = new Talk(reading(async (input) => [await input.read(2), await input.readSome()], seen));
  // Talk overwrites the lent block.
  talk.send(post("hello"));
  await talk.rest();
  const [first, second] = seen[0] as [Uint8Array, Uint8Array];
  assertEquals([textOf(first), textOf(second)], ["he", "llo"]);
  first.fill(0);
  assertEquals(textOf(second), "llo");
});

Deno.test("Input joins the small chunks of one read", async () => {
  const chunks = "1\r\nx\r\n".repeat(1000) + "0\r\n\r\n";
  const read = async (input: Input) => (await gather(input)).map((text) => text.length);
  assertEquals(await readAs(read, [postChunked(chunks)]), [1000]);
});

Deno.test("A-15, A-16: available gives what is there to a generator, and INPUT_PENDING when nothing is", async () => {
  for (const whole of [post(HELLO), postChunked(CHUNKS)]) {
    for (const split of splitsOf(octets(whole))) {
      let content = "";
      let pending = 0;
      const talk = new Talk(function* (environ, startResponse): Generator<Item, void> {
        for (const piece of environ.input.available()) {
          if (piece === INPUT_PENDING) {
            pending++;
            yield piece;
          } else content += textOf(piece);
        }
        startResponse(200);
        yield content;
      });
      for (const piece of split.pieces) {
        talk.send(piece);
        await talk.rest();
      }
      assertEquals(content, HELLO, split.name);
      assert(pending < split.pieces.length, "resumed only when something is there");
    }
  }
});

Deno.test("a generator that yields INPUT_PENDING is resumed when the end or an error comes", async (t) => {
  const app = (seen: unknown[]): App =>
    function* (environ, startResponse) {
      yield INPUT_PENDING;
      try {
        seen.push([...environ.input.available()].filter((piece) => piece !== INPUT_PENDING).length);
      } catch (error) {
        seen.push((error as { code: string }).code);
      }
      startResponse(200);
      yield "over";
    };
  const cases: [name: string, first: string, then: (talk: Talk) => void, seen: unknown][] = [
    ["no content", get(), () => {}, 0],
    ["a last chunk", postChunked(""), (talk) => talk.send("0\r\n\r\n"), 0],
    ["the peer's end", post("hello").slice(0, -5), (talk) => talk.end(), "unexpected-eof"],
    ["a broken chunk", postChunked(""), (talk) => talk.send("x"), "bad-chunk"],
  ];
  for (const [name, first, then, expected] of cases) {
    await t.step(name, async () => {
      const seen: unknown[] = [];
      const talk = new Talk(app(seen));
      talk.send(first);
      await talk.rest();
      then(talk);
      await talk.rest();
      assertEquals(seen, [expected]);
      assertStrictEquals(talk.sent.startsWith("HTTP/1.1 200 "), typeof expected === "number", talk.sent);
    });
  }
});

Deno.test("read joins the data of chunks of any length", async () => {
  const lengths = [1, 48, 49, 500, 2, 1000];
  const data = lengths.map((length, index) => String.fromCharCode(0x61 + index).repeat(length));
  const chunks = data.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join("");
  const bytes = await readAs((input) => input.read(), [postChunked(`${chunks}0\r\n\r\n`)]);
  assertEquals(textOf(bytes as Uint8Array), data.join(""));
});

Deno.test("readLine joins a line over chunks of any length", async () => {
  const chunk = (content: string): string => `${content.length.toString(16)}\r\n${content}\r\n`;
  for (const ownedBlocks of [false, true]) {
    for (const [first, second] of [[1000, 3499], [1, 10_000], [5000, 0], [10_000, 1]] as const) {
      const seen: number[] = [];
      const talk = new Talk(async ({ input }, startResponse) => {
        for await (const line of input.lines()) seen.push(line.length);
        startResponse(200);
      }, { ownedBlocks });
      const chunks = [`${"a".repeat(first)}`, `${"b".repeat(second)}\n`, "c".repeat(10_000)];
      talk.send(postChunked(chunks.map(chunk).join("") + "0\r\n\r\n"));
      await talk.rest();
      assertEquals(seen, [first + second + 1, 10_000]);
      assertEquals(talk.errors, []);
    }
  }
});
