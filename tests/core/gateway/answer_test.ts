import { assertEquals } from "@std/assert";
import type { App, Result } from "../../../core/gateway/types.ts";
import { octets } from "../../support/octet_text.ts";
import { answer, DATE, get, request, Talk } from "../../support/talk.ts";

/** An application that answers 200 with this. */
function giving(result: () => Result | Promise<Result>): App {
  return (_environ, startResponse) => {
    startResponse(200);
    return result();
  };
}

Deno.test("Conversation answers a synchronous application inside receive, without a promise", () => {
  const talk = new Talk(giving(() => "hello"));
  const { Promise } = globalThis;
  globalThis.Promise = undefined as unknown as typeof Promise;
  try {
    talk.send(get());
  } finally {
    globalThis.Promise = Promise;
  }
  assertEquals(talk.sent, answer("200 OK", ["content-length: 5", DATE], "hello"));
  assertEquals(talk.surroundings.deferred, 0);
  assertEquals(talk.surroundings.timers, 0);
});

Deno.test("Conversation answers all requests of one read in one write", () => {
  const talk = new Talk((environ, startResponse) => {
    startResponse(200);
    return environ.target;
  });
  talk.send(get("/a") + get("/bb") + get("/ccc"));
  assertEquals(talk.port.writes, [
    answer("200 OK", ["content-length: 2", DATE], "/a") +
    answer("200 OK", ["content-length: 3", DATE], "/bb") +
    answer("200 OK", ["content-length: 4", DATE], "/ccc"),
  ]);
  assertEquals(talk.moves, []);
});

Deno.test("Conversation answers in order, whatever each application takes", async () => {
  const later = Promise.withResolvers<Result>();
  const order: string[] = [];
  const talk = new Talk((environ, startResponse) => {
    order.push(environ.target);
    startResponse(200);
    return environ.target === "/slow" ? later.promise : environ.target;
  });
  talk.send(get("/a") + get("/slow") + get("/b"));
  await talk.rest();
  assertEquals(talk.take(), answer("200 OK", ["content-length: 2", DATE], "/a"));
  assertEquals(order, ["/a", "/slow"], "the next request waits as octets");
  later.resolve("slow");
  await talk.rest();
  assertEquals(
    talk.take(),
    answer("200 OK", ["content-length: 4", DATE], "slow") + answer("200 OK", ["content-length: 2", DATE], "/b"),
  );
});

const LENGTHS: readonly [name: string, result: () => Result, fields: string[], body: string][] = [
  ["nothing", () => undefined, ["content-length: 0"], ""],
  ["an empty string", () => "", ["content-length: 0"], ""],
  ["an empty array", () => [], ["content-length: 0"], ""],
  ["a string", () => "hello", ["content-length: 5"], "hello"],
  ["a string that is no ASCII", () => "h\u00e9\u20ac", ["content-length: 6"], "h\xc3\xa9\xe2\x82\xac"],
  ["a lone surrogate", () => "a\ud800b", ["content-length: 5"], "a\xef\xbf\xbdb"],
  ["a long string", () => "x".repeat(600), ["content-length: 600"], "x".repeat(600)],
  ["a long string that is no ASCII", () => "\u00e9".repeat(600), ["content-length: 1200"], "\xc3\xa9".repeat(600)],
  ["octets", () => octets("\x00\xff\r\n"), ["content-length: 4"], "\x00\xff\r\n"],
  ["no octets", () => new Uint8Array(), ["content-length: 0"], ""],
  ["a view", () => octets("abcdef").subarray(1, 3), ["content-length: 2"], "bc"],
  ["an array of one string", () => ["hello"], ["content-length: 5"], "hello"],
  ["an array of octets", () => [octets("abc")], ["content-length: 3"], "abc"],
  ["an array of one empty string", () => [""], ["content-length: 0"], ""],
  ["an array of two", () => ["ab", "c"], ["transfer-encoding: chunked"], "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"],
  ["an array with empty pieces", () => ["", "c", ""], ["transfer-encoding: chunked"], "1\r\nc\r\n0\r\n\r\n"],
  ["a set", () => new Set(["ab"]), ["transfer-encoding: chunked"], "2\r\nab\r\n0\r\n\r\n"],
];

Deno.test("Conversation infers Content-Length from content that is all there", async (t) => {
  for (const [name, result, fields, body] of LENGTHS) {
    for (const how of ["at once", "by a promise"]) {
      await t.step(`${name} ${how}`, async () => {
        const talk = new Talk(giving(how === "at once" ? result : () => Promise.resolve(result())));
        talk.send(get());
        await talk.rest();
        assertEquals(talk.sent, answer("200 OK", [...fields, DATE], body));
        assertEquals(talk.errors, []);
        talk.send(get());
        await talk.rest();
        assertEquals(talk.sent.length, 2 * answer("200 OK", [...fields, DATE], body).length, "it lives on");
      });
    }
  }
});

const LENGTH_0 = "content-length: 0";
const CHUNKED = "transfer-encoding: chunked";

const BODILESS: readonly [line: string, status: number, result: () => Result, head: string, fields: string[]][] = [
  ["HEAD / HTTP/1.1", 200, () => "hello", "200 OK", ["content-length: 5"]],
  // Nothing tells nothing of what GET would be given; empty content does.
  ["HEAD / HTTP/1.1", 200, () => undefined, "200 OK", []],
  ["HEAD / HTTP/1.1", 200, () => "", "200 OK", [LENGTH_0]],
  ["HEAD / HTTP/1.1", 200, () => [], "200 OK", [LENGTH_0]],
  ["HEAD / HTTP/1.1", 200, () => new Set<string>(), "200 OK", [LENGTH_0]],
  ["HEAD / HTTP/1.1", 200, () => ["a", "b"], "200 OK", [CHUNKED]],
  ["HEAD / HTTP/1.1", 404, () => "hello", "404 Not Found", ["content-length: 5"]],
  ["GET / HTTP/1.1", 204, () => "hello", "204 No Content", []],
  ["GET / HTTP/1.1", 204, () => undefined, "204 No Content", []],
  ["GET / HTTP/1.1", 204, () => ["a", "b"], "204 No Content", []],
  ["GET / HTTP/1.1", 205, () => "hello", "205 Reset Content", [LENGTH_0]],
  ["GET / HTTP/1.1", 205, () => ["a", "b"], "205 Reset Content", [LENGTH_0]],
  ["GET / HTTP/1.1", 304, () => "hello", "304 Not Modified", []],
  ["GET / HTTP/1.1", 304, () => ["a", "b"], "304 Not Modified", []],
  ["HEAD / HTTP/1.1", 204, () => "hello", "204 No Content", []],
  ["HEAD / HTTP/1.1", 304, () => "hello", "304 Not Modified", []],
];

Deno.test("Conversation sends no body where none may stand", async (t) => {
  for (const [line, status, result, head, fields] of BODILESS) {
    await t.step(`${line} ${status} ${fields[0] ?? "no framing field"}`, async () => {
      const talk = new Talk((_environ, startResponse) => {
        startResponse(status);
        return result();
      });
      talk.send(request(line));
      await talk.rest();
      assertEquals(talk.take(), answer(head, [...fields, DATE]));
      talk.send(request(line));
      await talk.rest();
      assertEquals(talk.take(), answer(head, [...fields, DATE]), "the connection lives on");
      assertEquals(talk.errors, []);
    });
  }
});

Deno.test("Conversation keeps the Content-Length that the application gives for HEAD and 304, and drops it from 204", () => {
  const cases = [
    ["HEAD", 200, ["content-length: 1234"]],
    ["GET", 304, ["content-length: 1234"]],
    ["GET", 204, []],
    ["GET", 205, [LENGTH_0]],
  ] as const;
  for (const [method, status, fields] of cases) {
    const talk = new Talk((_environ, startResponse) => {
      startResponse(`${status} X`, { "Content-Length": "1234" });
    });
    talk.send(request(`${method} / HTTP/1.1`));
    assertEquals(talk.sent, answer(`${status} X`, [...fields, DATE]));
    assertEquals(talk.errors, []);
  }
});

Deno.test("Conversation refuses CONNECT with 501 when the application answers 2xx, and passes other answers on", async (t) => {
  const cases: [status: number, result: () => Result, sent: string][] = [
    [200, () => undefined, answer("501 Not Implemented", [LENGTH_0, DATE, "connection: close"])],
    [204, () => undefined, answer("501 Not Implemented", [LENGTH_0, DATE, "connection: close"])],
    [200, () => ["a", "b"], answer("501 Not Implemented", [LENGTH_0, DATE, "connection: close"])],
    [403, () => "no", answer("403 Forbidden", ["content-length: 2", DATE, "connection: close"], "no")],
    [301, () => "no", answer("301 Moved Permanently", ["content-length: 2", DATE, "connection: close"], "no")],
  ];
  for (const [status, result, sent] of cases) {
    await t.step(`${status}`, async () => {
      const talk = new Talk((_environ, startResponse) => {
        startResponse(status);
        return result();
      });
      talk.send("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n");
      await talk.rest();
      assertEquals(talk.sent, sent);
      assertEquals(talk.moves, ["endWriting"]);
    });
  }
});

Deno.test("Conversation sends what the application announced", async (t) => {
  const announcing = (length: string, result: Result): App => (_environ, startResponse) => {
    startResponse(200, [["Content-Length", length]]);
    return result;
  };
  await t.step("exactly", async () => {
    for (const result of ["hello", ["he", "llo"], ["hello"]]) {
      const talk = new Talk(announcing("5", result));
      talk.send(get());
      await talk.rest();
      assertEquals(talk.sent, answer("200 OK", ["content-length: 5", DATE], "hello"));
      assertEquals(talk.errors, []);
      assertEquals(talk.moves, []);
    }
  });
  await t.step("excess stays behind, is told, and the connection lives on", async () => {
    for (const result of ["hello world", octets("hello world"), ["hel", "lo world", "x"], ["hello", "x"]]) {
      const talk = new Talk(announcing("5", result));
      talk.send(get());
      await talk.rest();
      assertEquals(talk.take(), answer("200 OK", ["content-length: 5", DATE], "hello"));
      assertEquals(talk.errors.length, 1);
      assertEquals((talk.errors[0] as Error).name, "RangeError");
      talk.send(get());
      await talk.rest();
      assertEquals(talk.take(), answer("200 OK", ["content-length: 5", DATE], "hello"));
      assertEquals(talk.moves, []);
    }
  });
  await t.step("excess over nothing", async () => {
    const talk = new Talk(announcing("0", "hello"));
    talk.send(get());
    await talk.rest();
    assertEquals(talk.sent, answer("200 OK", [LENGTH_0, DATE]));
  });
  await t.step("a shortfall aborts", async () => {
    for (const result of ["hell", ["he", "l"], undefined, []]) {
      const talk = new Talk(announcing("5", result));
      talk.send(get());
      await talk.rest();
      assertEquals(talk.moves, ["abort"]);
      assertEquals(talk.errors.length, 1);
    }
  });
});

Deno.test("Conversation sends the answers before one that it aborts", async () => {
  const talk = new Talk((environ, startResponse) => {
    startResponse(200, environ.target === "/short" ? { "content-length": "9" } : {});
    return "whole";
  });
  talk.send(get("/") + get("/short"));
  await talk.rest();
  const whole = answer("200 OK", ["content-length: 5", DATE], "whole");
  assertEquals(talk.sent, whole + answer("200 OK", ["content-length: 9", DATE], "whole"));
  assertEquals(talk.port.calls.at(-1), "abort");
});

Deno.test("Conversation keeps a Date that the application gives", () => {
  const talk = new Talk((_environ, startResponse) => {
    startResponse(200, { Date: "Thu, 01 Jan 1970 00:00:00 GMT" });
  });
  talk.send(get());
  assertEquals(talk.sent, answer("200 OK", ["Date: Thu, 01 Jan 1970 00:00:00 GMT", LENGTH_0]));
});

Deno.test("Conversation keeps order, case and repetition of fields", () => {
  const lines: [string, string][] = [["X-B", "2"], ["x-a", "1"], ["Set-Cookie", "a=b"], ["set-cookie", "c=d"]];
  const expected = ["X-B: 2", "x-a: 1", "Set-Cookie: a=b", "set-cookie: c=d", LENGTH_0, DATE];
  for (
    const fields of [lines, new Map(lines), { "X-B": "2", "x-a": "1", "Set-Cookie": "a=b", "set-cookie": ["c=d"] }]
  ) {
    const talk = new Talk((_environ, startResponse) => {
      startResponse(200, fields);
    });
    talk.send(get());
    assertEquals(talk.sent, answer("200 OK", expected));
  }
});
